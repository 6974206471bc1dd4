"""Catching up: what a member missed in Home, by who said it; and how far they have read."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import notifications
from dunnock.api.kit import Form, Id, Query
from dunnock.feeds import Feeds
from dunnock.feeds.catch_up import MOST_READ, ORDERS, Order, Said, Why, catch_up
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.ids import id_at, ms_of
from dunnock.web.cards import Cards, Face, Shown
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

HOURS = (1, 6, 12, 24)
_LONGEST_MS = 31 * 24 * HOUR
_PEOPLE, _LINES, _WHOLE = 60, 2, 100


class CatchUpParams(PageParams, kw_only=True, frozen=True):
    """How many hours (0: since the member caught up last), in which order, without what; `by`: all of one account."""

    hours: int = 0
    order: str = "posts"
    no_replies: bool = False
    no_boosts: bool = False
    by: Id | None = None


class DoneForm(Sent):
    """Up to which post the member caught up."""

    up_to: Id


class Group(msgspec.Struct, frozen=True):
    """Somebody with what they brought; `lines` are the first few of it, `why` all that brought it."""

    face: Face
    said: Said
    lines: list[Shown]
    why: tuple[Why, ...]


@get("/catch-up")
async def show_catch_up(
    *,
    params: Query[CatchUpParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    feeds: NamedDependency[Feeds],
    cards: NamedDependency[Cards],
) -> Response[str]:
    """What came into Home in a time, counted and put together by who brought it there."""
    marker = (await notifications.read_markers(db, member.account_id, ["home"])).get("home")
    last = None if marker is None else max(marker.last_read_id, id_at(now_ms() - _LONGEST_MS))
    hours = params.hours if params.hours in HOURS else 0 if last is not None else 12
    order: Order = next((one for one in ORDERS if one == params.order), "posts")
    since = id_at(now_ms() - hours * HOUR) if hours or last is None else last
    found = await catch_up(
        feeds,
        member.account_id,
        since_id=since,
        order=order,
        replies=not params.no_replies,
        boosts=not params.no_boosts,
    )
    people = [one for one in found.said if params.by in {None, one.account_id}][:_PEOPLE]
    most = _LINES if params.by is None else _WHOLE
    made = await cards.posts(
        [entry for one in people for entry in one.entries[:most]], found.page.posts, found.page.accounts, "home"
    )
    shown = {one.entry_id: one for one in made}
    faces = {one.id: one for one in await cards.faces([one.account_id for one in people])}
    groups = [
        Group(
            faces[one.account_id],
            one,
            [shown[entry.id] for entry in one.entries[:most] if entry.id in shown],
            tuple(dict.fromkeys(why for entry in one.entries[:most] for why in found.why[entry.id])),
        )
        for one in people
    ]
    return show(
        "catch_up.html",
        found=found,
        why=found.why,
        groups=groups,
        asked=params,
        hours=hours,
        order=order,
        last=last,
        since=ms_of(since),
        most=MOST_READ,
        alone=params.by is not None,
    )


@post("/catch-up", status_code=303)
async def note_caught_up(
    form: Form[DoneForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Remember, for all clients of the member, that they have read Home up to here."""
    async with db.begin() as tx:
        await notifications.move_markers(tx, member.account_id, {"home": form.up_to})
    return show.go("/", done="caught_up")


HANDLERS = pages(show_catch_up, note_caught_up)
