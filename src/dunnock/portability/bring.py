"""Take a file in: read it, show what would come of it, and do it once its member says so. Mastodon: BulkImport."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final, Literal, TypeAlias, get_args

import msgspec

from dunnock import accounts, text
from dunnock.foundation import refresh
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.job import Job
from dunnock.foundation.refresh import Refresh
from dunnock.portability import parse
from dunnock.portability.errors import ImportMissing, ImportRefused
from dunnock.portability.export import Place
from dunnock.portability.parse import KINDS, Kind
from dunnock.portability.store import imports as store

Outcome: TypeAlias = Literal["done", "already", "waiting", "refused"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
MOST_IMPORTS: Final = 20
"""Imports of one member that are kept at a time."""
KEPT_MS: Final = 7 * DAY
UNCONFIRMED_KEPT_MS: Final = DAY
_END: Final = 2**63 - 1
_BATCH: Final = 500
_LOOKED_UP = frozenset(("following", "blocking", "muting", "lists"))


class DoImport(Job, frozen=True):
    """Go on with an import."""

    import_id: int


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a member brought. Times in Unix milliseconds; `removed`: how much `overwrite` took away so far."""

    id: int
    account_id: int
    kind: Kind
    overwrite: bool
    state: Literal["unconfirmed", "running", "finished"]
    filename: str
    total: int
    removed: int
    below: int | None
    created_at: int
    finished_at: int | None
    done: int = 0
    already: int = 0
    waiting: int = 0
    refused: int = 0

    @property
    def settled(self) -> int:
        """Rows of which it is known what became of them."""
        return self.done + self.already + self.waiting + self.refused


class Told(msgspec.Struct, frozen=True):
    """What became of a row. `outcome` None: nothing yet."""

    row: int
    cells: tuple[str, ...]
    outcome: Outcome | None
    reason: str


async def bring(
    db: Db, account_id: int, content: bytes, *, kind: str, mode: str, filename: str, place: Place
) -> Import:
    """Read a file and keep its rows until its member confirms. Nothing else changes.

    Raises:
        ImportRefused: no such type or mode, a file that can't be read, or too many imports.
    """
    known = next((one for one in KINDS if one == kind), None)
    if known is None:
        raise ImportRefused(kind[:40], say="Validation failed: Type is not included in the list")
    if mode not in {"merge", "overwrite"}:
        raise ImportRefused(mode[:40], say="Validation failed: Mode is not included in the list")
    rows = await asyncio.to_thread(parse.read, content, known, place)
    async with db.begin() as tx:
        if len(await tx.all(store.ALL, account=account_id)) >= MOST_IMPORTS:
            raise ImportRefused(
                account_id, say=f"Validation failed: You can have up to {MOST_IMPORTS} imports at a time"
            )
        import_id = tx.new_id()
        await tx.run(
            store.ADD,
            id=import_id,
            account_id=account_id,
            kind=known,
            overwrite=mode == "overwrite",
            state="unconfirmed",
            filename=filename.replace("\0", "")[:200],
            total=len(rows),
            below=_END if mode == "overwrite" else None,
            created_at=tx.now,
        )
        await tx.many(
            store.ADD_ROW,
            [
                {
                    "import_id": import_id,
                    "row": one.row,
                    "key": one.key,
                    "data": store.encode(one.cells),
                    "outcome": "refused" if one.reason else None,
                    "reason": one.reason,
                }
                for one in rows
            ],
        )
    return await find_import(db, account_id, import_id)


async def confirm(tx: Tx, account_id: int, import_id: int) -> Refresh:
    """Do what the file says. Saying so again changes nothing.

    Raises:
        ImportMissing: the member has no such import.
    """
    held = await hold_own(tx, account_id, import_id)
    if held.state == "unconfirmed":
        return await _start(tx, import_id, results=0)
    return await refresh.named(tx, work_name(import_id)) or await refresh.begin(tx, work_name(import_id))


async def try_again(tx: Tx, account_id: int, import_id: int) -> Refresh:
    """Look once more for what could not be found.

    Raises:
        ImportMissing: the member has no such import.
        ImportRefused: it is not finished.
    """
    held = await hold_own(tx, account_id, import_id)
    if held.state != "finished":
        raise ImportRefused(import_id, say="Validation failed: The import is not finished")
    await tx.run(store.AGAIN, the=import_id)
    return await _start(tx, import_id, results=held.total - held.waiting)


