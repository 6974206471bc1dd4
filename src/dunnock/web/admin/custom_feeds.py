"""Staff look at custom feeds that somebody complained about."""

from __future__ import annotations

from typing import Literal

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock.api.kit import Form, Id, Query
from dunnock.feeds.custom.complaints import close_complaints, complained, remove_feed, restore_feed
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.web.admin.desk import Desk, desk_pages
from dunnock.web.pages import DoneParams, Sent


class JudgeForm(Sent):
    """Which feed, and what becomes of it. `because`: why it is removed."""

    feed_id: Id | None = None
    act: Literal["remove", "restore", "keep"] = "keep"
    because: str = ""


@get("/admin/feeds")
async def list_complained_feeds(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    desk: NamedDependency[Desk],
) -> Response[str]:
    """What members complained about, and what was removed."""
    return await _list(desk)


@post("/admin/feeds", status_code=303)
async def judge_complained_feed(form: Form[JudgeForm], desk: NamedDependency[Desk]) -> Response[str] | Response[None]:
    """Remove a feed, give it back, or leave it as it is."""
    try:
        if form.feed_id is None:
            raise Invalid(form.feed_id)
        async with desk.db.begin() as tx:
            if form.act == "remove":
                await remove_feed(tx, form.feed_id, because=form.because, by=desk.by)
            elif form.act == "restore":
                await restore_feed(tx, form.feed_id, by=desk.by)
            else:
                await close_complaints(tx, form.feed_id, by=desk.by)
    except DomainError as error:
        return await _list(desk, error=error)
    return desk.go("/admin/feeds", "saved")


async def _list(desk: Desk, *, error: DomainError | None = None) -> Response[str]:
    found = await complained(desk.db, by=desk.by)
    ids = {one.feed.account_id for one in found} | {it.account_id for one in found for it in one.complaints}
    names = await desk.names(ids)
    return desk.page("custom_feeds.html", error=error, feeds=[(one, names) for one in found])


HANDLERS = desk_pages(list_complained_feeds, judge_complained_feed)
