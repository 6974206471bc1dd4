"""Staff and networks: accounts that act together, who they are, what shows it, and what staff say of it."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import integrity, moderation
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Invalid, Missing
from dunnock.foundation.settings import Settings
from dunnock.integrity.export import FILES, Whole
from dunnock.web.admin.alerts import DETECTORS
from dunnock.web.admin.desk import desk
from dunnock.web.admin.names import names_of
from dunnock.web.admin.network_graph import TRACES, drawing_of, moment_of, numbers_of, page_of, written_at
from dunnock.web.admin.timeline_plot import plot_of
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_STATES = ("open", "confirmed", "dismissed")
_MERGED_INTO = ("open", "confirmed")
_HEALTH_MS = 90 * DAY
_TAKEN = 100_000


class NetworksParams(DoneParams, frozen=True):
    """Which networks."""

    state: str = "open"


class NetworkParams(DoneParams, frozen=True):
    """How the network is looked at: as it was at the end of a day or minute (`until`), with ties of some `kinds` only."""

    until: str = ""
    kinds: tuple[str, ...] = ()
    page: int = 1
    ties: int = 1


class NetworkForm(Sent):
    """`say`: confirmed, dismissed or open; or `what`: split off `accounts` or a role, merge `into` a network, undo an `edit`."""

    say: str = ""
    what: str = ""
    accounts: tuple[int, ...] = ()
    into: Id | None = None
    edit: Id | None = None
    reason: str = ""


@get("/admin/integrity")
async def list_networks(
    params: Query[NetworksParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str]:
    """Networks, and how good the detectors are."""
    state = params.state if params.state in _STATES else "open"
    found = await integrity.list_clusters(db, state, by=staff.account_id)
    health = await integrity.detector_health(db, since=now_ms() - _HEALTH_MS, by=staff.account_id)
    return desk(show, staff, "networks.html", state=state, networks=found, health=health, what=DETECTORS,
                topics=await integrity.topics(db, found))  # fmt: skip


@get("/admin/integrity/{cluster_id:int}")
async def show_network(  # noqa: PLR0917 (Litestar hands them over by name)
    cluster_id: FromPath[int],
    params: Query[NetworkParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """One network: its picture, its accounts, how it grew."""
    return await _network(show, staff, db, account_views, cluster_id, asked=params)


@get("/admin/integrity/{cluster_id:int}/graph")
async def fetch_graph(
    cluster_id: FromPath[int],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[bytes]:
    """The picture for the script of the page; the admin API has it for other programs."""
    graph = await integrity.graph_of(db, cluster_id, by=staff.account_id)
    names = await names_of(account_views, [one.account_id for one in graph.accounts])
    body = msgspec.json.encode(numbers_of(graph, names))
    headers = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}
    return Response(body, media_type="application/json", headers=headers)


@post("/admin/integrity/{cluster_id:int}", status_code=303)
async def judge_network(  # noqa: PLR0917 (as above)
    cluster_id: FromPath[int],
    form: Form[NetworkForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Say whether it is one, or which accounts belong to it."""
    try:
        async with db.begin() as tx:
            cluster_id = await _do(tx, cluster_id, form, by=staff.account_id)
    except integrity.ClusterMissing:
        raise
    except DomainError as error:
        return await _network(show, staff, db, account_views, cluster_id, error=error)
    return show.go(f"/admin/integrity/{cluster_id}", done="saved")


async def _do(tx: Tx, cluster_id: int, form: NetworkForm, *, by: int) -> int:
    """Do it; the network to look at afterwards."""
    match form.what, form.say:
        case "", "confirmed" | "dismissed" | "open" as state:
            await integrity.judge_cluster(tx, cluster_id, state, by=by)
        case "split", _:
            return await integrity.split_cluster(tx, cluster_id, form.accounts, reason=form.reason, by=by)
        case "split_core" | "split_amplifier" as which, _:
            role = which.removeprefix("split_")
            return await integrity.split_cluster(tx, cluster_id, (), role=role, reason=form.reason, by=by)
        case "merge", _ if form.into is not None:
            await integrity.merge_clusters(tx, cluster_id, form.into, reason=form.reason, by=by)
            return form.into
        case "undo_edit", _ if form.edit is not None:
            return (await integrity.undo_edit(tx, form.edit, by=by)).cluster_id
        case _:
            raise Invalid(form.what[:20])
    return cluster_id


