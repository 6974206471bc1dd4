"""What an account posted while somebody else may have been in: scheduled posts wait, and its owner looks at the others."""

from __future__ import annotations

from dunnock.accounts import AccountRecalled
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.ids import id_at
from dunnock.foundation.reactions import Hears
from dunnock.posts.errors import ScheduleRefused
from dunnock.posts.schedule import MOST
from dunnock.posts.store import outbox as store
from dunnock.posts.store import waiting

MOST_OF_RECALL = 100


async def on_recalled(tx: Tx, event: AccountRecalled) -> None:
    """Scheduled posts that were made since then do not go out by themselves: they wait for their author, with the reason."""
    why = ScheduleRefused(
        event.account_id,
        say="Scheduled while somebody else may have been in your account. Give it a time again if it is yours",
    )
    above = id_at(event.since) - 1 if event.since else tx.new_id()
    for one in await waiting.scheduled_page(
        tx, event.account_id, above=above, below=tx.new_id(), most=MOST, up=True
    ):  # fmt: skip
        if one.error is None:
            await waiting.fail_scheduled(tx, one.id, why.text)


async def written_between(reader: Reader, author_id: int, *, since: int, until: int) -> list[int]:
    """Ids of the account's posts and boosts of that time (Unix milliseconds), whoever may see them, newest first; 100 at most."""
    return await store.between(reader, author_id, above=id_at(since) - 1, below=id_at(until + 1), most=MOST_OF_RECALL)


HEARS: Hears = {AccountRecalled: (on_recalled,)}
