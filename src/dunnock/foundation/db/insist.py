"""What was done already must be written down, also when the database is busy for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from dunnock.foundation.db.face import Busy

_PAUSES_S: Final = (0.1, 0.5, 2.0)


async def insist(write: Callable[[], Awaitable[None]]) -> None:
    """Have `write`, which makes one transaction, done; four times at most.

    Raises:
        Busy: the database was busy each time.
    """
    for pause in _PAUSES_S:
        try:
            return await write()
        except Busy:
            await asyncio.sleep(pause)
    return await write()
