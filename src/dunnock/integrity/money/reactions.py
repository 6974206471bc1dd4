"""What money makes of others' events, and its jobs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from dunnock import accounts, posts, previews
from dunnock.foundation.db import Db
from dunnock.foundation.http import Door
from dunnock.foundation.job import Job
from dunnock.foundation.reactions import Hears
from dunnock.integrity.money import observe

HEARS: Hears = {
    posts.PostPublished: (observe.on_post,),
    posts.PostEdited: (observe.on_post,),
    posts.PostDeleted: (observe.on_post_deleted,),
    previews.PreviewChanged: (observe.on_preview,),
    accounts.AccountMade: (observe.on_profile,),
    accounts.PersonaChanged: (observe.on_profile,),
}


def jobs_of(door: Door) -> dict[type[Job], Callable[[Db, Any], Awaitable[None]]]:
    """Who does the jobs of this package."""

    async def do_follow(db: Db, job: observe.FollowShort) -> None:
        await observe.follow_short(db, door, job)

    return {observe.FollowShort: do_follow, observe.TrimAssets: observe.trim_assets}
