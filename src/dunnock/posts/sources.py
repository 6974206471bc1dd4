"""Files that posts come in: tables (Parquet), Twitter's information operations archive (CSV), a Mastodon export (JSON)."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import hashlib
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import msgspec

from dunnock import text
from dunnock.foundation.errors import DomainError
from dunnock.posts.bulk import CHUNK, BadRow, SourcePost

FORMATS = ("parquet", "twitter-io", "mastodon")
_MEMORY = "192MB"
_LONGEST_FIELD = 1_000_000


class BadFile(DomainError):
    """A file that can't be imported at all."""

    code, safe = "bad_file", "This file can't be imported"


class Source(Protocol):
    """A file of posts, read in chunks of `CHUNK` rows."""

    total: int
    """Rows in the file."""

    def posts(self, start: int) -> Iterator[list[SourcePost | BadRow]]:
        """The rows behind the first `start`, in the order of the file."""

    def replies(self, start: int) -> Iterator[list[tuple[str, str]]]:
        """(key, key of what it replies to) of the replies behind the first `start`, in the order of the file."""


def open_source(path: Path, kind: str | None = None) -> Source:
    """Open a file; `kind` None: found out by looking.

    Raises:
        BadFile: it can't be read, or is of no format that we know.
    """
    try:
        kinds: dict[str, Callable[[Path], Source]] = {
            "parquet": ParquetSource, "twitter-io": TwitterSource, "mastodon": MastodonSource,
        }  # fmt: skip
        return kinds[kind or _guess(path)](path)
    except OSError as error:
        raise BadFile(say=f"{path} can't be read: {error.strerror}.") from None


def identity(path: Path) -> str:
    """What a file is remembered by: its name and the digest of what is in it.

    Raises:
        BadFile: it can't be read.
    """
    try:
        with path.open("rb") as file:
            return f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()[:32]}"
    except OSError as error:
        raise BadFile(say=f"{path} can't be read: {error.strerror}.") from None


