"""Reads the feeds of other servers: what does not go on from what was read before, or another key signed, is refused."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidSignature

from dunnock.federation import read_multikey
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Kind
from dunnock.foundation.http import Door
from dunnock.foundation.ids import id_at
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Every
from dunnock.moderation import log
from dunnock.moderation.source import etag_of, read_source
from dunnock.transparency.indicators import MAX_CONTENT, START, Entry, Head, is_hash, link, read_indicator
from dunnock.transparency.indicators.chain import digest
from dunnock.transparency.subscriptions import store
from dunnock.transparency.subscriptions.follow import find
from dunnock.transparency.subscriptions.match import match_feed
from dunnock.transparency.subscriptions.model import MOST_DRAFTS, Feed, FeedMissing, draft_of

_EVERY_MS = HOUR
_LOOK_EVERY_MS = 5 * MINUTE
_MOST_BYTES = 3 * 1024 * 1024
_MOST_PAGES = 25
"""Of one turn; the rest comes with the next."""
_MOST_ENTRIES = 1_000
"""Of one page."""
_SILENT_MS = 3 * DAY
"""An end that is so old is an old one that somebody shows again, or of a server that is gone."""
_AHEAD_MS = HOUR
_LASTS_MS = 365 * DAY
"""What does not say when it ends."""


class FetchDueFeeds(Job, frozen=True):
    """Read the feeds whose time has come."""


class FetchFeed(Job, frozen=True):
    """Read a feed."""

    feed_id: int
    within_ms = 30 * MINUTE

    @property
    def lane(self) -> str:
        """One for all: nothing waits for them."""
        return "indicator feeds"


class FeedBroken(DomainError):
    """The feed is not what it was, or not signed as it must be; nothing of it is taken."""

    code, kind = "indicator_feed_broken", Kind.CONFLICT
    safe = "This is no feed of indicators"


EVERY = (Every(FetchDueFeeds(), _LOOK_EVERY_MS),)


class _Page(msgspec.Struct):
    head: str
    key: str
    signature: str
    entries: list[Entry]


def jobs_of(door: Door, *, here: str) -> dict[type[Job], Callable[[Db, Any], Awaitable[None]]]:
    """Who does these jobs. `here`: this server's own name."""

    async def due(db: Db, _: FetchDueFeeds) -> None:
        rows = await db.all(store.DUE, now=now_ms())
        async with db.begin() as tx:
            for row in rows:
                await tx.enqueue(FetchFeed(row[0]))

    async def fetch(db: Db, job: FetchFeed) -> None:
        if await fetch_feed(db, door, job.feed_id, here=here):
            async with db.begin() as tx:
                await tx.enqueue(job)

    return {FetchDueFeeds: due, FetchFeed: fetch}


async def fetch_feed(db: Db, door: Door, feed_id: int, *, here: str) -> bool:
    """Read on where the feed was read to, and look what here it is about; whether there is more of it.

    Why it can't be read is kept for staff.
    """
    try:
        held = await find(db, feed_id)
    except FeedMissing:
        return False
    since = 0 if held.read_at is None else id_at(held.read_at)
    try:
        for _ in range(_MOST_PAGES):
            after = held.number
            held, more = await _page(db, door, held)
            since = 0 if held.number > after else since
            if not more:
                await match_feed(db, held, here=here, since=since)
                return False
    except DomainError as error:
        async with db.begin() as tx:
            await tx.run(store.TROUBLED, the=feed_id, told=error.text, again_at=tx.now + _EVERY_MS)
        return False
    await match_feed(db, held, here=here, since=0)
    return True


async def _page(db: Db, door: Door, held: Feed) -> tuple[Feed, bool]:
    """One page behind what was read; the feed as it is then, and whether there is more."""
    at = f"{held.url}{'&' if '?' in held.url else '?'}after={held.number}"
    answer = await read_source(door, at, etag=held.etag, most=_MOST_BYTES, accept="application/json")
    if answer is None:
        return await _write(db, msgspec.structs.replace(held, trouble=""), held, ()), False
    try:
        page = msgspec.json.decode(answer.body, type=_Page)
        head = _head(page, held)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise FeedBroken(held.id) from error
    number, before = held.number, held.hash or START
    if len(page.entries) > _MOST_ENTRIES:
        raise FeedBroken(held.id, say=f"A page of the feed has more than {_MOST_ENTRIES} entries")
    for one in page.entries:
        if one.number != number + 1 or not is_hash(one.digest):
            raise FeedBroken(one.number, say=f"The feed has a gap behind entry {number}")
        if one.content is not None and (len(one.content) > MAX_CONTENT or digest(one.content) != one.digest):
            raise FeedBroken(one.number, say=f"Entry {one.number} of the feed is not what it says")
        number, before = one.number, link(one.number, before, one.digest)
    whole = number == head.number
    if number > head.number or (whole and before != head.hash):
        raise FeedBroken(number, say="The feed is not what was signed, or was changed since it was read last")
    if not whole and not page.entries:
        raise FeedBroken(number, say=f"The feed has a gap behind entry {number}")
    new = msgspec.structs.replace(
        held, server=head.server, key=page.key, address_key=head.address_key, number=number, hash=before,
        said_at=head.at if whole else "", etag="" if page.entries else etag_of(answer), trouble="",
    )  # fmt: skip
    return await _write(db, new, held, page.entries), not whole


