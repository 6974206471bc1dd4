"""Find posts in the order of their ids by what is asked of their words, on either engine.

SQLite's index gives posts in that order by itself. PostgreSQL's knows none: asked for a common word it gives every post with
it, and going down the posts until enough have a rare one reads them all. So here the newest are gone through first. How many of
them fit says what to do next: ask the index (of few at once, in the same statement), go through some thousands more, or ask
the index for a span of time, by its marks, and so on, always further. To go through a post takes a third of a microsecond, to
get one from the index three.
"""

from __future__ import annotations

import msgspec

from dunnock.discovery import marks
from dunnock.discovery.store import search as store
from dunnock.foundation.db import Db
from dunnock.foundation.ids import id_at, ms_of

WALKED = 2_000
"""So many of the nearest posts are gone through."""
FAR = 8_000
"""So many more at most are gone through, where that is likely to be enough: it takes less than to ask the index."""
MANY = 1_600
"""From so many posts on that are likely to fit, the index is asked for a span of time."""
_FURTHER = 16.0  # times as far at most, each time
_MOST_MARKS = 3  # the index goes through all posts that have one, unless a word is rarer


class Asked(msgspec.Struct, frozen=True):
    """One question in the words of both engines. `timed`: all that is in the index has its marks of time.

    `rough`: what PostgreSQL's index is asked instead, when what it gives is looked at again ("": it is asked the same).
    `long`: of so many words that SQLite may need a tenth of a second, so that nobody else should wait for it.
    """

    fts: str
    ts: str
    timed: bool
    rough: str = ""
    long: bool = False


async def find(db: Db, asked: Asked, *, above: int, below: int, most: int, up: bool = False) -> list[int]:
    """The `most` newest posts between `above` and `below` that fit, the newest first; `up`: the oldest, the oldest first."""
    if db.engine == "sqlite":
        sql = store.FOUND_UP if up else store.FOUND
        ask = db.slow if asked.long else db.all
        return [row[0] for row in await ask(sql, fts=asked.fts, above=above, below=below, most=most)]
    return await _Search(db, asked, most, up=up).between(above, below)


class _Search:
    """One search on PostgreSQL. `near`, `far`: between these nothing was looked at yet; it goes from `near` to `far`."""

    def __init__(self, db: Db, asked: Asked, most: int, *, up: bool) -> None:
        self._db, self._asked, self._most, self._up = db, asked, most, up
        self._index = asked.rough or asked.ts
        self._many = MANY // 2 if asked.rough else MANY  # what a rough question gives is looked at again
        self._found: list[int] = []

    async def between(self, above: int, below: int) -> list[int]:
        walk = store.WALKED_UP if self._up else store.WALKED
        values = {"ts": self._index, "many": self._many}
        if self._asked.rough:
            walk = store.WALKED_EXACT_UP if self._up else store.WALKED_EXACT
            values["exact"] = self._asked.ts
        begin = above if self._up else below
        looked_at, step = 0, WALKED
        while True:
            missing = self._most - len(self._found)
            rows = await self._db.all(walk, **values, above=above, below=below, looked_at=step, most=missing)
            *fit, (edge, first, last) = rows
            self._found += [row[0] for row in fit]
            if not edge:
                return self._found
            looked_at += step
            above, below = (edge, min(below, last + 1)) if self._up else (max(above, first - 1), edge)
            needed = 1.5 * looked_at * (self._most - len(self._found)) / (len(self._found) + 0.5)
            if needed > FAR:
                break
            step = int(needed) + 1
        near, far = (above, below) if self._up else (below, above)
        begin = max(begin, first) if self._up else min(begin, last)
        await self._further(near, far, max(abs(ms_of(begin) - ms_of(near)), 1))
        return self._found[: self._most]

    async def _further(self, near: int, far: int, behind: float) -> None:
        """Ask the index for more and more, until there is enough or nothing left. `behind`: ms that were looked at."""
        least = 1.0
        likely = (len(self._found) + 1) * abs(ms_of(far) - ms_of(near)) / behind
        while len(self._found) < self._most:
            left = 2.0 * (self._most - len(self._found)) / (len(self._found) + 1)
            length = behind * min(_FURTHER, max(least, left))
            edge, timed = self._step(near, far, length) if likely > self._many else (far, self._index)
            above, below = (near, edge) if self._up else (edge, near)
            values = {"ts": timed, "above": above, "below": below, "most": self._most - len(self._found)}
            if self._asked.rough:
                sql = store.LOOKED_AT_UP if self._up else store.LOOKED_AT
                rows = await self._db.all(sql, **values, exact=self._asked.ts)
            else:
                rows = await self._db.all(store.MATCHING_UP if self._up else store.MATCHING, **values)
            self._found += [row[0] for row in rows]
            if edge == far:
                return
            behind += abs(ms_of(edge) - ms_of(near))
            near = edge - 1 if self._up else edge + 1
            least *= 2

    def _step(self, near: int, far: int, length: float) -> tuple[int, str]:
        """How far to look now (exclusive), and what to ask: with the marks of the time between."""
        for level, span in enumerate(marks.SPANS):
            first = ms_of(near + 1 if self._up else near - 1) // span
            number = abs(int(ms_of(near) + (length if self._up else -length)) // span - first) + 1
            if not self._asked.timed or number > _MOST_MARKS:
                continue
            spans = range(first, first + number) if self._up else range(max(first - number + 1, 0), first + 1)
            edge = id_at(spans.stop * span) if self._up else id_at(spans.start * span) - 1
            if edge >= far if self._up else edge <= far:
                break
            times = "|".join([f"'{marks.time(level, one)}'" for one in spans])
            return edge, f"({self._index})&({times})"
        return far, self._index
