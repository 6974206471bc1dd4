"""Move: somebody goes to another account, and takes followers along. Source: federation.md, section 3."""

from __future__ import annotations

from dunnock.federation.errors import NotTheirs
from dunnock.federation.inbound.incoming import Incoming
from dunnock.federation.jobs import MoveFollowers
from dunnock.federation.parse import id_of
from dunnock.federation.places import host_of
from dunnock.foundation.db import Tx


async def move(tx: Tx, incoming: Incoming) -> None:
    """Have the followers moved, once the new account was asked whether it is the old one's."""
    if incoming.object_id != incoming.sender.uri:
        raise NotTheirs("another account", say="An account can only be moved by itself")
    target = id_of(incoming.activity.get("target"))
    if host_of(target):
        await tx.enqueue(MoveFollowers(account_id=incoming.sender.account_id, target=target, host=host_of(target)))
