"""Posts that stand alone among other things (notifications, conversations), ready to be shown, by their ids."""

from __future__ import annotations

from collections.abc import Collection

from litestar.di import NamedDependency

from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.feeds.rules import readable
from dunnock.foundation.db import Db
from dunnock.posts.views import PostViews
from dunnock.web.cards import Cards, Shown


class OneByOne:
    """The posts of one process, one by one; a dependency of the pages that need it."""

    def __init__(self, db: Db, account_views: AccountViews, post_views: PostViews, viewers: Viewers) -> None:
        """Reads through what the process keeps in memory."""
        self._db, self._accounts, self._posts, self._viewers = db, account_views, post_views, viewers

    async def find(self, ids: Collection[int], viewer_id: int) -> dict[int, Shown]:
        """Those of the posts that the viewer may see, by the id that was asked for (a boost shows what it boosts)."""
        if not ids:
            return {}
        found = await self._posts.get(list(dict.fromkeys(ids)))
        people = await self._accounts.get({card.author_id for card in found.values()})
        viewer = await self._viewers.get(viewer_id)
        seen = [
            card
            for an_id in dict.fromkeys(ids)
            if (card := found.get(an_id)) is not None and readable(card, found, people, viewer) is not None
        ]
        shown = await Cards(self._db, self._accounts, viewer=viewer_id).posts(seen, found, people)
        return {card.id: one for card, one in zip(seen, shown, strict=True)}


async def provide_one_by_one(
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
    post_views: NamedDependency[PostViews],
    viewers: NamedDependency[Viewers],
) -> OneByOne:
    """Litestar's dependency behind `one_by_one`."""
    return OneByOne(db, account_views, post_views, viewers)