def _head(page: _Page, held: Feed) -> Head:
    """The end of the feed, if the key that we keep signed it and it does not go back. Raises: FeedBroken, MsgspecError."""
    key = read_multikey(page.key)
    if held.key and page.key != held.key:
        text = "The feed is signed with another key than before: ask those who run that server, outside of the feed"
        raise FeedBroken(held.id, say=text)
    try:
        if key is None:
            raise FeedBroken(held.id)
        key.verify(base64.b64decode(page.signature, validate=True), page.head.encode())
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise FeedBroken(held.id, say="The signature of the feed is wrong") from error
    head = msgspec.json.decode(page.head.encode(), type=Head)
    if head.server != urlsplit(held.url).netloc.lower():
        raise FeedBroken(head.server[:80], say="The feed says that it is another server's")
    if not is_hash(head.address_key) or (held.address_key and held.address_key != head.address_key):
        raise FeedBroken(held.id, say="The feed hashes names with another key than before")
    if head.number < held.number or head.at < held.said_at:
        raise FeedBroken(head.number, say=f"The feed goes back: it was read to entry {held.number} already")
    try:
        said = datetime.fromisoformat(head.at).timestamp() * 1000
    except (ValueError, OverflowError) as error:
        raise FeedBroken(held.id) from error
    if not now_ms() - _SILENT_MS < said < now_ms() + _AHEAD_MS:
        raise FeedBroken(held.id, say="The end of the feed was not signed within three days")
    return head


async def _write(db: Db, new: Feed, held: Feed, entries: Sequence[Entry]) -> Feed:
    """Keep what a page says, with how far it is read, in one transaction."""
    async with db.begin() as tx:
        unusable = held.unusable
        room = MOST_DRAFTS - int(await tx.value(store.COUNT, the=held.id)) if entries else 0
        for one in entries:
            if one.content is not None and not await _take(tx, held, one.number, one.content, room=room > 0):
                unusable += 1
            room -= 1
        await tx.run(store.EXPIRE, the=held.id, now=tx.now)
        new = msgspec.structs.replace(new, unusable=unusable, read_at=tx.now, next_at=tx.now + _EVERY_MS)
        names = (
            "server", "key", "address_key", "number", "hash", "said_at", "unusable", "etag", "next_at", "read_at", "trouble",
        )  # fmt: skip
        values = {f"new_{name}": getattr(new, name) for name in names}
        if not await tx.run(store.READ, the=held.id, was_number=held.number, **values):
            raise FeedBroken(held.id, say="The feed was read by somebody else at the same moment")
    return new


async def _take(tx: Tx, held: Feed, number: int, content: str, *, room: bool) -> bool:
    """Keep one entry; False: it is of no use here."""
    said = read_indicator(content)
    if said is None:
        return False
    if said.about is None:
        await _retract(tx, held, said.uid)
        return True
    one = said.about
    expires_at = tx.now + _LASTS_MS if one.expires_at is None else min(one.expires_at, tx.now + 2 * _LASTS_MS)
    if not room:
        return False
    await tx.run(
        store.KEEP, feed_id=held.id, number=number, uid=said.uid, kind=one.kind, value=one.value, hashed=one.hashed,
        letters=one.letters, severity=one.severity, reason=one.reason,
        techniques=msgspec.json.encode(one.techniques).decode(), stated_at=tx.now, expires_at=expires_at,
    )  # fmt: skip
    return True


async def _retract(tx: Tx, held: Feed, uid: str) -> None:
    """Its publisher takes it back: what waits is over, and what was acted on is marked, for staff to look again."""
    rows = await tx.all(store.BY_UID, the=held.id, uid=uid)
    await tx.run(store.RETRACT, the=held.id, uid=uid, now=tx.now)
    for one in map(draft_of, rows):
        if one.state == "accepted":
            await log.note_by(
                tx, log.THE_SERVER, "indicator_feed.retracted", held.id, called=held.title, entry=one.number,
                made=one.made, made_id=str(one.made_id or ""),
            )  # fmt: skip
