"""Figures for staff, counted from rows. Mastodon: Admin::Measure, Admin::Dimension, Admin::Cohort.

What a day that is over amounts to is counted once and kept; everything else reads ranges of ids, in a thread of its own.
"""

from __future__ import annotations

import platform
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Literal

import msgspec

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.foundation.clock import DAY, HOUR, iso_day, now_ms
from dunnock.foundation.db import Db, Reader
from dunnock.foundation.ids import id_at
from dunnock.foundation.tally import tally
from dunnock.moderation.store import figures as store

SITE = ("active_users", "new_users", "interactions", "opened_reports", "resolved_reports")
OF_TAG = ("tag_accounts", "tag_uses", "tag_servers")
OF_SERVER = (
    "instance_accounts", "instance_media_attachments", "instance_reports", "instance_statuses", "instance_follows",
    "instance_followers",
)  # fmt: skip
MEASURES = (*SITE, *OF_TAG, *OF_SERVER)
DIMENSIONS = (
    "languages", "sources", "servers", "space_usage", "software_versions", "tag_servers", "tag_languages",
    "instance_accounts", "instance_languages",
)  # fmt: skip
MOST_DAYS, MOST_MONTHS, MOST_KEYS_LISTED = 92, 36, 100
WEEKS = 12
_ACTS = ("PostFavourited", "PostBoosted")
_SETTLED_MS = HOUR  # a day is kept when it is over for so long

Frequency = Literal["day", "month"]


class Span(msgspec.Struct, frozen=True):
    """Whole days, from `first` to before `end`, counted since 1970 in UTC."""

    first: int
    end: int

    @classmethod
    def of(cls, start_at: int | None, end_at: int | None, *, most: int = MOST_DAYS) -> Span:
        """From moments (Unix milliseconds); not more than `most` days, the latest. None: the last thirty days."""
        end = (now_ms() if end_at is None else max(end_at, 0)) // DAY + 1
        first = end - 30 if start_at is None else max(start_at, 0) // DAY
        return cls(min(max(first, end - most), end - 1), end)

    @property
    def before(self) -> Span:
        """As many days right before."""
        length = self.end - self.first
        return Span(max(self.first - length, 0), self.first)

    @property
    def days(self) -> range:
        """Each day."""
        return range(self.first, self.end)

    @property
    def ids(self) -> dict[str, int]:
        """The ids that things of the span have, as parameters."""
        return {"first": id_at(self.first * DAY), "end": id_at(self.end * DAY)}


class Measure(msgspec.Struct, frozen=True):
    """`data`: day (Unix milliseconds) -> figure. `previous` None: the total is of all times, and has none before."""

    key: str
    total: int
    previous: int | None
    data: Mapping[int, int]
    unit: str | None = None


class Part(msgspec.Struct, frozen=True):
    """One value of a dimension."""

    key: str
    name: str
    value: str
    unit: str | None = None


class Cohort(msgspec.Struct, frozen=True):
    """Those who joined in a period, and how many of them came in it or each later one: (period, figure, rate)."""

    period: int
    data: tuple[tuple[int, int, float], ...]


class Week(msgspec.Struct, frozen=True):
    """A week from Monday (`begins_at`: Unix milliseconds) on. `visits`: each member's once a day."""

    begins_at: int
    posts: int
    visits: int
    joined: int


class About(msgspec.Struct, frozen=True):
    """What figures are of: a hashtag's id, a server's name."""

    tag: int | None = None
    domain: str | None = None


NOTHING = About()


async def permit(reader: Reader, *, by: int) -> None:
    """Whether somebody may see figures. Raises: NotPermitted."""
    await accounts.permit(reader, by, Power.VIEW_FIGURES)


