"""Posts that stand alone among other things (notifications, conversations), ready to be shown, by their ids."""

from __future__ import annotations

from collections.abc import Collection

from litestar.di import NamedDependency

from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.feeds.rules import readable
from dunnock.posts.views import PostViews
from dunnock.web.cards import Cards, Shown, Where


class OneByOne:
    """The posts of one process, one by one; a dependency of the pages that need it."""

    def __init__(self, account_views: AccountViews, post_views: PostViews, viewers: Viewers, cards: Cards) -> None:
        """Reads through what the process keeps in memory."""
        self._accounts, self._posts, self._viewers, self._cards = account_views, post_views, viewers, cards

    async def find(self, ids: Collection[int], viewer_id: int | None, where: Where | None = None) -> dict[int, Shown]:
        """Those of the posts that the viewer may see, by the id that was asked for (a boost shows what it boosts).

        `where`: the viewer's filters for that place apply, and what these hide is left out.
        """
        if not ids:
            return {}
        found = await self._posts.get(list(dict.fromkeys(ids)))
        people = await self._accounts.get({card.author_id for card in found.values()})
        viewer = None if viewer_id is None else await self._viewers.get(viewer_id)
        seen = [
            card
            for an_id in dict.fromkeys(ids)
            if (card := found.get(an_id)) is not None and readable(card, found, people, viewer) is not None
        ]
        return {one.entry_id: one for one in await self._cards.posts(seen, found, people, where)}


async def provide_one_by_one(
    account_views: NamedDependency[AccountViews],
    post_views: NamedDependency[PostViews],
    viewers: NamedDependency[Viewers],
    cards: NamedDependency[Cards],
) -> OneByOne:
    """Litestar's dependency behind `one_by_one`."""
    return OneByOne(account_views, post_views, viewers, cards)
