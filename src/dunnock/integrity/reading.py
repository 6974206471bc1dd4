"""Tables of posts (Parquet, CSV, JSON, Twitter's information operations archive) as columns of observations."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from dunnock.integrity import definitions, engines
from dunnock.integrity.coaction import Ints, Observations, Trace, Words, distinct, sorting
from dunnock.integrity.coaction.near import fingerprints
from dunnock.integrity.coaction.occasions import repeated
from dunnock.integrity.engines import PLACE, BadTable

__all__ = ["BadTable", "Boosts", "Posts"]

_IN_FILE = (1 << PLACE) - 1
_CHUNK = 20_000  # texts at a time
_LACKING = {"accounts": "account", "ids": "id", "dates": "a date that can be read"}
_MIXED = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93))  # odd: no two hashes become one


@dataclass(frozen=True, slots=True)
class Boosts:
    """Boosts whose author is known, shape `(b,)`."""

    booster: Ints
    target: Ints  # a number for each boosted account, whether it has posts here or not
    author: Ints  # the boosted account; -1 when it has no posts here


class Posts:
    """Tables of posts, each post once. Accounts are numbered from 0 in the order of their ids, posts in that of the files.

    Use it as a context: until it is left, the engine keeps what it can't read again, and what is too much in a temporary folder.
    """

    def __init__(
        self,
        files: list[Path],
        *,
        text: bool = True,
        engine: str = "duckdb",
        tell: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Reads the files, without looking at what was written unless `text`; calls `tell` with a line for each.

        Raises:
            BadTable: one of them is no table of posts.
            EngineMissing: the engine can't be had here.
        """
        self._text = text
        self._engine = engines.opened(engine)
        try:
            self._number([self._read(place, file, tell) for place, file in enumerate(files)])
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
        self._engine.close()

    def seen(self) -> Observations:
        """What the posts did to which objects."""
        things = definitions.objects(self._told)
        parts = {trace: self._of(trace, some) for trace, some in things.items() if self._text or not trace.of_text}
        parts[Trace.TAGS] = _several(parts[Trace.TAG])
        if self._text:
            parts[Trace.NEAR_TEXT] = self._near()
        return Observations.join(list(parts.values()))

    def boosts(self) -> Boosts:
        """Who boosted whom, where the tables say it."""
        found = self._engine.columns(definitions.boosts(self._told, self._accounts, self._engine.hashed))
        there, number = self._numbers(found["row"])
        _, target = np.unique(found["target"][there], return_inverse=True)
        return Boosts(self.author[number], target.astype(np.int64), found["author"][there].astype(np.int64))

    def ids(self, numbers: Ints) -> dict[int, str]:
        """The ids of posts by their numbers."""
        numbers = distinct(numbers)
        wanted = self._engine.given("wanted", self._rows[numbers])
        found = self._told.semi_join(wanted, self._told.row == wanted.number).select("row", "post")
        posts = {row: post for some in self._engine.rows(found, _CHUNK) for row, post in some}
        return {number: posts[row] for number, row in zip(numbers.tolist(), self._rows[numbers].tolist(), strict=True)}

    def _read(self, place: int, file: Path, tell: Callable[[str], object]) -> tuple[Any, Any]:
        told = definitions.told(self._engine.file(place, file), str(file), text=self._text)
        read = self._engine.named(f"read{place}", told, file=file)
        whose = self._engine.keep(f"whose{place}", definitions.counted(read))
        counted = {name: int(one[0]) for name, one in self._engine.columns(definitions.lacking(whose)).items()}
        lacking = ", ".join(f"{n:,} without {what}" for name, what in _LACKING.items() if (n := counted[name]))
        if counted["rows"] and not counted["posts"]:
            raise BadTable(
                say=f"{file} has no post with an account, an id and a date: of {counted['rows']:,} rows {lacking}."
            )
        tell(f"{file.name}: {counted['posts']:,} posts" + (f"; left out: {lacking}" if lacking else ""))
        return read, whose

    def _number(self, read: list[tuple[Any, Any]]) -> None:
        engine = self._engine
        self._told = engine.union("told", [told for told, _ in read])
        self._accounts = engine.keep(
            "accounts", definitions.accounts(engine.union("whose", [whose for _, whose in read]))
        )
        ids = self._accounts.order_by("n").select("account")
        self.accounts: list[str] = [account for some in engine.rows(ids, _CHUNK) for (account,) in some]
        columns = engine.columns(definitions.numbered(self._told, self._accounts, engine.hashed))
        row, actor = columns["row"].astype(np.int64), columns["actor"].astype(np.int64)
        kept = _once(row, actor, columns["which"].view(np.uint64))
        self._rows: Ints = row[kept]  # of each post, by its number
        self._whole = _without_gaps(self._rows)
        self.author: Ints = actor[kept]
        self.at: Ints = columns["moment"][kept].astype(np.int64)
        self.is_repost: npt.NDArray[np.bool_] = columns["is_repost"][kept].astype(np.bool_)

    def _of(self, trace: Trace, things: Any) -> Observations:
        found = self._engine.columns(things.select("row", object=self._engine.hashed(things.o)))
        return self._observed(trace, found["row"], found["object"].view(np.uint64))

    def _near(self) -> Observations:
        found = self._engine.columns(definitions.worded(self._told))
        words = found["words"]
        chunks = (
            [one.lower() for one in words[start : start + _CHUNK].tolist()] for start in range(0, len(words), _CHUNK)
        )
        text, key = fingerprints(chunks)
        return self._observed(Trace.NEAR_TEXT, found["row"][text], key)

    def _observed(self, trace: Trace, row: Ints, thing: Words) -> Observations:
        there, number = self._numbers(row)
        kind = np.full(len(number), trace, np.int64)
        return Observations(self.author[number], kind, thing[there], self.at[number], number)

    def _numbers(self, row: Ints) -> tuple[npt.NDArray[np.bool_], Ints]:
        """Which of the rows are posts, and the numbers of these."""
        if len(self._rows) == 0:
            return np.zeros(len(row), np.bool_), np.empty(0, np.int64)
        if len(self._whole):
            guess = self._whole[np.minimum(row >> PLACE, len(self._whole) - 1)] + (row & _IN_FILE)
        else:
            guess = np.searchsorted(self._rows, row)
        number = np.clip(guess, 0, len(self._rows) - 1)
        there = self._rows[number] == row
        return there, number[there]


