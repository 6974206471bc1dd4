"""Add and Remove: what somebody shows first on their profile. Source: federation.md, section 3."""

from __future__ import annotations

from dunnock import posts
from dunnock.federation.errors import NotTheirs
from dunnock.federation.inbound.incoming import Incoming
from dunnock.federation.jobs import ReadFeatured
from dunnock.federation.parse import id_of
from dunnock.federation.take_post import post_of
from dunnock.foundation.db import Tx


async def add(tx: Tx, incoming: Incoming) -> None:
    """Pin an own post; one that is not known here is read with all the others."""
    post_id = await _meant(tx, incoming)
    if post_id is None:
        if id_of(incoming.activity.get("target")) == incoming.sender.featured and incoming.inner is None:
            await tx.enqueue(ReadFeatured(account_id=incoming.sender.account_id, host=incoming.sender.host))
        return
    try:
        await posts.pin(tx, post_id, by=incoming.sender.account_id)
    except (posts.PinRefused, posts.PostMissing):
        return


async def remove(tx: Tx, incoming: Incoming) -> None:
    """Pin it no longer."""
    post_id = await _meant(tx, incoming)
    if post_id is not None:
        try:
            await posts.unpin(tx, post_id, by=incoming.sender.account_id)
        except posts.PostMissing:
            return


async def _meant(tx: Tx, incoming: Incoming) -> int | None:
    target = id_of(incoming.activity.get("target"))
    if target != incoming.sender.featured:
        if target:
            raise NotTheirs("another collection", say="The collection is not the sender's")
        return None
    post_id = await post_of(tx, incoming.house, incoming.object_id)
    post = None if post_id is None else await posts.find_living(tx, post_id)
    if post is not None and post.author_id != incoming.sender.account_id:
        raise NotTheirs("another author", say="Only own posts can be pinned")
    return post_id
