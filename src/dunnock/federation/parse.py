"""Reads what other servers write: single or list, text or object, missing or of another kind; nothing here ever raises
but for what is no JSON object at all. Source: federation.md, section 3 (last part).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from dunnock.federation.places import PUBLICS, host_of, is_too_long

MOST_BYTES = 1024 * 1024
MOST_DEPTH = 32
MOST_ITEMS = 1_000
"""How much of a list is read."""
_SHORTCODE = re.compile(r":?([A-Za-z0-9_]{2,64}):?", re.ASCII)
_decode = msgspec.json.Decoder().decode


class TooDeep(ValueError):
    """Objects within objects beyond `MOST_DEPTH`."""


def read_json(body: bytes) -> dict[str, Any]:
    """The one JSON object of a body.

    Raises:
        msgspec.DecodeError, ValueError: it is none, or nests too deep.
    """
    try:
        found = _decode(body)
    except RecursionError as error:
        raise TooDeep from error
    if not isinstance(found, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 (of what was sent, not of our code)
    _check_depth(found)
    return found


def _check_depth(value: Any) -> None:
    level: list[Any] = [value]
    for _ in range(MOST_DEPTH):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise TooDeep


def listed(value: Any) -> list[Any]:
    """What stands there, as a list: nothing, one or many."""
    if value is None:
        return []
    return value[:MOST_ITEMS] if isinstance(value, list) else [value]


def id_of(value: Any) -> str:
    """The id of what stands there, an address or an object with one; "" for none."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("id") or (value.get("href") if value.get("type") == "Link" else None)
    return value if isinstance(value, str) and value and not is_too_long(value) and "\0" not in value else ""


def ids_of(value: Any) -> list[str]:
    """The ids of all that stand there, each once."""
    return list(dict.fromkeys(found for one in listed(value) if (found := id_of(one))))


def types_of(value: Any) -> list[str]:
    """What it says it is."""
    held = value.get("type") if isinstance(value, dict) else None
    return [one for one in listed(held) if isinstance(one, str)]


def type_of(value: Any) -> str:
    """The first of its types; "" for none."""
    return next(iter(types_of(value)), "")


def text_of(value: Mapping[str, Any], name: str, *, most: int = 100_000) -> str:
    """A text of the object, or the first of its map by languages; "" for none."""
    held = value.get(name)
    if not isinstance(held, str):
        by_language = value.get(f"{name}Map")
        held = None
        if isinstance(by_language, dict):
            held = next((one for one in by_language.values() if isinstance(one, str)), None)
    return held[:most].replace("\0", "") if isinstance(held, str) else ""


def language_of(value: Mapping[str, Any]) -> str | None:
    """The language that the content's map names for its text; None when it names none."""
    for name in ("contentMap", "nameMap", "summaryMap"):
        by_language = value.get(name)
        if isinstance(by_language, dict) and by_language:
            held = value.get(name.removesuffix("Map"))
            same = next((code for code, text in by_language.items() if text == held), None)
            return str(same if same is not None else next(iter(by_language)))
    return None


def time_of(value: Any, now_ms: int) -> int:
    """A moment in Unix milliseconds; what is none, or lies ahead, is now."""
    at = _moment(value)
    return at if at is not None and at <= now_ms else now_ms


def end_of(value: Any) -> int | None:
    """A moment that may lie ahead; None for none."""
    return _moment(value)


def _moment(value: Any) -> int | None:
    """The moment that a text writes, as far as JavaScript could count it; without a zone it is UTC."""
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        moment = dt.datetime.fromisoformat(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        at = int(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return at if 0 < at < 2**53 else None


def count_of(value: Any) -> int | None:
    """How many, from a number or a collection with its total; None when that is not said."""
    if isinstance(value, dict):
        value = value.get("totalItems")
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def link_of(value: Any, *, kind: str = "text/html") -> str:
    """The web address of what stands there: a text, a Link, or of several the one of this media type; "" for none."""
    candidates: list[tuple[bool, str]] = []
    for one in listed(value):
        href = one.get("href") or one.get("url") if isinstance(one, dict) else one
        if isinstance(href, str) and host_of(href):
            media_type = one.get("mediaType") if isinstance(one, dict) else None
            candidates.append((media_type == kind, href))
    return max(candidates, key=lambda pair: pair[0])[1] if candidates else ""


def objects_of(value: Any, *kinds: str) -> Iterator[Mapping[str, Any]]:
    """The objects that stand there and are of one of these types."""
    for one in listed(value):
        if isinstance(one, dict) and not set(types_of(one)).isdisjoint(kinds):
            yield one


def icons_of(value: Mapping[str, Any], *, most: int = 100) -> tuple[tuple[str, str], ...]:
    """Name and address of the picture of each custom emoji that the object's tags tell of."""
    found: dict[str, str] = {}
    for one in objects_of(value.get("tag"), "Emoji"):
        name, icon = one.get("name"), one.get("icon")
        icon = icon[0] if isinstance(icon, list) and icon else icon
        url = link_of(icon.get("url") or icon.get("href")) if isinstance(icon, dict) else link_of(icon)
        if isinstance(name, str) and (short := _SHORTCODE.fullmatch(name)) and url and len(found) < most:
            found.setdefault(short[1], url)
    return tuple(found.items())


def is_public(value: Any) -> bool:
    """Is everybody among those addressed?"""
    return not PUBLICS.isdisjoint(ids_of(value))
