"""Tables of posts (Parquet, CSV, Twitter's information operations archive) as columns of observations, by DuckDB."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from dunnock.foundation.errors import DomainError
from dunnock.integrity.coaction import Ints, Observations, Trace, Words
from dunnock.integrity.coaction.near import fingerprints


class BadTable(DomainError):
    """A file that can't be scanned."""

    code, safe = "bad_table", "This file can't be read as a table of posts"


# Our column -> what it may be called: in tables of ours, in Twitter's archive.
_NAMES = {
    "account": ("account_id", "userid"),
    "post": ("post_id", "tweetid"),
    "moment": ("created_at", "tweet_time"),
    "words": ("text", "tweet_text"),
    "text_key": ("text_key",),
    "is_repost": ("is_repost", "is_retweet"),
    "repost_of": ("repost_of", "retweet_tweetid"),
    "repost_author": ("repost_of_author", "retweet_userid"),
    "tags": ("hashtags",),
    "links": ("urls",),
    "mentions": ("mentions", "user_mentions"),
    "reply_to": ("reply_to", "in_reply_to_tweetid"),
    "media": ("media",),
}
_NEEDED = ("account", "post", "moment")
_LISTS = {"tags", "links", "mentions", "media"}
# Hosts that hide where their links lead: two such links tell nothing of each other.
_SHORTENERS = (
    "t.co", "bit.ly", "bitly.com", "goo.gl", "ow.ly", "tinyurl.com", "dlvr.it", "ift.tt", "buff.ly", "is.gd", "fb.me",
    "trib.al", "j.mp", "lnkd.in", "wp.me", "amzn.to", "tiny.cc", "cutt.ly", "rb.gy", "shorturl.at", "su.pr", "vk.cc",
    "clck.ru",
)  # fmt: skip
_MEMORY = "384MB"
_CHUNK = 20_000  # texts at a time

# What was written, but for names, links, case and punctuation.
_BARE = (
    r"trim(regexp_replace(lower(regexp_replace(words, '@\w+|https?://\S+', ' ', 'g')), '[\s\p{P}\p{S}]+', ' ', 'g'))"
)
_LINK = (
    r"regexp_replace(lower(regexp_extract(o, '^[A-Za-z]+://([^/?#]+)', 1)), '^(www|m|mobile)\.', '') AS host,"
    r" rtrim(regexp_extract(o, '^[A-Za-z]+://[^/?#]+([^?#]*)', 1), '/') AS path,"
    r" ltrim(regexp_replace(regexp_extract(o, '\?([^#]*)', 1),"
    r" '(^|&)(utm_\w+|fbclid|gclid|igshid|mc_cid|mc_eid|ref|ref_src|s|smid)=[^&]*', '', 'g'), '&') AS query"
)
# Trace -> the posts' numbers, and what the posts did it to as `o`.
_OBJECTS = {
    Trace.REPOST: "SELECT number, repost_of AS o FROM posts WHERE is_repost",
    # Where a table doesn't say which post was boosted, its text stands in for it.
    Trace.TEXT: "SELECT number, text_key AS o FROM posts WHERE NOT is_repost OR repost_of IS NULL",
    Trace.TAGS: "SELECT number, array_to_string(tags, ' ') AS o FROM posts WHERE len(tags) > 1",
    Trace.TAG: "SELECT number, unnest(tags) AS o FROM posts",
    Trace.LINK: f"SELECT number, concat(host, path, '?', query) AS o FROM (SELECT number, {_LINK} FROM"
    f" (SELECT number, unnest(links) AS o FROM posts)) WHERE host <> '' AND host NOT IN {_SHORTENERS}",
    Trace.MEDIA: "SELECT number, unnest(media) AS o FROM posts",
    Trace.REPLY: "SELECT number, reply_to AS o FROM posts",
    Trace.MENTION: "SELECT number, unnest(mentions) AS o FROM posts",
    Trace.BOOSTED: "SELECT number, repost_author AS o FROM posts WHERE is_repost",
}


