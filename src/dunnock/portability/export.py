"""A member's own lists as files: Mastodon's CSV files with its columns; filters and custom feeds as JSON.

Files are made page by page while they are sent, so that memory does not grow with them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec

from dunnock import filters
from dunnock.foundation.clock import iso, now_ms
from dunnock.foundation.db import Db, Reader, Row
from dunnock.portability.errors import ExportMissing
from dunnock.portability.feeds_file import own_feeds
from dunnock.portability.store import exports as store

_END = 2**63 - 1


class Place(msgspec.Struct, frozen=True):
    """Where this server is: its name in handles, and its address without a slash at the end."""

    domain: str
    url: str


class Holdings(msgspec.Struct, frozen=True):
    """How much there is of each."""

    following_accounts: int
    lists: int
    blocked_accounts: int
    muted_accounts: int
    blocked_domains: int
    bookmarks: int


def _handle(name: str, domain: str, place: Place) -> str:
    return f"{name}@{domain or place.domain}"


def _yes(value: object) -> str:
    return "true" if value else "false"


def post_uri(row: Row, place: Place) -> str:
    """The uri of a post: (its own uri, author's name, id, ...)."""
    return row[0] or f"{place.url}/users/{row[1]}/statuses/{row[2]}"


class _File(msgspec.Struct, frozen=True):
    kind: str
    header: tuple[str, ...]  # none: Mastodon writes none
    cells: Callable[[Row, Place], Sequence[str]]


# Source: Mastodon 4.x, Export and the settings/exports controllers.
FILES: dict[str, _File] = {
    "following_accounts.csv": _File(
        "following",
        ("Account address", "Show boosts", "Notify on new posts", "Languages"),
        lambda row, at: (
            _handle(row[0], row[1], at), _yes(row[2]), _yes(row[3]), ", ".join(row[4].split()),
        ),
    ),
    "lists.csv": _File("lists", (), lambda row, at: (row[0], _handle(row[1], row[2], at))),
    "blocked_accounts.csv": _File("blocks", (), lambda row, at: (_handle(row[0], row[1], at),)),
    "muted_accounts.csv": _File(
        "mutes",
        ("Account address", "Hide notifications"),
        lambda row, at: (_handle(row[0], row[1], at), _yes(row[2])),
    ),
    "blocked_domains.csv": _File("domains", (), lambda row, _: (row[0],)),
    "bookmarks.csv": _File("bookmarks", (), lambda row, at: (post_uri(row, at),)),
}  # fmt: skip
FILTERS, FEEDS = "filters.json", "feeds.json"
NAMES = (*FILES, FILTERS, FEEDS)


def check_name(name: str) -> str:
    """The name of a file that there is.

    Raises:
        ExportMissing: there is none of that name.
    """
    if name not in NAMES:
        raise ExportMissing(name[:80])
    return name


def media_type(name: str) -> str:
    """What the file is, for browsers."""
    return "application/json; charset=utf-8" if name in {FILTERS, FEEDS} else "text/csv; charset=utf-8"


async def export(db: Db, account_id: int, name: str, *, place: Place) -> AsyncIterator[bytes]:
    """The file, in parts. `name` is one of `NAMES`.

    Raises:
        ExportMissing: there is no file of that name.
    """
    check_name(name)
    if name == FILTERS:
        yield await _filters(db, account_id)
        return
    if name == FEEDS:
        yield _json(await own_feeds(db, account_id, place.domain))
        return
    file = FILES[name]
    if file.header:
        yield _csv([file.header])
    async for rows in pages(db, file.kind, account_id):
        yield _csv([file.cells(row, place) for row in rows])


async def pages(db: Db, kind: str, account_id: int) -> AsyncIterator[list[Row]]:
    """All rows of a kind (see `store.PAGES`) without their cursors, the newest first."""
    below, now = _END, now_ms()
    while rows := await store.page(db, kind, account_id, below=below, now=now):
        below = rows[-1][0]
        yield [row[1:] for row in rows]


async def holdings(reader: Reader, account_id: int) -> Holdings:
    """How much the files hold."""
    row = await reader.one(store.COUNTS, the=account_id)
    assert row is not None  # counts have always a row
    return Holdings(*row)


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


async def _filters(db: Db, account_id: int) -> bytes:
    told = [
        {
            "title": one.title,
            "context": list(one.contexts),
            "filter_action": one.action,
            "expires_at": None if one.expires_at is None else iso(one.expires_at),
            "keywords": [{"keyword": word.keyword, "whole_word": word.whole_word} for word in one.keywords],
        }
        for one in await filters.filters_of(db, account_id)
    ]
    return _json(told)


def _json(told: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"
