"""Staff and what the server says of itself: rules, texts, announcements. Ours: /api/v1/dunnock/admin/…."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import server
from dunnock.accounts import Power
from dunnock.api.kit import Called, Form, require
from dunnock.api.mastodon.instance import Rule, rule_wire
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db, Reader
from dunnock.moderation import house

READS, WRITES = "admin:read", "admin:write"
HERE: Final = "/api/v1/dunnock/admin"
RULES, TEXTS, ANNOUNCEMENTS = f"{HERE}/rules", f"{HERE}/texts", f"{HERE}/announcements"


class RuleForm(msgspec.Struct):
    """What a rule says, and a hint below it."""

    text: str = ""
    hint: str = ""


class MoveForm(msgspec.Struct):
    """`up`: before the rule above it, else behind the one below."""

    up: bool = False


class TextForm(msgspec.Struct):
    """Markdown. For terms: what changed, and the day (2026-12-24) from which they hold; none: today."""

    text: str = ""
    changes: str = ""
    effective_on: str | None = None


class AnnouncementForm(msgspec.Struct):
    """Moments in Unix milliseconds; null: none."""

    text: str = ""
    starts_at: int | None = None
    ends_at: int | None = None
    publish_at: int | None = None


class AdminAnnouncement(msgspec.Struct, kw_only=True):
    """An announcement as staff wrote it; ours."""

    id: str
    text: str
    starts_at: str | None
    ends_at: str | None
    published_at: str


async def _rules(reader: Reader) -> list[Rule]:
    return [rule_wire(one) for one in await server.rules(reader)]


@post(RULES, guards=[require(WRITES)], status_code=200)
async def add_rule(form: Form[RuleForm], caller: Called, db: NamedDependency[Db]) -> list[Rule]:
    """A new last rule; all of them."""
    async with db.begin() as tx:
        await house.add_rule(tx, form.text, hint=form.hint, by=me(caller))
        return await _rules(tx)


@put(f"{RULES}/{{rule_id:int}}", guards=[require(WRITES)])
async def change_rule(
    rule_id: FromPath[int], form: Form[RuleForm], caller: Called, db: NamedDependency[Db]
) -> list[Rule]:
    """What a rule says from now on."""
    async with db.begin() as tx:
        await house.change_rule(tx, rule_id, form.text, hint=form.hint, by=me(caller))
        return await _rules(tx)


@post(f"{RULES}/{{rule_id:int}}/move", guards=[require(WRITES)], status_code=200)
async def move_rule(
    rule_id: FromPath[int], form: Form[MoveForm], caller: Called, db: NamedDependency[Db]
) -> list[Rule]:
    """Change a rule's place with the one above or below it."""
    async with db.begin() as tx:
        await house.move_rule(tx, rule_id, up=form.up, by=me(caller))
        return await _rules(tx)


@delete(f"{RULES}/{{rule_id:int}}", guards=[require(WRITES)], status_code=200)
async def remove_rule(rule_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> list[Rule]:
    """Put a rule away."""
    async with db.begin() as tx:
        await house.remove_rule(tx, rule_id, by=me(caller))
        return await _rules(tx)


@put(f"{TEXTS}/about", guards=[require(WRITES)])
async def write_about(form: Form[TextForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """The longer description of the server."""
    async with db.begin() as tx:
        await house.write_page(tx, "about", form.text, by=me(caller))
    return {}


@put(f"{TEXTS}/privacy", guards=[require(WRITES)])
async def write_privacy(form: Form[TextForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """The privacy policy."""
    async with db.begin() as tx:
        await house.write_page(tx, "privacy", form.text, by=me(caller))
    return {}


@post(f"{TEXTS}/terms", guards=[require(WRITES)], status_code=200)
async def publish_terms(form: Form[TextForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """A new version of the terms of service."""
    async with db.begin() as tx:
        await house.publish_terms(
            tx, form.text, effective_on=form.effective_on, changes=form.changes, by=me(caller)
        )  # fmt: skip
    return {}


@get(ANNOUNCEMENTS, guards=[require(READS)])
async def list_announcements(caller: Called, db: NamedDependency[Db]) -> list[AdminAnnouncement]:
    """All announcements, newest first, also those that are not published yet."""
    await house.permit(db, Power.MANAGE_ANNOUNCEMENTS, by=me(caller))
    return await _announcements(db)


async def _announcements(reader: Reader) -> list[AdminAnnouncement]:
    return [
        AdminAnnouncement(
            id=str(one.id), text=one.text, published_at=iso(one.published_at),
            starts_at=None if one.starts_at is None else iso(one.starts_at),
            ends_at=None if one.ends_at is None else iso(one.ends_at),
        )
        for one in await server.announcements(reader)
    ]  # fmt: skip


@post(ANNOUNCEMENTS, guards=[require(WRITES)], status_code=200)
async def announce(form: Form[AnnouncementForm], caller: Called, db: NamedDependency[Db]) -> list[AdminAnnouncement]:
    """Tell all members, now or later."""
    async with db.begin() as tx:
        await house.announce(
            tx, form.text, starts_at=form.starts_at, ends_at=form.ends_at, publish_at=form.publish_at, by=me(caller)
        )
        return await _announcements(tx)


@put(f"{ANNOUNCEMENTS}/{{announcement_id:int}}", guards=[require(WRITES)])
async def change_announcement(
    announcement_id: FromPath[int], form: Form[AnnouncementForm], caller: Called, db: NamedDependency[Db]
) -> list[AdminAnnouncement]:
    """What an announcement says from now on."""
    async with db.begin() as tx:
        await house.change_announcement(
            tx, announcement_id, form.text, starts_at=form.starts_at, ends_at=form.ends_at, by=me(caller)
        )
        return await _announcements(tx)


@delete(f"{ANNOUNCEMENTS}/{{announcement_id:int}}", guards=[require(WRITES)], status_code=200)
async def remove_announcement(
    announcement_id: FromPath[int], caller: Called, db: NamedDependency[Db]
) -> list[AdminAnnouncement]:
    """Take an announcement away."""
    async with db.begin() as tx:
        await house.remove_announcement(tx, announcement_id, by=me(caller))
        return await _announcements(tx)


HANDLERS: list[Any] = [
    add_rule,
    change_rule,
    move_rule,
    remove_rule,
    write_about,
    write_privacy,
    publish_terms,
    list_announcements,
    announce,
    change_announcement,
    remove_announcement,
]