@dataclass(frozen=True, slots=True)
class Boosts:
    """Boosts whose author is known, shape `(b,)`."""

    booster: Ints
    target: Ints  # a number for each boosted account, whether it has posts here or not
    author: Ints  # the boosted account; -1 when it has no posts here


class Posts:
    """Tables of posts, each post once. Accounts are numbered from 0 in the order of their ids, posts in that of the files.

    Use it as a context: until it is left, it keeps a copy in memory, and what is too much for it in a temporary folder.
    """

    def __init__(self, files: list[Path], *, text: bool = True, tell: Callable[[str], object] = lambda _: None) -> None:
        """Reads the files, without looking at what was written unless `text`; calls `tell` with a line for each.

        Raises:
            BadTable: one of them is no table of posts.
        """
        import duckdb  # noqa: PLC0415 (only batch work pays for it)

        self._text, self._error = text, duckdb.Error
        self._folder = tempfile.TemporaryDirectory(prefix="dunnock-scan-")
        self._db = duckdb.connect(config={"threads": 2, "memory_limit": _MEMORY, "temp_directory": self._folder.name})
        try:
            for place, file in enumerate(files):
                tell(f"{file.name}: {self._read(file, first=place == 0):,} posts")
            self._number()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self.author)

    def close(self) -> None:
        """Forget everything."""
        self._db.close()
        self._folder.cleanup()

    def seen(self) -> Observations:
        """What the posts did to which objects."""
        parts = [self._of(trace, rows) for trace, rows in _OBJECTS.items() if self._text or not trace.of_text]
        if self._text:
            parts.append(self._near())
        return Observations.join(parts)

    def boosts(self) -> Boosts:
        """Who boosted whom, where the tables say it."""
        told = self._columns(
            "SELECT actor, hash(repost_author) AS target, coalesce(n, -1) AS author FROM posts"
            " LEFT JOIN accounts ON accounts.account = repost_author WHERE is_repost AND repost_author <> '' ORDER BY number"
        )
        _, target = np.unique(told["target"], return_inverse=True)
        return Boosts(told["actor"].astype(np.int64), target.astype(np.int64), told["author"].astype(np.int64))

    def ids(self, numbers: Ints) -> dict[int, str]:
        """The ids of posts by their numbers."""
        rows = self._db.execute(
            "SELECT number, post FROM posts WHERE number IN (SELECT unnest(?::BIGINT[]))", [np.unique(numbers).tolist()]
        )
        return dict(rows.fetchall())

    def _read(self, file: Path, *, first: bool) -> int:
        try:
            with file.open("rb") as opened:
                parquet = opened.read(4) == b"PAR1"
            source = "read_parquet(?)" if parquet else "read_csv(?, all_varchar = true, header = true)"
            kinds = {
                str(row[0]): str(row[1])
                for row in self._db.execute(f"DESCRIBE SELECT * FROM {source}", [str(file)]).fetchall()
            }
            found = {ours: next((name for name in names if name in kinds), "") for ours, names in _NAMES.items()}
            missing = [" or ".join(_NAMES[ours]) for ours in _NEEDED if not found[ours]]
            if missing:
                raise BadTable(say=f"{file} has no column {', '.join(missing)}; it has {', '.join(kinds)}.")
            if not self._text:
                found["words"] = found["text_key"] = ""
            columns = ", ".join(f"{_column(ours, name, kinds.get(name, ''))} AS {ours}" for ours, name in found.items())
            rows = f"SELECT * FROM (SELECT {columns} FROM {source}) WHERE account <> '' AND post <> '' AND moment IS NOT NULL"
            (count,) = self._db.execute(
                f"CREATE TABLE read AS {rows}" if first else f"INSERT INTO read {rows}", [str(file)]
            ).fetchall()[0]
        except OSError as error:
            raise BadTable(say=f"{file} can't be read: {error.strerror}.") from None
        except self._error as error:
            raise BadTable(say=f"{file} can't be read: {_first_line(error)}") from None
        return int(count)

    def _number(self) -> None:
        self._db.execute(
            "CREATE TABLE accounts AS SELECT account, row_number() OVER (ORDER BY account) - 1 AS n"
            " FROM (SELECT DISTINCT account FROM read)"
        )
        # the same post in two files is one post
        self._db.execute(
            "CREATE TABLE posts AS SELECT number, n AS actor, read.* EXCLUDE (account, text_key),"
            f" CASE WHEN text_key IS NULL THEN nullif({_BARE}, '') ELSE text_key END AS text_key"
            " FROM (SELECT r, row_number() OVER (ORDER BY r) - 1 AS number FROM"
            " (SELECT min(rowid) AS r FROM read GROUP BY hash(account, post)))"
            " JOIN read ON read.rowid = r JOIN accounts USING (account)"
        )
        self._db.execute("DROP TABLE read")
        self.accounts: list[str] = [
            row[0] for row in self._db.execute("SELECT account FROM accounts ORDER BY n").fetchall()
        ]
        told = self._columns("SELECT actor, moment, is_repost FROM posts ORDER BY number")
        self.author: Ints = told["actor"].astype(np.int64)
        self.at: Ints = told["moment"].astype(np.int64)
        self.is_repost: npt.NDArray[np.bool_] = told["is_repost"].astype(np.bool_)

    def _of(self, trace: Trace, rows: str) -> Observations:
        told = self._columns(f"SELECT number, hash(o) AS object FROM ({rows}) WHERE o <> '' ORDER BY number, object")
        return self._observed(trace, told["number"].astype(np.int64), told["object"].astype(np.uint64))

    def _near(self) -> Observations:
        found = self._db.execute("SELECT number, lower(words) FROM posts WHERE NOT is_repost ORDER BY number")
        numbers: list[Ints] = []

        def chunks() -> Iterator[list[str]]:
            while rows := found.fetchmany(_CHUNK):
                numbers.append(np.array([row[0] for row in rows], np.int64))
                yield [row[1] or "" for row in rows]

        text, key = fingerprints(chunks())
        return self._observed(Trace.NEAR_TEXT, np.concatenate([np.empty(0, np.int64), *numbers])[text], key)

    def _observed(self, trace: Trace, number: Ints, thing: Words) -> Observations:
        return Observations(self.author[number], np.full(len(number), trace, np.int64), thing, self.at[number], number)

    def _columns(self, sql: str) -> dict[str, Any]:
        found: dict[str, Any] = self._db.execute(sql).fetchnumpy()
        return found


