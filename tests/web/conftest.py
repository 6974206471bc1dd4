"""A site and browsers for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from dunnock import accounts, posts
from dunnock.foundation.db import Db
from outside import outside
from web.browser import Browser, Site

__all__ = ["outside"]

PASSWORD = "seven wrens in a hedge"


@pytest.fixture
async def site(db: Db, tmp_path: Path) -> Site:
    return Site(db, tmp_path)


@pytest.fixture
def closed_to(db: Db, tmp_path: Path) -> Callable[..., Site]:
    """A site with other settings."""
    return lambda **settings: Site(db, tmp_path, **settings)


@pytest.fixture
def join(db: Db) -> Callable[..., Awaitable[Any]]:
    async def made(username: str, role: Any = "member") -> Any:
        return await accounts.create_member(
            db, username=username, email=f"{username}@mail.example", password=PASSWORD, role=role
        )

    return made


@pytest.fixture
def signed_in(site: Site, join: Any) -> Callable[..., Awaitable[Browser]]:
    """A browser whose owner, a new member, has signed in."""

    async def opened(username: str, role: Any = "member", at: Site | None = None) -> Browser:
        await join(username, role)
        browser = (at or site).browser()
        await browser.get("/auth/sign_in")
        page = await browser.submit("/auth/sign_in", login=username, password=PASSWORD)
        assert page.status == 200
        return browser

    return opened


@pytest.fixture
def publish(db: Db, site: Site) -> Callable[..., Awaitable[posts.Post]]:
    async def published(member: Any, text: str, **draft: Any) -> posts.Post:
        async with db.begin() as tx:
            return await posts.publish(
                tx, posts.Draft(text=text, **draft), author_id=member.account_id, app_id=None, settings=site.settings
            )

    return published


@pytest.fixture
def write(db: Db, publish: Any) -> Callable[..., Awaitable[posts.Post]]:
    """Publish by the name of whoever writes."""

    async def written(name: str, words: str, **draft: Any) -> posts.Post:
        return await publish(await accounts.member_named(db, name), words, **draft)

    return written
