"""What members' own data make of others' events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dunnock import moderation
from dunnock.foundation.db import Tx
from dunnock.foundation.events import Event
from dunnock.foundation.reactions import Reaction
from dunnock.portability.erase import begin_deletion


async def on_ordered(tx: Tx, event: moderation.DeletionOrdered) -> None:
    """Staff want all data of an account gone."""
    await begin_deletion(tx, event.account_id, by="staff")


HEARS: Mapping[type[Event], Sequence[Reaction]] = {moderation.DeletionOrdered: (on_ordered,)}
