"""Announce: somebody boosts a post; a group hands on what its members write. Source: federation.md, sections 3 and 11."""

from __future__ import annotations

from dunnock import posts
from dunnock.federation.audience import audience_of
from dunnock.federation.inbound.incoming import Incoming
from dunnock.federation.inbound.relay import announced
from dunnock.federation.jobs import FetchPost
from dunnock.federation.parse import id_of, types_of
from dunnock.federation.places import host_of
from dunnock.federation.store import actors
from dunnock.federation.take_post import post_of
from dunnock.foundation.db import Tx

_HANDED_ON = frozenset({"Create", "Update"})
_OTHER = frozenset({"Add", "Block", "Delete", "Dislike", "Flag", "Like", "Lock", "Remove", "Undo", "View"})


async def announce(tx: Tx, incoming: Incoming) -> None:
    """Boost a post that is known; one that is not is read from its own server first, never from what stands here."""
    if await announced(tx, incoming):  # no boost: a relay has no opinion
        return
    inner, uri = incoming.inner, incoming.object_id
    if inner is not None:
        kinds = set(types_of(inner))
        if kinds & _OTHER:  # what a group tells of its members' acts is no boost
            return
        if kinds & _HANDED_ON:
            uri = id_of(inner.get("object"))
    sender = incoming.sender
    if not host_of(uri):
        return
    followed = await actors.has_local_followers(tx, sender.account_id)
    visibility = audience_of(incoming.activity, sender.followers).visibility
    visibility = "public" if visibility == "direct" else visibility
    known = await post_of(tx, incoming.house, uri)
    if known is not None:
        post = await posts.find_living(tx, known)
        if post is None or (not followed and incoming.house.places.local(uri) is None):
            return
        await boost(tx, known, by=sender.account_id, visibility=visibility, uri=incoming.id or None)
    elif followed and not incoming.house.places.is_here(uri):
        await tx.enqueue(
            FetchPost(
                uri=uri,
                host=host_of(uri),
                boost_by=sender.account_id,
                boost_uri=incoming.id or None,
                boost_visibility=visibility,
            )
        )


async def boost(tx: Tx, post_id: int, *, by: int, visibility: str, uri: str | None) -> None:
    """Boost it as another server says; what may not be boosted is not, and once is enough."""
    if uri is not None and await posts.find_uri(tx, uri) is not None:
        return
    try:
        await posts.boost(tx, post_id, by=by, visibility=visibility, uri=uri)
    except (posts.PostMissing, posts.BoostRefused, posts.PostingBarred):
        return
