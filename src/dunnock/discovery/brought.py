"""The collection whose link brought somebody here: kept with who joins until they follow it, or do not want to.

Joining can take days and more than one device: a mail to confirm, somebody who approves.
"""

from __future__ import annotations

from dunnock.discovery.collections import Collection, find_collection
from dunnock.discovery.errors import CollectionMissing
from dunnock.discovery.store import brought as store
from dunnock.foundation.db import Reader, Tx


async def keep_what_brought(tx: Tx, account: int, collection_id: int) -> None:
    """Remember that the account was made by who came for this collection; of one that is not there nothing is kept."""
    try:
        await find_collection(tx, collection_id, viewer=0)
    except CollectionMissing:
        return
    await tx.run(store.KEEP, account_id=account, collection_id=collection_id)


async def what_brought(reader: Reader, account: int) -> Collection | None:
    """What they came for and did not follow yet, as they may see it; None: nothing, or there is nobody in it to follow."""
    held = await reader.value(store.OF, account=account)
    if held is None:
        return None
    try:
        one = await find_collection(reader, int(held), viewer=account)
    except CollectionMissing:
        return None
    return one if any(item.account_id != account for item in one.items) else None


async def forget_what_brought(tx: Tx, account: int) -> None:
    """They followed it, or do not want to."""
    await tx.run(store.FORGET, account=account)
