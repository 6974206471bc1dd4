"""What a member writes about somebody for themselves alone. Mastodon: the account's note in a Relationship."""

from __future__ import annotations

from dunnock import text
from dunnock.accounts.errors import ProfileInvalid
from dunnock.accounts.find import check_there
from dunnock.accounts.store import relations as store
from dunnock.foundation.db import Tx

MOST_CHARACTERS = 2000


async def write_note(tx: Tx, account_id: int, *, target: int, note: str) -> None:
    """Keep a note on an account, seen by `account_id` only; an empty one removes it.

    Raises:
        AccountMissing: there is no such account.
        ProfileInvalid: more than 2,000 characters.
    """
    await check_there(tx, target)
    kept = text.clean(note)
    if len(kept) > MOST_CHARACTERS:
        say = f"Validation failed: Comment is too long (maximum is {MOST_CHARACTERS} characters)"
        raise ProfileInvalid(len(kept), say=say)
    if kept:
        await tx.run(store.PUT_NOTE, account_id=account_id, target_id=target, text=kept)
    else:
        await tx.run(store.END_NOTE, me=account_id, other=target)
