"""Like, and reactions with an emoji, which count as one. Source: federation.md, section 3."""

from __future__ import annotations

from dunnock import posts
from dunnock.federation.inbound.incoming import Incoming
from dunnock.federation.store import memory
from dunnock.federation.take_post import post_of
from dunnock.foundation.db import Tx


async def like(tx: Tx, incoming: Incoming) -> None:
    """Somebody likes a post of this server, if they may see it."""
    local = incoming.house.places.local(incoming.object_id)
    if local is None or local.post_id is None:
        return
    post_id = await post_of(tx, incoming.house, incoming.object_id)
    if post_id is None:
        return
    by = incoming.sender.account_id
    try:
        await posts.favourite(tx, post_id, by=by)
    except posts.PostMissing:
        return
    if incoming.id:
        await memory.name_like(tx, incoming.id, by=by, post_id=post_id)
