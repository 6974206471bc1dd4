"""Finds what here the drafts of a feed are about: accounts and destinations, by their names or the hashes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dunnock import accounts
from dunnock.foundation.db import Db
from dunnock.integrity import money
from dunnock.transparency.indicators import Kind, hashed, name_of
from dunnock.transparency.subscriptions import store
from dunnock.transparency.subscriptions.model import Feed

_BATCH = 1_000


async def match_feed(db: Db, feed: Feed, *, here: str, since: int) -> int:
    """Look at accounts and destinations behind the id `since`; how many drafts are about one. Doing it again adds nothing."""
    found = 0
    looked_for = await _looked_for(db, feed, "account")
    after = since
    while looked_for and (some := await accounts.find_after(db, after, most=_BATCH)):
        after = some[-1].id
        found += await _keep(db, feed, looked_for, ((one.id, "account", name_of(one, here)) for one in some))
    looked_for = await _looked_for(db, feed, "destination")
    after = since
    while looked_for and (known := await money.known_after(db, after, most=_BATCH)):
        after = known[-1].id
        found += await _keep(db, feed, looked_for, ((one.id, "destination", one.key) for one in known))
    return found


async def _keep(db: Db, feed: Feed, looked_for: Mapping[str, int], names: Iterable[tuple[int, Kind, str]]) -> int:
    pairs = [
        (looked_for[value], an_id)
        for an_id, kind, name in names
        for value in (name, hashed(feed.address_key, kind, name))
        if value in looked_for
    ]
    if pairs:
        async with db.begin() as tx:
            for number, an_id in pairs:
                await tx.run(store.MATCH, feed_id=feed.id, number=number, subject_id=an_id)
    return len(pairs)


async def _looked_for(db: Db, feed: Feed, kind: Kind) -> Mapping[str, int]:
    return {row[0]: row[1] for row in await db.all(store.LOOKED_FOR, the=feed.id, the_kind=kind)}
