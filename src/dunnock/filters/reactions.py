"""What filters make of others' events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dunnock import accounts, posts
from dunnock.filters.rules import forget_post
from dunnock.filters.write import forget_filters
from dunnock.foundation.db import Tx
from dunnock.foundation.events import Event
from dunnock.foundation.reactions import Reaction


async def on_deleted(tx: Tx, event: posts.PostDeleted) -> None:
    """What is gone needs no filter."""
    await forget_post(tx, event.post_id)


async def on_standing(tx: Tx, event: accounts.StandingChanged) -> None:
    """Who is gone reads nothing any more."""
    if event.standing == accounts.Standing.DELETED.value:
        await forget_filters(tx, event.account_id)


HEARS: Mapping[type[Event], Sequence[Reaction]] = {
    posts.PostDeleted: (on_deleted,),
    accounts.StandingChanged: (on_standing,),
}
