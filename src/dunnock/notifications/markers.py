"""How far a member has read, kept for all their clients. Mastodon: Marker; `feed` is its timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from dunnock.foundation.db import Reader, Tx
from dunnock.notifications.errors import MarkerMoved
from dunnock.notifications.store import markers as store

FEEDS = ("home", "notifications")


class Marker(msgspec.Struct, frozen=True):
    """Everything up to `last_read_id` was read; `version` counts the moves, `updated_at` is in Unix milliseconds."""

    last_read_id: int
    version: int
    updated_at: int


async def read_markers(reader: Reader, account_id: int, feeds: Iterable[str] = FEEDS) -> dict[str, Marker]:
    """The markers of these feeds (`home`, `notifications`); those never set are left out."""
    rows = await reader.all(store.READ, account=account_id, feeds=list(feeds))
    return {feed: Marker(*rest) for feed, *rest in rows}


async def move_markers(tx: Tx, account_id: int, moves: Mapping[str, int]) -> dict[str, Marker]:
    """Set markers, feed -> last read id, and return them.

    Raises:
        MarkerMoved: another client moved one of them at the same moment.
    """
    before = await read_markers(tx, account_id, moves)
    moved: dict[str, Marker] = {}
    for feed in sorted(moves):  # in one order, so that two moves never wait in a circle
        old = before.get(feed)
        if old is None:
            new = Marker(moves[feed], 0, tx.now)
            done = await tx.run(
                store.ADD, account_id=account_id, feed=feed, last_read_id=new.last_read_id, version=0, updated_at=tx.now
            )
        else:
            new = Marker(moves[feed], old.version + 1, tx.now)
            done = await tx.run(
                store.MOVE, account=account_id, the_feed=feed, seen=old.version, new_id=new.last_read_id, now=tx.now
            )
        if not done:
            raise MarkerMoved(account_id, feed)
        moved[feed] = new
    return moved
