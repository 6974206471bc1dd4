"""What the tests of discovery share: a house whose reactions and jobs run when they are told to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from dunnock import discovery
from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.discovery.reactions import HEARS
from dunnock.feeds import Cursor, Feeds
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.posts.views import PostViews


class House(SimpleNamespace):
    """`await house.settle()`, then `await house.search(reader, "words")` gives ids, newest first."""

    async def settle(self) -> None:
        await self.reactions.settle()
        await self.jobs.settle()

    async def do(self, use_case: Any, *args: Any, **named: Any) -> Any:
        async with self.db.begin() as tx:
            done = await use_case(tx, *args, **named)
        await self.settle()
        return done

    async def index(self, *posts: Any) -> None:
        async with self.db.begin() as tx:
            await discovery.index_posts(tx, [one.id for one in posts])

    async def search(self, reader: Any, typed: str, *, limit: int = 40, skip: int = 0, **more: Any) -> list[int]:
        self.db.sync()
        by = more.pop("by", None)
        search = await discovery.search_posts(
            self.db, typed, viewer_id=reader.id, domain="here.example", by_account_id=by and by.id
        )
        page = await self.feeds.found(search, reader.id, Cursor(limit, **more), skip=skip)
        return [entry.id for entry in page.entries]


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path, public_url="https://here.example")


@pytest.fixture
async def house(db):
    accounts, viewers = AccountViews(db), Viewers(db)
    posts = PostViews(db, accounts)
    return House(
        db=db,
        feeds=Feeds(db, accounts, posts, viewers),
        reactions=Reactions(db, HEARS),
        jobs=Jobs(db, discovery.JOBS),
        viewers=viewers,
    )
