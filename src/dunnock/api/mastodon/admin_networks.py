"""Staff and networks: accounts that act together. Ours: /api/v1/dunnock/admin/{networks,signals,detectors}."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, integrity
from dunnock.accounts import Power
from dunnock.api.kit import Called, Form, Id, Query, require, told_id
from dunnock.api.mastodon.admin_cases import READS, WRITES
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import DAY, SECOND, iso, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid

HERE: Final = "/api/v1/dunnock/admin"
_HEALTH_MS = 90 * DAY
_MOST_WEEKS = 104


class StateParams(msgspec.Struct, frozen=True):
    """`state`: open, confirmed or dismissed."""

    state: Literal["open", "confirmed", "dismissed"] = "open"


class NetworksParams(StateParams, frozen=True):
    """`case_id`: those that a case is about, whatever their state."""

    case_id: Id | None = None


class SignalsParams(StateParams, frozen=True):
    """Of one detector."""

    detector: str = ""


class JudgeForm(msgspec.Struct):
    """`state`: confirmed, dismissed, or open (to be looked at again)."""

    state: Literal["open", "confirmed", "dismissed"] | None = None


class MergeForm(msgspec.Struct):
    """`into_id`: the network that it becomes; `reason`: up to 500 characters."""

    into_id: Id | None = None
    reason: str = ""


class SplitForm(msgspec.Struct):
    """The accounts that become a network of their own, and all in a `role`: core, amplifier; `reason`: up to 500 characters."""

    account_ids: list[Id] = msgspec.field(default_factory=list)
    role: Literal["", "core", "amplifier"] = ""
    reason: str = ""


class NetworkEdit(msgspec.Struct, kw_only=True):
    """What somebody of the staff did: `network_id` was merged into the other, or the other was split off it."""

    id: str
    act: str
    network_id: str
    other_id: str
    reason: str
    by_id: str
    undone_at: str | None


class NetworkAccount(msgspec.Struct, kw_only=True):
    """An account of a network. `role`: core or amplifier; `score`: nats; `evidence`: from which the score is computed again."""

    account_id: str
    role: str
    score: float
    evidence: Any
    joined_at: str
    seen_at: str


class NetworkTie(msgspec.Struct, kw_only=True):
    """Two accounts of a network, the trace that says most about them, and how often they met."""

    account_ids: tuple[str, str]
    trace: int
    occasions: int
    weight: float


class Network(msgspec.Struct, kw_only=True):
    """Accounts that act together. `shared`: part of their acts that they share, `usual`: with accounts outside."""

    id: str
    state: str
    score: float
    size: int
    how: str
    traces: dict[str, int]
    shared: float
    usual: float
    status_ids: list[str]
    first_at: str
    last_at: str
    case_id: str | None
    merged_into_id: str | None


class WholeNetwork(Network, kw_only=True):
    """With up to 2,000 accounts, the surest first, its strongest ties, and how many it had when."""

    accounts: list[NetworkAccount]
    ties: list[NetworkTie]
    growth: list[tuple[str, int]]


class GraphParams(msgspec.Struct, frozen=True):
    """`until`: a moment (ISO 8601; none: now); `traces[]`: only ties of these kinds."""

    until: str = ""
    traces: tuple[str, ...] = ()


class NetworkPoint(msgspec.Struct, kw_only=True):
    """An account in the picture of a network: from when on it is there, its place in a square of 1,000, how many ties it has."""

    account_id: str
    role: str
    score: float
    since: str
    x: int
    y: int
    ties: int


class NetworkLine(msgspec.Struct, kw_only=True):
    """A tie in the picture: what both did, how often, nats, from when on both accounts are there."""

    account_ids: tuple[str, str]
    trace: str
    occasions: int
    weight: float
    since: str


class NetworkGraph(msgspec.Struct, kw_only=True):
    """A network at a moment. `traces`: how many ties of each kind there are; `moments`: when it changed; `size`: in the end."""

    size: int
    traces: dict[str, int]
    moments: list[str]
    accounts: list[NetworkPoint]
    ties: list[NetworkLine]


class NetworkStretch(msgspec.Struct, kw_only=True):
    """A part of the time, from `at` on: public posts and boosts, accounts that came, and those that were there at its end."""

    at: str
    acts: int
    joined: int
    accounts: int


class NetworkMoment(msgspec.Struct, kw_only=True):
    """What was said or done: `what` is signal, member_signal, case, case_closed, decision, decision_undone, merge or split."""

    at: str
    what: str
    name: str
    subject_id: str | None
    number: int


class NetworkTimeline(msgspec.Struct, kw_only=True):
    """A network over time, the oldest first. `seconds`: how long a stretch is; `whole`: every act that is known was counted."""

    seconds: int
    whole: bool
    stretches: list[NetworkStretch]
    moments: list[NetworkMoment]


class AdminSignal(msgspec.Struct, kw_only=True):
    """What one detector says of one subject; `score` 0 to 1."""

    id: str
    detector: str
    kind: str
    subject_id: str
    name: str
    score: float
    evidence: dict[str, Any]
    times: int
    first_at: str
    last_at: str
    state: str
    case_id: str | None


class Detector(msgspec.Struct, kw_only=True):
    """What people said of a detector's signals of the last 90 days."""

    name: str
    waiting: int
    confirmed: int
    dismissed: int
    last_at: str | None


