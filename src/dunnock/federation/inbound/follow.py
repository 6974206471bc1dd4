"""Follow, and what is said to it; block. Source: federation.md, section 3."""

from __future__ import annotations

from dunnock import accounts
from dunnock.federation.errors import ActivityInvalid, NotTheirs
from dunnock.federation.inbound.incoming import Incoming
from dunnock.federation.inbound.relay import answered, followed_back
from dunnock.federation.parse import id_of, type_of, types_of
from dunnock.federation.send import send_answer
from dunnock.federation.store import memory
from dunnock.foundation.db import Tx


async def follow(tx: Tx, incoming: Incoming) -> None:
    """Follow, or ask to. The answer goes out with this commit, where there is one to be given at once."""
    sender, uri = incoming.sender, incoming.id
    target = await incoming.member(tx, incoming.object_id)
    if target is None:
        if incoming.object_id == incoming.house.places.instance_actor:
            await followed_back(tx, incoming)
            return
        if not incoming.house.places.is_here(incoming.object_id):
            raise ActivityInvalid("nobody here", say="Nobody of this server is followed by that")
        return
    if uri and await memory.was_undone(tx, uri, by=sender.account_id):
        return
    if uri:
        await memory.name_follow(tx, follower=sender.account_id, followed=target.id, uri=uri)
    before = await accounts.relationships(tx, sender.account_id, [target.id])
    try:
        in_force = await accounts.follow(tx, follower=sender.account_id, followed=target.id)
    except (accounts.RelationRefused, accounts.TooManyFollows):
        await send_answer(tx, incoming.house, "Reject", follower=sender, followed=target, uri=uri)
        return
    if in_force and before and before[0].following:  # asked again: its server has forgotten the answer
        await send_answer(tx, incoming.house, "Accept", follower=sender, followed=target, uri=uri)


async def accept(tx: Tx, incoming: Incoming) -> None:
    """Somebody lets one of this server's accounts follow, or quote; a relay takes this server."""
    from dunnock.federation.inbound.quote import quote_answered  # noqa: PLC0415 (both answer by Accept)

    if await answered(tx, incoming, accepted=True) or await quote_answered(tx, incoming, allowed=True):
        return
    follower = await _asked_by(tx, incoming)
    if follower is not None:
        try:
            await accounts.accept_follow(tx, incoming.sender.account_id, follower=follower)
        except accounts.RequestMissing:
            return


async def reject(tx: Tx, incoming: Incoming) -> None:
    """Somebody does not let one of this server's accounts follow (any more), or quote; a relay refuses this server."""
    from dunnock.federation.inbound.quote import quote_answered  # noqa: PLC0415

    if await answered(tx, incoming, accepted=False) or await quote_answered(tx, incoming, allowed=False):
        return
    follower = await _asked_by(tx, incoming)
    if follower is None:
        return
    try:
        await accounts.reject_follow(tx, incoming.sender.account_id, follower=follower)
    except accounts.RequestMissing:
        await accounts.remove_from_followers(tx, incoming.sender.account_id, follower=follower)


async def _asked_by(tx: Tx, incoming: Incoming) -> int | None:
    """Which account of this server sent the Follow that is answered, to this very sender.

    Raises:
        NotTheirs: it was sent to somebody else.
    """
    inner = incoming.inner
    if inner is not None and type_of(inner) == "Follow" and id_of(inner.get("object")) not in {"", incoming.sender.uri}:
        raise NotTheirs("a follow of somebody else")
    named = incoming.house.places.follow_of(incoming.object_id)
    if named is not None:
        name, followed = named
        if followed != incoming.sender.account_id:
            raise NotTheirs("a follow of somebody else")
        account = await accounts.find_by_handle(tx, name)
        return None if account is None else account.id
    if inner is None or "Follow" not in types_of(inner):
        return None
    account = await incoming.member(tx, id_of(inner.get("actor")))
    return None if account is None else account.id


async def block(tx: Tx, incoming: Incoming) -> None:
    """Somebody blocks an account of this server: neither sees the other any more."""
    target = await incoming.member(tx, incoming.object_id)
    if target is not None:
        await accounts.block(tx, incoming.sender.account_id, target=target.id)
