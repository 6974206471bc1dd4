"""What filters make of others' events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dunnock import posts
from dunnock.filters.rules import forget_post
from dunnock.foundation.db import Tx
from dunnock.foundation.events import Event
from dunnock.foundation.reactions import Reaction


async def on_deleted(tx: Tx, event: posts.PostDeleted) -> None:
    """What is gone needs no filter."""
    await forget_post(tx, event.post_id)


HEARS: Mapping[type[Event], Sequence[Reaction]] = {posts.PostDeleted: (on_deleted,)}
