"""The only place that asks for the time; everywhere else time is a parameter (`tx.now`) in Unix milliseconds."""

from __future__ import annotations

import functools
import time

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
YEAR_2025 = 1_735_689_600_000  # a clock before this is wrong


def now_ms() -> int:
    """The present as Unix milliseconds."""
    return time.time_ns() // 1_000_000


@functools.lru_cache(maxsize=64)
def _day_text(days: int) -> str:
    """`YYYY-MM-DD` of a day counted from 1970-01-01 (proleptic Gregorian, so years before 1970 work too)."""
    # Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    days += 719_468
    era = days // 146_097
    day_of_era = days - era * 146_097
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = year_of_era + era * 400 + (month <= 2)
    return f"{year:04d}-{month:02d}-{day_of_year - (153 * shifted + 2) // 5 + 1:02d}"


def iso(ms: int) -> str:
    """`YYYY-MM-DDTHH:MM:SS.sssZ`, always three decimals, as Mastodon's clients parse it."""
    days, rest = divmod(ms, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, millis = divmod(rest, SECOND)
    return f"{_day_text(days)}T{hours:02d}:{minutes:02d}:{seconds:02d}.{millis:03d}Z"


def iso_day(ms: int) -> str:
    """`YYYY-MM-DD` of a moment, in UTC."""
    return _day_text(ms // DAY)
