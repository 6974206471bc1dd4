"""A site and browsers for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from dunnock import accounts, posts
from dunnock.foundation.db import Db
from dunnock.web.visitor import cookie_name
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
    """A browser whose owner, a new member, has signed in; it shows no page yet."""

    async def opened(username: str, role: Any = "member", at: Site | None = None) -> Browser:
        made, browser = await join(username, role), (at or site).browser()
        async with browser.site.db.begin() as tx:
            token = await accounts.open_session(tx, made.id, client="")
        browser.cookies[cookie_name(browser.site.settings, "session")] = token
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
