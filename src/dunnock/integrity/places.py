"""The places that a profile names, and how far from UTC they are: pure.

Places are countries in many languages, cities that time zones are called after (Unicode CLDR, `scripts/places.py`), and
whatever stands in a profile's field that is called after where somebody is.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

MOST_PLACES = 4
LONGEST_PLACE = 40
_LONGEST_TEXT = 2_000
_LONGEST_NAME = 4  # words of a place's name
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019.][^\W\d_]+)*\.?")
_WHERE = frozenset((
    "location", "place", "city", "town", "country", "home", "based", "lives", "where", "from", "region", "ort", "wohnort",
    "stadt", "land", "lieu", "ville", "pays", "lugar", "ciudad", "pais", "cidade", "luogo", "città", "plaats", "stad",
    "miasto", "город", "откуда", "место", "şehir", "konum",
))  # fmt: skip
_MARKUP = re.compile(r"<[^>]*>")


class _Field(msgspec.Struct):
    name: str = ""
    value: str = ""


_fields = msgspec.json.Decoder(list[_Field])


def places_of(texts: Sequence[str], fields: str = "") -> tuple[str, ...]:
    """The places that texts and profile fields (JSON) name, the most telling first: fields about it, then longer names."""
    found: list[str] = []
    try:
        told = _fields.decode(fields) if fields else []
    except msgspec.MsgspecError:
        told = []
    for one in told:
        value = _MARKUP.sub(" ", one.value)
        here = places_in(value)
        if here or _WHERE.isdisjoint(one.name.casefold().split()):
            found += here
        elif bare := " ".join(value.casefold().split())[:LONGEST_PLACE]:
            found.append(bare)
    for text in texts:
        found += places_in(_MARKUP.sub(" ", text))
    return tuple(dict.fromkeys(found))[:MOST_PLACES]


def places_in(text: str) -> list[str]:
    """Known places in a text, longer names before the shorter ones within them."""
    known = _known()
    words = [one.group() for one in _WORD.finditer(text[:_LONGEST_TEXT].casefold())]
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
            name = " ".join(words[at : at + length])
            if (name in known) or (name := name.rstrip(".")) in known:
                found.append(name[:LONGEST_PLACE])
                at += length
                break
        else:
            at += 1
    return found


def hours_from_utc(places: Collection[str], at_ms: int) -> list[int]:
    """The hours by which clocks in these places may be ahead of UTC; empty: nobody knows."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    hours: set[int] = set()
    for zone in {zone for place in places for zone in _known().get(place, ())}:
        try:
            ahead = moment.astimezone(ZoneInfo(zone)).utcoffset()
        except ZoneInfoNotFoundError:  # a machine without a table of time zones
            continue
        if ahead is not None:
            hours.add(round(ahead.total_seconds() / 3_600))
    return sorted(hours)


@functools.cache
def _known() -> dict[str, tuple[str, ...]]:
    text = resources.files(__package__).joinpath("places.txt").read_text("utf-8")
    lines = (line.partition("\t") for line in text.splitlines() if not line.startswith("#"))
    return {name: tuple(zones.split()) for name, _, zones in lines}