def _once(row: Ints, actor: Ints, which: Words) -> Ints:
    """Where each post stands, in the order of rows: of those that come again, the first row. `which`: a hash of the id."""
    kept = np.ones(len(row), np.bool_)
    # Beside the account's number: of four million ids, five met in DuckDB's hash.
    again = repeated(which ^ actor.view(np.uint64) * _MIXED[0])
    again = again[np.lexsort((row[again], which[again], actor[again]))]
    same = (actor[again[1:]] == actor[again[:-1]]) & (which[again[1:]] == which[again[:-1]])
    kept[again[1:][same]] = False
    place = np.flatnonzero(kept)
    return place if np.all(np.diff(row[place]) > 0) else place[np.argsort(row[place])]


def _without_gaps(rows: Ints) -> Ints:
    """By the place of a file: what makes the number of a post of a place in that file. Empty where a file has gaps."""
    starts = np.flatnonzero(np.diff(rows >> PLACE, prepend=-1))
    sizes = np.diff(starts, append=len(rows))
    if len(rows) == 0 or np.any(rows[starts + sizes - 1] - rows[starts] != sizes - 1):
        return np.empty(0, np.int64)
    made = np.zeros(int(rows[-1] >> PLACE) + 1, np.int64)
    made[rows[starts] >> PLACE] = starts - (rows[starts] & _IN_FILE)
    return made


def _several(tags: Observations) -> Observations:
    """From single hashtags, `TAGS`: which posts carry which two or more; the same ones in whatever order are one object."""
    order = sorting(tags.object)
    order = order[sorting(tags.post[order])]
    post, tag = tags.post[order], tags.object[order]
    kept = (np.diff(post, prepend=-1) != 0) | (np.diff(tag, prepend=tag[:1]) != 0)
    order, post = order[kept], post[kept]
    starts = np.flatnonzero(np.diff(post, prepend=-1))
    mixed = tag[kept] * _MIXED[0]
    mixed ^= mixed >> np.uint64(29)
    whole = np.add.reduceat(mixed * _MIXED[1], starts) if len(starts) else mixed
    many = np.diff(starts, append=len(post)) > 1
    found = tags.take(order[starts[many]])
    return dataclasses.replace(found, trace=np.full(len(found), Trace.TAGS, np.int64), object=whole[many])
