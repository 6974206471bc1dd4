"""What staff do with clusters: look, confirm, dismiss. Every act stands in the log and can be undone."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.foundation.db import Reader, Tx
from dunnock.integrity.errors import ClusterMissing, ClusterRefused
from dunnock.integrity.model import Cluster, ClusterMember, ClusterTie, State, Summary
from dunnock.integrity.signals import find_signal
from dunnock.integrity.store import clusters as store
from dunnock.integrity.store import edits, signals
from dunnock.integrity.story import topics_of
from dunnock.integrity.watch import act_on
from dunnock.moderation import log

_NEEDS = Power.MANAGE_REPORTS


async def list_clusters(reader: Reader, state: str, *, by: int, most: int = 100) -> list[Cluster]:
    """Clusters in one state, those seen last first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return [store.cluster_of(row) for row in await reader.all(store.LIST, the_state=state, most=most)]


async def clusters_of_case(reader: Reader, case_id: int, *, by: int, most: int = 100) -> list[Cluster]:
    """The clusters that a case is about, in whatever state, those seen last first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return [store.cluster_of(row) for row in await reader.all(store.OF_CASE, the_case=case_id, most=most)]


async def topics(reader: Reader, found: Sequence[Cluster]) -> dict[int, str]:
    """The hashtag that most posts of each cluster stand under, without `#`; clusters without such a one are left out."""
    posts = {one.id: msgspec.json.decode(one.summary, type=Summary).posts for one in found}
    return await topics_of(reader, posts)


async def show_cluster(reader: Reader, cluster_id: int, *, by: int) -> Cluster:
    """One cluster. Raises: NotPermitted; ClusterMissing."""
    await accounts.permit(reader, by, _NEEDS)
    row = await reader.one(store.FIND, the=cluster_id)
    if row is None:
        raise ClusterMissing(cluster_id)
    return store.cluster_of(row)


async def members_of(reader: Reader, cluster_id: int, *, by: int, most: int = 2_000) -> list[ClusterMember]:
    """Its accounts, the surest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return [store.member_of(row) for row in await reader.all(store.MEMBERS, the=cluster_id, most=most)]


async def ties_of(reader: Reader, cluster_id: int, *, by: int, most: int = 4_000) -> list[ClusterTie]:
    """Its strongest ties. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return [store.tie_of(row) for row in await reader.all(store.TIES, the=cluster_id, most=most)]


async def growth_of(reader: Reader, cluster_id: int, *, by: int) -> list[tuple[int, int]]:
    """How many accounts it had when (Unix milliseconds), the oldest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return [(row[0], row[1]) for row in await reader.all(store.SIZES, the=cluster_id, most=1_000)]


async def judge_cluster(tx: Tx, cluster_id: int, state: State, *, by: int) -> None:
    """Say whether these act together (`confirmed`), do not (`dismissed`), or that it is to be looked at again (`open`).

    Dismissed, its accounts count each for itself again, have no part in its case any more, unless a person brought them in or
    another network did, and the same accounts are not brought up anew. Confirmed, it has a case
    however weak it is. What was said tells how good the detector is.

    Raises: NotPermitted; ClusterMissing; ClusterRefused: it was merged into another.
    """
    staff = await log.acting(tx, by, _NEEDS)
    held = await hold(tx, cluster_id)
    if held.state == state:
        return
    await tx.run(store.JUDGE, the=cluster_id, new_state=state, into=None, now=tx.now, by=by)
    await judge_signals_of(tx, cluster_id, state, by=by)
    await log.note(tx, staff, "cluster.judge", cluster_id, state=state)
    await act_on(tx, cluster_id, again=held.state == "dismissed")


async def judge_signal(tx: Tx, signal_id: int, state: State, *, by: int) -> None:
    """Say whether a signal was right (`confirmed`), wrong (`dismissed`), or is to be looked at again (`open`).

    What is said of a cluster's signal is said of the cluster, with all that follows from it.

    Raises: NotPermitted; SignalMissing; ClusterRefused: the cluster was merged into another.
    """
    staff = await log.acting(tx, by, _NEEDS)
    held = await find_signal(tx, signal_id)
    if held.kind == "cluster":
        await judge_cluster(tx, held.subject_id, state, by=by)
        return
    if held.state == state:
        return
    await tx.run(signals.JUDGE, the=signal_id, new_state=state, now=tx.now, by=by)
    await log.note(tx, staff, "signal.judge", signal_id, called=held.detector, state=state)


async def judge_signals_of(tx: Tx, cluster_id: int, state: str, *, by: int) -> None:
    """Let what detectors said of a cluster, and of all that went into it, be as right or wrong as the cluster is."""
    waiting, done = [cluster_id], set[int]()
    while waiting:
        one = waiting.pop()
        done.add(one)
        for row in await tx.all(signals.ABOUT, the_kind="cluster", subject=one, most=10):
            await tx.run(signals.JUDGE, the=row[0], new_state=state, now=tx.now, by=by)
        waiting += [row[0] for row in await tx.all(edits.WENT_INTO, the=one) if row[0] not in done]


async def hold(tx: Tx, cluster_id: int) -> Cluster:
    """A cluster that nobody else changes now. Raises: ClusterMissing; ClusterRefused: it was merged into another."""
    row = await tx.one(store.HOLD, the=cluster_id)
    if row is None:
        raise ClusterMissing(cluster_id)
    held = store.cluster_of(row)
    if held.state == "merged":
        raise ClusterRefused(
            cluster_id, say="Validation failed: It was merged into another network; open that one instead"
        )
    return held
