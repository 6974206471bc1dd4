"""Hashtags by what somebody types."""

from __future__ import annotations

from dunnock import posts
from dunnock.foundation.clock import now_ms
from dunnock.foundation.settings import Settings
from dunnock.posts.hashtag_search import search_hashtags


async def test_beginnings_and_slips(db, make, tmp_path):
    ada = await make.member("ada")
    async with db.begin() as tx:
        draft = posts.Draft(text="#Gardening and #garden", visibility="public")
        await posts.publish(tx, draft, author_id=ada.id, app_id=None, settings=Settings(data=tmp_path))

    async def names(words, **more):
        return [one.name for one in await search_hashtags(db, words, now=now_ms(), **more)]

    assert await names("gard") == ["garden", "Gardening"]
    assert await names("#gadren") == ["garden"]
    assert await names("gardenign") == ["Gardening"]
    assert await names("gadren", offset=1) == []
    assert await names("gadren", reviewed=True) == []
    assert await names("sparrow") == []
