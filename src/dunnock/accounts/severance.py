"""Follows that a member lost at once, by a block of a server or a suspension. Mastodon: RelationshipSeveranceEvent."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import msgspec

from dunnock.accounts.events import FollowsSevered
from dunnock.accounts.store import severances as store
from dunnock.foundation.db import Reader, Tx

Cause = Literal["own_block", "domain_block", "suspension"]


class Severance(msgspec.Struct, frozen=True):
    """`target`: the server, or the handle, that `followers` and `following` were lost to. Its moment is in `id`."""

    id: int
    kind: Cause
    target: str
    followers: int
    following: int


async def sever(tx: Tx, account_id: int, cause: Cause, *, target: str, followers: int, following: int) -> None:
    """Keep that `account_id` lost so many followers, and so many whom it followed; the member is told of it."""
    severance_id = tx.new_id()
    await tx.run(
        store.ADD, id=severance_id, account_id=account_id, kind=cause, target=target, followers=followers,
        following=following,
    )  # fmt: skip
    await tx.record(FollowsSevered(account_id=account_id, severance_id=severance_id))


async def severances(reader: Reader, ids: Collection[int]) -> dict[int, Severance]:
    """Those there are, by their ids. One query."""
    return {row[0]: Severance(*row) for row in await reader.all(store.BY_ID, ids=list(ids))}
