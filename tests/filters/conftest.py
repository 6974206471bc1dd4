"""A house for reading: views, viewers and feeds on an open database."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.feeds import Feeds
from dunnock.posts.views import PostViews


@pytest.fixture
async def house(db):
    accounts, viewers = AccountViews(db), Viewers(db)
    posts = PostViews(db, accounts)
    return SimpleNamespace(
        db=db, accounts=accounts, posts=posts, viewers=viewers, feeds=Feeds(db, accounts, posts, viewers)
    )
