"""Delete the media of an account. Files go with the sweep, for nobody knows who else uses the same content."""

from __future__ import annotations

from dunnock.foundation.db import Db
from dunnock.foundation.erase import CHUNK, Step
from dunnock.media import store


async def erase_media(db: Db, account_id: int) -> int:
    """Some of its media, used or not, with whatever held them."""
    async with db.begin() as tx:
        ids = [row[0] for row in await tx.all(store.OF_ACCOUNT, the=account_id, most=CHUNK)]
        if ids:
            await tx.run(store.UNHOLD_MANY, ids=ids)
            await tx.run(store.DROP_MANY, ids=ids)
        return len(ids)


ERASES: tuple[tuple[str, Step], ...] = (("media", erase_media),)
