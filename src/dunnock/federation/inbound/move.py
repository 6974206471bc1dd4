"""Move: somebody goes to another account, and takes followers along. Source: federation.md, section 3."""

from __future__ import annotations

from dunnock.federation.errors import NotTheirs
from dunnock.federation.inbound.incoming import Incoming
from dunnock.federation.jobs import MoveFollowers
from dunnock.federation.move import MOVES_APART_MS, TRIES_APART_MS, moved_lately
from dunnock.federation.parse import id_of
from dunnock.federation.places import host_of
from dunnock.federation.store import actors
from dunnock.foundation.db import Tx


async def move(tx: Tx, incoming: Incoming) -> None:
    """Have the followers moved, once both accounts were asked. Not twice in a week, and asked once in five minutes: each
    time has this server ask others, and carry many follows.
    """
    if incoming.object_id != incoming.sender.uri:
        raise NotTheirs("another account", say="An account can only be moved by itself")
    sender, target = incoming.sender, id_of(incoming.activity.get("target"))
    if not host_of(target) or target == sender.uri:
        return
    if await moved_lately(tx, sender.account_id, within_ms=MOVES_APART_MS):
        return
    at = await actors.plan_move(tx, sender.account_id, apart_ms=TRIES_APART_MS)
    if at is not None:
        job = MoveFollowers(account_id=sender.account_id, target=target, host=host_of(target))
        await tx.enqueue(job, run_at=at)
