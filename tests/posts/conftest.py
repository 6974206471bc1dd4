"""What the tests of posts share: settings, and publishing in a transaction of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from dunnock import posts
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, public_url="https://here.example")


@pytest.fixture
def publish(db: Db, settings: Settings) -> Callable[..., Awaitable[posts.Post]]:
    """`await publish(author, "text", key=..., screen=..., **fields of the draft)`."""

    async def one(
        author: Any, text: str = "hello", *, key: str | None = None, screen: Any = None, **draft: Any
    ) -> posts.Post:
        async with db.begin() as tx:
            return await posts.publish(
                tx,
                posts.Draft(text=text, **draft),
                author_id=author.id,
                app_id=None,
                settings=settings,
                key=key,
                screen=screen,
            )

    return one


@pytest.fixture
def do(db: Db) -> Callable[..., Awaitable[Any]]:
    """`await do(posts.favourite, post_id, by=...)`: one use case in a transaction of its own."""

    async def one(use_case: Any, *args: Any, **named: Any) -> Any:
        async with db.begin() as tx:
            return await use_case(tx, *args, **named)

    return one
