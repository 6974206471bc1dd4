"""Times and numbers as the readers of a language write them. Source: Unicode CLDR, by Babel."""

from __future__ import annotations

import functools
from datetime import UTC, datetime, timedelta

from babel import Locale as Cldr
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_decimal

from dunnock.foundation import clock
from dunnock.web.catalogue import catalogue
from dunnock.web.locales import Locale
from dunnock.web.words import N_

_JUST_NOW = N_("just now")
_LONG_AGO_DAYS = 28
_NARROW = "\N{NARROW NO-BREAK SPACE}"


def day(locale: Locale, ms: int) -> str:
    """`5 March 2026`, in UTC."""
    return _day(locale, ms // clock.DAY)


def moment(locale: Locale, ms: int) -> str:
    """`5 March 2026, 14:05 UTC`."""
    return _moment(locale, ms // clock.MINUTE)


def weekdays(locale: Locale) -> list[str]:
    """The names of the seven days, Monday first."""
    names = Cldr.parse(locale.cldr).days["stand-alone"]["wide"]
    return [str(names[n]) for n in range(7)]


def ago(locale: Locale, ms: int, now: int) -> str:
    """How long ago, in words; after four weeks, and for what is still to come, the day."""
    past = now - ms
    for unit in (clock.DAY, clock.HOUR, clock.MINUTE):
        if past >= unit:
            number = past // unit
            return day(locale, ms) if unit == clock.DAY and number > _LONG_AGO_DAYS else _ago(locale, number, unit)
    return catalogue(locale).find(_JUST_NOW) if past >= -clock.MINUTE else day(locale, ms)


@functools.lru_cache(maxsize=8192)
def count(locale: Locale, number: int) -> str:
    """A number with its groups; English with thin spaces: `12 345`."""
    if locale.cldr == "en_GB":
        return f"{number:,}".replace(",", _NARROW)
    return format_decimal(number, locale=locale.cldr)


@functools.lru_cache(maxsize=4096)
def _day(locale: Locale, days: int) -> str:
    return format_date(_utc(days * clock.DAY), "long", locale=locale.cldr)


@functools.lru_cache(maxsize=16384)
def _moment(locale: Locale, minutes: int) -> str:
    at = _utc(minutes * clock.MINUTE)
    time = format_time(at, "short", locale=locale.cldr)
    both = str(Cldr.parse(locale.cldr).datetime_formats["medium"])
    return both.replace("{0}", f"{time} UTC").replace("{1}", format_date(at, "long", locale=locale.cldr))


@functools.lru_cache(maxsize=4096)
def _ago(locale: Locale, number: int, unit: int) -> str:
    span = timedelta(milliseconds=-number * unit)
    names = {clock.DAY: "day", clock.HOUR: "hour", clock.MINUTE: "minute"}
    # A threshold out of reach: 27 days are 27 days and not a month.
    return format_timedelta(span, names[unit], threshold=10_000, add_direction=True, locale=locale.cldr)  # type: ignore[arg-type]


def _utc(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
