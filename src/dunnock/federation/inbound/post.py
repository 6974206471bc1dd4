"""Create and Update: posts, votes, profiles. Source: federation.md, section 3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dunnock import posts
from dunnock.federation.errors import NotTheirs
from dunnock.federation.inbound.incoming import Incoming
from dunnock.federation.jobs import FetchPost, RefreshActor
from dunnock.federation.objects import author_of, is_post
from dunnock.federation.parse import id_of, text_of, time_of, type_of, types_of
from dunnock.federation.people import ACTOR_TYPES, read_actor
from dunnock.federation.places import host_of
from dunnock.federation.store import actors
from dunnock.federation.take_post import take_post
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Tx


async def create(tx: Tx, incoming: Incoming) -> None:
    """A post, or a vote on a poll of this server."""
    inner = incoming.inner
    if inner is None or len(inner) <= 2:
        uri = incoming.object_id
        if host_of(uri) == incoming.sender.host:
            await tx.enqueue(FetchPost(uri=uri, host=incoming.sender.host))
        return
    if not is_post(inner):
        return
    if author_of(inner) != incoming.sender.uri:
        raise NotTheirs("another author", say="The object is attributed to somebody else")
    if await _vote(tx, incoming, inner):
        return
    await take_post(tx, incoming.house, inner, incoming.sender, inbox_of=incoming.inbox_of)


async def _vote(tx: Tx, incoming: Incoming, note: Mapping[str, Any]) -> bool:
    """Is it a vote (a name and no content, to a poll of this server)? Then it counts once, and is no post."""
    name = note.get("name")
    if not isinstance(name, str) or text_of(note, "content") or type_of(note) != "Note":
        return False
    local = incoming.house.places.local(id_of(note.get("inReplyTo")))
    if local is None or local.post_id is None:
        return False
    post = await posts.find_living(tx, local.post_id)
    if post is None or post.poll_id is None:
        return True
    poll = (await posts.polls_of(tx, [post.id])).get(post.id)
    if poll is not None and name in poll.options:
        try:
            await posts.vote(tx, poll.id, [poll.options.index(name)], by=incoming.sender.account_id)
        except (posts.VoteRefused, posts.PostMissing):
            return True
    return True


async def update(tx: Tx, incoming: Incoming) -> None:
    """A post says something else, or a profile does."""
    inner = incoming.inner
    if inner is None:
        if incoming.object_id == incoming.sender.uri:
            await tx.enqueue(RefreshActor(account_id=incoming.sender.account_id, host=incoming.sender.host))
        elif host_of(incoming.object_id) == incoming.sender.host:
            await tx.enqueue(FetchPost(uri=incoming.object_id, host=incoming.sender.host))
        return
    if set(types_of(inner)) & set(ACTOR_TYPES):
        await _profile(tx, incoming, inner)
        return
    if not is_post(inner):
        return
    if author_of(inner) != incoming.sender.uri:
        raise NotTheirs("another author", say="The object is attributed to somebody else")
    known = await posts.find_uri(tx, id_of(inner))
    if known is None and tx.now - time_of(inner.get("published"), tx.now) > DAY:
        return
    await take_post(tx, incoming.house, inner, incoming.sender, inbox_of=incoming.inbox_of)


async def _profile(tx: Tx, incoming: Incoming, document: Mapping[str, Any]) -> None:
    """The sender's profile as they describe it; another key is believed only where it is fetched (SC-020)."""
    sender = incoming.sender
    if id_of(document) != sender.uri:
        raise NotTheirs("another account", say="An account can only be updated by itself")
    described = read_actor(document, tx.now)
    same = described.remote.public_pem == sender.public_pem and described.remote.key_id == sender.key_id
    if not same or await actors.keys_of(tx, sender.account_id) != described.keys:
        await tx.enqueue(RefreshActor(account_id=sender.account_id, host=sender.host))
        return
    await incoming.house.people.change(tx, sender, described)
