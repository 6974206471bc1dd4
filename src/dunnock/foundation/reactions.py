"""Hands every committed event to every reaction that hears its kind: at least once, each reaction by itself, with retry.

A reaction is `async (tx, event)`, or `async (tx, events)` where it is `in_batches`. What it writes is committed together with
how far it has heard, so its effects in the database happen once. Slow or outside work belongs in a job that it enqueues.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
import structlog
from sqlalchemy import ColumnElement, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.sql.expression import literal_column

from dunnock.foundation import events
from dunnock.foundation.clock import HOUR, SECOND, now_ms
from dunnock.foundation.db.face import Busy, Db, Row, Tx
from dunnock.foundation.db.sql import Sql, among, insert_into, insert_once
from dunnock.foundation.db.tables import event_log, failures, reactions
from dunnock.foundation.events import Event, Logged

E = TypeVar("E", bound=Event)
Reaction = Callable[[Tx, Any], Awaitable[None]]
Hears = Mapping[type[Event], Sequence[Reaction]]

BATCH = 50  # events handled in one transaction: some milliseconds of SQLite's only writer
MOST_ATTEMPTS = 12  # with the back-off below: about 17 hours until an event is dead for a reaction
STRIKES = 5  # times that an event may find the database busy until it is set aside, so that others get their turn
_SAFETY_NET_S = 1.0  # how often to look even though nobody told us
_SOON_S = 0.02  # on PostgreSQL: how soon to look again for what an open transaction still hid
_GRACE_S = 3.0
_log = structlog.get_logger()

_settled: ColumnElement[int] = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_after = or_(
    event_log.c.tx > bindparam("tx"), and_(event_log.c.tx == bindparam("tx"), event_log.c.id > bindparam("id"))
)
_next = (
    select(event_log.c.tx, event_log.c.id, event_log.c.at, event_log.c.kind, event_log.c.body)
    .order_by(event_log.c.tx, event_log.c.id)
    .limit(bindparam("most"))
)
NEXT = Sql(
    _next.where(event_log.c.tx == 0, event_log.c.id > bindparam("id")), _next.where(_after, event_log.c.tx < _settled)
)
UNSETTLED = Sql(
    select(literal_column("0")), select(func.count()).select_from(event_log).where(event_log.c.tx >= _settled)
)
_newest = select(event_log.c.tx, event_log.c.id).order_by(event_log.c.tx.desc(), event_log.c.id.desc()).limit(1)
NEWEST = Sql(_newest, _newest.where(event_log.c.tx < _settled))
_place = select(reactions.c.tx, reactions.c.id).where(reactions.c.name == bindparam("name"))
LOCK_PLACE = Sql(_place, _place.with_for_update(skip_locked=True))
_places = select(reactions.c.name, reactions.c.tx, reactions.c.id).where(among(reactions.c.name, "names"))
PLACES_OF = Sql(_places)
LOCK_PLACES = Sql(_places, _places.with_for_update(skip_locked=True))
ALL_PLACES = Sql(select(reactions.c.name, reactions.c.tx, reactions.c.id))
ADD_PLACE = insert_once(reactions, "name", "tx", "id", "at", keys=["name"])
MOVE = Sql(
    update(reactions)
    .where(among(reactions.c.name, "names"))
    .values(tx=bindparam("new_tx"), id=bindparam("new_id"), at=bindparam("new_at"))
)
ADD_FAILURE = insert_into(failures, "reaction", "event_id", "attempts", "run_at", "error", "dead")
DUE = Sql(
    select(failures.c.reaction, failures.c.event_id, failures.c.attempts)
    .where(failures.c.run_at <= bindparam("now"), ~failures.c.dead)
    .order_by(failures.c.run_at)
    .limit(20)
)
_failure = select(failures.c.attempts).where(
    failures.c.reaction == bindparam("name"),
    failures.c.event_id == bindparam("event"),
    failures.c.run_at <= bindparam("now"),
    ~failures.c.dead,
)
HOLD_FAILURE = Sql(_failure, _failure.with_for_update(skip_locked=True))
FAIL_AGAIN = Sql(
    update(failures)
    .where(failures.c.reaction == bindparam("name"), failures.c.event_id == bindparam("event"))
    .values(attempts=bindparam("n"), run_at=bindparam("at"), error=bindparam("why"), dead=bindparam("over"))
)
DROP_FAILURE = Sql(
    delete(failures).where(failures.c.reaction == bindparam("name"), failures.c.event_id == bindparam("event"))
)
EVENT = Sql(select(event_log.c.kind, event_log.c.body).where(event_log.c.id == bindparam("id")))
PLACES = Sql(
    select(
        reactions.c.name,
        reactions.c.at,
        select(func.count())
        .select_from(event_log)
        .where(
            or_(
                event_log.c.tx > reactions.c.tx, and_(event_log.c.tx == reactions.c.tx, event_log.c.id > reactions.c.id)
            )
        )
        .scalar_subquery(),
        select(func.min(event_log.c.at))
        .where(
            or_(
                event_log.c.tx > reactions.c.tx, and_(event_log.c.tx == reactions.c.tx, event_log.c.id > reactions.c.id)
            )
        )
        .scalar_subquery(),
    ).order_by(reactions.c.name)
)
DEAD = Sql(
    select(
        failures.c.reaction,
        failures.c.event_id,
        event_log.c.kind,
        event_log.c.at,
        failures.c.attempts,
        failures.c.error,
    )
    .join_from(failures, event_log, event_log.c.id == failures.c.event_id)
    .where(failures.c.dead)
    .order_by(failures.c.event_id)
    .limit(bindparam("most"))
)
REVIVE = Sql(update(failures).where(failures.c.dead).values(dead=False, attempts=0, run_at=bindparam("at")))
SKIP_TO_NOW = Sql(select(func.coalesce(func.max(event_log.c.tx), 0), func.coalesce(func.max(event_log.c.id), 0)))


class Lag(msgspec.Struct, frozen=True):
    """How far a reaction is behind: events it has not looked at, and the age of the oldest (milliseconds)."""

    reaction: str
    events: int
    age_ms: int


class Dead(msgspec.Struct, frozen=True):
    """An event that a reaction could not handle in `attempts` tries; `error` is the last reason."""

    reaction: str
    event_id: int
    kind: str
    at: int
    attempts: int
    error: str


def backoff_ms(attempts: int, spread: float) -> int:
    """Wait before try `attempts + 1`: 1 s doubling to 4 h, times 0.5 to 1.5 by `spread` in [0, 1]."""
    return int(min(SECOND * 2**attempts, 4 * HOUR) * (0.5 + spread))


class in_batches(Generic[E]):  # noqa: N801 (a decorator)
    """Hands a reaction all events of a batch at once, in the order of the log, so that it can ask for them together.

    Called with one event it is given that alone. Where it fails with many, all of them are undone and it is given each by itself,
    so that only what it can't handle is set aside.
    """

    def __init__(self, does: Callable[[Tx, Sequence[E]], Awaitable[None]]) -> None:
        """`does`: the reaction."""
        functools.update_wrapper(self, does)
        self.at_once = does

    async def __call__(self, tx: Tx, event: E) -> None:
        """One event."""
        await self.at_once(tx, (event,))


def name_of(reaction: Reaction) -> str:
    """The stable name a reaction is remembered under: package and function (`notifications.on_favourite`)."""
    package = reaction.__module__.removeprefix("dunnock.").split(".", 1)[0]
    return f"{package}.{reaction.__name__}"


class Reactions:
    """Runs all reactions of one process; several processes may run, each event is handled by one at a time."""

    def __init__(self, db: Db, hears: Hears, together: Sequence[Sequence[Reaction]] = ()) -> None:
        """`hears`: event type -> reactions, the one table of `app/subscriptions.py`.

        `together`: reactions that are handed the same stretch of the log in one transaction, which costs less than one each; each
        keeps a place of its own, and what one can't handle keeps nothing from the others.
        """
        self._db = db
        self._by_name: dict[str, Reaction] = {}
        self._kinds: dict[str, frozenset[str]] = {}
        for event, who in hears.items():
            for reaction in who:
                name = name_of(reaction)
                if self._by_name.setdefault(name, reaction) is not reaction:
                    raise TypeError(f"two reactions are called {name}")
                self._kinds[name] = self._kinds.get(name, frozenset()) | {event.kind}
        self._group_of = {name: name for name in self._by_name}
        for some in together:
            names = [name for one in some if (name := name_of(one)) in self._by_name]
            self._group_of.update(dict.fromkeys(names, names[0]) if names else {})
        self._groups: dict[str, list[str]] = {}
        for name, group in self._group_of.items():
            self._groups.setdefault(group, []).append(name)
        self._seen: dict[str, tuple[int, int]] = {}
        self._wake = {group: asyncio.Event() for group in self._groups}
        self._heard_of: set[str] = set()  # woken by an event that an older transaction may hide yet
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Begin to listen. A reaction that is new hears from now on, not the whole history."""
        await self.prepare()
        self._db.listen(self._heard)
        for group in self._groups:
            self._tasks.append(asyncio.create_task(self._follow(group), name=f"reaction {group}"))
        self._tasks.append(asyncio.create_task(self._look_after(), name="reaction retries"))

    async def prepare(self) -> None:
        """Give each new reaction its place in the log."""
        async with self._db.begin() as tx:
            row = await tx.one(SKIP_TO_NOW)
            assert row is not None
            for name in self._by_name:
                await tx.run(ADD_PLACE, name=name, tx=row[0], id=row[1], at=tx.now)

    async def stop(self) -> None:
        """Finish the batch in hand (within seconds), then stop; what is left is handled at the next start."""
        self._stopping.set()
        for wake in self._wake.values():
            wake.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_GRACE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _heard(self, logged: Sequence[Logged]) -> None:
        kinds = {one.event.kind for one in logged}
        for name, hears in self._kinds.items():
            if not kinds.isdisjoint(hears):
                self._heard_of.add(self._group_of[name])
                self._wake[self._group_of[name]].set()

    async def _follow(self, group: str) -> None:
        wake = self._wake[group]
        strikes, pause = 0, _SAFETY_NET_S
        while not self._stopping.is_set():
            wake.clear()
            if group in self._heard_of:
                self._heard_of.discard(group)
                # What woke us may be hidden yet by an older transaction that is still open, and whose end tells nobody.
                pause = _SOON_S if self._db.engine == "postgresql" else _SAFETY_NET_S
            try:
                while not self._stopping.is_set() and await self.step(group, patient=strikes < STRIKES):
                    strikes = 0
            except Exception as error:  # noqa: BLE001 (a reaction that ends is a server that stands still)
                strikes += 1
                if isinstance(error, Busy):
                    _log.warning("reaction waits", reaction=group, why=str(error))
                else:
                    _log.exception("reaction can't go on", reaction=group)
                await self._rest(0.2 * min(strikes, 25))
                continue
            strikes = 0
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), pause if pause < _SAFETY_NET_S else None)
            pause = min(pause * 2, _SAFETY_NET_S)

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def step(self, group: str, *, patient: bool = True) -> bool:
        """Let a reaction, or those that go together (called after their first), handle the next batch; whether there may be more.

        Not `patient`: the next event only, and for whom the database is too busy again, it is set aside as failed.
        """
        stored = await self._db.all(PLACES_OF, names=self._groups[group])
        places = {name: max((a_tx, an_id), self._seen.get(name, (0, 0))) for name, a_tx, an_id in stored}
        if not places:
            return False
        most = BATCH if patient else 1
        place = min(places.values())
        rows = await self._db.all(NEXT, tx=place[0], id=place[1], most=most)
        if not rows:
            return False
        last = (rows[-1][0], rows[-1][1])
        wanted = [name for name in self._groups[group] if name in places and self._of(name, places[name], rows)]
        for name, at in places.items():
            if name not in wanted:
                # Nothing for it: remember it here, and write it down only now and then (see `note_places`).
                self._seen[name] = max(at, last)
        if not wanted:
            return len(rows) == most
        handling, locked = "", dict[str, tuple[int, int]]()
        try:
            # Not durable: a power cut takes back place and effects together, and the event is handled again.
            async with self._db.begin(durable=False) as tx:
                # Another process may have been here since: what counts is the place under our lock.
                locked = {name: (a_tx, an_id) for name, a_tx, an_id in await tx.all(LOCK_PLACES, names=wanted)}
                for name in wanted:
                    if name in locked:
                        handling = name
                        await self._handle_all(tx, name, self._of(name, locked[name], rows))
                        handling = ""
                moved = [name for name, at in locked.items() if last > at]
                if moved:
                    await tx.run(MOVE, names=moved, new_tx=last[0], new_id=last[1], new_at=tx.now)
        except Busy as error:
            if patient or not handling:
                raise
            await self._set_aside(handling, rows[0], error)
        return bool(locked) and len(rows) == most

    def _of(self, name: str, place: tuple[int, int], rows: Sequence[Row]) -> list[Row]:
        """Those that the reaction hears, after its place."""
        return [row for row in rows if row[3] in self._kinds[name] and (row[0], row[1]) > place]

    async def _set_aside(self, name: str, row: Row, error: Busy) -> None:
        _log.error("reaction sets an event aside", reaction=name, event_id=row[1], why=str(error))
        async with self._db.begin() as tx:
            locked = await tx.one(LOCK_PLACE, name=name)
            if locked is not None and (row[0], row[1]) > (locked[0], locked[1]):
                await self._add_failure(tx, name, row[1], error)
                await tx.run(MOVE, names=[name], new_tx=row[0], new_id=row[1], new_at=tx.now)

    async def note_places(self) -> None:
        """Write down how far the reactions have looked past events that are not for them (keeps the lag honest)."""
        stored = {name: (a_tx, an_id) for name, a_tx, an_id in await self._db.all(ALL_PLACES)}
        ahead = {name: seen for name, seen in self._seen.items() if seen > stored.get(name, seen)}
        if ahead:
            async with self._db.begin(durable=False) as tx:
                for name, (a_tx, an_id) in ahead.items():
                    row = await tx.one(LOCK_PLACE, name=name)
                    if row is not None and (row[0], row[1]) < (a_tx, an_id):
                        await tx.run(MOVE, names=[name], new_tx=a_tx, new_id=an_id, new_at=tx.now)

    async def _handle_all(self, tx: Tx, name: str, rows: Sequence[Row]) -> None:
        reaction = self._by_name[name]
        if len(rows) > 1 and isinstance(reaction, in_batches):
            try:
                async with tx.savepoint():
                    told = [_decoded(kind, body) for _, _, _, kind, body in rows]
                    await reaction.at_once(tx, [event for event in told if event is not None])
            except Busy:
                raise
            except Exception:  # noqa: BLE001 (one of them: which it is, and why, shows when each is handled by itself)
                _log.warning("reaction can't handle a batch at once", reaction=name, events=len(rows))
            else:
                return
        for _, event_id, _, kind, body in rows:
            await self._handle(tx, name, event_id, kind, body)

    async def _handle(self, tx: Tx, name: str, event_id: int, kind: str, body: str) -> None:
        try:
            async with tx.savepoint():
                event = _decoded(kind, body)
                if event is not None:
                    await self._by_name[name](tx, event)
        except Busy:
            raise
        except Exception as error:  # noqa: BLE001 (the edge of the process for reactions: kept, shown, tried again)
            _log.exception("reaction failed", reaction=name, event_kind=kind, event_id=event_id)
            await self._add_failure(tx, name, event_id, error)

    async def _add_failure(self, tx: Tx, name: str, event_id: int, error: Exception) -> None:
        at = tx.now + backoff_ms(1, (event_id % 100) / 100)
        await tx.run(
            ADD_FAILURE, reaction=name, event_id=event_id, attempts=1, run_at=at, error=_reason(error), dead=False
        )

    async def wake_behind(self) -> None:
        """Wake each reaction that is behind the newest event: one look for all, for what nobody told this process of."""
        newest = await self._db.one(NEWEST)
        if newest is None:
            return
        for name, a_tx, an_id in await self._db.all(ALL_PLACES):
            if name in self._group_of and max((a_tx, an_id), self._seen.get(name, (0, 0))) < (newest[0], newest[1]):
                self._wake[self._group_of[name]].set()

    async def _look_after(self) -> None:
        while not self._stopping.is_set():
            await self._rest(_SAFETY_NET_S)
            try:
                await self.wake_behind()
                await self.retry_due(now_ms())
                await self.note_places()
            except Busy as error:
                _log.warning("retries wait", why=str(error))
            except Exception:  # noqa: BLE001 (as in `_follow`)
                _log.exception("retries can't go on")

    async def retry_due(self, now: int) -> int:
        """Try again what failed and is due at `now`; how many were tried."""
        due = await self._db.all(DUE, now=now)
        return sum([await self._try_again(name, event_id, now) for name, event_id, _ in due])

    async def _try_again(self, name: str, event_id: int, now: int) -> bool:
        """In a transaction of its own, so that one that can't be done holds up no other."""
        failed: Exception
        try:
            async with self._db.begin() as tx:
                found = await tx.one(HOLD_FAILURE, name=name, event=event_id, now=now)
                if found is None:
                    return False  # another process has it
                row = await tx.one(EVENT, id=event_id)
                reaction = self._by_name.get(name)
                event = events.decode(row[0], row[1]) if row else None
                if reaction is None or event is None:
                    why = "this release does not know the event or the reaction"
                    await tx.run(FAIL_AGAIN, name=name, event=event_id, n=found[0], at=now, why=why, over=True)
                    return False
                await reaction(tx, event)
                await tx.run(DROP_FAILURE, name=name, event=event_id)
        except Exception as error:  # noqa: BLE001 (as in `_handle`)
            failed = error
        else:
            return True
        async with self._db.begin() as tx:
            found = await tx.one(HOLD_FAILURE, name=name, event=event_id, now=now)
            if found is not None:
                attempts = found[0] + 1
                over = attempts >= MOST_ATTEMPTS
                _log.error("reaction failed again", reaction=name, event_id=event_id, dead=over, exc_info=failed)
                at = now + backoff_ms(attempts, (event_id % 100) / 100)
                await tx.run(FAIL_AGAIN, name=name, event=event_id, n=attempts, at=at, why=_reason(failed), over=over)
        return True

    async def settle(self, *, within_s: float = 30.0) -> None:
        """Handle everything committed so far, here and now (for tests, commands and a graceful stop).

        On PostgreSQL what is behind an older open transaction (of any database of the cluster) is waited for.
        """
        end = now_ms() + int(within_s * 1000)
        busy = True
        while busy and now_ms() < end:
            unsettled = await self._db.value(UNSETTLED)
            busy = False
            for group in self._groups:
                busy = await self.step(group) or busy
            if unsettled and not busy:
                busy = True
                await asyncio.sleep(0.005)


_decoded = functools.lru_cache(maxsize=512)(events.decode)  # many reactions hear of the same, one soon after the other


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:500]


async def lags(db: Db) -> list[Lag]:
    """How far each reaction is behind."""
    now = now_ms()
    return [
        Lag(name, count, max(0, now - oldest) if oldest is not None else 0)
        for name, _, count, oldest in await db.slow(PLACES)
    ]


async def dead_letters(db: Db, *, most: int = 100) -> list[Dead]:
    """Events that a reaction gave up on, oldest first."""
    return [Dead(*row) for row in await db.all(DEAD, most=most)]


async def revive(db: Db) -> int:
    """Have all dead letters tried again, from the first attempt; how many."""
    async with db.begin() as tx:
        return await tx.run(REVIVE, at=tx.now)
