"""Featured hashtags and their counters."""

from __future__ import annotations

import pytest

from dunnock import posts
from dunnock.foundation.clock import now_ms
from dunnock.posts import featured
from dunnock.posts.featured import FeaturedMissing, FeatureRefused


async def do(db, use_case, *args, **more):
    async with db.begin() as tx:
        return await use_case(tx, *args, **more)


async def counts(db, who):
    return {one.key: one.posts for one in await featured.featured_tags(db, who.id)}


async def test_counters_follow_what_is_published_edited_and_deleted(db, make, settings):
    me, other = await make.member(), await make.member()

    async def publish(author, text, visibility="public"):
        draft = posts.Draft(text=text, visibility=visibility)
        return await do(db, posts.publish, draft, author_id=author.id, app_id=None, settings=settings)

    first = await publish(me, "#Cats one")
    made = await do(db, featured.feature, me.id, "#cats")
    assert (made.name, made.key, made.posts, made.last_post_at) == ("cats", "cats", 1, first.created_at)
    await do(db, featured.feature, me.id, "never")
    second = await publish(me, "#cats #never two")
    await publish(me, "#cats", "unlisted")
    await publish(me, "#cats", "followers")
    await publish(other, "#cats")
    assert await counts(db, me) == {"cats": 2, "never": 1}
    assert [one.key for one in await featured.featured_tags(db, me.id)] == ["cats", "never"]
    await do(db, posts.edit, first.id, posts.Changes(text="#never one"), by=me.id, settings=settings)
    assert await counts(db, me) == {"cats": 1, "never": 2}
    # An edit of an older post is not the last use.
    assert {one.last_post_at for one in await featured.featured_tags(db, me.id)} == {second.created_at}
    await do(db, posts.delete, second.id, by=me.id)
    found = {one.key: (one.posts, one.last_post_at) for one in await featured.featured_tags(db, me.id)}
    assert found == {"cats": (0, None), "never": (1, first.created_at)}
    await do(db, posts.delete, first.id, by=me.id)
    assert await counts(db, me) == {"cats": 0, "never": 0}


async def test_refusals_and_repeating(db, make):
    me, other = await make.member(), await make.member()
    made = await do(db, featured.feature, me.id, "cats")
    with pytest.raises(FeatureRefused):
        await do(db, featured.feature, me.id, "#CATS")
    assert await do(db, featured.feature, me.id, "CATS", again=True) == made
    for bad in ("", " ", "#", "123", "a b"):
        with pytest.raises(FeatureRefused):
            await do(db, featured.feature, me.id, bad)
    for number in range(featured.MOST_FEATURED - 1):
        await do(db, featured.feature, me.id, f"tag{number}")
    with pytest.raises(FeatureRefused):
        await do(db, featured.feature, me.id, "more")
    with pytest.raises(FeaturedMissing):
        await do(db, featured.drop_featured, other.id, made.id)
    await do(db, featured.drop_featured, me.id, made.id)
    with pytest.raises(FeaturedMissing):
        await do(db, featured.drop_featured, me.id, made.id)
    for _ in range(2):
        await do(db, featured.unfeature, me.id, made.hashtag_id)
    assert len(await featured.featured_tags(db, me.id)) == featured.MOST_FEATURED - 1


async def test_suggestions_are_the_most_used_that_are_not_featured(db, make):
    me, other = await make.member(), await make.member()
    for tags in (("a", "b"), ("a", "c"), ("a", "b")):
        await make.post(me, hashtags=tags)
    await make.post(me, hashtags=("hidden",), visibility="unlisted")
    await make.post(other, hashtags=("theirs",))
    await do(db, featured.feature, me.id, "c")
    assert [one.name for one in await featured.suggested_tags(db, me.id, now=now_ms())] == ["a", "b"]
