"""Announcements: what those who run the server tell everybody on it, and how members react. Mastodon: Announcement."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
import regex

from dunnock import media, text
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.job import Job
from dunnock.server import store
from dunnock.server.errors import AnnouncementMissing, GuideRefused
from dunnock.server.events import (
    AnnouncementChanged,
    AnnouncementPublished,
    AnnouncementReacted,
    AnnouncementRemoved,
)

MOST_SHOWN = 100
LONGEST = 5_000
MOST_REACTIONS = 8  # different emoji to one announcement, as Mastodon
_FURTHEST_MS = 5 * 366 * DAY

# One emoji as people see it: a flag, a keycap, or a pictograph with what belongs to it.
_EMOJI = regex.compile(
    r"(?:\p{RI}\p{RI}|[0-9#*]\uFE0F?\u20E3|\p{Extended_Pictographic}[\uFE0F\p{EMod}]?"
    r"(?:\u200D\p{Extended_Pictographic}[\uFE0F\p{EMod}]?)*(?:[\U000E0020-\U000E007F]+)?)"
)


class Announcement(msgspec.Struct, frozen=True):
    """One announcement; times are Unix milliseconds. `starts_at` and `ends_at` are those of what it tells of."""

    id: int
    text: str
    starts_at: int | None
    ends_at: int | None
    all_day: bool
    published_at: int
    updated_at: int


class Reaction(msgspec.Struct, frozen=True):
    """How often an emoji was given; `me`: the reader gave it too."""

    name: str
    count: int
    me: bool


class Told(msgspec.Struct, frozen=True):
    """An announcement as one member sees it."""

    announcement: Announcement
    read: bool
    reactions: Sequence[Reaction]


class Announce(Job, frozen=True):
    """Tell of an announcement whose time has come."""

    announcement_id: int


class Retire(Job, frozen=True):
    """Tell that an announcement is over."""

    announcement_id: int


async def told(reader: Reader, account_id: int, *, now: int) -> list[Told]:
    """What is announced now, oldest first, as the account sees it. Three queries."""
    found = [_announcement(row) for row in await reader.all(store.SHOWN, now=now, most=MOST_SHOWN)]
    return await _as_seen(reader, found, account_id)


async def told_one(reader: Reader, announcement_id: int, account_id: int, *, now: int) -> Told:
    """One of what is announced now.

    Raises:
        AnnouncementMissing: it is none of these.
    """
    row = await reader.one(store.ONE_SHOWN, the=announcement_id, now=now)
    if row is None:
        raise AnnouncementMissing(announcement_id)
    return (await _as_seen(reader, [_announcement(row)], account_id))[0]


async def announcements(reader: Reader) -> list[Announcement]:
    """All of them, also those to come and those that are over, newest first."""
    return [_announcement(row) for row in await reader.all(store.ALL, most=1_000)]


async def announce(
    tx: Tx,
    words: str,
    *,
    starts_at: int | None = None,
    ends_at: int | None = None,
    all_day: bool = False,
    publish_at: int | None = None,
) -> Announcement:
    """A new announcement, shown from `publish_at` (None: now) until `ends_at` (None: until it is taken away).

    Raises:
        GuideRefused: it is blank or too long, or its times make no sense.
    """
    made = _checked(
        tx, tx.new_id(), words, starts_at=starts_at, ends_at=ends_at, publish_at=publish_at or tx.now, all_day=all_day
    )
    await tx.run(
        store.ADD, id=made.id, text=made.text, starts_at=made.starts_at, ends_at=made.ends_at, all_day=made.all_day,
        published_at=made.published_at, updated_at=made.updated_at,
    )  # fmt: skip
    await _tell(tx, made, AnnouncementPublished(announcement_id=made.id))
    return made


async def change_announcement(
    tx: Tx,
    announcement_id: int,
    words: str,
    *,
    starts_at: int | None = None,
    ends_at: int | None = None,
    all_day: bool = False,
    publish_at: int | None = None,
) -> Announcement:
    """What it says from now on; all of it. Without `publish_at` it stays published when it was.

    Raises:
        AnnouncementMissing, GuideRefused: as they say.
    """
    row = await tx.one(store.FIND, the=announcement_id)
    if row is None:
        raise AnnouncementMissing(announcement_id)
    old = _announcement(row)
    made = _checked(
        tx,
        old.id,
        words,
        starts_at=starts_at,
        ends_at=ends_at,
        publish_at=publish_at or old.published_at,
        all_day=all_day,
    )
    await tx.run(
        store.CHANGE, the=old.id, new_text=made.text, new_start=made.starts_at, new_end=made.ends_at,
        new_all_day=made.all_day, new_published=made.published_at, now=tx.now,
    )  # fmt: skip
    await _tell(tx, made, AnnouncementChanged(announcement_id=made.id))
    return made


async def remove_announcement(tx: Tx, announcement_id: int) -> None:
    """Take it away, with all reactions. Raises AnnouncementMissing."""
    await tx.run(store.DROP_READS, the=announcement_id)
    await tx.run(store.DROP_REACTIONS, the=announcement_id)
    if not await tx.run(store.DROP, the=announcement_id):
        raise AnnouncementMissing(announcement_id)
    await tx.record(AnnouncementRemoved(announcement_id=announcement_id))


async def dismiss(tx: Tx, announcement_id: int, *, by: int) -> None:
    """The account has read it. Raises AnnouncementMissing."""
    await _shown(tx, announcement_id)
    await tx.run(store.ADD_READ, account_id=by, announcement_id=announcement_id)


async def react(tx: Tx, announcement_id: int, name: str, *, by: int) -> None:
    """Give an emoji, or a custom one by its shortcode; once.

    Raises:
        AnnouncementMissing: there is no such announcement.
        GuideRefused: it is no emoji that we know, or there are `MOST_REACTIONS` others.
    """
    await _shown(tx, announcement_id)
    if not _EMOJI.fullmatch(name) and not await media.find_emoji(tx, (name,)):
        raise GuideRefused(say="Validation failed: Name is not a recognized emoji")
    names = {row[0] for row in await tx.all(store.NAMES, the=announcement_id)}
    if name not in names and len(names) >= MOST_REACTIONS:
        raise GuideRefused(say="Validation failed: Limit of different reactions reached")
    if await tx.run(store.ADD_REACTION, announcement_id=announcement_id, name=name, account_id=by, id=tx.new_id()):
        await tx.record(AnnouncementReacted(announcement_id=announcement_id, name=name))


async def unreact(tx: Tx, announcement_id: int, name: str, *, by: int) -> None:
    """Take an emoji back. Raises AnnouncementMissing."""
    await _shown(tx, announcement_id)
    if await tx.run(store.DROP_REACTION, the=announcement_id, emoji=name, who=by):
        await tx.record(AnnouncementReacted(announcement_id=announcement_id, name=name))


async def publish_due(db: Db, job: Announce) -> None:
    """Tell of it, if it is still to be shown from now."""
    async with db.begin() as tx:
        if await tx.one(store.ONE_SHOWN, the=job.announcement_id, now=tx.now) is not None:
            await tx.record(AnnouncementPublished(announcement_id=job.announcement_id))


async def retire_due(db: Db, job: Retire) -> None:
    """Tell that it is over, if it is."""
    async with db.begin() as tx:
        if await tx.one(store.ONE_SHOWN, the=job.announcement_id, now=tx.now) is None:
            await tx.record(AnnouncementRemoved(announcement_id=job.announcement_id))


async def _tell(tx: Tx, made: Announcement, event: AnnouncementPublished | AnnouncementChanged) -> None:
    """At once, or by a job when its time comes."""
    if made.published_at > tx.now:
        await tx.enqueue(Announce(announcement_id=made.id), run_at=made.published_at)
    else:
        await tx.record(event)
    if made.ends_at is not None:
        await tx.enqueue(Retire(announcement_id=made.id), run_at=made.ends_at)


async def _shown(tx: Tx, announcement_id: int) -> None:
    if await tx.one(store.ONE_SHOWN, the=announcement_id, now=tx.now) is None:
        raise AnnouncementMissing(announcement_id)


async def _as_seen(reader: Reader, found: Sequence[Announcement], account_id: int) -> list[Told]:
    ids = [one.id for one in found]
    if not ids:
        return []
    read = {row[0] for row in await reader.all(store.READ, who=account_id, ids=ids)}
    mine = {(row[0], row[1]) for row in await reader.all(store.MINE, who=account_id, ids=ids)}
    given = await _reactions(reader, ids, mine)
    return [Told(one, one.id in read, given.get(one.id, [])) for one in found]


async def _reactions(
    reader: Reader, ids: Sequence[int], mine: Collection[tuple[int, str]]
) -> dict[int, list[Reaction]]:
    found: dict[int, list[Reaction]] = {}
    for announcement_id, name, count, _ in await reader.all(store.REACTIONS, ids=ids):
        found.setdefault(announcement_id, []).append(Reaction(name, count, (announcement_id, name) in mine))
    return found


def _checked(
    tx: Tx, an_id: int, words: str, *, starts_at: int | None, ends_at: int | None, publish_at: int, all_day: bool
) -> Announcement:
    words = text.clean(words).strip()
    if not words:
        raise GuideRefused(say="Validation failed: Text can't be blank")
    if len(words) > LONGEST:
        raise GuideRefused(say=f"Validation failed: an announcement has up to {LONGEST} characters")
    if (starts_at is not None and ends_at is not None and ends_at <= starts_at) or (
        ends_at is not None and ends_at <= max(publish_at, tx.now)
    ):
        raise GuideRefused(say="Validation failed: it ends before it begins or is shown")
    if max(starts_at or 0, ends_at or 0, publish_at) > tx.now + _FURTHEST_MS:
        raise GuideRefused(say="Validation failed: that is more than five years ahead")
    return Announcement(
        an_id, words, starts_at, ends_at, all_day and not (starts_at is None and ends_at is None), publish_at, tx.now
    )


def _announcement(row: Row) -> Announcement:
    return Announcement(row[0], row[1], row[2], row[3], bool(row[4]), row[5], row[6])
