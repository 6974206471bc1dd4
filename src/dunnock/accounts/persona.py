"""The dated history of what an account showed itself as."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from dunnock.accounts.events import PersonaChanged
from dunnock.accounts.paging import Cursor
from dunnock.accounts.store import profiles as store
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.ids import id_at, ms_of

_MOST_RENAMES = 50
_MOST_LOOKED_AT = 2_000


class Persona(msgspec.Struct, frozen=True):
    """One change: `field` was `old` until `at` (Unix milliseconds) and is `new` since.

    Pictures are JSON of media's Picture, profile fields JSON of names and values, none of either is an empty text.
    """

    id: int
    field: str
    old: str
    new: str

    @property
    def at(self) -> int:
        """When it changed."""
        return ms_of(self.id)


class GivenUp(msgspec.Struct, frozen=True):
    """What stood in a field long enough for readers to know it, until `since`, and `new`, which is there since `at`."""

    field: str
    old: str
    new: str
    since: int
    at: int


async def note_changes(
    tx: Tx, account_id: int, changes: Mapping[str, tuple[str, str]], *, by_member_id: int | None
) -> None:
    """Write down changes (field -> old and new text) and announce them as one event. Nothing for no changes.

    `by_member_id` None: the server itself did it (import, command, a remote account's own server).
    """
    changed = {field: pair for field, pair in changes.items() if pair[0] != pair[1]}
    if not changed:
        return
    for field, (old, new) in changed.items():
        await tx.run(
            store.ADD_PERSONA,
            id=tx.new_id(),
            account_id=account_id,
            field=field,
            old=old,
            new=new,
            by_member_id=by_member_id,
        )
    await tx.record(PersonaChanged(account_id=account_id, fields=",".join(sorted(changed))))


async def personas(reader: Reader, account_id: int, cursor: Cursor) -> list[Persona]:
    """Changes of an account, newest first."""
    sql = store.PERSONAS_UPWARDS if cursor.upwards else store.PERSONAS
    rows = await reader.all(sql, the=account_id, **cursor.bounds)
    return [Persona(*row) for row in (rows[::-1] if cursor.upwards else rows)]


async def appearances(reader: Reader, account_id: int, cursor: Cursor) -> list[Persona]:
    """Changes of what one recognises an account by (names, pictures, whether it is a bot), newest first."""
    rows = await reader.all(store.APPEARANCES[cursor.upwards], the=account_id, **cursor.bounds)
    return [Persona(*row) for row in (rows[::-1] if cursor.upwards else rows)]


async def former_names(reader: Reader, account_id: int, *, now_called: str, since: int) -> list[Persona]:
    """The last change away from each name that the account gave up after `since` (Unix milliseconds), newest first.

    A name that it bears again (`now_called`) is none of them, nor is having had no name.
    """
    rows = await reader.all(store.RENAMES, the=account_id, above=id_at(since), most=_MOST_RENAMES)
    given_up: dict[str, Persona] = {}
    for one in (Persona(*row) for row in rows):
        if one.old and one.old != now_called:
            given_up.setdefault(one.old, one)
    return list(given_up.values())


async def given_up(reader: Reader, account_id: int, *, above: int, now: int, stood: int) -> list[GivenUp]:
    """Of each field what had stood for `stood` milliseconds, where something is there instead that does not stand so long yet.

    Steps between do not count, however many: what was there before them does. Looked at are changes after `above` (Unix
    milliseconds, as `now`), the newest 2,000; what was there before the first of them had stood.
    """
    rows = await reader.all(store.STOOD, the=account_id, above=id_at(above), most=_MOST_LOOKED_AT, span=id_at(stood))
    known: dict[str, Persona] = {}
    last: dict[str, Persona] = {}
    for an_id, field, old, new, before in rows:
        one = last[field] = Persona(an_id, field, old, new)
        if before is None or an_id - before >= id_at(stood):
            known[field] = one
    return [
        GivenUp(field, known[field].old, one.new, known[field].at, one.at)
        for field, one in last.items()
        if one.at > now - stood and known[field].old != one.new
    ]


async def name_at(reader: Reader, account_id: int, at: int) -> str | None:
    """The display name that an account had at a moment (Unix milliseconds); None: the one that it has now."""
    old: str | None = await reader.value(store.NAME_AT, the=account_id, above=id_at(at))
    return old
