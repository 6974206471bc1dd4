"""Notifications: what others did that concerns the member, in groups; and requests, which the policy keeps back."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from dunnock import accounts, notifications
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.notifications import Filters, GroupKey
from dunnock.posts.entries import FOREVER, Span
from dunnock.web.cards import Cards
from dunnock.web.one_by_one import OneByOne, provide_one_by_one
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.steps import Steps, steps_between
from dunnock.web.visitor import Member

_A_PAGE = 30
_FACES = 6
_AT_ONCE = 500
_MENTIONS = ("mention", "quote")
_GIVEN = {"one_by_one": Provide(provide_one_by_one)}


class ReadForm(Sent):
    """Up to which notification the member has read."""

    until: Id


class DismissForm(Sent):
    """Which group to put away: its kind, what it is about and its hour; or `alone`, one notification by itself."""

    kind: str = ""
    about: int = 0
    bucket: int = 0
    alone: int = 0


class RequestForm(Sent):
    """Whose request, and the answer: `accept`, `dismiss`, or `block` them; `one`: let only this post of theirs through.

    `accept_all`, `dismiss_all`: all requests up to the id `request_id`.
    """

    request_id: Id
    act: str = "accept"
    post_id: Id = 0


@get(["/notifications", "/notifications/mentions"], dependencies=_GIVEN)
async def show_notices(
    *,
    params: Query[PageParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
    one_by_one: NamedDependency[OneByOne],
) -> Response[str]:
    """All of them, or mentions and quotes alone; the latest first. Reading the page marks nothing as read."""
    db.sync()
    me, up = member.account_id, params.min_id is not None
    filters = Filters(kinds=_MENTIONS if show.path.endswith("/mentions") else None)
    span = Span(params.max_id or FOREVER, params.min_id or 0, up=up)
    page = await notifications.group_page(db, me, span, filters, now=now_ms(), most=_A_PAGE)
    groups = page.groups[::-1] if up else page.groups
    cards = Cards(db, account_views)
    wanted = dict.fromkeys([an_id for one in groups for an_id in one.from_ids[:_FACES]])
    people = {one.id: one for one in await cards.faces([*wanted])}
    posts = await one_by_one.find(
        [an_id for one in groups if (an_id := one.newest.post_id) is not None], me, "notifications"
    )
    markers = await notifications.read_markers(db, me, ("notifications",))
    until = markers["notifications"].last_read_id if "notifications" in markers else 0
    rows: list[dict[str, Any]] = []
    for one in groups:
        newest, told = one.newest, posts.get(one.newest.post_id or 0)
        faces = [people[an_id] for an_id in one.from_ids[:_FACES] if an_id in people]
        if not faces or (newest.post_id is not None and told is None):
            continue  # somebody who is gone, or a post that the member may not see any more
        rows.append(
            {
                "kind": newest.kind,
                "people": faces,
                "others": one.count - 1,
                "post": told,
                "at": newest.created_at,
                "fresh": newest.id > until,
                "key": GroupKey(newest.kind, newest.about_id, newest.bucket)
                if newest.bucket
                else GroupKey(alone=newest.id),
            }
        )
    first = params.max_id is None and not up
    return show(
        "notifications.html",
        rows=rows,
        newest=page.newest if first and page.newest is not None and page.newest > until else None,
        held=await notifications.summary(db, me),
        quiet=await notifications.quiet_of(db, me),
        steps=Steps(None if first else page.newest, page.oldest if page.full or up else None),
    )


@post("/notifications/read", status_code=303)
async def mark_read(
    form: Form[ReadForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Remember how far the member has read, for all their apps."""
    async with db.begin() as tx:
        await notifications.move_markers(tx, member.account_id, {"notifications": form.until})
    return show.go("/notifications")


@post("/notifications/dismiss", status_code=303)
async def dismiss(
    form: Form[DismissForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Put one group away for good."""
    async with db.begin() as tx:
        await notifications.dismiss_group(
            tx, member.account_id, GroupKey(form.kind, form.about, form.bucket, form.alone)
        )
    return show.go("/notifications")


@post("/notifications/clear", status_code=303)
async def clear(
    form: Form[Sent],  # noqa: ARG001 (asking for it is what checks that it is ours)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Put all of them away for good."""
    async with db.begin() as tx:
        await notifications.clear(tx, member.account_id)
    return show.go("/notifications", done="cleared")


@get("/notifications/requests", dependencies=_GIVEN)
async def show_requests(
    *,
    params: Query[PageParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
    one_by_one: NamedDependency[OneByOne],
) -> Response[str]:
    """People whose messages the policy keeps back until the member lets them through."""
    me = member.account_id
    cursor = accounts.Cursor(limit=_A_PAGE, max_id=params.max_id, min_id=params.min_id)
    span = Span(params.max_id or FOREVER, params.min_id or 0, up=cursor.upwards)
    found = await notifications.request_page(db, me, span, most=_A_PAGE)
    found = found[::-1] if cursor.upwards else found
    people = {one.id: one for one in await Cards(db, account_views).faces([one.from_id for one in found])}
    posts = await one_by_one.find([one.last_post_id for one in found if one.last_post_id is not None], me)
    rows: list[dict[str, Any]] = [
        {
            "id": one.id,
            "who": people[one.from_id],
            "count": one.count,
            "at": one.updated_at,
            "post": posts.get(one.last_post_id or 0),
        }
        for one in found
        if one.from_id in people
    ]
    return show("notification_requests.html", rows=rows, steps=steps_between([one.id for one in found], cursor))


@post("/notifications/requests", status_code=303)
async def answer_request(
    form: Form[RequestForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Let somebody through from now on, with what was kept back; or send the request away, and perhaps block them.

    Or do either with all at once, the newest 500; or let a single post through.
    """
    me, here = member.account_id, "/notifications/requests"
    async with db.begin() as tx:
        if form.act in {"accept_all", "dismiss_all"}:
            found = await notifications.request_page(tx, me, Span(form.request_id + 1, 0, up=False), most=_AT_ONCE)
            does = notifications.accept_requests if form.act == "accept_all" else notifications.dismiss_requests
            await does(tx, me, [one.id for one in found])
            return show.go(here, done="let_through" if form.act == "accept_all" else "sent_away")
        if form.act == "one":
            await notifications.let_message_through(tx, me, form.request_id, form.post_id)
            return show.go(here, done="one_through")
        asked = await notifications.find_request(tx, me, form.request_id)
        does = notifications.accept_requests if form.act == "accept" else notifications.dismiss_requests
        await does(tx, me, (form.request_id,))
        if form.act == "block":
            await accounts.block(tx, me, target=asked.from_id)
    done = {"accept": "let_through", "block": "blocked"}.get(form.act, "sent_away")
    return show.go(here, done=done)


@get("/notifications/requests/{request_id:int}", dependencies=_GIVEN)
async def show_request(
    *,
    request_id: FromPath[int],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
    one_by_one: NamedDependency[OneByOne],
) -> Response[str]:
    """All that is kept back of one person, to be read, and let through one by one."""
    me = member.account_id
    asked = await notifications.find_request(db, me, request_id)
    ids = await notifications.messages_of_request(db, me, request_id)
    people = await Cards(db, account_views).faces([asked.from_id])
    if not people:
        raise notifications.RequestMissing(request_id)
    found = await one_by_one.find(ids, me)
    return show(
        "notification_request.html", asked=asked, who=people[0], posts=[found[one] for one in ids if one in found]
    )


HANDLERS = pages(show_notices, mark_read, dismiss, clear, show_requests, show_request, answer_request)
