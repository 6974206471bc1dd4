"""Read decisions: one, those about a case or an account, how far one is carried out, what a member is told."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.ids import id_at
from dunnock.moderation.errors import DecisionMissing
from dunnock.moderation.model import Decision, Warned
from dunnock.moderation.store import decisions as store

_RANKED_MS = 183 * DAY


async def find_decision(reader: Reader, decision_id: int) -> Decision:
    """One decision. Raises: DecisionMissing."""
    row = await reader.one(store.FIND, the=decision_id)
    if row is None:
        raise DecisionMissing(decision_id)
    return decision_of(row)


async def show_decision(reader: Reader, decision_id: int, *, by: int) -> Decision:
    """One decision, for staff. Raises: NotPermitted, DecisionMissing."""
    await accounts.permit(reader, by, Power.MANAGE_REPORTS)
    return await find_decision(reader, decision_id)


async def decisions_of_case(reader: Reader, case_id: int, *, by: int) -> list[Decision]:
    """The newest 50 decisions about a case. Raises: NotPermitted."""
    await accounts.permit(reader, by, Power.MANAGE_REPORTS)
    return [decision_of(row) for row in await reader.all(store.OF_CASE, the=case_id, most=50)]


async def decisions_about(reader: Reader, account_id: int, *, most: int = 50) -> list[tuple[Decision, int | None]]:
    """The newest decisions that were carried out about an account, each with when it was taken back for it (None: in force)."""
    return [(decision_of(row), row[15]) for row in await reader.all(store.ABOUT, account=account_id, most=most)]


class Judged(msgspec.Struct, frozen=True):
    """How many decisions in force are about accounts of a server, and about how many of them."""

    domain: str
    decisions: int
    accounts: int


async def judged_servers(db: Db, *, by: int, most: int = 20) -> list[Judged]:
    """Servers by what was decided about their accounts in half a year and still holds. A slow question. Raises: NotPermitted."""
    await accounts.permit(db, by, Power.MANAGE_REPORTS)
    rows = await db.slow(store.BY_SERVER, since=id_at(now_ms() - _RANKED_MS), most=most)
    return [Judged(*row) for row in rows]


async def rests_on_law(reader: Reader, account_id: int) -> bool:
    """Is there a decision in force about the account because the law demands it?"""
    return await reader.value(store.ON_LAW, account=account_id) is not None


async def actioned(reader: Reader, decision_ids: Collection[int], *, after: int, most: int) -> list[int]:
    """Accounts for which one of these decisions is in force, by id above `after`."""
    rows = await reader.all(store.ACTIONED, ids=list(decision_ids), after=after, most=most)
    return [row[0] for row in rows]


async def decisions_over(
    reader: Reader, decision_ids: Collection[int], account_ids: Collection[int]
) -> dict[int, list[int]]:
    """Which of these decisions are in force for which of these accounts."""
    found: dict[int, list[int]] = {an_id: [] for an_id in account_ids}
    for account_id, decision_id in await reader.all(
        store.OVER_WHOM, ids=list(decision_ids), accounts=list(account_ids)
    ):
        found[account_id].append(decision_id)
    return found


async def progress(reader: Reader, decision_id: int) -> tuple[int, int, int]:
    """How many accounts a decision has, how many it is carried out for, and how many it was taken back for."""
    row = await reader.one(store.PROGRESS, the=decision_id)
    assert row is not None
    return row[0], row[1], row[2]


async def warnings(reader: Reader, account_id: int, ids: Collection[int]) -> dict[int, Warned]:
    """What the member of an account is told of these decisions; those about others are left out. Two queries."""
    if not ids:
        return {}
    posts: dict[int, list[int]] = {}
    for decision_id, post_id in await reader.all(store.POSTS, ids=list(ids)):
        posts.setdefault(decision_id, []).append(post_id)
    rows = await reader.all(store.WARNED, ids=list(ids), account=account_id)
    return {
        row[0]: Warned(
            id=row[0],
            action=row[1],
            text=row[2],
            account_id=row[3],
            post_ids=tuple(posts.get(row[0], ())),
            mail=bool(row[4]),
            reversed_at=row[5],
        )
        for row in rows
    }


async def find_warning(reader: Reader, account_id: int, decision_id: int) -> Warned:
    """One of them. Raises: DecisionMissing."""
    found = (await warnings(reader, account_id, (decision_id,))).get(decision_id)
    if found is None:
        raise DecisionMissing(decision_id)
    return found


async def hold_decision(tx: Tx, decision_id: int) -> Decision:
    """As `find_decision`, held until the commit."""
    row = await tx.one(store.HOLD, the=decision_id)
    if row is None:
        raise DecisionMissing(decision_id)
    return decision_of(row)


def decision_of(row: Row) -> Decision:
    """A row of `store.FIND`."""
    return Decision(
        id=row[0],
        action=row[1],
        also=tuple(msgspec.json.decode(row[2])),
        state=row[3],
        by_account_id=row[4],
        approved_by=row[5],
        text=row[6],
        case_id=row[7],
        subjects=row[8],
        expires_at=row[9],
        reversed_at=row[10],
        ground=row[11],
        category=row[12],
        facts=row[13],
        report_id=row[14],
    )
