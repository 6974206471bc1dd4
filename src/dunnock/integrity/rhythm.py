"""The rhythm of an account: at which hours it posts, when it woke after a long sleep, and that it moved elsewhere.

One row an account, however much it posts; no words, but for names of places that a profile said for everybody to read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

import msgspec

from dunnock import accounts, posts
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.ids import ms_of
from dunnock.foundation.job import Job
from dunnock.foundation.reactions import in_batches
from dunnock.integrity.places import places_of
from dunnock.integrity.store import rhythms as store

WOKE_MS = 4 * DAY
MOVED_MS = 90 * DAY
"""For so long it counts that somebody woke, or moved."""
ASLEEP_MS = 30 * DAY
"""Without a post for so long, an account sleeps."""
KEPT_MS = 400 * DAY
_HOURS = struct.Struct("<24H")
_NONE = (0,) * 24
_FULL = 60_000
"""Posts in an hour from which on all are halved: the shape counts, and older ones fade."""
STOOD_MS = 30 * DAY
"""Where somebody said to be for so long is where they were from, in however many steps they say otherwise."""
_LOOKED_BACK_MS = 180 * DAY
_CHUNK = 500
_WHERE = frozenset(("display_name", "bio", "fields"))


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an account. `hours`: posts by hour of UTC before it moved, `since`: after it. 0: never."""

    account_id: int
    hours: tuple[int, ...] = _NONE
    since: tuple[int, ...] = _NONE
    last_at: int = 0
    woke_at: int = 0
    slept_ms: int = 0
    moved_at: int = 0
    moved_from: tuple[str, ...] = ()
    moved_to: tuple[str, ...] = ()


class TrimRhythms(Job, frozen=True):
    """Forget accounts that did nothing for more than a year."""


@in_batches
async def note_hour(tx: Tx, events: Sequence[posts.PostPublished]) -> None:
    """Some post for everybody to read."""
    await _awake(tx, [(one.author_id, ms_of(one.post_id)) for one in events if one.visibility in posts.OPEN])


@in_batches
async def note_hour_of_boost(tx: Tx, events: Sequence[posts.PostBoosted]) -> None:
    """Some boost."""
    await _awake(tx, [(one.by, ms_of(one.boost_id)) for one in events if one.visibility in posts.OPEN])


async def note_move(tx: Tx, event: accounts.PersonaChanged) -> None:
    """Somebody shows themselves otherwise: perhaps as somebody from elsewhere."""
    if _WHERE.isdisjoint(event.fields.split(",")):
        return
    account = await accounts.find(tx, event.account_id)
    if account is None:
        return
    changes = await accounts.given_up(tx, account.id, above=tx.now - _LOOKED_BACK_MS, now=tx.now, stood=STOOD_MS)
    if not changes:
        return
    held = await find_rhythm(tx, account.id) or Rhythm(account_id=account.id)
    new = after_changes(held, changes)
    if new != held:
        await _put(tx, [new])


def after_changes(held: Rhythm, changes: Sequence[accounts.GivenUp]) -> Rhythm:
    """What is known after changes of a profile: as before, unless it moved."""
    moved = moved_by(changes)
    if moved is None or (held.moved_from, held.moved_to) == moved[1:]:
        return held
    at, left, came = moved
    again = held.moved_at and not {*left, *came}.isdisjoint((*held.moved_from, *held.moved_to))
    if again and at - held.moved_at <= STOOD_MS:  # one move in several steps
        return msgspec.structs.replace(held, moved_from=left, moved_to=came)
    hours = _joined(held.hours, held.since)
    return msgspec.structs.replace(held, hours=hours, since=_NONE, moved_at=at, moved_from=left, moved_to=came)


def moved_by(changes: Sequence[accounts.GivenUp]) -> tuple[int, tuple[str, ...], tuple[str, ...]] | None:
    """When, from where and to where changes of a profile led; None: no place was given up for another."""
    where = [one for one in changes if one.field in _WHERE]
    old, new = {one.field: one.old for one in where}, {one.field: one.new for one in where}
    before, after = (
        places_of([told.get("bio", ""), told.get("display_name", "")], told.get("fields", "")) for told in (old, new)
    )
    left, came = (
        tuple(one for one in these if one not in those) for these, those in ((before, after), (after, before))
    )
    return (max(one.at for one in where), left, came) if left and came else None


async def find_rhythm(reader: Reader, account_id: int) -> Rhythm | None:
    """What is known of an account."""
    row = await reader.one(store.FIND, the=account_id)
    return None if row is None else rhythm_of(row)


async def trim_rhythms(db: Db, _: TrimRhythms) -> None:
    """Some hundreds of rows at a time, the oldest first."""
    before = now_ms() - KEPT_MS
    while ids := [row[0] for row in await db.all(store.OLD, before=before, most=_CHUNK)]:
        async with db.begin() as tx:
            await tx.run(store.DROP, ids=ids)


def after_post(held: Rhythm, at: int) -> Rhythm:
    """What is known after a post at `at` (Unix milliseconds)."""
    moved = held.moved_at and at >= held.moved_at
    counted = list(held.since if moved else held.hours)
    counted[at // HOUR % 24] += 1
    if max(counted) > _FULL:
        counted = [number // 2 for number in counted]
    new = msgspec.structs.replace(
        held, **{"since" if moved else "hours": tuple(counted)}, last_at=max(at, held.last_at)
    )
    if held.last_at and at - held.last_at >= ASLEEP_MS:
        return msgspec.structs.replace(new, woke_at=at, slept_ms=at - held.last_at)
    return new


async def _awake(tx: Tx, acts: Sequence[tuple[int, int]]) -> None:
    """Accounts act at these moments (Unix milliseconds), in this order."""
    if not acts:
        return
    rows = await tx.all(store.HOLD_MANY, ids=sorted({who for who, _ in acts}))
    held = {row[0]: rhythm_of(row) for row in rows}
    for who, at in acts:
        held[who] = after_post(held.get(who) or Rhythm(account_id=who), at)
    await _put(tx, held.values())


async def _put(tx: Tx, new: Iterable[Rhythm]) -> None:
    await tx.many(
        store.PUT,
        [
            {
                "account_id": one.account_id, "hours": _HOURS.pack(*one.hours), "hours_since": _HOURS.pack(*one.since),
                "last_at": one.last_at, "woke_at": one.woke_at, "slept_ms": one.slept_ms, "moved_at": one.moved_at,
                "moved_from": _names(one.moved_from), "moved_to": _names(one.moved_to),
            }
            for one in sorted(new, key=lambda one: one.account_id)  # one order for all who write several: nobody waits crosswise
        ],
    )  # fmt: skip


def _joined(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(min(a + b, _FULL) for a, b in zip(one, other, strict=True))


def _names(places: tuple[str, ...]) -> str:
    return msgspec.json.encode(places).decode()


_places = msgspec.json.Decoder(tuple[str, ...]).decode


def rhythm_of(row: Row) -> Rhythm:
    """A row of `FIND`."""
    return Rhythm(
        account_id=row[0], hours=_HOURS.unpack(row[1]), since=_HOURS.unpack(row[2]), last_at=row[3], woke_at=row[4],
        slept_ms=row[5], moved_at=row[6], moved_from=_places(row[7]), moved_to=_places(row[8]),
    )  # fmt: skip
