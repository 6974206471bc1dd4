"""What the rest of the house sees of a database: `Db` to read and to begin, `Tx` to write in one transaction."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from dunnock.foundation.db.sql import Sql
from dunnock.foundation.errors import DomainError, Kind, Unavailable
from dunnock.foundation.events import Event, Logged
from dunnock.foundation.job import Job

Row = tuple[Any, ...]
MOST_SHOUTED = 7_000  # bytes; a notification of PostgreSQL holds 8,000
Listener = Callable[[Sequence[Logged]], None]


class Reader(Protocol):
    """Anything that can be asked: a `Db` (each question by itself) or a `Tx` (within its transaction)."""

    async def all(self, sql: Sql, **params: Any) -> list[Row]:
        """Every row, as tuples in the order of the statement's columns."""

    async def one(self, sql: Sql, **params: Any) -> Row | None:
        """The first row; None when there is none."""

    async def value(self, sql: Sql, **params: Any) -> Any:
        """The first column of the first row; None when there is none."""


class Tx(Reader, Protocol):
    """An open transaction. It never waits for network or disk: get ready first, then open it."""

    now: int
    """The moment (Unix milliseconds) that everything in this transaction happens at."""

    async def run(self, sql: Sql, **params: Any) -> int:
        """Execute; the number of rows inserted, changed or deleted."""

    async def many(self, sql: Sql, rows: Iterable[Mapping[str, Any]]) -> None:
        """Execute once for each row of parameters."""

    async def record(self, event: Event) -> None:
        """Announce a fact: it is committed with this transaction and heard by every reaction afterwards."""

    async def enqueue(self, job: Job, *, run_at: int | None = None) -> None:
        """Have `job` done once this transaction is committed, at `run_at` (Unix milliseconds) at the earliest."""

    def new_id(self) -> int:
        """A fresh time-ordered id."""

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """Undo what happens inside if it raises, and keep the rest of the transaction usable."""


class Commits:
    """How many commits were written (a group of transactions counts once), and the seconds that took in sum."""

    __slots__ = ("number", "seconds")

    def __init__(self) -> None:
        self.number, self.seconds = 0, 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.number += 1
        self.seconds += seconds


class Db(Reader):
    """One database, whichever engine it is. A class and no protocol: Litestar asks at each request whether it is one."""

    engine: str
    """`sqlite` or `postgresql`."""
    commits: Commits
    """For the metrics."""

    @abstractmethod
    def begin(self, *, durable: bool = True) -> AbstractAsyncContextManager[Tx]:
        """A transaction: leaving the block commits durably (or raises), an exception undoes everything in it.

        Not `durable`: a power cut (not a crash of ours) may take it back whole; for what is done again then.
        """

    @abstractmethod
    async def slow(self, sql: Sql, **params: Any) -> list[Row]:
        """Like `all` for statements that may take longer than a few milliseconds: never blocks other requests."""

    @abstractmethod
    def sync(self) -> None:
        """Hear of what other processes committed before now. Call before answering from memory; costs microseconds."""

    @abstractmethod
    def listen(self, listener: Listener) -> None:
        """Have `listener` called, in this process, with every event after its commit (at least once, not in order)."""

    @abstractmethod
    def shout(self, text: str) -> None:
        """Tell the other processes that use this database something that need not be kept, soon; never waits.

        `text`: at most `MOST_SHOUTED` bytes; it may be lost.
        """

    @abstractmethod
    def hear(self, hearer: Callable[[str], None]) -> None:
        """Have `hearer` called, in this process, with what others shout. One hearer at most."""

    @abstractmethod
    def new_id(self) -> int:
        """A fresh time-ordered id."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what is being committed, then let go of the database."""


class Busy(Unavailable):
    """The database did not let us in, or did not answer, within the time limit."""

    code = "busy"


class Conflict(DomainError):
    """The database refused a row because of a rule that it guards (unique, foreign key, check)."""

    code, kind, safe = "conflict", Kind.CONFLICT, "Somebody changed the same thing at the same time; please try again"
