"""Staff watch the server: the overview, the log of what staff did, jobs and what failed for good."""

from __future__ import annotations

import asyncio
import shutil

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, moderation
from dunnock.accounts import Power
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation import backups, clock, jobs, reactions
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.moderation import figures, house
from dunnock.web.admin.desk import desk
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_A_PAGE, _COUNTED = 50, 100


class LogParams(msgspec.Struct, frozen=True):
    """Which entries: about a `kind` of thing, by `who` (a name here), older than `max_id`; `deeds`: not what was looked at."""

    kind: str = ""
    who: str = ""
    deeds: bool = False
    max_id: Id | None = None
    done: str = ""


class ReviveForm(Sent):
    """Try everything again that was given up on."""


class Disk(msgspec.Struct, frozen=True):
    """What lies where, in bytes. `days_left`: until the disk is full at the pace of the last 30 days; None: no growth."""

    parts: list[tuple[str, int]]
    free: int
    whole: int
    days_left: int | None


@get("/admin")
async def show_overview(
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Who waits, how much goes on, whether all is well, how much room there is."""
    await figures.permit(db, by=staff.account_id)
    span = figures.Span.of(None, None)
    measures = [one for key in figures.SITE if (one := await figures.measure(db, key, span)) is not None]
    lags = await reactions.lags(db)
    waiting = await jobs.backlog(db)
    backup = backups.last(settings.data)
    return desk(
        show,
        staff,
        "overview.html",
        measures=measures,
        counted=_COUNTED,
        behind=max(lags, key=lambda one: one.age_ms, default=None),
        waiting=sum(number for _, number, due_at in waiting if due_at <= clock.now_ms()),
        dead=len(await reactions.dead_letters(db, most=_COUNTED)) + len(await jobs.dead_jobs(db, most=_COUNTED)),
        disk=await _disk(db, settings),
        backup=backup,
        backup_old=backup is None or clock.now_ms() - backup.at > 2 * clock.DAY,
        mail=bool(settings.smtp_url),
        weeks=await figures.weeks(db, 8),
        settings=settings,
    )


async def _disk(db: Db, settings: Settings) -> Disk:
    span = figures.Span.of(None, None)
    parts = await figures.dimension(db, "space_usage", span, most=10, server=settings.domain, version="") or []
    grown = await figures.measure(db, "instance_media_attachments", span, figures.About(domain=""))
    a_day = 0 if grown is None else sum(grown.data.values()) / max(len(grown.data), 1)
    usage = await asyncio.to_thread(shutil.disk_usage, settings.data)
    left = int(usage.free / a_day) if a_day > 0 else None
    return Disk([(one.key, int(one.value)) for one in parts], usage.free, usage.total, left)


@get("/admin/log")
async def show_log(
    params: Query[LogParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """What staff did, newest first."""
    who = await account_views.id_of(params.who.strip().removeprefix("@"), "") if params.who.strip() else None
    unknown = bool(params.who.strip()) and who is None
    wanted = moderation.WantedEntries(kind=params.kind.strip(), who=-1 if unknown else who, deeds=params.deeds)
    cursor = accounts.Cursor(limit=_A_PAGE, max_id=params.max_id)
    found = await moderation.entries(db, cursor, by=staff.account_id, wanted=wanted)
    cards = await account_views.get({one.by_account_id for one in found})
    return desk(
        show,
        staff,
        "log.html",
        asked=params,
        entries=found,
        names={an_id: card.handle for an_id, card in cards.items()},
        older=found[-1].id if len(found) == _A_PAGE else None,
    )


@get("/admin/jobs")
async def show_jobs(
    show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """How far every reaction is, what waits, and what was given up on."""
    await house.permit(db, Power.VIEW_DEVOPS, by=staff.account_id)
    return desk(
        show,
        staff,
        "jobs.html",
        lags=await reactions.lags(db),
        backlog=await jobs.backlog(db),
        letters=await reactions.dead_letters(db),
        dead=await jobs.dead_jobs(db),
    )


@post("/admin/jobs", status_code=303)
async def revive_jobs(
    form: Form[ReviveForm],  # noqa: ARG001 (it carries the token)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Have everything tried again that was given up on."""
    await house.permit(db, Power.VIEW_DEVOPS, by=staff.account_id)
    revived = await reactions.revive(db) + await jobs.revive_jobs(db)
    await house.note_revival(db, revived, by=staff.account_id)
    return show.go("/admin/jobs", done="tried")


HANDLERS = pages(show_overview, show_log, show_jobs, revive_jobs)
