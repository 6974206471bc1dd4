"""Staff and indicators: what this server would say to others, and whether it does."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock.api.kit import Form, Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.moderation import house
from dunnock.transparency import indicators
from dunnock.web.admin.desk import desk
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class PublishForm(Sent):
    """`what`: publish or stop."""

    what: str = ""


@get("/admin/indicators")
async def show_indicators(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """What the feed says or would say."""
    return await _page(show, staff, db, settings)


@post("/admin/indicators", status_code=303)
async def publish_indicators(
    *,
    form: Form[PublishForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Publish the feed, or do so no longer."""
    try:
        async with db.begin() as tx:
            await house.change_setting(tx, "publish_indicators", form.what == "publish", by=staff.account_id)
    except DomainError as error:
        return await _page(show, staff, db, settings, error=error)
    return show.go("/admin/indicators", done="saved")


async def _page(
    show: Show, staff: Member, db: Db, settings: Settings, *, error: DomainError | None = None
) -> Response[str]:
    names = await indicators.names_of(db, settings.domain)
    found = await indicators.preview(db, names, by=staff.account_id)
    return desk(
        show,
        staff,
        "indicators.html",
        error=error,
        found=found,
        published=settings.publish_indicators,
        url=indicators.feed_url(settings),
    )


HANDLERS = pages(show_indicators, publish_indicators)
