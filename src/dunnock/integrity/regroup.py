"""Staff say which accounts belong together: merge two clusters, split some accounts off, and take either back.

A person's word stays: the watch does not put accounts into a cluster that somebody split off from it.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from msgspec.structs import asdict

from dunnock import accounts, moderation
from dunnock.accounts import Power
from dunnock.foundation.clock import MINUTE
from dunnock.foundation.db import Reader, Tx
from dunnock.integrity.errors import ClusterRefused
from dunnock.integrity.handle import hold, judge_signals_of
from dunnock.integrity.model import ClusterEdit, ClusterMember, Summary
from dunnock.integrity.store import clusters as store
from dunnock.integrity.store import edits
from dunnock.integrity.watch import act_on, leave_case, raise_for
from dunnock.moderation import log

LONGEST_REASON = 500
_MOST_MOVED = 100_000
_NEEDS = Power.MANAGE_REPORTS


async def merge_clusters(tx: Tx, cluster_id: int, into: int, *, reason: str, by: int) -> int:
    """Let two clusters be one, `into`; the id of the edit, by which it is taken back.

    The ties of both are in it, their cases are linked, and what detectors said of either is judged with it.

    Raises: NotPermitted; ClusterMissing; ClusterRefused: they are one, one is merged already, or there is no reason.
    """
    staff = await log.acting(tx, by, _NEEDS)
    words = _checked(reason)
    if cluster_id == into:
        raise ClusterRefused(cluster_id, say="Validation failed: A network can't be merged into itself")
    held = {one: await hold(tx, one) for one in sorted((cluster_id, into))}  # in one order: nobody waits in a circle
    edit_id = tx.new_id()
    await tx.run(
        edits.ADD, id=edit_id, act="merge", cluster_id=cluster_id, other_id=into, was=held[cluster_id].state, reason=words,
        by_account_id=by,
    )  # fmt: skip
    ours = await _members(tx, cluster_id)
    await _remember(tx, edit_id, ours, into)
    await _move(tx, [one.account_id for one in ours], cluster_id, into)
    await _tie(tx, cluster_id, into)
    await tx.run(edits.LET_IN, the=into, ids=[one.account_id for one in ours])
    await tx.run(store.JUDGE, the=cluster_id, new_state="merged", into=into, now=tx.now, by=by)
    await _judge_alike(tx, into, by)
    await log.note(tx, staff, "cluster.merge", cluster_id, into=str(into), reason=words)
    await _settle(tx, cluster_id, into)
    await _link_cases(tx, cluster_id, into)
    return edit_id


async def split_cluster(
    tx: Tx, cluster_id: int, account_ids: Collection[int], *, reason: str, by: int, role: str = ""
) -> int:
    """Make a cluster of its own of some of its accounts, and of all in a `role`, if one is named; its id. Found together
    together again, they stay apart. It is an alert of its own, judged by itself.

    Raises: NotPermitted; ClusterMissing; ClusterRefused: none of them is in it, all are, or there is no reason.
    """
    staff = await log.acting(tx, by, _NEEDS)
    words = _checked(reason)
    held = await hold(tx, cluster_id)
    ours = await _members(tx, cluster_id)
    wanted = set(account_ids)
    leaving = [one for one in ours if one.account_id in wanted or one.role == role]
    if not leaving or len(leaving) == len(ours):
        raise ClusterRefused(
            cluster_id, say="Validation failed: Choose some of its accounts, but not all: each network must keep one"
        )
    made, edit_id = tx.new_id(), tx.new_id()
    await tx.run(
        store.ADD, id=made, score=held.score, size=len(leaving), summary=held.summary, first_at=held.first_at,
        last_at=held.last_at, split_from=cluster_id,
    )  # fmt: skip
    await tx.run(
        edits.ADD, id=edit_id, act="split", cluster_id=cluster_id, other_id=made, was=held.state, reason=words,
        by_account_id=by,
    )  # fmt: skip
    left = {one.account_id for one in leaving}
    # Before the members, which fill SQLite's cache: after them, of 20,000 it takes ten times as long.
    apart = [(cluster_id if one.account_id in left else made, one.account_id) for one in ours]
    await tx.many(
        edits.KEEP_APART, [{"cluster_id": where, "account_id": who, "edit_id": edit_id} for where, who in sorted(apart)]
    )
    await _remember(tx, edit_id, leaving, made)
    await _move(tx, sorted(left), cluster_id, made)
    await _tie(tx, cluster_id, made)
    await log.note(tx, staff, "cluster.split", cluster_id, made=str(made), accounts=len(leaving), reason=words)
    await _settle(tx, cluster_id, made)
    await _raise(tx, made)
    return made


async def undo_edit(tx: Tx, edit_id: int, *, by: int) -> ClusterEdit:
    """Take a merge or a split back; what it was. Who joined since stays where they are, or goes with a split that is gone.

    Raises: NotPermitted; ClusterRefused: there is none, it was taken back, or another edit has to be taken back first.
    """
    staff = await log.acting(tx, by, _NEEDS)
    row = await tx.one(edits.HOLD, the=edit_id)
    if row is None or (edit := edits.edit_of(row)).undone_at is not None:
        raise ClusterRefused(edit_id, say="Validation failed: That was taken back already")
    moved = [edits.moved_of(one) for one in await tx.all(edits.MEMBERS, the=edit_id)]
    await tx.run(edits.UNDO, the=edit_id, now=tx.now, by=by)
    if edit.act == "merge":
        into = await hold(tx, edit.other_id)
        left = await _bring_back(tx, edit, moved, by)
        await leave_case(tx, into, left, why="Its network was merged, which was taken back")
    else:
        for one in sorted((edit.cluster_id, edit.other_id)):
            await hold(tx, one)
        await tx.run(edits.LET_TOGETHER, the=edit_id)
        theirs = [one.account_id for one in await _members(tx, edit.other_id)]
        await _move(tx, theirs, edit.other_id, edit.cluster_id)
        await _tie(tx, edit.other_id, edit.cluster_id)
        await tx.run(store.JUDGE, the=edit.other_id, new_state="merged", into=edit.cluster_id, now=tx.now, by=by)
        await _judge_alike(tx, edit.cluster_id, by)
    await log.note(tx, staff, "cluster.undo", edit.cluster_id, other=str(edit.other_id), what=edit.act)
    await _settle(tx, edit.cluster_id, edit.other_id)
    return edit


async def edits_of(reader: Reader, cluster_id: int, *, by: int, most: int = 50) -> list[ClusterEdit]:
    """What people did to a cluster by hand, the newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return [edits.edit_of(row) for row in await reader.all(edits.OF, the=cluster_id, most=most)]


