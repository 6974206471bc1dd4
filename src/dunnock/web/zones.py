"""Time zones to choose from, those where somebody probably lives first."""

from __future__ import annotations

import functools
import re
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[a-z]{4})?(?:-([a-z]{2}))?(?:[-;,\s]|$)", re.IGNORECASE)
_MOSTLY_IN: Final[Mapping[str, str]] = {
    "de": "DE",
    "fr": "FR",
    "es": "ES",
    "ja": "JP",
    "it": "IT",
    "pl": "PL",
    "nl": "NL",
}
_MOST_LIKELY = 15


class Zones(msgspec.Struct, frozen=True):
    """Names of the time zone database. `likely`: those of the country that the browser's first language names; may be empty."""

    likely: tuple[str, ...]
    all: tuple[str, ...]


def zones(accept_language: str) -> Zones:
    """What to offer to whoever's browser asks for these languages. Source: RFC 9110, 12.5.4; zone.tab of the database."""
    found = _LANGUAGE.match(accept_language.strip())
    country = "" if found is None else (found[2] or _MOSTLY_IN.get(found[1].lower(), "")).upper()
    return Zones(_by_country().get(country, ())[:_MOST_LIKELY], _all())


@functools.cache
def _all() -> tuple[str, ...]:
    names = zoneinfo.available_timezones()
    return tuple(sorted(one for one in names if "/" in one and not one.startswith(("Etc/", "SystemV/"))))


@functools.cache
def _by_country() -> dict[str, tuple[str, ...]]:
    """The most populous zone of a country stands first in the table; a system without one offers none first."""
    table = next((path for folder in zoneinfo.TZPATH if (path := Path(folder) / "zone.tab").is_file()), None)
    if table is None:
        return {}
    known, by = set(_all()), dict[str, tuple[str, ...]]()
    for line in table.read_text("utf-8").splitlines():
        cells = line.split("\t")
        if not line.startswith("#") and len(cells) >= 3 and cells[2] in known:
            by[cells[0]] = (*by.get(cells[0], ()), cells[2])
    return by
