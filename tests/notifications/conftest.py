"""What the tests of notifications share: a world of use cases, and the reaction that hears of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dunnock import notifications, posts
from dunnock.foundation.db import Db
from dunnock.foundation.db.log import AFTER_ID
from dunnock.foundation.events import decode
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.notifications.reactions import HEARS, on_act
from dunnock.posts.entries import Span


class World:
    """`await world.do(posts.favourite, ...)`, `await world.publish(author, "text")`, `await world.told(somebody)`."""

    def __init__(self, db: Db) -> None:
        self.db = db
        self.settings = Settings(data=Path("/nowhere"), public_url="https://here.example")
        self.reactions = Reactions(db, HEARS)

    async def do(self, use_case: Any, *args: Any, **named: Any) -> Any:
        async with self.db.begin() as tx:
            return await use_case(tx, *args, **named)

    async def publish(self, author: Any, text: str = "hello", **draft: Any) -> posts.Post:
        return await self.do(
            posts.publish, posts.Draft(text=text, **draft), author_id=author.id, app_id=None, settings=self.settings
        )

    async def edit(self, author: Any, post: Any, text: str) -> posts.Post:
        return await self.do(posts.edit, post.id, posts.Changes(text=text), by=author.id, settings=self.settings)

    async def told(self, who: Any) -> list[tuple[str, int, int | None]]:
        """(kind, from, post) of everything `who` was told, oldest first, after all reactions."""
        await self.settle()
        found = await notifications.page(self.db, who.id, Span(up=True), most=1_000)
        return [(one.kind, one.from_id, one.post_id) for one in found]

    async def kept_back(self, who: Any) -> list[tuple[str, int, int | None]]:
        """The same of what the policy keeps back."""
        told = await self.told(who)
        found = await notifications.page(
            self.db, who.id, Span(up=True), notifications.Filters(filtered=True), most=1_000
        )
        every = [(one.kind, one.from_id, one.post_id) for one in found]
        return [one for one in every if one not in told]

    async def settle(self) -> None:
        await self.reactions.settle()

    async def again(self) -> None:
        """Have every event of the log heard once more."""
        rows = await self.db.all(AFTER_ID, id=0, most=100_000)
        async with self.db.begin() as tx:
            for row in rows:
                event = decode(row[3], row[4])
                if type(event) in HEARS:
                    await on_act(tx, event)


@pytest.fixture
async def world(db: Db) -> World:
    made = World(db)
    await made.reactions.prepare()
    return made