async def cancel(tx: Tx, account_id: int, import_id: int) -> None:
    """Forget an import; what was done already stays done.

    Raises:
        ImportMissing: the member has no such import.
    """
    await hold_own(tx, account_id, import_id)
    await drop(tx, import_id)


async def drop(tx: Tx, import_id: int) -> None:
    """Remove its rows and itself."""
    await refresh.tell(tx, work_name(import_id), results=None, finished=True)
    await tx.run(store.DROP_ROWS, the=import_id)
    await tx.run(store.DROP, the=import_id)


async def imports_of(reader: Reader, account_id: int) -> list[Import]:
    """The member's imports, the latest first."""
    return [await _counted(reader, row) for row in await reader.all(store.ALL, account=account_id)]


async def find_import(reader: Reader, account_id: int, import_id: int) -> Import:
    """One of the member's imports.

    Raises:
        ImportMissing: there is no such import.
    """
    row = await reader.one(store.FIND, the=import_id)
    if row is None or row[1] != account_id:
        raise ImportMissing(import_id)
    return await _counted(reader, row)


async def rows_of(db: Db, one: Import, outcome: Outcome | None = None, *, after: int = 0, most: int = 40) -> list[Told]:
    """Rows of an import behind row `after`, of one outcome or all."""
    return [_told(row) for row in await store.page(db, one.id, outcome, after=after, most=most)]


async def failures(db: Db, one: Import) -> AsyncIterator[list[Told]]:
    """All rows that were refused or wait, page by page."""
    after = 0
    while page := await rows_of(db, one, after=after, most=1_000):
        after = page[-1].row
        if bad := [row for row in page if row.outcome in {"refused", "waiting"}]:
            yield bad


async def unknown(db: Db, one: Import) -> int:
    """How many of the file's accounts this server does not know (yet)."""
    if one.kind not in _LOOKED_UP:
        return 0
    keys = [row[0] for row in await db.slow(store.KEYS, the=one.id)]
    handles = {key.rpartition("\n")[2] for key in keys}
    found = 0
    ordered = sorted(handles)
    for at in range(0, len(ordered), _BATCH):
        found += len(await accounts.find_by_handles(db, [handle_of(key) for key in ordered[at : at + _BATCH]]))
    return len(handles) - found


def handle_of(key: str) -> text.Handle:
    """The handle of a row's key: `name@domain`, `name@` for people here."""
    name, _, domain = key.partition("@")
    return text.Handle(name, domain or None)


def work_name(import_id: int) -> str:
    """What its progress is called."""
    return f"import {import_id}"


async def hold_own(tx: Tx, account_id: int, import_id: int) -> Import:
    """One of the member's imports, which nobody else changes meanwhile. Raises ImportMissing."""
    row = await tx.one(store.HOLD, the=import_id)
    if row is None or row[1] != account_id:
        raise ImportMissing(import_id)
    return await _counted(tx, row)


async def sweep_imports(db: Db) -> None:
    """Forget imports that are over for a week, or were not confirmed for a day; those that wait for somebody stay."""
    now = now_ms()
    for (import_id,) in await db.slow(
        store.OVER, unconfirmed_before=now - UNCONFIRMED_KEPT_MS, finished_before=now - KEPT_MS
    ):
        async with db.begin() as tx:
            await drop(tx, import_id)


async def _start(tx: Tx, import_id: int, *, results: int) -> Refresh:
    await tx.run(store.SET_STATE, the=import_id, new_state="running", finished=None)
    await tx.enqueue(DoImport(import_id))
    return await refresh.begin(tx, work_name(import_id), results=results)


async def _counted(reader: Reader, row: Row) -> Import:
    counts = await store.counts(reader, row[0])
    named: dict[str, object] = dict(zip(Import.__struct_fields__[:11], row, strict=True))
    named |= {name: counts.get(name, 0) for name in OUTCOMES}
    return msgspec.convert(named | {"overwrite": bool(row[3])}, Import)


def _told(row: Row) -> Told:
    return Told(row[0], tuple(msgspec.json.decode(row[2], type=list[str])), row[3], row[4])
