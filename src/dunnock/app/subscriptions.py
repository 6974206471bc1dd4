"""Who hears what, who does what, and what happens when: the three tables that join the domains."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock import accounts, media, notifications
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Db
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Does, Every
from dunnock.foundation.reactions import Hears
from dunnock.media import MediaStore
from dunnock.posts import forget_keys

HEARS: Hears = notifications.HEARS
"""Event -> reactions."""


class ForgetKeys(Job, frozen=True):
    """Drop idempotency keys that are older than a day."""


async def _forget_keys(db: Db, _: ForgetKeys) -> None:
    async with db.begin() as tx:
        await forget_keys(tx)


EVERY: Sequence[Every] = (
    *media.EVERY,
    Every(accounts.EndMutes(), accounts.END_MUTES_EVERY_MS),
    Every(ForgetKeys(), DAY),
)
"""The schedule."""


def does(media_store: MediaStore) -> Does:
    """Job -> what does it."""
    return {
        accounts.EndMutes: accounts.end_mutes,
        ForgetKeys: _forget_keys,
        **media.jobs_of(media_store),
    }