class WeeksParams(msgspec.Struct, frozen=True):
    """How many weeks, this one with them: 1 to 104."""

    weeks: int = 26


class DetectorWeek(msgspec.Struct, kw_only=True):
    """A week: signals raised for the first time, and what people said in it. `precision` null: they said nothing."""

    week: str
    alerts: int
    confirmed: int
    dismissed: int
    precision: float | None


class DetectorWeeks(msgspec.Struct, kw_only=True):
    """A detector in each of the last weeks, the oldest first."""

    name: str
    weeks: list[DetectorWeek]


@get(f"{HERE}/networks", guards=[require(READS)])
async def list_networks(params: Query[NetworksParams], caller: Called, db: NamedDependency[Db]) -> list[Network]:
    """Networks in one state, or of one case, those seen last first; at most 100."""
    if params.case_id is not None:
        found = await integrity.clusters_of_case(db, params.case_id, by=me(caller))
    else:
        found = await integrity.list_clusters(db, params.state, by=me(caller))
    return [Network(**_network(one)) for one in found]


@get(f"{HERE}/networks/{{network_id:int}}", guards=[require(READS)])
async def show_network(network_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> WholeNetwork:
    """One network: its accounts with evidence, their ties, how it grew."""
    return await _whole(db, network_id, me(caller))


@get(f"{HERE}/networks/{{network_id:int}}/graph", guards=[require(READS)])
async def show_graph(
    network_id: FromPath[int], params: Query[GraphParams], caller: Called, db: NamedDependency[Db]
) -> NetworkGraph:
    """A network as it was at a moment, with ties of some kinds, and where each account stands in its picture."""
    until = _moment(params.until)
    graph = await integrity.graph_of(db, network_id, by=me(caller), until=until, traces=params.traces)
    return NetworkGraph(
        size=graph.whole, traces=graph.traces, moments=[iso(at) for at in graph.moments],
        accounts=[
            NetworkPoint(
                account_id=str(one.account_id), role=one.role, score=one.score, since=iso(one.at), x=one.x, y=one.y,
                ties=one.ties,
            )
            for one in graph.accounts
        ],
        ties=[
            NetworkLine(
                account_ids=(str(one.a_id), str(one.b_id)), trace=one.trace, occasions=one.occasions, weight=one.weight,
                since=iso(one.at),
            )
            for one in graph.ties
        ],
    )  # fmt: skip


@get(f"{HERE}/networks/{{network_id:int}}/timeline", guards=[require(READS)])
async def show_timeline(network_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> NetworkTimeline:
    """What a network did over time, in at most 90 stretches, and what was said and done about it."""
    held = await integrity.timeline_of(db, network_id, by=me(caller))
    return NetworkTimeline(
        seconds=held.step_ms // SECOND,
        whole=held.whole,
        stretches=[
            NetworkStretch(at=iso(one.at), acts=one.acts, joined=one.joined, accounts=one.accounts)
            for one in held.stretches
        ],
        moments=[
            NetworkMoment(
                at=iso(one.at), what=one.what, name=one.name, subject_id=told_id(one.subject_id or None), number=one.number
            )
            for one in held.moments
        ],
    )  # fmt: skip


@post(f"{HERE}/networks/{{network_id:int}}/judge", guards=[require(WRITES)], status_code=200)
async def judge_network(
    network_id: FromPath[int], form: Form[JudgeForm], caller: Called, db: NamedDependency[Db]
) -> WholeNetwork:
    """Say whether these act together."""
    await accounts.permit(db, me(caller), Power.MANAGE_REPORTS)
    async with db.begin() as tx:
        await integrity.judge_cluster(tx, network_id, _state(form), by=me(caller))
    return await _whole(db, network_id, me(caller))


@post(f"{HERE}/networks/{{network_id:int}}/merge", guards=[require(WRITES)], status_code=200)
async def merge_networks(
    network_id: FromPath[int], form: Form[MergeForm], caller: Called, db: NamedDependency[Db]
) -> WholeNetwork:
    """Let a network be one with another; that one."""
    await accounts.permit(db, me(caller), Power.MANAGE_REPORTS)
    if form.into_id is None:
        raise Invalid(say="Validation failed: Say into which network")
    async with db.begin() as tx:
        await integrity.merge_clusters(tx, network_id, form.into_id, reason=form.reason, by=me(caller))
    return await _whole(db, form.into_id, me(caller))


@post(f"{HERE}/networks/{{network_id:int}}/split", guards=[require(WRITES)], status_code=200)
async def split_network(
    network_id: FromPath[int], form: Form[SplitForm], caller: Called, db: NamedDependency[Db]
) -> WholeNetwork:
    """Make a network of its own of some accounts of one; the new one."""
    await accounts.permit(db, me(caller), Power.MANAGE_REPORTS)
    async with db.begin() as tx:
        made = await integrity.split_cluster(
            tx, network_id, form.account_ids, role=form.role, reason=form.reason, by=me(caller)
        )
    return await _whole(db, made, me(caller))


@get(f"{HERE}/networks/{{network_id:int}}/edits", guards=[require(READS)])
async def list_edits(network_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> list[NetworkEdit]:
    """What staff did to a network by hand, the newest first; at most 50."""
    return [_edit(one) for one in await integrity.edits_of(db, network_id, by=me(caller))]


@post(f"{HERE}/network_edits/{{edit_id:int}}/undo", guards=[require(WRITES)], status_code=200)
async def undo_edit(edit_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> WholeNetwork:
    """Take a merge or a split back; the network that it was done to."""
    async with db.begin() as tx:
        edit = await integrity.undo_edit(tx, edit_id, by=me(caller))
    return await _whole(db, edit.cluster_id, me(caller))


@get(f"{HERE}/signals", guards=[require(READS)])
async def list_signals(params: Query[SignalsParams], caller: Called, db: NamedDependency[Db]) -> list[AdminSignal]:
    """A detector's signals in one state, the latest first; at most 100."""
    found = await integrity.list_signals(db, params.detector, params.state, by=me(caller))
    return [_signal(one) for one in found]


@post(f"{HERE}/signals/{{signal_id:int}}/judge", guards=[require(WRITES)], status_code=200)
async def judge_signal(
    signal_id: FromPath[int], form: Form[JudgeForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Say whether a signal was right."""
    await accounts.permit(db, me(caller), Power.MANAGE_REPORTS)
    async with db.begin() as tx:
        await integrity.judge_signal(tx, signal_id, _state(form), by=me(caller))
    return {}


@get(f"{HERE}/detectors", guards=[require(READS)])
async def list_detectors(caller: Called, db: NamedDependency[Db]) -> list[Detector]:
    """How good the detectors are."""
    found = await integrity.detector_health(db, since=now_ms() - _HEALTH_MS, by=me(caller))
    return [
        Detector(
            name=one.detector, waiting=one.waiting, confirmed=one.confirmed, dismissed=one.dismissed,
            last_at=iso(one.last_at) if one.last_at else None,
        )
        for one in found
    ]  # fmt: skip


@get(f"{HERE}/detectors/weeks", guards=[require(READS)])
async def list_detector_weeks(
    params: Query[WeeksParams], caller: Called, db: NamedDependency[Db]
) -> list[DetectorWeeks]:
    """What each detector said week by week, and how much of it people found right or wrong."""
    weeks = min(max(params.weeks, 1), _MOST_WEEKS)
    found = await integrity.detector_weeks(db, weeks=weeks, by=me(caller))
    return [
        DetectorWeeks(
            name=name,
            weeks=[
                DetectorWeek(
                    week=iso(one.at), alerts=one.alerts, confirmed=one.confirmed, dismissed=one.dismissed,
                    precision=one.precision,
                )
                for one in held
            ],
        )
        for name, held in found.items()
    ]  # fmt: skip


def _moment(written: str) -> int | None:
    if not written:
        return None
    try:
        at = datetime.fromisoformat(written.strip())
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise Invalid(written[:40], say="Validation failed: until is no moment of ISO 8601") from error


def _state(form: JudgeForm) -> Literal["open", "confirmed", "dismissed"]:
    if form.state is None:
        raise Invalid(None, say="Validation failed: Say confirmed, dismissed or open")
    return form.state


def _edit(one: integrity.ClusterEdit) -> NetworkEdit:
    return NetworkEdit(
        id=str(one.id), act=one.act, network_id=str(one.cluster_id), other_id=str(one.other_id), reason=one.reason,
        by_id=str(one.by_account_id), undone_at=None if one.undone_at is None else iso(one.undone_at),
    )  # fmt: skip


def _network(one: integrity.Cluster) -> dict[str, Any]:
    summary = msgspec.json.decode(one.summary, type=integrity.Summary)
    return {
        "id": str(one.id), "state": one.state, "score": one.score, "size": one.size, "how": summary.how,
        "traces": summary.traces, "shared": summary.shared, "usual": summary.usual,
        "status_ids": [str(an_id) for an_id in summary.posts], "first_at": iso(one.first_at), "last_at": iso(one.last_at),
        "case_id": told_id(one.case_id), "merged_into_id": told_id(one.merged_into),
    }  # fmt: skip


async def _whole(db: Db, network_id: int, by: int) -> WholeNetwork:
    held = await integrity.show_cluster(db, network_id, by=by)
    return WholeNetwork(
        **_network(held),
        accounts=[
            NetworkAccount(
                account_id=str(one.account_id), role=one.role, score=one.score, evidence=msgspec.json.decode(one.evidence),
                joined_at=iso(one.joined_at), seen_at=iso(one.seen_at),
            )
            for one in await integrity.members_of(db, network_id, by=by)
        ],
        ties=[
            NetworkTie(
                account_ids=(str(one.a_id), str(one.b_id)), trace=one.trace, occasions=one.occasions, weight=one.weight
            )
            for one in await integrity.ties_of(db, network_id, by=by)
        ],
        growth=[(iso(at), size) for at, size in await integrity.growth_of(db, network_id, by=by)],
    )  # fmt: skip


def _signal(one: integrity.Signal) -> AdminSignal:
    return AdminSignal(
        id=str(one.id), detector=one.detector, kind=one.kind, subject_id=str(one.subject_id), name=one.name,
        score=one.score, evidence=one.evidence, times=one.times, first_at=iso(one.first_at), last_at=iso(one.last_at),
        state=one.state, case_id=told_id(one.case_id),
    )  # fmt: skip


HANDLERS: list[Any] = [
    list_networks, show_network, show_graph, show_timeline, judge_network, merge_networks, split_network, list_edits,
    undo_edit, list_signals, judge_signal, list_detectors, list_detector_weeks,
]  # fmt: skip
