"""How old members are, in bands: what is asked of them, what is kept of that, and what follows for whoever is under 18.

A date of birth is never kept: only the band, and when the next begins (the first of a month).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from dunnock.accounts.errors import AgeRefused
from dunnock.accounts.store import ages as store
from dunnock.foundation.clock import DAY, SECOND
from dunnock.foundation.db import Reader, Tx

Band = Literal["under_13", "13_15", "16_17", "adult"]
BANDS: tuple[Band, ...] = get_args(Band)
"""The youngest first."""
UnknownAge = Literal["adult", "16_17"]
_ENDS: Final[dict[Band, int]] = {"under_13": 13, "13_15": 16, "16_17": 18}
OLDEST: Final = 130
ASKED_AGAIN_AFTER: Final = 365 * DAY
"""Since somebody said only that they are under 18."""
NIGHT_FROM, NIGHT_TO = 22, 7  # o'clock


class Age(msgspec.Struct, frozen=True):
    """`band` None: not known. `moves_up_at`: when the next band begins (Unix milliseconds); None: adults, or not known.

    `zone`: where the member lives, as a name of the time zone database; empty: UTC. `said_minor_at`: when they said that they
    are under 18 and no more, which holds until they say more; `put_off_at`: when they did not want to be asked again.
    """

    band: Band | None = None
    moves_up_at: int | None = None
    zone: str = ""
    said_minor_at: int | None = None
    put_off_at: int | None = None

    @property
    def minor(self) -> bool:
        """Whether they are known to be under 18."""
        return self.band not in {None, "adult"}

    @property
    def only_minor(self) -> bool:
        """Whether nothing is known but that they are under 18: then they count as the youngest do, for as long as that."""
        return self.band == "16_17" and self.moves_up_at is None

    def may_say_more(self, now: int) -> bool:
        """Whether it is a year since they said only that they are under 18, so that they may be older by now."""
        return self.only_minor and self.said_minor_at is not None and now - self.said_minor_at >= ASKED_AGAIN_AFTER

    def asks(self, now: int) -> bool:
        """Whether they are to be asked again, which is done once."""
        return self.put_off_at is None and self.may_say_more(now)


class Ages:
    """How old members are taken to be on this server; `unknown`: as what those count who said nothing."""

    def __init__(self, unknown: Callable[[], UnknownAge] = lambda: "adult") -> None:
        """`unknown` is asked on each use: staff may change it."""
        self._unknown = unknown

    def strangers_are_minors(self) -> bool:
        """Whether those whom nobody knows are treated as somebody under 18."""
        return self._counts_as_minor(Age())

    async def minor(self, reader: Reader, account_id: int, *, now: int) -> bool:
        """Whether the member is treated as somebody under 18."""
        return self._counts_as_minor(await age_of(reader, account_id, now=now))

    async def minors(self, reader: Reader, ids: Collection[int], *, now: int) -> set[int]:
        """Those of some accounts whose members are under 18. Accounts that nobody signs in to here are nobody's."""
        if not ids:
            return set()
        return {
            row[0]
            for row in await reader.all(store.OF_MEMBERS, ids=list(ids))
            if self._counts_as_minor(_age(row[1:], now))
        }

    async def morning(self, reader: Reader, account_id: int, *, now: int) -> int | None:
        """When the night is over (Unix milliseconds) for a member under 18 who is not to be woken; None: it is no night."""
        age = await age_of(reader, account_id, now=now)
        return night_ends(now, age.zone) if self._counts_as_minor(age) else None

    def _counts_as_minor(self, age: Age) -> bool:
        return age.minor or (age.band is None and self._unknown() != "adult")


async def age_of(reader: Reader, account_id: int, *, now: int) -> Age:
    """What is known of a member's age now; bands that ended since are moved up."""
    row = await reader.one(store.OF, the=account_id)
    return Age() if row is None else _age(row, now)


async def declare_birth(tx: Tx, account_id: int, born: str) -> Age:
    """Take a member's date of birth (`YYYY-MM-DD`): only its band is kept, and when that ends.

    Who said only that they are under 18 may be 18 by now, a year later, if they were not when they said so.

    Raises:
        AgeRefused: that is no date, or somebody who is known to be under 18 would be older than they said.
    """
    held, day = await age_of(tx, account_id, now=tx.now), read_birth(born, now=tx.now)
    new = _aged(day, held.zone, tx.now)
    grown = held.may_say_more(tx.now) and years_between(day, _day(held.said_minor_at or 0)) < _ENDS["16_17"]
    if held.minor and not grown and _sooner(new, held):
        raise _only_staff(account_id)
    return await _put(tx, account_id, new)


async def declare_minor(tx: Tx, account_id: int) -> Age:
    """Take it from a member that they are under 18, without saying how old."""
    held = await age_of(tx, account_id, now=tx.now)
    return held if held.minor else await _put(tx, account_id, Age("16_17", None, held.zone, said_minor_at=tx.now))


async def put_off_age(tx: Tx, account_id: int) -> None:
    """Not ask again who said only that they are under 18; they can still say more at any time."""
    held = await age_of(tx, account_id, now=tx.now)
    if held.asks(tx.now):
        await _put(tx, account_id, msgspec.structs.replace(held, put_off_at=tx.now))


