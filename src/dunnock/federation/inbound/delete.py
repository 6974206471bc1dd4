"""Delete: a post, or an account with all that is its own. Source: federation.md, section 3."""

from __future__ import annotations

from dunnock import accounts, posts
from dunnock.accounts.account import Standing
from dunnock.federation.errors import NotTheirs
from dunnock.federation.events import ActorGone
from dunnock.federation.inbound.incoming import Incoming
from dunnock.federation.inbound.quote import taken_back
from dunnock.federation.places import host_of
from dunnock.federation.store import memory
from dunnock.foundation.db import Tx


async def delete(tx: Tx, incoming: Incoming) -> None:
    """What the sender deletes goes here too; what was not known is remembered, in case that it comes later."""
    sender, uri = incoming.sender, incoming.object_id
    if uri == sender.uri:
        await accounts.change_standing(tx, {sender.account_id: Standing.DELETED})
        await tx.record(ActorGone(account_id=sender.account_id))
        return
    if host_of(uri) != sender.host:
        raise NotTheirs("another server's", say="The object is on another server than its actor")
    known = await posts.find_uri(tx, uri)
    if known is None:
        if await taken_back(tx, incoming):
            return
        await memory.note_undone(tx, uri, by=sender.account_id)
        return
    if known[1] != sender.account_id:
        raise NotTheirs("another author", say="The object is somebody else's")
    try:
        await posts.delete(tx, known[0], by=sender.account_id, with_media=True)
    except posts.PostMissing:
        return
