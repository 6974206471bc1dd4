"""Tables of posts (Parquet, CSV, Twitter's information operations archive) as columns of observations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from dunnock.integrity import definitions, engines
from dunnock.integrity.coaction import Ints, Observations, Trace, Words, distinct
from dunnock.integrity.coaction.near import fingerprints
from dunnock.integrity.engines import PLACE, BadTable

__all__ = ["BadTable", "Boosts", "Posts"]

_CHUNK = 20_000  # texts at a time


@dataclass(frozen=True, slots=True)
class Boosts:
    """Boosts whose author is known, shape `(b,)`."""

    booster: Ints
    target: Ints  # a number for each boosted account, whether it has posts here or not
    author: Ints  # the boosted account; -1 when it has no posts here


class Posts:
    """Tables of posts, each post once. Accounts are numbered from 0 in the order of their ids, posts in that of the files.

    Use it as a context: until it is left, the engine keeps a copy, and what is too much for its memory in a temporary folder.
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
            for place, file in enumerate(files):
                self._read(place, file, tell)
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
        self._engine.close()

    def seen(self) -> Observations:
        """What the posts did to which objects."""
        things = definitions.objects(self._posts)
        parts = [self._of(trace, some) for trace, some in things.items() if self._text or not trace.of_text]
        if self._text:
            parts.append(self._near())
        return Observations.join(parts)

    def boosts(self) -> Boosts:
        """Who boosted whom, where the tables say it."""
        found = self._engine.columns(definitions.boosts(self._posts, self._accounts, self._engine.hashed))
        _, target = np.unique(found["target"], return_inverse=True)
        return Boosts(found["actor"].astype(np.int64), target.astype(np.int64), found["author"].astype(np.int64))

    def ids(self, numbers: Ints) -> dict[int, str]:
        """The ids of posts by their numbers."""
        wanted = self._engine.given("wanted", distinct(numbers))
        found = self._posts.semi_join(wanted, "number").select("number", "post")
        return {number: post for some in self._engine.rows(found, _CHUNK) for number, post in some}

    def _read(self, place: int, file: Path, tell: Callable[[str], object]) -> None:
        told = definitions.told(self._engine.file(place, file), str(file), text=self._text)
        self._all = self._engine.keep("read", told, more=place > 0)
        here = self._all.filter(self._all.row >= place << PLACE)
        (count,) = self._engine.columns(here.aggregate(posts=here.count()))["posts"]
        tell(f"{file.name}: {count:,} posts")

    def _number(self) -> None:
        engine = self._engine
        self._accounts = engine.keep("accounts", definitions.accounts(self._all))
        self._posts = engine.keep("posts", definitions.posts(self._all, self._accounts, engine.hashed))
        engine.drop("read")
        ids = self._accounts.order_by("n").select("account")
        self.accounts: list[str] = [account for some in engine.rows(ids, _CHUNK) for (account,) in some]
        columns = engine.columns(self._posts.select("number", "actor", "moment", "is_repost"))
        order = np.argsort(columns["number"])
        self.author: Ints = columns["actor"][order].astype(np.int64)
        self.at: Ints = columns["moment"][order].astype(np.int64)
        self.is_repost: npt.NDArray[np.bool_] = columns["is_repost"][order].astype(np.bool_)

    def _of(self, trace: Trace, things: Any) -> Observations:
        found = self._engine.columns(things.select("number", object=self._engine.hashed(things.o)))
        return self._observed(trace, found["number"].astype(np.int64), found["object"].astype(np.uint64))

    def _near(self) -> Observations:
        numbers: list[Ints] = []

        def chunks() -> Iterator[list[str]]:
            for rows in self._engine.rows(definitions.worded(self._posts), _CHUNK):
                numbers.append(np.array([row[0] for row in rows], np.int64))
                yield [row[1] for row in rows]

        text, key = fingerprints(chunks())
        return self._observed(Trace.NEAR_TEXT, np.concatenate([np.empty(0, np.int64), *numbers])[text], key)

    def _observed(self, trace: Trace, number: Ints, thing: Words) -> Observations:
        return Observations(self.author[number], np.full(len(number), trace, np.int64), thing, self.at[number], number)
