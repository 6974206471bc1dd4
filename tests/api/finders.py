"""The handlers of discovery over a real database: `Finders`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from api.people import URL, People
from dunnock import discovery
from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import EdgeSettings, build_edge
from dunnock.api.mastodon import admin_trends, collections, people, trends
from dunnock.api.mastodon.render import Render
from dunnock.discovery.reactions import HEARS
from dunnock.feeds import Feeds
from dunnock.foundation.db import Db
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.posts.views import PostViews


class Finders(People):
    """As `People`; `do(use_case, …)` runs one and lets everybody hear of it."""

    def __init__(self, db: Db) -> None:
        super().__init__(db)
        self.settings = Settings(data=Path("/nowhere"), public_url=URL)
        views, viewers = AccountViews(db), Viewers(db)
        posts = PostViews(db, views)
        self.given: dict[str, Any] = {
            "db": db,
            "settings": self.settings,
            "render": Render(db, views, posts, viewers, public_url=URL),
            "people": discovery.People(db, views, viewers),
            "feeds": Feeds(db, views, posts, viewers),
            "trends": discovery.Trends(db),
        }
        self.app = build_edge(
            [handler for area in (people, trends, admin_trends, collections) for handler in area.HANDLERS],
            authenticate=self._authenticate,
            settings=EdgeSettings(dev=True),
            given=self.given,
        )
        self.reactions, self.jobs = Reactions(db, HEARS), Jobs(db, discovery.JOBS)

    async def do(self, use_case: Any, *args: Any, **named: Any) -> Any:
        async with self.db.begin() as tx:
            done = await use_case(tx, *args, **named)
        await self.reactions.settle()
        await self.jobs.settle()
        return done