@get("/admin/integrity/{cluster_id:int}/files/{kind:str}")
async def take_network(
    *,
    cluster_id: FromPath[int],
    kind: FromPath[str],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """The network as a file: tables of its accounts and ties, GraphML, STIX. Each is written down."""
    by = staff.account_id
    if kind not in FILES:
        raise Missing(kind[:20])
    held = await integrity.show_cluster(db, cluster_id, by=by)
    members = await integrity.members_of(db, cluster_id, by=by, most=_TAKEN)
    ties = await integrity.ties_of(db, cluster_id, by=by, most=_TAKEN)
    cards = await account_views.get({one.account_id for one in members} | {one.a_id for one in ties})
    handles = {one.id: one.handle if one.domain else f"{one.handle}@{settings.domain}" for one in cards.values()}
    whole = Whole(cluster=held, members=members, ties=ties, handles=handles, server=settings.domain)
    media_type, make = FILES[kind]
    body = await asyncio.to_thread(make, whole)
    await moderation.note_export(db, f"network.{kind}", rows=len(members), by=by)
    headers = {"content-disposition": f'attachment; filename="network.{kind}"'}
    return Response(body, media_type=media_type, headers=headers)


async def _network(
    show: Show,
    staff: Member,
    db: Db,
    account_views: AccountViews,
    cluster_id: int,
    *,
    asked: NetworkParams | None = None,
    error: DomainError | None = None,
) -> Response[str]:
    by, asked = staff.account_id, asked or NetworkParams()
    held = await integrity.show_cluster(db, cluster_id, by=by)
    edits = await integrity.edits_of(db, cluster_id, by=by)
    until = moment_of(asked.until)
    graph = await integrity.graph_of(db, cluster_id, by=by, until=until, traces=asked.kinds)
    timeline = await integrity.timeline_of(db, cluster_id, by=by)
    members, ties = page_of(graph.accounts, asked.page), page_of(graph.ties, asked.ties)
    people = {one.account_id for one in members.rows} | {end for one in ties.rows for end in (one.a_id, one.b_id)}
    query = [("until", asked.until)] * bool(asked.until) + [("kinds[]", one) for one in asked.kinds]
    return desk(
        show,
        staff,
        "network.html",
        error=error,
        held=held,
        summary=msgspec.json.decode(held.summary, type=integrity.Summary),
        asked=asked,
        until=until,
        query=urlencode(query),
        graph=graph,
        one_in=integrity.one_in,
        least_sure=min((one.score for one in graph.accounts), default=held.score),
        others=await _others(db, cluster_id, by=by) if held.state != "merged" else [],
        drawing=drawing_of(graph),
        trace_names=TRACES,
        first_at=written_at(graph.moments[0]) if graph.moments else "",
        last_at=written_at(graph.moments[-1]) if graph.moments else "",
        members=members,
        ties=ties,
        timeline=timeline,
        plot=plot_of(timeline),
        edits=edits,
        files=tuple(FILES),
        names=await names_of(account_views, [*people, *(one.by_account_id for one in edits)]),
        scripts=True,
    )


async def _others(db: Db, cluster_id: int, *, by: int) -> list[tuple[integrity.Cluster, str]]:
    """Networks that this one may be merged into, those seen last first, each with its hashtag or an empty text."""
    found = [
        one for state in _MERGED_INTO for one in await integrity.list_clusters(db, state, by=by) if one.id != cluster_id
    ]
    under = await integrity.topics(db, found)
    return [(one, under.get(one.id, "")) for one in sorted(found, key=lambda one: -one.last_at)]


HANDLERS = pages(list_networks, show_network, fetch_graph, judge_network, take_network)
