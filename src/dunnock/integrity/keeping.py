"""Posts that read as unlisted until somebody looked: one may be kept by several rules of staff and stopped pictures at once."""

from __future__ import annotations

from dunnock import posts
from dunnock.foundation.db import Reader, Tx
from dunnock.integrity.store import keeping as store


async def times_kept(reader: Reader, post_id: int) -> int:
    """By how many rules and stopped pictures a post is kept."""
    return int(await reader.value(store.TIMES_KEPT, post=post_id))


async def let_be_public(tx: Tx, post_id: int) -> None:
    """Let a post be public again, unless something keeps it still."""
    if not await times_kept(tx, post_id):
        await posts.bring_back(tx, post_id)