def _column(ours: str, name: str, kind: str) -> str:
    """SQL for our column from the file's column `name` of `kind`."""
    if not name:
        empty = {"is_repost": "false", "moment": "NULL::BIGINT"}
        return empty.get(ours, "NULL::VARCHAR[]" if ours in _LISTS else "NULL::VARCHAR")
    column = f'"{name}"'
    if ours == "moment":
        return _moment(column, kind)
    if ours == "is_repost":
        return f"coalesce(try_cast({column} AS BOOLEAN), false)"
    if ours not in _LISTS:
        return f"nullif({column}::VARCHAR, '')"
    items = f"{column}::VARCHAR[]"
    if not kind.endswith("[]"):  # [a, b], as Twitter writes it
        items = (
            rf"[trim(one, ' ''\"#') for one in string_split(trim({column}, '[] '), ',') if trim(one, ' ''\"#') <> '']"
        )
    return f"list_sort(list_distinct([lower(one) for one in {items}]))" if ours == "tags" else items


def _moment(column: str, kind: str) -> str:
    """SQL for a column of dates as seconds since 1970; null for what is no date. Dates without a zone are UTC."""
    if kind in {"BIGINT", "INTEGER", "UBIGINT", "UINTEGER", "DOUBLE", "HUGEINT"}:
        return f"(CASE WHEN {column} > 100000000000 THEN {column} / 1000 ELSE {column} END)::BIGINT"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"epoch({column})::BIGINT"
    return f"epoch(try_cast({column} AS TIMESTAMP))::BIGINT"


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:300]