async def declare_adult(tx: Tx, account_id: int) -> None:
    """Let it be when somebody who is not known to be under 18 says that they are not.

    Raises:
        AgeRefused: they are known to be.
    """
    if (await age_of(tx, account_id, now=tx.now)).minor:
        raise _only_staff(account_id)


async def choose_zone(tx: Tx, account_id: int, zone: str) -> None:
    """Say where one lives, for when nights are; empty: UTC.

    Raises:
        AgeRefused: there is no such time zone.
    """
    if zone and _zone(zone) is None:
        raise AgeRefused(zone[:40], say="Validation failed: Time zone is not included in the list")
    await _put(tx, account_id, msgspec.structs.replace(await age_of(tx, account_id, now=tx.now), zone=zone))


async def set_band(tx: Tx, account_id: int, band: str) -> Age:
    """Set a band, as staff do who were shown something; `unknown` forgets it. It ends when nobody can be in it any more: on the
    first of the month behind as many years as it lasts.

    Raises:
        AgeRefused: there is no such band.
    """
    known: dict[str, Band | None] = {"unknown": None} | {one: one for one in BANDS}
    if band not in known:
        raise AgeRefused(band[:40], say="Validation failed: Age is not included in the list")
    held, new = await age_of(tx, account_id, now=tx.now), known[band]
    return held if held.band == new else await _put(tx, account_id, Age(new, _latest_end(new, tx.now), held.zone))


async def put_birth(tx: Tx, account_id: int, born: dt.date) -> Age:
    """What `declare_birth` keeps, of somebody who joins this moment."""
    return await _put(tx, account_id, _aged(born, "", tx.now))


def read_birth(born: str, *, now: int) -> dt.date:
    """A date of birth as it was typed, or as apps send it (a time behind it is left out).

    Raises:
        AgeRefused: that is no date, or nobody was born then who is alive.
    """
    today = _day(now)
    try:
        day = dt.date.fromisoformat(born.strip()[:10])
    except ValueError as error:
        raise AgeRefused(None, say="Validation failed: Date of birth is invalid") from error
    if not 0 <= years_between(day, today) <= OLDEST or day > today:
        raise AgeRefused(None, say="Validation failed: Date of birth is invalid")
    return day


def is_old_enough(born: dt.date, least: int, *, now: int) -> bool:
    """Whether somebody born then is at least so many years old today (UTC)."""
    return years_between(born, _day(now)) >= least


def years_between(born: dt.date, day: dt.date) -> int:
    """How old somebody is on a day; born on 29 February: a year older on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def night_ends(now: int, zone: str) -> int | None:
    """When the night is over that it is at `now` in a time zone (Unix milliseconds); None: it is day there."""
    local = dt.datetime.fromtimestamp(now / SECOND, _zone(zone) or dt.UTC)
    if NIGHT_TO <= local.hour < NIGHT_FROM:
        return None
    day = local.date() + dt.timedelta(days=local.hour >= NIGHT_FROM)
    morning = dt.datetime.combine(day, dt.time(NIGHT_TO), local.tzinfo)
    return int(morning.timestamp()) * SECOND


def _aged(born: dt.date, zone: str, now: int) -> Age:
    years = years_between(born, _day(now))
    for band, end in _ENDS.items():
        if years < end:
            return Age(band, _month_after(born, end), zone)
    return Age("adult", None, zone)


def _month_after(born: dt.date, years: int) -> int:
    """The first of the month behind a birthday: the day itself would tell when they were born."""
    later = born.replace(day=1, year=born.year + years) + dt.timedelta(days=31)
    return _ms(later.replace(day=1))


def _latest_end(band: Band | None, now: int) -> int | None:
    """When whoever is in a band now is above it in any case; None: it has no end."""
    if band is None or band == "adult":
        return None
    below = BANDS.index(band) - 1
    return _month_after(_day(now), _ENDS[band] - (_ENDS[BANDS[below]] if below >= 0 else 0))


def _sooner(new: Age, held: Age) -> bool:
    """Whether somebody would be 18 sooner than what is held says. A date that nobody told yet may be added."""
    if not new.minor:
        return True
    if new.band != held.band:
        return BANDS.index(new.band or "adult") > BANDS.index(held.band or "adult")
    return held.moves_up_at is not None and new.moves_up_at is not None and new.moves_up_at < held.moves_up_at


def _age(row: tuple[object, ...], now: int) -> Age:
    named = dict(zip(Age.__struct_fields__, row, strict=True))
    held = msgspec.convert(named | {"zone": named["zone"] or ""}, Age)
    while held.band is not None and held.moves_up_at is not None and held.moves_up_at <= now:
        above = BANDS[BANDS.index(held.band) + 1]
        then = None
        if above != "adult":
            day = _day(held.moves_up_at)
            then = _ms(day.replace(year=day.year + _ENDS[above] - _ENDS[held.band]))
        held = Age(above, then, held.zone)
    return held


async def _put(tx: Tx, account_id: int, age: Age) -> Age:
    await tx.run(store.PUT, account_id=account_id, **msgspec.structs.asdict(age))
    return age


def _only_staff(account_id: int) -> AgeRefused:
    return AgeRefused(account_id, say="Only the people who run this server can change that you are under 18")


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name and len(name) <= 64 else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _day(ms: int) -> dt.date:
    return dt.datetime.fromtimestamp(ms / SECOND, dt.UTC).date()


def _ms(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp()) * SECOND
