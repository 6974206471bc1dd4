"""What was seen: an account did something to an object at a time. Columns, because there are millions."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]


def distinct(numbers: Ints) -> Ints:
    """Each number once, in order: what `numpy.unique` gives, many times faster (that counts them in a hash table)."""
    ordered = np.sort(numbers)
    new = np.ones(len(ordered), np.bool_)
    new[1:] = ordered[1:] != ordered[:-1]
    return ordered[new]


def sorting(numbers: Ints | Words) -> Ints:
    """What puts numbers into order, equal ones as they came: what a stable `numpy.argsort` gives, several times faster.

    As many bits as there is room for are sorted together with the places that they are from, the lowest first.
    """
    if len(numbers) == 0:
        return np.empty(0, np.int64)
    rest = (numbers - numbers.min()).view(np.uint64)
    bits, taken = int(rest.max()).bit_length(), np.uint64(len(rest).bit_length())
    room = 64 - int(taken)
    order: Ints | None = None
    for shift in range(0, max(bits, 1), room):
        part = rest >> np.uint64(shift) if order is None else rest[order] >> np.uint64(shift)
        part <<= taken  # higher bits than there is room for fall out: their turn comes
        part |= np.arange(len(part), dtype=np.uint64)
        part.sort()
        part &= np.uint64((1 << int(taken)) - 1)
        step = part.view(np.int64)
        order = step if order is None else order[step]
    assert order is not None
    return order


def grouped(numbers: Ints) -> tuple[Ints, Ints, Ints]:
    """Each number once, in order; which of these each one is; how often each comes."""
    order = sorting(numbers)
    ordered = numbers[order]
    new = np.ones(len(ordered), np.bool_)
    new[1:] = ordered[1:] != ordered[:-1]
    which = np.empty(len(ordered), np.int64)
    which[order] = np.cumsum(new) - 1
    starts = np.flatnonzero(new)
    return ordered[starts], which, np.diff(starts, append=len(ordered))


class Trace(enum.IntEnum):
    """What two accounts can have in common when they act. The numbers are kept in tables: never use one again."""

    REPOST = 1  # boosted the same post
    TEXT = 2  # wrote the same text, but for mentions, links, case and punctuation
    NEAR_TEXT = 3  # wrote nearly the same text
    TAGS = 4  # used the same two or more hashtags in one post
    TAG = 5  # used the same hashtag
    LINK = 6  # linked to the same place
    MEDIA = 7  # showed the same picture
    REPLY = 8  # answered the same post
    MENTION = 9  # named the same account
    BOOSTED = 10  # boosted the same account, whichever post of it

    @property
    def of_text(self) -> bool:
        """Whether it looks at what was written; these are left out where only behaviour shall count."""
        return self in {Trace.TEXT, Trace.NEAR_TEXT}


@dataclass(frozen=True, slots=True)
class Observations:
    """One row a thing done to an object, in any order. All columns have the shape `(n,)`.

    A post that carries two hashtags and a link is three rows with the same `post`.
    """

    actor: Ints  # small numbers from 0: positions in the caller's list of accounts
    trace: Ints  # of `Trace`
    object: Words  # a 64-bit hash of what it was done to, within its trace
    at: Ints  # seconds since 1970
    post: Ints  # which act it was: positions in the caller's list of posts

    def __len__(self) -> int:
        return len(self.actor)

    def take(self, which: npt.NDArray[np.bool_] | Ints) -> Observations:
        """The rows that `which` picks."""
        return Observations(self.actor[which], self.trace[which], self.object[which], self.at[which], self.post[which])

    @staticmethod
    def join(parts: list[Observations]) -> Observations:
        """All rows of `parts`, in their order."""
        return Observations(
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("actor", "trace", "object", "at", "post")
            )
        )
