"""What waits to be posted: scheduled posts and drafts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, posts
from dunnock.api.kit import Form, Id
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.web.composer import NoMoment
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_MOST = 300


class ScheduledForm(Sent):
    """Which scheduled post; `at` (`YYYY-MM-DDTHH:MM`, UTC) with `act` "move", else it is thrown away."""

    scheduled_id: Id
    act: str = "remove"
    at: str = ""


class DraftForm(Sent):
    """Which draft to throw away."""

    draft_id: Id


@get(["/scheduled", "/drafts"])
async def show_waiting(
    show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """All that is scheduled, the next one first, and all drafts, the latest first."""
    return await _ask(show, db, member)


@post("/scheduled", status_code=303)
async def change_scheduled(
    form: Form[ScheduledForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Have it go out at another time, or not at all."""
    try:
        async with db.begin() as tx:
            if form.act == "move":
                await posts.reschedule(tx, form.scheduled_id, at=_moment(form.at), by=member.account_id)
            else:
                await posts.unschedule(tx, form.scheduled_id, by=member.account_id)
    except (posts.ScheduleRefused, NoMoment) as error:
        return await _ask(show, db, member, error=error)
    return show.go("/scheduled", done="saved" if form.act == "move" else "thrown_away")


@post("/drafts", status_code=303)
async def drop_draft(
    form: Form[DraftForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Throw a draft away."""
    async with db.begin() as tx:
        await posts.drop_draft(tx, form.draft_id, by=member.account_id)
    return show.go("/drafts", done="thrown_away")


def _moment(typed: str) -> int:
    try:
        return int(datetime.fromisoformat(typed.strip()).replace(tzinfo=UTC).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise NoMoment(typed[:40]) from error


async def _ask(show: Show, db: Db, member: Member, *, error: DomainError | None = None) -> Response[str]:
    everything = accounts.Cursor(limit=_MOST).bounds
    scheduled = await posts.scheduled_of(db, member.account_id, **everything, up=False)
    drafts = await posts.drafts_of(db, member.account_id, **everything, up=False)
    rows: list[dict[str, Any]] = [
        {"id": one.id, "at": one.at, "error": one.error, "draft": one.draft}
        for one in sorted(scheduled, key=lambda one: one.at)
    ]
    return show("waiting_posts.html", scheduled=rows, drafts=drafts, error=error)


HANDLERS = pages(show_waiting, change_scheduled, drop_draft)
