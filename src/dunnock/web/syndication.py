"""Feeds for readers of news: RSS 2.0 and Atom of profiles, hashtags and trends, public posts only. Source: RFC 4287, RSS 2.0."""

from __future__ import annotations

import hashlib
from email.utils import formatdate
from typing import Literal, NamedTuple

import msgspec
from litestar import Response

from dunnock.foundation.clock import DAY, iso
from dunnock.web.cards import Shown
from dunnock.web.locales import ENGLISH
from dunnock.web.translate import templates

Format = Literal["rss", "atom"]
_TYPES: dict[Format, str] = {"rss": "application/rss+xml", "atom": "application/atom+xml"}


class Channel(NamedTuple):
    """What a feed is of: a title, the page with the same, a line about it, and a picture ("": none). Addresses are whole."""

    title: str
    url: str
    about: str
    picture: str = ""


class Item(msgspec.Struct, frozen=True):
    """An entry of a feed that is no post: `url` is its address, `at` since when it is there (Unix milliseconds)."""

    url: str
    title: str
    about: str
    at: int
    language: str | None = None


def split(name: str) -> tuple[str, Format | None]:
    """The name of a profile or hashtag without `.rss` or `.atom` behind it, and which of them that was."""
    for kind in _TYPES:
        if name.endswith(f".{kind}") and len(name) > len(kind) + 2:
            return name[: -len(kind) - 1], kind
    return name, None


def feed(
    kind: Format, channel: Channel, posts: list[Shown], *, base: str, here: str, now: int, known: str
) -> Response[str]:
    """The feed, or that it is as it was. `here`: its own path; `known`: tags of those that the reader has, as they sent them."""
    shown = [one for one in posts if one.visibility == "public" and one.boosted_by is None]
    updated = max((one.edited_at or one.created_at for one in shown), default=_day(now))
    xml = (
        templates(ENGLISH)
        .get_template(f"feed.{kind}.xml")
        .render(channel=channel, posts=shown, base=base, here=here, updated=updated, rfc822=_rfc822, iso=iso)
    )
    return _answer(xml, kind, known)


def listing(
    kind: Format, channel: Channel, items: list[Item], *, base: str, here: str, now: int, known: str
) -> Response[str]:
    """A feed of what are no posts. `here`, `known`: as for `feed`."""
    updated = max((one.at for one in items), default=_day(now))
    xml = (
        templates(ENGLISH)
        .get_template(f"items.{kind}.xml")
        .render(channel=channel, items=items, base=base, here=here, updated=updated, rfc822=_rfc822, iso=iso)
    )
    return _answer(xml, kind, known)


def _answer(xml: str, kind: Format, known: str) -> Response[str]:
    """Readers ask every few minutes: what did not change is not sent again. Source: RFC 9110, 13.1.2 (If-None-Match)."""
    tag = f'"{hashlib.sha256(xml.encode()).hexdigest()[:32]}"'
    headers = {"cache-control": "public, max-age=60", "x-content-type-options": "nosniff", "etag": tag}
    if tag in known:  # also as a weak one (W/), which proxies that compress make of it
        return Response("", status_code=304, headers=headers)
    return Response(xml, media_type=f"{_TYPES[kind]}; charset=utf-8", headers=headers)


def _day(now: int) -> int:
    """When a feed in which nothing is was changed: not each time that somebody asks."""
    return now - now % DAY


def _rfc822(ms: int) -> str:
    return formatdate(ms / 1000, usegmt=True)
