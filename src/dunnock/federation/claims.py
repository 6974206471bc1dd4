"""What the server of a post says of how often it was liked, boosted and answered: kept apart from what was seen here.

Nothing here counts it, sorts by it or believes it. Source: docs/decisions/0006-claimed-counts-are-hearsay.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dunnock.federation.parse import count_of
from dunnock.federation.store import claims as store
from dunnock.federation.store.claims import Claimed
from dunnock.foundation.db import Reader, Tx


def read_claims(document: Mapping[str, Any]) -> Claimed:
    """The totals that a post's document names; None where it names none."""
    return Claimed(
        likes=count_of(document.get("likes")),
        shares=count_of(document.get("shares")),
        replies=count_of(document.get("replies")),
    )


async def keep_claims(tx: Tx, post_id: int, document: Mapping[str, Any], *, new: bool) -> None:
    """Keep what a document of the post's own server claims; `new`: nothing is kept of the post yet, nor need be for zeros."""
    found = read_claims(document)
    if any((found.likes, found.shares, found.replies)) or (not new and await store.find(tx, [post_id])):
        await store.put(tx, post_id, found)


async def claimed(reader: Reader, post_ids: list[int]) -> dict[int, Claimed]:
    """What the servers of these posts claimed last; those of which nothing is kept are left out. One query."""
    return await store.find(reader, post_ids) if post_ids else {}
