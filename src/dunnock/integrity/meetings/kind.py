"""What is a kind's own in the ways of all meetings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from dunnock.foundation.db import Reader, Row
from dunnock.foundation.errors import DomainError
from dunnock.integrity.meetings.model import Meeting
from dunnock.integrity.meetings.store import Rows

M = TypeVar("M", bound=Meeting)


class Kind(NamedTuple, Generic[M]):
    """A kind of meeting: its rows, how one is read, and how it is called in the log of staff and towards authors.

    `acts`: what stands before the dot in the log; `entry`: which subject an entry has, and what it says; `facts`: what those
    who are told of a refusal read about these of theirs; `refused`: raised where it can't be judged so.
    """

    rows: Rows
    read: Callable[[Row], M]
    acts: str
    entry: Callable[[M], tuple[int, dict[str, str]]]
    facts: Callable[[Reader, Sequence[M]], Awaitable[str]]
    refused: type[DomainError]
