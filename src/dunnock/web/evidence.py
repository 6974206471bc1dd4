"""Posts as staff and those who complain need them: whoever may see them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from litestar.di import NamedDependency

from dunnock.accounts.views import AccountViews
from dunnock.foundation.db import Db
from dunnock.posts.views import PostViews
from dunnock.web.cards import Cards, Shown


class Reads(msgspec.Struct, frozen=True):
    """Where these pages read."""

    db: Db
    account_views: AccountViews
    post_views: PostViews

    async def posts(self, ids: Sequence[int]) -> dict[int, Shown]:
        """Posts as pages show them, whoever may see them; deleted ones are left out."""
        found = await self.post_views.get(ids)
        people = await self.account_views.get({card.author_id for card in found.values()})
        entries = [
            card
            for an_id in dict.fromkeys(ids)
            if (card := found.get(an_id)) and (card.boost_of_id is None or card.boost_of_id in found)
        ]
        shown = await Cards(self.db, self.account_views, self.post_views).posts(entries, found, people)
        return {one.entry_id: one for one in shown}


async def provide_reads(
    db: NamedDependency[Db], account_views: NamedDependency[AccountViews], post_views: NamedDependency[PostViews]
) -> Reads:
    """Litestar's dependency behind `reads`."""
    return Reads(db, account_views, post_views)
