"""Whoever says the words of a raid to a member whom it is at takes part in it, between the looks at the flood."""

from __future__ import annotations

from typing import Final

from dunnock import accounts, posts
from dunnock.foundation.clock import HOUR
from dunnock.foundation.db import Tx
from dunnock.integrity.coaction import Trace
from dunnock.integrity.marks import objects_of
from dunnock.integrity.raids import store
from dunnock.integrity.raids.grow import add_accounts
from dunnock.integrity.raids.model import MOST_ACCOUNTS, names_of

AT_IT_MS: Final = HOUR


async def take_part(tx: Tx, target_id: int, *, post_id: int, by: int, marks: bytes) -> None:
    """`by` wrote the post, with these marks, to the account. One query where nobody raids it; none for what is short."""
    words = sorted(names_of(objects_of(marks, (Trace.NEAR_TEXT,))))
    if not words:
        return
    raid_id = await tx.value(store.SAID_AT, target=target_id, since=tx.now - AT_IT_MS, marks=words)
    if raid_id is None or by in await posts.known_authors(tx, [post_id], to=target_id, since=post_id):
        return
    author = await accounts.find(tx, by)
    row = await tx.one(store.HOLD, the=raid_id)
    numbers = await tx.one(store.NUMBERS, the=raid_id)
    if author is None or row is None or numbers is None:
        return
    await tx.run(store.TOUCH, the=raid_id, now=tx.now)
    await add_accounts(tx, raid_id, {by: author.domain}, target_id=target_id, room=MOST_ACCOUNTS - numbers[0])
