"""Staff choose whose feeds are read."""

from __future__ import annotations

from dunnock import accounts
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.errors import Invalid
from dunnock.moderation import log
from dunnock.moderation.source import check_source
from dunnock.transparency.indicators import PATH
from dunnock.transparency.subscriptions import store
from dunnock.transparency.subscriptions.model import MOST_FEEDS, NEEDS, Feed, FeedMissing, feed_of


async def feeds(reader: Reader, *, by: int) -> list[tuple[Feed, dict[str, int]]]:
    """All feeds with how much of each is in which state; `taken_back`: acted on, and taken back since. Raises: NotPermitted."""
    await accounts.permit(reader, by, NEEDS)
    counts: dict[int, dict[str, int]] = {}
    for feed_id, state, number, retracted in await reader.all(store.STATES):
        held = counts.setdefault(feed_id, {})
        held[state] = number
        if state == "accepted" and retracted:
            held["taken_back"] = retracted
    return [(one, counts.get(one.id, {})) for one in map(feed_of, await reader.all(store.ALL))]


async def show_feed(reader: Reader, feed_id: int, *, by: int) -> Feed:
    """One feed. Raises: NotPermitted, FeedMissing."""
    await accounts.permit(reader, by, NEEDS)
    return await find(reader, feed_id)


async def find(reader: Reader, feed_id: int) -> Feed:
    """One feed, for what reads it. Raises: FeedMissing."""
    row = await reader.one(store.FIND, the=feed_id)
    if row is None:
        raise FeedMissing(feed_id)
    return feed_of(row)


async def follow(tx: Tx, title: str, url: str, *, by: int) -> int:
    """Read a feed from now on (`url`: its address, or the name of the server); its id. Its key is kept when it is read first.

    Raises:
        NotPermitted.
        Invalid: no address, the feed is read already, or there are MOST_FEEDS.
    """
    staff = await log.acting(tx, by, NEEDS)
    typed = url.strip()
    whole = typed if "://" in typed or not typed else f"https://{typed}{PATH}"
    name, address = check_source(title.strip() or typed[:200], whole, example=f"https://birds.example{PATH}")
    if len(await tx.all(store.ALL)) >= MOST_FEEDS:
        raise Invalid(say=f"Validation failed: at most {MOST_FEEDS} feeds can be read")
    feed_id = tx.new_id()
    if not await tx.run(store.ADD, id=feed_id, title=name, url=address, by_account_id=by, next_at=tx.now):
        raise Invalid(address, say="Validation failed: this feed is read already")
    await log.note(tx, staff, "indicator_feed.follow", feed_id, called=name, url=address)
    return feed_id


async def unfollow(tx: Tx, feed_id: int, *, by: int) -> None:
    """Read a feed no longer; what came of its drafts stays. Raises: NotPermitted, FeedMissing."""
    staff = await log.acting(tx, by, NEEDS)
    held = await find(tx, feed_id)
    for statement in (store.FORGET_MATCHES, store.FORGET_DRAFTS, store.DROP):
        await tx.run(statement, the=feed_id)
    await log.note(tx, staff, "indicator_feed.unfollow", feed_id, called=held.title, key=held.key)


async def trust_again(tx: Tx, feed_id: int, *, by: int) -> None:
    """Forget the key of a feed and how far it was read, after its server changed its key; what was acted on stays.

    Raises: NotPermitted, FeedMissing.
    """
    staff = await log.acting(tx, by, NEEDS)
    held = await find(tx, feed_id)
    await tx.run(store.FORGET_UNDECIDED, the=feed_id)
    await tx.run(store.FORGET_KEY, the=feed_id, now=tx.now)
    await log.note(tx, staff, "indicator_feed.trust", feed_id, called=held.title, key=held.key)
