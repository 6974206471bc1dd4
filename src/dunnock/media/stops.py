"""Pictures and films that staff stopped: found again in what is posted by what they look like, however it was resized or encoded.

Whether there is any is asked in the statement that reads a post's author, so a server that stops none pays nothing for it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal, get_args

import msgspec

from dunnock.foundation.db import Reader, Row, Tx
from dunnock.media import store
from dunnock.media.errors import PrintsRefused
from dunnock.media.model import Media
from dunnock.media.nearness import SAME, apart, keys_near, keys_of

StopEffect = Literal["review", "limit"]
STOP_EFFECTS: tuple[StopEffect, ...] = get_args(StopEffect)
"""What comes of a post that shows it: people look at it; or it also reads as unlisted until they did."""
MOST_PRINTS = 8
"""Moments of a film that are kept."""
MOST_IN_FORCE = 100_000
NEWEST = 2**63 - 1
_PRINT = re.compile(r"[0-9a-f]{64}")
_MOST_NEAR = 2_000


class MediaStop(msgspec.Struct, frozen=True, kw_only=True):
    """What is stopped, by its `prints`. `tells`: other servers may be told; `source`: what it came of; Unix milliseconds."""

    id: int
    effect: StopEffect
    why: str
    tells: bool
    source: str
    by_account_id: int
    until: int | None
    ended_at: int | None
    prints: tuple[str, ...]


class StopMatch(msgspec.Struct, frozen=True, kw_only=True):
    """A file that looks like what is stopped: its print and the stopped one that are nearest, and how many bits they differ."""

    media_id: int
    stop_id: int
    effect: StopEffect
    print: str
    stopped: str
    apart: int


async def stop_prints(
    tx: Tx,
    prints: Sequence[str],
    *,
    effect: StopEffect,
    why: str,
    by: int,
    until: int | None,
    tells: bool,
    source: str = "",
) -> int | None:
    """Stop all that looks like this; the stop's id. None: it is stopped already, for as long and with this effect or more.

    Raises:
        PrintsRefused: there is nothing to see, these are no prints, or too much is stopped.
    """
    told = tuple(dict.fromkeys(one.strip().lower() for one in prints))[:MOST_PRINTS]
    if not told or not all(_PRINT.fullmatch(one) for one in told):
        raise PrintsRefused(len(told))
    for match in await _matches(tx, 0, told):
        held = await find_stop(tx, match.stop_id)
        longer = held is not None and (held.until is None or (until is not None and held.until >= until))
        if held is not None and longer and held.effect in {effect, "limit"}:
            return None
    if await tx.value(store.COUNT_STOPS) >= MOST_IN_FORCE:
        raise PrintsRefused(MOST_IN_FORCE, say="Validation failed: Too many pictures are stopped already")
    stop_id = tx.new_id()
    await tx.run(
        store.ADD_STOP, id=stop_id, effect=effect, why=why, tells=tells, source=source, by_account_id=by, until=until
    )
    for one in told:
        print_id = tx.new_id()
        await tx.run(store.ADD_STOP_PRINT, id=print_id, stop_id=stop_id, print=one)
        await tx.many(store.ADD_STOP_KEY, [{"key": key, "print_id": print_id} for key in keys_of(one)])
    return stop_id


async def any_stop(reader: Reader) -> bool:
    """Is anything stopped?"""
    return bool(await reader.value(store.ANY_STOP))


async def stopped_among(reader: Reader, some: Collection[Media]) -> list[StopMatch]:
    """Which of these files look like something that is stopped. One query for each of their prints; look at `any_stop` first.

    A film matches a film when at least half of the moments that are kept of the stopped one are seen in it.
    """
    found = []
    for one in some:
        if one.picture is not None and one.picture.prints:
            found += await _matches(reader, one.id, one.picture.prints[:MOST_PRINTS])
    return found


def looks_stopped(stop: MediaStop, one: Media) -> bool:
    """Does this file look like what is stopped, as `stopped_among` says it? For one stop and many files, without a query."""
    told = one.picture.prints[:MOST_PRINTS] if one.picture is not None else ()
    seen = sum(any(apart(stopped, other) <= SAME for other in told) for stopped in stop.prints)
    return seen > 0 and 2 * seen >= len(stop.prints)


async def find_stop(reader: Reader, stop_id: int) -> MediaStop | None:
    """One stop, also when it is over; None: there is none."""
    found = await _with_prints(reader, await reader.all(store.STOP, the=stop_id))
    return found[0] if found else None


async def media_stops(reader: Reader, *, over: bool = False, below: int = NEWEST, most: int = 50) -> list[MediaStop]:
    """What is stopped, or (`over`) was, the newest first, below an id."""
    rows = await reader.all(store.ENDED_STOPS if over else store.STOPS, below=below, most=most)
    return await _with_prints(reader, rows)


async def stops_over(reader: Reader, *, now: int, most: int) -> list[MediaStop]:
    """Those whose time is over and that nobody ended yet."""
    return await _with_prints(reader, await reader.all(store.STOPS_OVER, now=now, most=most))


async def end_media_stop(tx: Tx, stop_id: int) -> bool:
    """Stop it no longer; False: it was over already."""
    ended = bool(await tx.run(store.END_STOP, the=stop_id, now=tx.now))
    if ended:
        await tx.run(store.DROP_STOP_KEYS, the=stop_id)
    return ended


async def soften_stop(tx: Tx, stop_id: int) -> None:
    """Only show from now on what looks like it."""
    await tx.run(store.SOFTEN_STOP, the=stop_id)


async def _matches(reader: Reader, media_id: int, prints: Sequence[str]) -> list[StopMatch]:
    """The nearest match with each stop of which enough is seen."""
    seen: dict[int, dict[str, StopMatch]] = {}
    for told in prints:
        for stopped, stop_id, effect in await reader.all(store.NEAR_STOPS, keys=keys_near(told), most=_MOST_NEAR):
            bits = apart(stopped, told)
            moments = seen.setdefault(stop_id, {}) if bits <= SAME else {}
            if bits <= SAME and (stopped not in moments or bits < moments[stopped].apart):
                moments[stopped] = StopMatch(
                    media_id=media_id, stop_id=stop_id, effect=effect, print=told, stopped=stopped, apart=bits
                )
    if not seen:
        return []
    kept = {row[0]: row[1] for row in await reader.all(store.COUNT_STOP_PRINTS, ids=sorted(seen))}
    return [
        min(moments.values(), key=lambda one: one.apart)
        for stop_id, moments in sorted(seen.items())
        if 2 * len(moments) >= kept[stop_id]
    ]


async def _with_prints(reader: Reader, rows: Sequence[Row]) -> list[MediaStop]:
    prints: dict[int, list[str]] = {}
    if rows:
        for stop_id, told in await reader.all(store.STOP_PRINTS, ids=[row[0] for row in rows]):
            prints.setdefault(stop_id, []).append(told)
    return [
        MediaStop(
            id=row[0], effect=row[1], why=row[2], tells=bool(row[3]), source=row[4], by_account_id=row[5], until=row[6],
            ended_at=row[7], prints=tuple(prints.get(row[0], ())),
        )
        for row in rows
    ]  # fmt: skip
