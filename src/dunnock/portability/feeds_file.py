"""Custom feeds as one JSON file, `feeds.json`: made, and read again on any server of this kind.

A name without a server means somebody of the server where the feed was made, so it gets that server's name on the way.
Who may read a feed is not taken along: it is its maker's alone until they say otherwise where it arrives.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import msgspec

from dunnock import text
from dunnock.feeds.custom import file as files
from dunnock.feeds.custom import keep
from dunnock.foundation.db import Reader
from dunnock.portability.errors import ImportRefused

MOST_ROWS = 100
"""Of a file: five times as many as a member may have."""


class FeedRow(msgspec.Struct):
    """A feed in the file. `text`: its own file, as its maker wrote it where that could stay."""

    title: str
    text: str


def read_feeds(content: bytes) -> Iterator[tuple[int, str, FeedRow | None, str]]:
    """Number, title, feed and reason why it can't be taken in (empty: it can) of each row.

    Raises:
        ImportRefused: it is no such file, or holds too much.
    """
    try:
        held: Any = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ImportRefused(say="Validation failed: Data is not valid JSON") from error
    if not isinstance(held, list):
        raise ImportRefused(say="Validation failed: Data is no list of feeds")
    if len(held) > MOST_ROWS:
        raise ImportRefused(len(held), say=f"Validation failed: Data has more than {MOST_ROWS} feeds")
    for number, one in enumerate(held, 1):
        try:
            row = msgspec.convert(one, FeedRow)
            title = files.check(row.text).title
        except msgspec.ValidationError as error:
            yield number, "", None, f"It is no feed: {error}"[:200]
        except files.FeedRefused as error:
            yield number, "", None, error.text.removeprefix("Validation failed: ")[:200]
        else:
            yield number, title, FeedRow(title, row.text), ""


async def own_feeds(reader: Reader, account_id: int, domain: str) -> list[FeedRow]:
    """The feeds that a member of the server `domain` made, oldest first, as they read anywhere."""
    held = itertools.takewhile(lambda one: one.account_id == account_id, await keep.feeds_of(reader, account_id))
    return [FeedRow(one.title, _anywhere(one, domain)) for one in held]


def _anywhere(feed: keep.CustomFeed, domain: str) -> str:
    """Its text with the server in every address; unchanged when all have one."""
    file = feed.file()
    full = tuple(_address(one, domain) for one in file.sources.accounts)
    if full == file.sources.accounts:
        return feed.text
    whole = msgspec.structs.replace(file, sources=msgspec.structs.replace(file.sources, accounts=full))
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode()


def _address(written: str, domain: str) -> str:
    handle = text.parse_handle(written)
    return written if handle.domain else f"{handle.name}@{domain}"