async def _bring_back(tx: Tx, edit: ClusterEdit, moved: list[ClusterMember], by: int) -> list[int]:
    """Undo a merge; who left the other cluster."""
    row = await tx.one(store.HOLD, the=edit.cluster_id)
    if row is None or store.cluster_of(row).merged_into != edit.other_id:
        raise ClusterRefused(edit.id, say="Validation failed: Take back first what was done with it since")
    await tx.run(store.JUDGE, the=edit.cluster_id, new_state=edit.was, into=None, now=tx.now, by=by)
    await _judge_alike(tx, edit.cluster_id, by)
    await tx.many(store.PUT_MEMBER, [_as_row(one, "cluster_id", edit.cluster_id) for one in moved])
    leaving = [row[0] for row in await tx.all(edits.MOVED, the=edit.id)]
    await tx.run(store.DROP_MEMBERS, the=edit.other_id, ids=leaving)
    return leaving


async def _members(tx: Tx, cluster_id: int) -> list[ClusterMember]:
    """In the order of their ids: what is written of thousands looks up their accounts, which then lie beside each other."""
    rows = await tx.all(store.MEMBERS, the=cluster_id, most=_MOST_MOVED)
    return sorted(map(store.member_of, rows), key=lambda one: one.account_id)


async def _remember(tx: Tx, edit_id: int, members: list[ClusterMember], into: int) -> None:
    there = {row[0] for row in await tx.all(store.AMONG, the=into, ids=[one.account_id for one in members])}
    rows = [{**_as_row(one, "edit_id", edit_id), "both": one.account_id in there} for one in members]
    await tx.many(edits.ADD_MEMBER, rows)


def _as_row(one: ClusterMember, of: str, an_id: int) -> dict[str, object]:
    return {
        of: an_id, "account_id": one.account_id, "role": one.role, "score": one.score, "evidence": one.evidence,
        "joined_at": one.joined_at, "seen_at": one.seen_at,
    }  # fmt: skip


async def _move(tx: Tx, account_ids: list[int], cluster_id: int, into: int) -> None:
    """Those who are in both already stay as they are in the other one."""
    there = {row[0] for row in await tx.all(store.AMONG, the=into, ids=account_ids)}
    await tx.run(store.DROP_MEMBERS, the=cluster_id, ids=sorted(there))
    await tx.run(store.MOVE_MEMBERS, the=cluster_id, into=into, ids=[one for one in account_ids if one not in there])


async def _tie(tx: Tx, cluster_id: int, into: int) -> None:
    """Ties go where both their ends are. They stay where they were, too: who looks leaves out those whose ends are gone."""
    there = {row[0] for row in await tx.all(store.SINCE, the=into)}
    ties = [store.tie_of(row) for row in await tx.all(store.TIES, the=cluster_id, most=_MOST_MOVED)]
    rows = [{"cluster_id": into, **asdict(one)} for one in ties if one.a_id in there and one.b_id in there]
    await tx.many(store.PUT_TIE, sorted(rows, key=lambda one: (one["a_id"], one["b_id"])))


async def _judge_alike(tx: Tx, cluster_id: int, by: int) -> None:
    row = await tx.one(store.FIND, the=cluster_id)
    assert row is not None
    await judge_signals_of(tx, cluster_id, store.cluster_of(row).state, by=by)


async def _link_cases(tx: Tx, *cluster_ids: int) -> None:
    held = [store.cluster_of(row) for one in cluster_ids if (row := await tx.one(store.FIND, the=one)) is not None]
    cases = [one.case_id for one in held if one.case_id is not None]
    if cases:
        await moderation.link_cases_by_server(tx, cases[0], cases[1:])


async def _raise(tx: Tx, cluster_id: int) -> None:
    row = await tx.one(store.FIND, the=cluster_id)
    assert row is not None
    made = store.cluster_of(row)
    await raise_for(tx, cluster_id, msgspec.json.decode(made.summary, type=Summary), size=made.size, nats=made.score)


async def _settle(tx: Tx, *cluster_ids: int) -> None:
    for one in sorted(cluster_ids):
        await tx.run(store.RESIZE, the=one)
        row = await tx.one(store.FIND, the=one)
        assert row is not None
        await tx.run(
            store.PUT_SIZE, cluster_id=one, at=tx.now // MINUTE * MINUTE, size=store.cluster_of(row).size, acts=0
        )
        await act_on(tx, one)


def _checked(reason: str) -> str:
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise ClusterRefused(len(words), say=f"Validation failed: Give a reason of up to {LONGEST_REASON} characters")
    return words
