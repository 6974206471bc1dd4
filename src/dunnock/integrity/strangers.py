"""What strangers wrote to a member of late, and how much comes to the member in a busy time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from dunnock import posts
from dunnock.foundation.clock import DAY, MINUTE
from dunnock.foundation.db import Reader
from dunnock.foundation.ids import id_at, ms_of
from dunnock.integrity.coaction import Trace
from dunnock.integrity.marks import objects_of
from dunnock.integrity.model import Act
from dunnock.integrity.store import observations

WINDOW_MS: Final = 20 * MINUTE
MOST: Final = 400
"""Of the posts within the window, the newest."""
USUAL_MS: Final = 28 * DAY
_PAST = 2_000


class Wrote(msgspec.Struct, frozen=True):
    """A stranger's post to the member. `words`: hashes that stand for what it says; `told`: those of 32 letters and more."""

    post_id: int
    account_id: int
    words: frozenset[int]
    told: frozenset[int] = frozenset()


async def strangers_of(reader: Reader, target_id: int, *, since: int) -> list[Wrote]:
    """What strangers wrote to the account since the id `since`, the newest first."""
    rows = [
        row
        for row in await reader.all(observations.TO, target=target_id, since=since, most=MOST)
        if row[2] == Act.POST and row[1] != target_id
    ]
    known = await posts.known_authors(reader, [row[0] for row in rows], to=target_id, since=since)
    return [
        Wrote(
            row[0],
            row[1],
            frozenset(objects_of(bytes(row[3]), (Trace.TEXT, Trace.NEAR_TEXT))),
            frozenset(objects_of(bytes(row[3]), (Trace.NEAR_TEXT,))),
        )
        for row in rows
        if row[1] not in known
    ]


def began(wrote: Sequence[Wrote]) -> int:
    """When the first of it came, in Unix milliseconds."""
    return ms_of(min(one.post_id for one in wrote))


def shared_words(wrote: Sequence[Wrote]) -> set[int]:
    """The hashes that more than one account says."""
    who: dict[int, set[int]] = {}
    for one in wrote:
        for word in one.words:
            who.setdefault(word, set()).add(one.account_id)
    return {word for word, people in who.items() if len(people) > 1}


async def usual_before(reader: Reader, target_id: int, *, since: int, now: int, window_ms: int = WINDOW_MS) -> float:
    """What came to the account in a busy window of the 28 days before the id `since`; see `usual_of`."""
    rows = await reader.all(
        observations.TO_BEFORE, target=target_id, since=since, oldest=id_at(now - USUAL_MS), most=_PAST
    )
    return usual_of([ms_of(row[0]) for row in rows], window_ms=window_ms)


def usual_of(moments: Sequence[int], *, window_ms: int = WINDOW_MS) -> float:
    """What comes to the member in a busy window: more than in 19 of 20 in which anything came; at least 1. `moments`: ms."""
    counts = Counter(at // window_ms for at in moments)
    return max(1.0, float(np.percentile(list(counts.values()), 95))) if counts else 1.0
