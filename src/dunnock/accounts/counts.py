"""Counts of an account's followers, follows and posts, kept in the transaction that changes what they count."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dunnock.accounts.store import relations as store
from dunnock.foundation.db import Reader, Tx


class Counts(msgspec.Struct, frozen=True):
    """How much there is of each; `last_post_at` in Unix milliseconds, None before the first post."""

    posts: int = 0
    followers: int = 0
    following: int = 0
    last_post_at: int | None = None


async def counts_of(reader: Reader, ids: Iterable[int]) -> dict[int, Counts]:
    """Counts by account id, one query; accounts without any are left out."""
    return {row[0]: Counts(*row[1:]) for row in await reader.all(store.COUNTS, ids=list(ids))}


async def start_counts(tx: Tx, account_id: int) -> None:
    """Give a new account its row of counts, which every change of a relation locks."""
    await tx.run(store.ADD_COUNTS, account_id=account_id)


async def count_posts(tx: Tx, account_id: int, more: int, *, last_post_at: int | None = None) -> None:
    """Add `more` (or, negative, take away) posts; `last_post_at` is when the newest was, None leaves it."""
    if last_post_at is None:
        await tx.run(store.COUNT_FEWER_POSTS, the=account_id, more=more)
    else:
        await tx.run(store.COUNT_POSTS, the=account_id, more=more, last=last_post_at)


async def hold(tx: Tx, ids: Iterable[int]) -> dict[int, Counts]:
    """Keep everybody else from changing relations of these accounts until the transaction ends.

    Rows are locked in the order of ids, so that two transactions never wait for each other.
    """
    rows = await tx.all(store.LOCK, ids=sorted(set(ids)))
    return {row[0]: Counts(followers=row[1], following=row[2]) for row in rows}


async def count_follow(tx: Tx, follow_id: int, *, follower: int, followed: int, more: int) -> None:
    """A follow came into force (`more` 1) or ended (-1). The accounts are held already.

    For each of the two it counts only as long as the other is shown.
    """
    ends = {"follow": follow_id, "follower": follower, "followed": followed, "more": more}
    await tx.run(store.COUNT_FOLLOWED, **ends)
    await tx.run(store.COUNT_FOLLOWER, **ends)
