"""A house with custom feeds."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.feeds import Feeds
from dunnock.feeds.custom.serve import CustomFeeds
from dunnock.feeds.for_you.live import ForYou
from dunnock.posts.views import PostViews


@pytest.fixture
async def house(db):
    people, viewers = AccountViews(db), Viewers(db)
    posts = PostViews(db, people)
    feeds = Feeds(db, people, posts, viewers)
    for_you = ForYou(db, feeds, people, posts, viewers)
    custom = CustomFeeds(db, feeds, for_you, accounts=people, posts=posts, viewers=viewers, domain="home.example")
    return SimpleNamespace(db=db, for_you=for_you, custom=custom, posts=posts)
