"""What filters make of others' events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from dunnock import accounts, posts
from dunnock.filters.model import Filter
from dunnock.filters.rules import forget_post
from dunnock.filters.write import forget_filters, put_back
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


async def on_recalled(tx: Tx, event: accounts.AccountRecalled) -> None:
    """The owner took the account back: filters that somebody else made, changed or deleted are as they were."""
    doors = frozenset(map(int, event.doors.split()))
    for one in await accounts.acts_to_undo(tx, event.account_id, since=event.since, doors=doors):
        if one.kind == "filter":
            was = msgspec.json.decode(one.was, type=Filter) if one.was else None
            await put_back(tx, event.account_id, int(one.target), was)


HEARS: Mapping[type[Event], Sequence[Reaction]] = {
    posts.PostDeleted: (on_deleted,),
    accounts.StandingChanged: (on_standing,),
    accounts.AccountRecalled: (on_recalled,),
}
