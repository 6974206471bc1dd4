"""A house with a For You feed."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.feeds import Feeds
from dunnock.feeds.for_you.live import ForYou
from dunnock.posts.views import PostViews


@pytest.fixture
async def house(db):
    people, viewers = AccountViews(db), Viewers(db)
    posts = PostViews(db, people)
    feeds = Feeds(db, people, posts, viewers)
    return SimpleNamespace(db=db, feeds=feeds, for_you=ForYou(db, feeds, people, posts, viewers), posts=posts)
