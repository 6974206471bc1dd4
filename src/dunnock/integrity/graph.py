"""A network as a picture: who is tied to whom by what, and from when on. For staff, and for the table beside the picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import msgspec

from dunnock.foundation.clock import DAY, HOUR, MINUTE, SECOND
from dunnock.foundation.db import Reader
from dunnock.foundation.ids import id_at, ms_of
from dunnock.integrity.handle import show_cluster
from dunnock.integrity.layout import placed
from dunnock.integrity.model import ClusterMember, ClusterTie
from dunnock.integrity.store import clusters as store

MOST_ACCOUNTS, MOST_TIES = 2_000, 4_000
"""What is drawn: the surest accounts, the strongest ties."""
_MOST_MOMENTS = 120
_STEPS = (SECOND, 10 * SECOND, MINUTE, 10 * MINUTE, HOUR, DAY, 7 * DAY)


class GraphAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account in the picture. `at`: from when on it is there; `x`, `y`: of `layout.SIZE`; `ties`: how many it has."""

    account_id: int
    role: str
    score: float
    at: int
    x: int
    y: int
    ties: int


class GraphTie(msgspec.Struct, frozen=True, kw_only=True):
    """Two accounts, the trace that says most about them, how often they met, nats, from when on both are there."""

    a_id: int
    b_id: int
    trace: str
    occasions: int
    weight: float
    at: int


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """The picture at a moment. `traces`: how many ties of each kind there are, those left out too, the most first.

    `moments`: when it changed, the oldest first, at most 120 (Unix milliseconds); `whole`: accounts in the end.
    """

    accounts: Sequence[GraphAccount]
    ties: Sequence[GraphTie]
    traces: dict[str, int]
    moments: Sequence[int]
    whole: int


async def graph_of(
    reader: Reader, cluster_id: int, *, by: int, until: int | None = None, traces: Collection[str] = ()
) -> Graph:
    """A network as it was at `until` (Unix milliseconds; None: as it is), with ties of some `traces` only (none: of all).

    An account is there from its first public act in the time in which the network was seen to act, or from when it was found,
    if that is earlier or the act is forgotten; a tie, from when both are.

    Raises: NotPermitted; ClusterMissing.
    """
    held = await show_cluster(reader, cluster_id, by=by)
    members = [store.member_of(row) for row in await reader.all(store.MEMBERS, the=cluster_id, most=MOST_ACCOUNTS)]
    ties = [store.tie_of(row) for row in await reader.all(store.TIES, the=cluster_id, most=MOST_TIES)]
    acted = {
        row[0]: ms_of(row[1])
        for row in await reader.all(store.FIRST_ACTS, the=cluster_id, since=id_at(held.first_at), most=MOST_ACCOUNTS)
        if row[1] is not None
    }
    return drawn(members, ties, acted, until=until, traces=traces)


def drawn(
    members: Sequence[ClusterMember],
    ties: Sequence[ClusterTie],
    acted: dict[int, int],
    *,
    until: int | None = None,
    traces: Collection[str] = (),
) -> Graph:
    """The picture of these. `acted`: when accounts first acted (Unix milliseconds). Who is left out moves nobody else."""
    from dunnock.integrity.coaction import Trace  # noqa: PLC0415 (numpy: only who looks at a network pays)

    since = {one.account_id: min(one.joined_at, acted.get(one.account_id, one.joined_at)) for one in members}
    places = placed(list(since), ((one.a_id, one.b_id) for one in ties))
    whole = [
        GraphTie(
            a_id=one.a_id, b_id=one.b_id, trace=Trace(one.trace).name.lower(), occasions=one.occasions, weight=one.weight,
            at=max(since[one.a_id], since[one.b_id]),
        )
        for one in ties
        if one.a_id in since and one.b_id in since
    ]  # fmt: skip
    shown = [one for one in whole if (until is None or one.at <= until) and (not traces or one.trace in traces)]
    tied = Counter(end for one in shown for end in (one.a_id, one.b_id))
    return Graph(
        accounts=[
            GraphAccount(
                account_id=one.account_id, role=one.role, score=one.score, at=since[one.account_id],
                x=places[one.account_id][0], y=places[one.account_id][1], ties=tied[one.account_id],
            )
            for one in members
            if until is None or since[one.account_id] <= until
        ],
        ties=shown,
        traces=dict(Counter(one.trace for one in whole).most_common()),
        moments=moments(list(since.values())),
        whole=len(members),
    )  # fmt: skip


def moments(times: Sequence[int]) -> list[int]:
    """The last of the times in each second, minute, hour or day: as finely as at most 120 moments allow."""
    for step in _STEPS:
        last: dict[int, int] = {}
        for at in sorted(times):
            last[at // step] = at
        if len(last) <= _MOST_MOMENTS:
            return list(last.values())
    return list(last.values())[-_MOST_MOMENTS:]
