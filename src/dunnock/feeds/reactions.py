"""What feeds make of others' events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dunnock import accounts
from dunnock.feeds.lists import remove_unfollowed
from dunnock.foundation.db import Tx
from dunnock.foundation.events import Event
from dunnock.foundation.reactions import Reaction


async def on_unfollowed(tx: Tx, event: accounts.Unfollowed) -> None:
    """Whom one does not follow is on none of one's lists."""
    await remove_unfollowed(tx, event.follower_id, member=event.followed_id)


HEARS: Mapping[type[Event], Sequence[Reaction]] = {accounts.Unfollowed: (on_unfollowed,)}