async def measure(db: Db, key: str, span: Span, about: About = NOTHING) -> Measure | None:
    """A measure; None when there is no such key, or what it is of was not said."""
    if key in OF_SERVER:
        if about.domain is None:
            return None
        data = await _by_day(db, key, span, domain=about.domain)
        whole = await _by_day(db, key, Span(0, now_ms() // DAY + 2), domain=about.domain)
        unit = "bytes" if key == "instance_media_attachments" else None
        return Measure(key, sum(whole.values()), None, _filled(span, data), unit)
    if key in OF_TAG:
        if about.tag is None:
            return None
        data, before = [await _by_day(db, key, one, tag=about.tag) for one in (span, span.before)]
    elif key in SITE:
        data, before = [await _of_site(db, key, one) for one in (span, span.before)]
    else:
        return None
    return Measure(key, sum(data.values()), sum(before.values()), _filled(span, data))


async def dimension(
    db: Db,
    key: str,
    span: Span,
    about: About = NOTHING,
    *,
    most: int,
    server: str,
    version: str,
) -> list[Part] | None:
    """A dimension, the most first; None when there is no such key. `server`: our own name, `version`: our release."""
    if key == "space_usage":
        return await _space(db)
    if key == "software_versions":
        return await _versions(db, version)
    needs = {"tag": about.tag} if key.startswith("tag_") else {"domain": about.domain} if "instance" in key else {}
    if key not in store.MOST or None in needs.values():
        return None
    given = {"since": span.first * DAY} if key == "languages" else {} if key == "instance_accounts" else span.ids
    rows = await db.slow(store.MOST[key], **needs, **given, most=min(max(most, 1), MOST_KEYS_LISTED))
    return [_part(key, row[0], row[1], server) for row in rows]


async def retention(db: Db, start_at: int | None, end_at: int | None, frequency: Frequency) -> list[Cohort]:
    """For each period's newcomers, how many still came later. At most 92 days or 36 months."""
    span = Span.of(start_at, end_at, most=MOST_DAYS if frequency == "day" else MOST_MONTHS * 31)
    periods = list(span.days) if frequency == "day" else _months(span)
    until = (span.end if frequency == "day" else _month_after(periods[-1])) * DAY
    rows = await db.slow(store.COHORTS, since=periods[0] * DAY, until=until)
    found: dict[int, list[tuple[int, int]]] = {}
    for joined, last, number in rows:
        found.setdefault(_period(joined, frequency), []).append((_period(max(last, joined), frequency), number))
    cohorts = []
    for at, period in enumerate(periods):
        newcomers = found.get(period, [])
        everybody = sum(number for _, number in newcomers)
        data = []
        for later in periods[at:]:
            stayed = sum(number for last, number in newcomers if last >= later)
            data.append((later * DAY, stayed, stayed / max(everybody, 1)))
        cohorts.append(Cohort(period * DAY, tuple(data)))
    return cohorts


async def weeks(db: Db, number: int = WEEKS) -> list[Week]:
    """The last weeks, this one first. For everybody: only how many."""
    monday = (now_ms() // DAY + 3) // 7 * 7 - 3  # day 0 was a Thursday
    span = Span(monday - 7 * (number - 1), monday + 7)
    posted = await _kept(db, "posts", span, _posted)
    came = {day: many for many, day in await db.all(store.ACTIVE, first_day=span.first, end_day=span.end)}
    joined = await _by_day(db, "new_users", span)
    return [
        Week(
            first * DAY,
            *[sum(data.get(day, 0) for day in range(first, first + 7)) for data in (posted, came, joined)],
        )
        for first in range(monday, span.first - 1, -7)
    ]


async def _posted(db: Db, span: Span) -> dict[int, int]:
    return await _by_day(db, "instance_statuses", span, domain="")


async def _of_site(db: Db, key: str, span: Span) -> dict[int, int]:
    match key:
        case "active_users":
            rows = await db.all(store.ACTIVE, first_day=span.first, end_day=span.end)
            return {day: number for number, day in rows}
        case "resolved_reports":
            rows = await db.slow(store.RESOLVED, since=span.first * DAY, until=span.end * DAY)
            return {day: number for number, day in rows}
        case "interactions":
            return await _interactions(db, span)
        case _:
            return await _by_day(db, key, span)


async def _by_day(db: Db, key: str, span: Span, **about: int | str) -> dict[int, int]:
    return {row[1]: int(row[0] or 0) for row in await db.slow(store.BY_DAY[key], **span.ids, **about)}


async def _interactions(db: Db, span: Span) -> dict[int, int]:
    """Replies, boosts and favourites of each day."""
    return await _kept(db, "interactions", span, _interacted)


async def _interacted(db: Db, span: Span) -> dict[int, int]:
    replies = await _by_day(db, "replies", span)
    return {day: replies.get(day, 0) + await tally(db, _ACTS, day * DAY, (day + 1) * DAY) for day in span.days}


async def _kept(db: Db, key: str, span: Span, count: Callable[[Db, Span], Awaitable[dict[int, int]]]) -> dict[int, int]:
    """The figure of each day so far; days that are over are counted once."""
    held: dict[int, int] = dict(await db.all(store.KEPT, key=key, first_day=span.first))
    found = {day: held[day] for day in span.days if day in held}
    missing = [day for day in span.days if day not in held and day * DAY <= now_ms()]
    if not missing:
        return found
    counted = await count(db, Span(missing[0], missing[-1] + 1))
    found |= {day: counted.get(day, 0) for day in missing}
    over = [
        {"key": key, "day": day, "figure": found[day]} for day in missing if (day + 1) * DAY + _SETTLED_MS < now_ms()
    ]
    if over:
        async with db.begin(durable=False) as tx:
            await tx.many(store.KEEP, over)
    return found


def _filled(span: Span, data: Mapping[int, int]) -> dict[int, int]:
    return {day * DAY: data.get(day, 0) for day in span.days}


def _part(key: str, what: str | None, value: int, server: str) -> Part:
    if key in {"servers", "tag_servers"}:
        return Part(what or server, what or server, str(value))
    if key == "sources":
        return Part(what or "web", what or "Website", str(value))
    return Part(what or "und", what or "und", str(value))


async def _space(db: Db) -> list[Part]:
    database, media = [int((await db.slow(sql))[0][0]) for sql in (store.DATABASE_BYTES, store.MEDIA_BYTES)]
    name = "SQLite" if db.engine == "sqlite" else "PostgreSQL"
    return [
        Part(db.engine, name, str(database), "bytes"),
        Part("media", "Media storage", str(media), "bytes"),
    ]


async def _versions(db: Db, version: str) -> list[Part]:
    name = "SQLite" if db.engine == "sqlite" else "PostgreSQL"
    engine = str(await db.value(store.ENGINE_VERSION))
    return [
        Part("dunnock", "Dunnock", version),
        Part("python", "Python", platform.python_version()),
        Part(db.engine, name, engine),
    ]


def _months(span: Span) -> list[int]:
    """The first day of each month in the span, as days since 1970."""
    return sorted({_period(day, "month") for day in span.days})[-MOST_MONTHS:]


def _period(day: int, frequency: Frequency) -> int:
    return day if frequency == "day" else day - _day_of_month(day) + 1


def _month_after(first: int) -> int:
    return _period(first + 31, "month")


def _day_of_month(day: int) -> int:
    return int(iso_day(day * DAY)[8:10])


def known(keys: Iterable[str], of: Iterable[str]) -> list[str]:
    """The keys that there are, each once, in their order."""
    there = set(of)
    return [key for key in dict.fromkeys(keys) if key in there]
