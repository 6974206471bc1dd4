"""Takes in posts that relays tell of: each is read from its own server, never believed as the relay has it.

What relays send is much and wanted by nobody in particular, so it never crowds out other work, and what could not be had
within an hour is let go.
"""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable

from dunnock.federation.errors import ActivityInvalid, NotTheirs, RemoteRefused, ServerRefused
from dunnock.federation.jobs import AsksOthers
from dunnock.federation.take_post import MOST_DEPTH
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Db

LATEST_MS = HOUR
_LANES = 2  # of two jobs each: half of what is done at once
_DEPTH = MOST_DEPTH - 1  # the parent of an answer is read too, and no more of the conversation


class TakeRelayed(AsksOthers, frozen=True):
    """Read a public post that a relay told of at that moment; `known`: only if it is here already, as it was edited."""

    uri: str
    host: str
    at: int
    known: bool = False

    @property
    def lane(self) -> str | None:
        """One server's posts wait for each other, and those of all servers leave room for other work."""
        return f"relayed {zlib.crc32(self.host.encode()) % _LANES}"


class Relayed:
    """Does the job. `find_post` reads a post from its own server."""

    def __init__(self, find_post: Callable[..., Awaitable[int | None]]) -> None:
        """Nothing is read yet."""
        self._find_post = find_post

    async def take(self, _: Db, job: TakeRelayed) -> None:
        """Take the post in as its author's, if its server says that it is for everybody.

        Raises:
            RemoteFailed: its server did not answer; another time it may.
        """
        if now_ms() - job.at > LATEST_MS:
            return
        try:
            await self._find_post(job.uri, wanted=not job.known, depth=_DEPTH, only_public=True)
        except (RemoteRefused, ServerRefused, ActivityInvalid, NotTheirs):
            return
