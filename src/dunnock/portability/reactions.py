"""What members' own data make of others' events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dunnock import federation, moderation
from dunnock.foundation.db import Tx
from dunnock.foundation.events import Event
from dunnock.foundation.reactions import Reaction
from dunnock.portability.erase import begin_deletion


async def on_ordered(tx: Tx, event: moderation.DeletionOrdered) -> None:
    """Staff want all data of an account gone."""
    await begin_deletion(tx, event.account_id, by="staff")


async def on_gone(tx: Tx, event: federation.ActorGone) -> None:
    """The server of a remote account says that it is no more."""
    await begin_deletion(tx, event.account_id, by="command")  # nobody here asked for it


HEARS: Mapping[type[Event], Sequence[Reaction]] = {
    moderation.DeletionOrdered: (on_ordered,),
    federation.ActorGone: (on_gone,),
}
