"""What the batch asks of an engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from dunnock.foundation.errors import DomainError
from dunnock.integrity.coaction import Ints

PLACE = 40  # bits of `row` that count the rows of a file; those above say which file


class BadTable(DomainError):
    """A file that can't be scanned."""

    code, safe = "bad_table", "This file can't be read as a table of posts"


class EngineMissing(DomainError):
    """The engine isn't installed here, or there is none of that name."""

    code, safe = "engine_missing", "This engine is not installed"


class Engine(Protocol):
    """Computes Ibis expressions over its own tables. Strings are in the order of their bytes, times without a zone are UTC."""

    def file(self, place: int, path: Path) -> Any:
        """A table of what the file has, and `row`: a number that grows through the files in the order of their places.

        Raises:
            BadTable: it can't be read.
        """

    def keep(self, name: str, expression: Any) -> Any:
        """Computes a table once: what comes of it reads what was computed.

        Raises:
            BadTable: a file is broken further down.
        """

    def named(self, name: str, expression: Any, *, file: Path) -> Any:
        """A table made of a `file`, that will be read several times: kept, unless to read the file again costs less.

        Raises:
            BadTable: the file is broken further down.
        """

    def union(self, name: str, parts: Sequence[Any]) -> Any:
        """All rows of some tables, as one that is read through them."""

    def drop(self, name: str) -> None:
        """Forgets a table that was kept, named or made a union."""

    def given(self, name: str, numbers: Ints) -> Any:
        """A table with one column, `number`."""

    def columns(self, expression: Any) -> dict[str, Any]:
        """All rows, a numpy array a column, in any order that the expression leaves open."""

    def rows(self, expression: Any, size: int) -> Iterator[list[Any]]:
        """All rows, some at a time."""

    def hashed(self, value: Any) -> Any:
        """64 bits that are equal for equal strings, and only once in a blue moon for others. Engines differ in them."""

    def close(self) -> None:
        """Forget everything."""
