"""What posts are found by: mentions, hashtags, idempotency keys."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from dunnock.foundation.clock import DAY
from dunnock.foundation.db import BigId, Sql, Tx, among, insert_into, insert_once
from dunnock.posts.store.others import blocks
from dunnock.posts.tables import hashtag_posts, hashtags, idempotency, mentions

KEY_LIFE = DAY

_ADD_MENTION = insert_into(mentions, "account_id", "post_id")
_DROP_MENTIONS = Sql(mentions.delete().where(mentions.c.post_id == bindparam("id")))
_BLOCKERS = Sql(
    select(blocks.c.account_id).where(blocks.c.target_id == bindparam("author"), among(blocks.c.account_id, "ids"))
)
_TAGS = Sql(select(hashtags.c.key, hashtags.c.id).where(among(hashtags.c.key, "keys")))
_UNUSABLE = Sql(select(hashtags.c.key).where(among(hashtags.c.key, "keys"), ~hashtags.c.usable))
_ADD_TAG = insert_once(hashtags, "id", "key", "name", keys=["key"])
_TAG = Sql(select(hashtags.c.id).where(hashtags.c.key == bindparam("key")))
_ADD_TAGGED = insert_into(hashtag_posts, "hashtag_id", "post_id")
_DROP_TAGGED = Sql(hashtag_posts.delete().where(hashtag_posts.c.post_id == bindparam("id")))
_account, _key = idempotency.c.account_id == bindparam("account"), idempotency.c.key == bindparam("the_key")
_TAKE_KEY = insert_once(idempotency, "account_id", "key", "post_id", "at", keys=["account_id", "key"])
_RETAKE_KEY = Sql(
    idempotency.update()
    .where(_account, _key, idempotency.c.at <= bindparam("stale", type_=BigId))
    .values(post_id=bindparam("new_post", type_=BigId), at=bindparam("now", type_=BigId))
)
_POST_OF_KEY = Sql(select(idempotency.c.post_id).where(_account, _key))
_REBIND_KEY = Sql(
    idempotency.update()
    .where(_account, idempotency.c.post_id == bindparam("old", type_=BigId))
    .values(post_id=bindparam("new_post", type_=BigId))
)
_FORGET_KEYS = Sql(idempotency.delete().where(idempotency.c.at <= bindparam("stale", type_=BigId)))


async def add_mentions(tx: Tx, post_id: int, account_ids: Sequence[int]) -> None:
    """Let these accounts be addressed by the post."""
    if len(account_ids) == 1:
        await tx.run(_ADD_MENTION, account_id=account_ids[0], post_id=post_id)
    elif account_ids:
        await tx.many(_ADD_MENTION, [{"account_id": one, "post_id": post_id} for one in account_ids])


async def drop_mentions(tx: Tx, post_id: int) -> None:
    """Address nobody any more."""
    await tx.run(_DROP_MENTIONS, id=post_id)


async def blockers_of(tx: Tx, author_id: int, among_ids: Sequence[int]) -> set[int]:
    """Which of the accounts block the author."""
    return {row[0] for row in await tx.all(_BLOCKERS, author=author_id, ids=list(among_ids))}


async def unusable(tx: Tx, keys: Sequence[str]) -> set[str]:
    """Which of the hashtags staff keep from becoming links."""
    return {row[0] for row in await tx.all(_UNUSABLE, keys=list(keys))}


async def tag_post(tx: Tx, post_id: int, tags: Sequence[tuple[str, str]]) -> tuple[int, ...]:
    """Put the post under hashtags, given as (key, name as written), making those that are new; their ids in order."""
    known = await make_tags(tx, tags)
    found = tuple([known[key] for key, _ in tags])
    await tx.many(_ADD_TAGGED, [{"hashtag_id": tag_id, "post_id": post_id} for tag_id in found])
    return found


async def make_tags(tx: Tx, tags: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The ids of hashtags by their keys, given as (key, name as written); those that are new are made."""
    known = {row[0]: row[1] for row in await tx.all(_TAGS, keys=[key for key, _ in tags])}
    for key, name in sorted(
        tags
    ):  # in one order, so that two transactions that make the same tags never wait in a circle
        if key not in known:
            new_id = tx.new_id()
            made = await tx.run(_ADD_TAG, id=new_id, key=key, name=name)
            known[key] = new_id if made else await tx.value(_TAG, key=key)
    return known


async def untag_post(tx: Tx, post_id: int) -> None:
    """Take the post from under all hashtags."""
    await tx.run(_DROP_TAGGED, id=post_id)


async def take_key(tx: Tx, account_id: int, key: str, post_id: int) -> int | None:
    """Bind the key to a post about to be made; the post it is bound to already, None when it was free or a day old.

    A second transaction with the same key waits here until the first ends.
    """
    if await tx.run(_TAKE_KEY, account_id=account_id, key=key, post_id=post_id, at=tx.now):
        return None
    stale = tx.now - KEY_LIFE
    if await tx.run(_RETAKE_KEY, account=account_id, the_key=key, stale=stale, new_post=post_id, now=tx.now):
        return None
    bound: int = await tx.value(_POST_OF_KEY, account=account_id, the_key=key)
    return bound


async def rebind_key(tx: Tx, account_id: int, old_id: int, post_id: int) -> None:
    """Let the key that stood for a scheduled post stand for the post that it became."""
    await tx.run(_REBIND_KEY, account=account_id, old=old_id, new_post=post_id)


async def forget_keys(tx: Tx) -> int:
    """Drop idempotency keys older than a day; how many."""
    return await tx.run(_FORGET_KEYS, stale=tx.now - KEY_LIFE)
