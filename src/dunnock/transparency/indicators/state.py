"""Brings the feed up to what is decided: says what is new, takes back what is undone, signs where it ends."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence

import msgspec

from dunnock import accounts, moderation
from dunnock.federation import Federation
from dunnock.foundation.clock import DAY, HOUR, MINUTE, iso, now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.events import Event
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Does, Every
from dunnock.foundation.reactions import Reaction
from dunnock.integrity import money
from dunnock.transparency.events import ReleasePublished
from dunnock.transparency.indicators import store
from dunnock.transparency.indicators.chain import START, digest, link
from dunnock.transparency.indicators.gather import Names, Still, gather
from dunnock.transparency.indicators.model import Head, Indicator
from dunnock.transparency.indicators.stix import write_indicator, write_retraction

_KEY = "indicators"
_CHUNK = 500
_EVERY_MS = MINUTE
_LOOK_AGAIN_MS = HOUR
"""Even when nothing was heard: what ends by itself (a text's stop) records nothing."""
_SIGN_AGAIN_MS = DAY
"""So that silence is no excuse."""


class StateIndicators(Job, frozen=True):
    """Bring the feed up to what is decided, if staff want it published."""

    within_ms = 30 * MINUTE


EVERY: tuple[Every, ...] = (Every(StateIndicators(), _EVERY_MS),)


async def mark_indicators_stale(tx: Tx, _: Event) -> None:
    """Something was decided, or taken back."""
    await tx.run(store.SET_STALE, now=tx.now)


# Decisions too: `transparency.HEARS`.
HEARS: Mapping[type[Event], Sequence[Reaction]] = {
    accounts.ServerRulesChanged: (mark_indicators_stale,),
    moderation.TextStopsChanged: (mark_indicators_stale,),
    moderation.MediaStopsChanged: (mark_indicators_stale,),
    money.AssetJudged: (mark_indicators_stale,),
    ReleasePublished: (mark_indicators_stale,),
}


def jobs_of(federation: Federation) -> Does:
    """What does it."""

    async def state(db: Db, _: StateIndicators) -> None:
        if federation.settings.publish_indicators:
            await state_indicators(db, federation)

    return {StateIndicators: state}


async def names_of(db: Db, here: str) -> Names:
    """How names are written in the feed; its key is made at first need."""
    async with db.begin() as tx:
        await tx.run(store.ADD_KEY, name=_KEY, key=secrets.token_hex(32))
        return Names(str(await tx.value(store.KEY, the_name=_KEY)), here)


async def state_indicators(db: Db, federation: Federation, *, whole: bool = False) -> tuple[int, int]:
    """Say what is new, take back what is undone, and sign; how many of each. `whole`: though nothing was heard."""
    row = await db.one(store.FIND_END)
    stale, signed_at = (None, 0) if row is None else (row[7], row[6])
    said = ended = 0
    if whole or row is None or stale is not None or now_ms() - signed_at > _LOOK_AGAIN_MS:
        names = await names_of(db, federation.places.domain)
        said, ended = await _say(db, federation, names), await _take_back(db, federation, names)
        if stale is not None:
            async with db.begin() as tx:
                await tx.run(store.SET_FRESH, was=stale)
    await _sign(db, federation)
    return said, ended


async def _say(db: Db, federation: Federation, names: Names) -> int:
    number = 0
    async for chunk in gather(db, names):
        async with db.begin() as tx:
            number += await _add(tx, federation, dict(chunk))
    return number


async def _add(tx: Tx, federation: Federation, chunk: Mapping[str, Indicator]) -> int:
    end = await _hold(tx)
    said = {row[0] for row in await tx.all(store.IN_FORCE, keys=list(chunk))}
    new = [(key, one) for key, one in chunk.items() if key not in said]
    here, url = federation.places.domain, federation.settings.public_url
    for key, one in new:
        content = write_indicator(here, end[0] + 1, one, at=tx.now, url=url)
        end = await _append(tx, end, key, one.kind, content)
    if new:
        await tx.run(store.MOVE_END, new_number=end[0], new_hash=end[1])
    return len(new)


async def _take_back(db: Db, federation: Federation, names: Names) -> int:
    after, count, still = 0, 0, await Still.read(db, names)
    while rows := await db.all(store.STANDING, after=after, most=_CHUNK):
        after = rows[-1][0]
        kept = await still.of([row[1] for row in rows])
        over = [row for row in rows if row[1] not in kept]
        if not over:
            continue
        async with db.begin() as tx:
            end = await _hold(tx)
            for what, key, content in over:
                told = write_retraction(federation.places.domain, what, of=content, at=tx.now)
                end = await _append(tx, end, key, "retraction", told)
                await tx.run(store.END, the=what, by=end[0])
            await tx.run(store.MOVE_END, new_number=end[0], new_hash=end[1])
        count += len(over)
    return count


async def _hold(tx: Tx) -> tuple[int, str]:
    """Where the feed ends; nobody else adds to it until the commit."""
    await tx.run(store.ADD_END, id=1, number=0, hash=START)
    row = await tx.one(store.HOLD_END)
    assert row is not None
    return row[0], row[1]


async def _append(tx: Tx, end: tuple[int, str], key: str, kind: str, content: str) -> tuple[int, str]:
    number, before = end[0] + 1, end[1]
    new = link(number, before, digest(content))
    await tx.run(store.ADD, number=number, key=key, kind=kind, content=content, hash=new, at=tx.now)
    return number, new


async def _sign(db: Db, federation: Federation) -> None:
    row = await db.one(store.FIND_END)
    if row is None:
        async with db.begin() as tx:
            await _hold(tx)
        row = await db.one(store.FIND_END)
        assert row is not None
    at = now_ms()
    if row[2] == row[0] and row[3] and at - row[6] < _SIGN_AGAIN_MS:
        return
    names = await names_of(db, federation.places.domain)
    head = Head(server=names.here, number=row[0], hash=row[1], address_key=names.address_key, at=iso(at))
    statement = msgspec.json.encode(head)
    seal = await federation.keys.seal(statement)
    async with db.begin() as tx:
        await tx.run(
            store.SIGN, number=row[0], statement=statement.decode(), new_key=seal.key,
            signature=base64.b64encode(seal.signature).decode(), now=at,
        )  # fmt: skip
