"""Reads the files that members bring: Mastodon's CSV files with or without their headers; filters and custom feeds as JSON."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias, get_args
from urllib.parse import urlsplit

import msgspec

from dunnock import text
from dunnock.portability.errors import ImportRefused
from dunnock.portability.export import Place
from dunnock.portability.feeds_file import read_feeds

Kind: TypeAlias = Literal[
    "following", "blocking", "muting", "domain_blocking", "bookmarks", "lists", "filters", "feeds"
]
"""What a file holds, in Mastodon's words (BulkImport), and filters and custom feeds."""
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MOST_BYTES: Final = 4 << 20
MOST_ROWS: Final = 20_000
"""Source: Mastodon's Form::Import::ROWS_PROCESSING_LIMIT."""
LONGEST_CELL: Final = 2_048

_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "following": ("account address", "show boosts", "notify on new posts", "languages"),
    "blocking": ("account address",),
    "muting": ("account address", "hide notifications"),
    "domain_blocking": ("#domain",),
    "bookmarks": ("#uri",),
    "lists": ("list name", "account address"),
}
_OLD_NAMES: Final = {"#account address": "account address", "#list name": "list name", "domain": "#domain"}
_LOCAL_POST: Final = re.compile(
    r"/(?:users/[A-Za-z0-9_]+/statuses|@[A-Za-z0-9_]+)/([0-9]{1,19})(?:/activity)?/?", re.ASCII
)


class Parsed(msgspec.Struct, frozen=True):
    """One row. `key`: what it is about in its one spelling; `reason`: why it can't be done, empty when it can."""

    row: int
    key: str
    cells: tuple[str, ...]
    reason: str = ""


def read(content: bytes, kind: Kind, place: Place) -> list[Parsed]:
    """The rows of a file.

    Raises:
        ImportRefused: it is no such file, holds nothing, or too much.
    """
    if len(content) > MOST_BYTES:
        raise ImportRefused(len(content), say=f"Validation failed: Data is too large (at most {MOST_BYTES >> 20} MiB)")
    rows = list(_JSON[kind](content) if kind in _JSON else _csv(_decoded(content), kind, place))
    if not rows:
        raise ImportRefused(say="Validation failed: Data is empty")
    if all(one.reason for one in rows):
        raise ImportRefused(
            len(rows), say=f"Validation failed: Data has no row that can be used. The first one: {rows[0].reason}"
        )
    return rows


