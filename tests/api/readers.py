"""The handlers of conversations, filters, notifications, markers, lists, search and hashtags over a real database: `Readers`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from api.people import URL, People
from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import EdgeSettings, build_edge
from dunnock.api.mastodon import (
    conversations,
    filters,
    lists,
    markers,
    notification_requests,
    notifications,
    notifications_grouped,
    search,
    tags,
)
from dunnock.api.mastodon.render import Render
from dunnock.discovery import reactions as finding
from dunnock.feeds import Feeds
from dunnock.feeds import reactions as feeds
from dunnock.feeds.as_lists import FeedsAsLists
from dunnock.feeds.for_you.live import ForYou
from dunnock.foundation.db import Db
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.notifications.reactions import HEARS
from dunnock.posts.views import PostViews

_AREAS = (
    conversations, filters, notification_requests, notifications, notifications_grouped, markers, lists, search, tags,
)  # fmt: skip


class Readers(People):
    """As `People`; `settle()` lets notifications hear what happened."""

    def __init__(self, db: Db) -> None:
        super().__init__(db)
        self.settings = Settings(data=Path("/nowhere"), public_url=URL)
        views, viewers = AccountViews(db), Viewers(db)
        posts = PostViews(db, views)
        self.render = render = Render(db, views, posts, viewers, public_url=URL)
        given: dict[str, Any] = {
            "db": db,
            "settings": self.settings,
            "render": render,
            "as_lists": FeedsAsLists(ForYou(db, Feeds(db, views, posts, viewers), views, posts, viewers)),
            "searching": search.Searching(db, Feeds(db, views, posts, viewers), render, self.settings),
        }
        self.app = build_edge(
            [handler for area in _AREAS for handler in area.HANDLERS],
            authenticate=self._authenticate,
            settings=EdgeSettings(dev=True),
            given=given,
        )
        self.reactions = Reactions(
            db,
            {
                event: [*HEARS.get(event, ()), *finding.HEARS.get(event, ()), *feeds.HEARS.get(event, ())]
                for event in {**HEARS, **finding.HEARS, **feeds.HEARS}
            },
        )

    async def do(self, use_case: Any, *args: Any, **named: Any) -> Any:
        async with self.db.begin() as tx:
            done = await use_case(tx, *args, **named)
        await self.settle()
        return done

    async def settle(self) -> None:
        await self.reactions.settle()