def _guess(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PAR1"):
        return "parquet"
    if b"tweetid" in head and b"tweet_text" in head:
        return "twitter-io"
    if path.suffix == ".json" and head.lstrip().startswith(b"{"):
        return "mastodon"
    raise BadFile(
        say=f"{path} is no Parquet file, no CSV of Twitter's archive and no outbox.json. "
        f"Choose with --format {'|'.join(FORMATS)}."
    )


class ParquetSource:
    """A table with a row for each post: account_id, post_id, created_at, text, and where it has them lang, hashtags,
    in_reply_to, display_name, username. Dates without a zone are UTC; numbers are Unix seconds or milliseconds.
    """

    def __init__(self, path: Path) -> None:
        """Raises BadFile when it is no such table."""
        import duckdb  # noqa: PLC0415 (the server imports this package; only imports pay for DuckDB)

        self._path, self._error = path, duckdb.Error
        self._db = duckdb.connect(config={"threads": 1, "memory_limit": _MEMORY, "preserve_insertion_order": True})
        try:
            columns = {
                row[0]: str(row[1]) for row in self._ask("DESCRIBE SELECT * FROM read_parquet(?)", str(path)).fetchall()
            }
            self.total: int = self._ask("SELECT count(*) FROM read_parquet(?)", str(path)).fetchall()[0][0]
        except duckdb.Error as error:
            raise BadFile(say=f"{path} is no readable Parquet file: {_first_line(error)}") from None
        missing = [name for name in ("account_id", "post_id", "created_at", "text") if name not in columns]
        if missing:
            raise BadFile(say=f"{path} has no column {', '.join(missing)}; it has {', '.join(columns)}.")
        self._has_replies = "in_reply_to" in columns
        self._select = ", ".join((
            "file_row_number",
            "account_id::VARCHAR", "post_id::VARCHAR", _moment(columns["created_at"]), '"text"::VARCHAR',
            *(f"{name}::VARCHAR" if name in columns else "NULL" for name in ("lang", "display_name", "username")),
            "hashtags::VARCHAR[]" if columns.get("hashtags", "").endswith("[]") else "NULL",
        ))  # fmt: skip

    def _ask(self, sql: str, *values: object) -> Any:
        return self._db.cursor().execute(sql, values)

    def posts(self, start: int) -> Iterator[list[SourcePost | BadRow]]:
        """See `Source`."""
        sql = f"SELECT {self._select} FROM read_parquet(?, file_row_number = true) WHERE file_row_number >= ?"
        for rows in self._read(sql, start):
            yield [_parquet_row(row) for row in rows]

    def replies(self, start: int) -> Iterator[list[tuple[str, str]]]:
        """See `Source`."""
        if self._has_replies:
            sql = "SELECT post_id::VARCHAR, in_reply_to::VARCHAR FROM read_parquet(?)"
            yield from self._read(f"{sql} WHERE post_id IS NOT NULL AND in_reply_to IS NOT NULL OFFSET ?", start)

    def _read(self, sql: str, start: int) -> Iterator[list[Any]]:
        try:
            found = self._ask(sql, str(self._path), start)
            while rows := found.fetchmany(CHUNK):
                yield rows
        except self._error as error:
            raise BadFile(say=f"{self._path} is damaged: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:300]


def _moment(kind: str) -> str:
    """SQL for a column of dates as Unix milliseconds; null for what is no date."""
    if kind.startswith("TIMESTAMP"):
        return "epoch_ms(created_at)" if kind == "TIMESTAMP WITH TIME ZONE" else "epoch_ms(created_at::TIMESTAMP)"
    if kind in {"BIGINT", "INTEGER", "UBIGINT", "UINTEGER", "DOUBLE", "HUGEINT"}:
        return "(CASE WHEN created_at > 100000000000 THEN created_at ELSE created_at * 1000 END)::BIGINT"
    return "epoch_ms(try_cast(created_at AS TIMESTAMP))"


def _parquet_row(row: tuple[Any, ...]) -> SourcePost | BadRow:
    number, author, key, at, words, language, shown, name, hashtags = row
    if not author or not key or at is None or not words:
        return _incomplete(number + 1, author, key, at, words)
    return SourcePost(
        row=number + 1, key=key, author=author, at=at, text=words, author_name=name or "", display_name=shown or "",
        language=_language(language), hashtags=tuple([one for one in hashtags if one]) if hashtags else (),
    )  # fmt: skip


def _incomplete(row: int, author: object, key: object, at: object, words: object) -> BadRow:
    for value, reason in (
        (author, "it has no account"), (key, "it has no id"), (at, "it has no date that can be read"), (words, "it has no text"),
    ):  # fmt: skip
        if value is None or value == "":
            return BadRow(row, reason)
    raise AssertionError


# Column of ours -> columns of the archive that have to be there.
_NEEDED = ("tweetid", "userid", "tweet_text", "tweet_time")


class TwitterSource:
    """`<set>_tweets_csv_hashed.csv` of Twitter's information operations archive; columns are found by name."""

    def __init__(self, path: Path) -> None:
        """Raises BadFile when columns are missing. Reads the file once to count its rows."""
        self._path = path
        csv.field_size_limit(_LONGEST_FIELD)
        with self._open() as file:
            rows = csv.reader(file)
            self._columns = next(rows, [])
            missing = [name for name in _NEEDED if name not in self._columns]
            if missing:
                raise BadFile(
                    say=f"{path} has no column {', '.join(missing)}: is it a posts file of Twitter's archive?"
                )
            self.total = sum(1 for _ in _forgiving(rows))

    def _open(self) -> Any:
        # What is no UTF-8 comes through as surrogates and is refused row by row.
        return self._path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")

    def _rows(self, start: int) -> Iterator[tuple[int, list[str] | None]]:
        with self._open() as file:
            rows = csv.reader(file)
            next(rows, None)
            for number, row in enumerate(_forgiving(rows), 1):
                if number > start:
                    yield number, row

    def _picker(self) -> Any:
        at = {name: place for place, name in enumerate(self._columns)}
        names = (*_NEEDED, "user_screen_name", "user_display_name", "tweet_language", "hashtags", "in_reply_to_tweetid")
        places = [at.get(name, -1) for name in names]
        return lambda row: [row[place] if place >= 0 else "" for place in places]

    def posts(self, start: int) -> Iterator[list[SourcePost | BadRow]]:
        """See `Source`."""
        pick, width = self._picker(), len(self._columns)
        rows = self._rows(start)
        while chunk := list(itertools.islice(rows, CHUNK)):
            yield [_twitter_row(number, row, pick, width) for number, row in chunk]

    def replies(self, start: int) -> Iterator[list[tuple[str, str]]]:
        """See `Source`."""
        pick, width = self._picker(), len(self._columns)
        picked = (pick(row) for _, row in self._rows(0) if row is not None and len(row) == width)
        pairs = itertools.islice(((one[0], one[8]) for one in picked if one[0] and one[8]), start, None)
        while chunk := list(itertools.islice(pairs, CHUNK)):
            yield chunk


def _forgiving(rows: Iterator[list[str]]) -> Iterator[list[str] | None]:
    """The rows; None for one that is no CSV, as often as there are such."""
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield None


def _twitter_row(number: int, row: list[str] | None, pick: Any, width: int) -> SourcePost | BadRow:
    if row is None:
        return BadRow(number, "it is not valid CSV")
    if len(row) != width:
        return BadRow(number, f"it has {len(row)} fields, the header has {width}")
    key, author, words, when, name, shown, language, tags, _ = pick(row)
    at = _read_date(when)
    if not author or not key or at is None or not words:
        return _incomplete(number, author, key, at, words)
    hashed = name == author or len(name) > 30  # (Twitter's names have at most 15 characters)
    return SourcePost(
        row=number, key=key, author=author, at=at, text=words, author_name="" if hashed else name,
        display_name="" if shown in {author, name} and hashed else shown, language=_language(language),
        hashtags=_bracketed(tags) if len(tags) > 2 else (),
    )  # fmt: skip


def _bracketed(value: str) -> tuple[str, ...]:
    """`[a, b]` as a tuple."""
    return tuple([part.strip(" '\"").removeprefix("#") for part in value.strip("[] ").split(",") if part.strip(" '\"")])


def _read_date(when: str | None) -> int | None:
    """A date in ISO 8601, UTC where it names no zone, as Unix milliseconds; None for what is no date."""
    try:
        moment = dt.datetime.fromisoformat(when or "")
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        return int(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


class _Object(msgspec.Struct):
    """ActivityPub's Note, as far as an import reads it; whatever else stands in a field is sorted out later."""

    type: Any = None
    id: Any = None
    published: Any = None
    content: Any = None
    contentMap: Any = None  # noqa: N815 (the wire's name)
    summary: Any = None
    sensitive: Any = None
    inReplyTo: Any = None  # noqa: N815
    tag: Any = None
    to: Any = None
    cc: Any = None


_PUBLIC = {"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"}


class MastodonSource:
    """`outbox.json` of the archive that Mastodon gives its members: public and unlisted posts of one account.

    `actor.json` beside it gives the name. Boosts and posts for fewer people are left out.
    """

    def __init__(self, path: Path) -> None:
        """Raises BadFile when it is no outbox."""
        try:
            outbox = json.loads(path.read_bytes())
        except (ValueError, RecursionError) as error:
            raise BadFile(say=f"{path} is no valid JSON: {_first_line(error)}.") from None
        items = outbox.get("orderedItems") if isinstance(outbox, dict) else None
        if not isinstance(items, list):
            raise BadFile(say=f"{path} is no outbox.json of a Mastodon export: it has no list `orderedItems`.")
        self._items: list[Any] = items
        self.total = len(items)
        self._name, self._shown = "", ""
        try:
            actor = json.loads((path.parent / "actor.json").read_bytes())
            self._name, self._shown = str(actor.get("preferredUsername") or ""), str(actor.get("name") or "")
        except (OSError, ValueError, AttributeError):
            pass  # it is there for the looks only

    def posts(self, start: int) -> Iterator[list[SourcePost | BadRow]]:
        """See `Source`."""
        for first in range(start, self.total, CHUNK):
            chunk = self._items[first : first + CHUNK]
            yield [self._row(number, item) for number, item in enumerate(chunk, first + 1)]

    def replies(self, start: int) -> Iterator[list[tuple[str, str]]]:
        """See `Source`."""
        pairs = []
        for item in self._items:
            note = item.get("object") if isinstance(item, dict) else None
            if isinstance(note, dict) and isinstance(note.get("id"), str) and isinstance(note.get("inReplyTo"), str):
                pairs.append((note["id"], note["inReplyTo"]))
        for first in range(start, len(pairs), CHUNK):
            yield pairs[first : first + CHUNK]

    def _row(self, number: int, item: Any) -> SourcePost | BadRow:
        if not isinstance(item, dict):
            return BadRow(number, "it is no activity")
        if item.get("type") == "Announce":
            return BadRow(number, "it is a boost of a post that is not in the file")
        note = item.get("object")
        if item.get("type") != "Create" or not isinstance(note, dict) or note.get("type") not in {"Note", "Question"}:
            return BadRow(number, "it is no post")
        note = msgspec.convert(note, _Object)
        if _PUBLIC & _texts(note.to):
            visibility = "public"
        elif _PUBLIC & _texts(note.cc):
            visibility = "unlisted"
        else:
            return BadRow(number, "it is not public")
        author, key, at = _text(item.get("actor")), _text(note.id), _read_date(_text(note.published))
        html = text.sanitise(_text(note.content))
        words = text.plain(html)
        if not author or not key or at is None or not words:
            return _incomplete(number, author, key, at, words)
        tags = note.tag if isinstance(note.tag, list) else []
        languages = note.contentMap if isinstance(note.contentMap, dict) else {}
        return SourcePost(
            row=number, key=key, author=author, at=at, text=words, html=html, visibility=visibility,
            author_name=self._name or author.rstrip("/").rpartition("/")[2], display_name=self._shown,
            warning=text.plain(_text(note.summary)), sensitive=note.sensitive is True,
            language=_language(next(iter(languages), None)),
            hashtags=tuple([_text(one.get("name")).removeprefix("#") for one in tags
                            if isinstance(one, dict) and one.get("type") == "Hashtag"]),
        )  # fmt: skip


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value}
    return {one for one in value if isinstance(one, str)} if isinstance(value, list) else set()


# English names of languages, as data sets write them, and Twitter's own spellings of codes.
_NAMES = (
    "albanian sq,arabic ar,armenian hy,bengali bn,bulgarian bg,catalan ca,chinese zh,croatian hr,czech cs,danish da,"
    "dutch nl,english en,estonian et,farsi fa,finnish fi,french fr,georgian ka,german de,greek el,gujarati gu,hebrew he,"
    "hindi hi,hungarian hu,icelandic is,indonesian id,italian it,japanese ja,korean ko,kurdish ku,latvian lv,"
    "lithuanian lt,macedonian mk,malay ms,norwegian no,persian fa,polish pl,portuguese pt,pushto ps,romanian ro,"
    "russian ru,serbian sr,simplified zh-CN,slovak sk,slovenian sl,somali so,spanish es,swedish sv,tagalog tl,tamil ta,"
    "thai th,traditional zh-TW,turkish tr,ukrainian uk,urdu ur,uzbek uz,vietnamese vi,in id,iw he,ji yi"
)
_BY_NAME = dict(one.split(" ") for one in _NAMES.split(","))


@functools.lru_cache(maxsize=1024)
def _language(name: str | None) -> str | None:
    """The code of a language given by code or English name; None for what is neither (`und`)."""
    words = (name or "").lower().split()
    return text.check_language(_BY_NAME.get(words[0], name)) if words else None
