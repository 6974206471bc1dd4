"""Undo of a follow, boost, like or block, by whoever did it. Source: federation.md, section 3."""

from __future__ import annotations

from dunnock import accounts, posts
from dunnock.federation.errors import NotTheirs
from dunnock.federation.inbound.incoming import Incoming
from dunnock.federation.parse import id_of, type_of
from dunnock.federation.places import host_of
from dunnock.federation.store import memory
from dunnock.federation.take_post import post_of
from dunnock.foundation.db import Tx


async def undo(tx: Tx, incoming: Incoming) -> None:
    """Take back what the sender did; what has not come yet is remembered, so that it does nothing when it does."""
    sender, inner, uri = incoming.sender, incoming.inner, incoming.object_id
    if uri and host_of(uri) not in {sender.host, ""}:
        raise NotTheirs("another server's", say="What is undone is on another server than its actor")
    if inner is not None and id_of(inner.get("actor")) not in {"", sender.uri}:
        raise NotTheirs("another actor's", say="What is undone was done by somebody else")
    about = "" if inner is None else id_of(inner.get("object"))
    match "" if inner is None else type_of(inner):
        case "Follow":
            done = await _unfollow(tx, incoming, about, uri)
        case "Announce":
            done = await _unboost(tx, incoming, about, uri)
        case "Like" | "EmojiReact":
            done = await _unlike(tx, incoming, about, uri)
        case "Block":
            done = await _unblock(tx, incoming, about)
        case _:
            done = (
                await _unboost(tx, incoming, "", uri)
                or await _unfollow(tx, incoming, "", uri)
                or await _unlike(tx, incoming, "", uri)
            )
    if not done and uri:
        await memory.note_undone(tx, uri, by=sender.account_id)


async def _unfollow(tx: Tx, incoming: Incoming, about: str, uri: str) -> bool:
    follower = incoming.sender.account_id
    if about:
        target = await incoming.member(tx, about)
        followed = None if target is None else target.id
    else:
        followed = await memory.followed_by_name(tx, follower=follower, uri=uri) if uri else None
    if followed is None:
        return False
    await memory.forget_follow(tx, follower=follower, followed=followed)  # it is not to be answered
    return await accounts.unfollow(tx, follower=follower, followed=followed)


async def _unboost(tx: Tx, incoming: Incoming, about: str, uri: str) -> bool:
    known = await posts.find_uri(tx, uri) if uri else None
    if known is not None:
        if known[1] != incoming.sender.account_id:
            raise NotTheirs("another actor's")
        boost = await posts.find_living(tx, known[0])
        post_id = None if boost is None else boost.boost_of_id
    else:
        post_id = await post_of(tx, incoming.house, about) if about else None
    if post_id is None:
        return False
    try:
        await posts.unboost(tx, post_id, by=incoming.sender.account_id)
    except posts.PostMissing:
        return False
    return known is not None


async def _unlike(tx: Tx, incoming: Incoming, about: str, uri: str) -> bool:
    by = incoming.sender.account_id
    named = await memory.liked_by_name(tx, uri, by=by) if uri else None
    post_id = named if named is not None else await post_of(tx, incoming.house, about) if about else None
    if post_id is None or not await posts.is_favourited(tx, post_id, by=by):
        return False
    await memory.forget_like(tx, by=by, post_id=post_id)
    try:
        await posts.unfavourite(tx, post_id, by=by)
    except posts.PostMissing:
        return False
    return True


async def _unblock(tx: Tx, incoming: Incoming, about: str) -> bool:
    target = await incoming.member(tx, about)
    if target is None:
        return False
    await accounts.unblock(tx, incoming.sender.account_id, target=target.id)
    return True