def _decoded(content: bytes) -> str:
    """UTF-8 with or without a byte order mark, UTF-16 with one, else Windows' Western letters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            words = content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise ImportRefused(say="Validation failed: Data is not valid UTF-16") from error
    else:
        try:
            words = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            words = content.decode("cp1252", errors="replace")
    if "\0" in words:
        raise ImportRefused(say="Validation failed: Data is no text")
    return words


def _csv(words: str, kind: Kind, place: Place) -> Iterator[Parsed]:
    first = words.lstrip("\r\n").partition("\n")[0]
    split = next((mark for mark in (",", ";", "\t") if mark in first), ",")
    rows = csv.reader(io.StringIO(words, newline=""), delimiter=split)
    number, columns = 0, {name: at for at, name in enumerate(_HEADERS[kind])}
    begun = False
    try:
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if not begun:
                begun = True
                named = [_OLD_NAMES.get(cell.strip().lower(), cell.strip().lower()) for cell in cells]
                if named[0] in _HEADERS[kind]:
                    columns = {name: at for at, name in enumerate(named)}
                    continue
                _check_kind(named[0], kind)
            number += 1
            if number > MOST_ROWS:
                raise ImportRefused(say=f"Validation failed: Data has more than {MOST_ROWS} rows")
            yield _row(
                number, {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}, kind, place
            )
    except csv.Error as error:
        raise ImportRefused(say=f"Validation failed: Data is not valid CSV (line {rows.line_num})") from error


def _check_kind(first: str, kind: Kind) -> None:
    for other, names in _HEADERS.items():
        if first in names and first not in _HEADERS[kind]:
            raise ImportRefused(other, say=f"Validation failed: Data is not of the type {kind}, but looks like {other}")


def _row(number: int, cells: Mapping[str, str], kind: Kind, place: Place) -> Parsed:
    if any(len(cell) > LONGEST_CELL for cell in cells.values()):
        return Parsed(number, "", tuple(cell[:80] for cell in cells.values()), "It is too long")
    return _READ[kind](number, cells, place)


def _address(cells: Mapping[str, str], place: Place) -> str | None:
    """`name@domain`, or `name@` for people here; None for what is no handle."""
    try:
        handle = text.parse_handle(cells.get("account address", ""))
    except text.BadHandle:
        return None
    domain = "" if handle.domain == place.domain else handle.domain or ""
    return f"{handle.name.lower()}@{domain}"


def _account(number: int, cells: Mapping[str, str], place: Place, *more: str) -> Parsed:
    written = cells.get("account address", "")
    key = _address(cells, place)
    if key is None:
        return Parsed(number, "", (written, *more), f"“{written[:80]}” is no account address")
    return Parsed(number, key, (written, *more))


def _following(number: int, cells: Mapping[str, str], place: Place) -> Parsed:
    options = (cells.get("show boosts", ""), cells.get("notify on new posts", ""), cells.get("languages", ""))
    return _account(number, cells, place, *options)


def _muting(number: int, cells: Mapping[str, str], place: Place) -> Parsed:
    return _account(number, cells, place, cells.get("hide notifications", ""))


def _domain(number: int, cells: Mapping[str, str], place: Place) -> Parsed:
    written = cells.get("#domain", "")
    try:
        name = text.canonical_domain(written, port=True)
    except text.BadDomain:
        return Parsed(number, "", (written,), f"“{written[:80]}” is no name of a server")
    if name == place.domain:
        return Parsed(number, "", (written,), "It is this server itself")
    return Parsed(number, name, (written,))


def _bookmark(number: int, cells: Mapping[str, str], place: Place) -> Parsed:
    written = cells.get("#uri", "")
    try:
        parts = urlsplit(written)
        good = parts.scheme in {"https", "http"} and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        return Parsed(number, "", (written,), f"“{written[:80]}” is no address of a post")
    if written.startswith(f"{place.url}/"):
        local = _LOCAL_POST.fullmatch(written.removeprefix(place.url))
        if local is None or int(local[1]) >= 2**63:
            return Parsed(number, "", (written,), "It is no address of a post of this server")
        return Parsed(number, f"#{int(local[1])}", (written,))
    return Parsed(number, written, (written,))


def _list(number: int, cells: Mapping[str, str], place: Place) -> Parsed:
    title = cells.get("list name", "")
    if not title or len(title) > 256:
        return Parsed(
            number, "", (title[:80], cells.get("account address", "")), "The list's name is empty or too long"
        )
    one = _account(number, cells, place)
    return Parsed(number, one.key and f"{title}\n{one.key}", (title, one.cells[0]), one.reason)


_READ: Final[Mapping[str, Callable[[int, Mapping[str, str], Place], Parsed]]] = {
    "following": _following,
    "blocking": _account,
    "muting": _muting,
    "domain_blocking": _domain,
    "bookmarks": _bookmark,
    "lists": _list,
}


class FilterWord(msgspec.Struct):
    """A keyword of a filter in the file."""

    keyword: str
    whole_word: bool = True


class FilterRow(msgspec.Struct):
    """A filter in the file, as its export writes it."""

    title: str
    context: list[str]
    filter_action: str = "warn"
    expires_at: str | None = None
    keywords: list[FilterWord] = []


def _filters(content: bytes) -> Iterator[Parsed]:
    try:
        held: Any = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ImportRefused(say="Validation failed: Data is not valid JSON") from error
    if not isinstance(held, list):
        raise ImportRefused(say="Validation failed: Data is no list of filters")
    for number, one in enumerate(itertools.islice(held, 1_000), 1):
        try:
            row = msgspec.convert(one, FilterRow)
        except msgspec.ValidationError as error:
            yield Parsed(number, "", (), f"It is no filter: {error}"[:200])
        else:
            yield Parsed(number, row.title.strip(), (msgspec.json.encode(row).decode(),))


def _feeds(content: bytes) -> Iterator[Parsed]:
    for number, title, row, reason in read_feeds(content):
        yield Parsed(number, title, () if row is None else (msgspec.json.encode(row).decode(),), reason)


_JSON: Final[Mapping[str, Callable[[bytes], Iterator[Parsed]]]] = {"filters": _filters, "feeds": _feeds}
