"""Staff look at custom feeds that somebody complained about."""

from __future__ import annotations

from typing import Literal

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.feeds.custom.complaints import close_complaints, complained, remove_feed, restore_feed
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.web.admin.desk import desk
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class JudgeForm(Sent):
    """Which feed, and what becomes of it. `because`: why it is removed."""

    feed_id: Id | None = None
    act: Literal["remove", "restore", "keep"] = "keep"
    because: str = ""


@get("/admin/feeds")
async def list_complained_feeds(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """What members complained about, and what was removed."""
    return await _list(show, staff, db, account_views)


@post("/admin/feeds", status_code=303)
async def judge_complained_feed(
    *,
    form: Form[JudgeForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Remove a feed, give it back, or leave it as it is."""
    try:
        if form.feed_id is None:
            raise Invalid(form.feed_id)
        async with db.begin() as tx:
            if form.act == "remove":
                await remove_feed(tx, form.feed_id, because=form.because, by=staff.account_id)
            elif form.act == "restore":
                await restore_feed(tx, form.feed_id, by=staff.account_id)
            else:
                await close_complaints(tx, form.feed_id, by=staff.account_id)
    except DomainError as error:
        return await _list(show, staff, db, account_views, error=error)
    return show.go("/admin/feeds", done="saved")


async def _list(
    show: Show, staff: Member, db: Db, account_views: AccountViews, *, error: DomainError | None = None
) -> Response[str]:
    found = await complained(db, by=staff.account_id)
    ids = {one.feed.account_id for one in found} | {it.account_id for one in found for it in one.complaints}
    names = {one: card.handle for one, card in (await account_views.get(ids)).items()}
    return desk(show, staff, "custom_feeds.html", error=error, feeds=[(one, names) for one in found])


HANDLERS = pages(list_complained_feeds, judge_complained_feed)
