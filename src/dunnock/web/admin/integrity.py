"""Staff and networks: accounts that act together, who they are, what shows it, and what staff say of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import integrity
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Query
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.web.admin.desk import desk
from dunnock.web.admin.names import names_of
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_STATES = ("open", "confirmed", "dismissed")
_HEALTH_MS = 90 * DAY
_DRAWN = 2_000
_RADIUS = 230
_MIDDLE = 250


class NetworksParams(DoneParams, frozen=True):
    """Which networks."""

    state: str = "open"


class NetworkForm(Sent):
    """`say`: confirmed, dismissed or open."""

    say: str = ""


class Point(NamedTuple):
    """An account in the picture."""

    account_id: int
    role: str
    x: float
    y: float


class Line(NamedTuple):
    """A tie in the picture."""

    x1: float
    y1: float
    x2: float
    y2: float


def drawn(
    members: Sequence[integrity.ClusterMember], ties: Sequence[integrity.ClusterTie]
) -> tuple[list[Point], list[Line]]:
    """The accounts on a circle, the surest first, and lines between those that are tied; at most 2,000 accounts."""
    shown = members[:_DRAWN]
    points = {
        one.account_id: Point(
            one.account_id,
            one.role,
            round(_MIDDLE + _RADIUS * math.cos(2 * math.pi * n / len(shown)), 1),
            round(_MIDDLE + _RADIUS * math.sin(2 * math.pi * n / len(shown)), 1),
        )
        for n, one in enumerate(shown)
    }
    lines = [
        Line(a.x, a.y, b.x, b.y)
        for tie in ties
        if (a := points.get(tie.a_id)) is not None and (b := points.get(tie.b_id)) is not None
    ]
    return list(points.values()), lines


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
    return desk(show, staff, "networks.html", state=state, networks=found, health=health)


@get("/admin/integrity/{cluster_id:int}")
async def show_network(  # noqa: PLR0917 (Litestar hands them over by name)
    cluster_id: FromPath[int],
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """One network: its picture, its accounts, how it grew."""
    return await _network(show, staff, db, account_views, cluster_id)


@post("/admin/integrity/{cluster_id:int}", status_code=303)
async def judge_network(  # noqa: PLR0917 (as above)
    cluster_id: FromPath[int],
    form: Form[NetworkForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Say whether it is one."""
    try:
        async with db.begin() as tx:
            match form.say:
                case "confirmed" | "dismissed" | "open" as state:
                    await integrity.judge_cluster(tx, cluster_id, state, by=staff.account_id)
                case _:
                    raise Invalid(form.say[:20])
    except DomainError as error:
        return await _network(show, staff, db, account_views, cluster_id, error=error)
    return show.go(f"/admin/integrity/{cluster_id}", done="saved")


async def _network(
    show: Show, staff: Member, db: Db, account_views: AccountViews, cluster_id: int, *, error: DomainError | None = None
) -> Response[str]:
    by = staff.account_id
    held = await integrity.show_cluster(db, cluster_id, by=by)
    members = await integrity.members_of(db, cluster_id, by=by)
    points, lines = drawn(members, await integrity.ties_of(db, cluster_id, by=by))
    return desk(
        show,
        staff,
        "network.html",
        error=error,
        held=held,
        summary=msgspec.json.decode(held.summary, type=integrity.Summary),
        members=members,
        points=points,
        lines=lines,
        growth=await integrity.growth_of(db, cluster_id, by=by),
        names=await names_of(account_views, [one.account_id for one in members]),
    )


HANDLERS = pages(list_networks, show_network, judge_network)
