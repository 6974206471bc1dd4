"""The SQL form of the visibility rule: every visibility, every relation, every reader; and nothing is done to what is hidden."""

from __future__ import annotations

import pytest

from dunnock import accounts, posts
from dunnock.posts.visibility import may_see

VISIBILITIES = ("public", "unlisted", "followers", "direct")
# relation of the reader to the author -> the visibilities that they see
SEES = {
    "stranger": {"public", "unlisted"},
    "nobody": {"public", "unlisted"},
    "follower": {"public", "unlisted", "followers"},
    "asked to follow": {"public", "unlisted"},
    "followed": {"public", "unlisted"},
    "mentioned": set(VISIBILITIES),
    "author": set(VISIBILITIES),
    "blocked by the author": set(),
    "blocks the author": set(),
    "blocked follower": set(),
    "mentioned, blocks": set(),
    "muting": {"public", "unlisted"},
    "quoted": {"public", "unlisted", "followers"},
    "quoted, blocks": set(),
}
ACTS = (
    posts.favourite,
    posts.unfavourite,
    posts.boost,
    posts.unboost,
    posts.bookmark,
    posts.unbookmark,
    posts.pin,
    posts.unpin,
    posts.mute_thread,
    posts.unmute_thread,
)


async def relate(make, relation, author, reader):
    if relation in {"follower", "blocked follower"}:
        await make.follow(reader, author)
    if relation == "asked to follow":
        await make.follow(reader, author, requested=True)
    if relation == "followed":
        await make.follow(author, reader)
    if relation in {"blocked by the author", "blocked follower"}:
        await make.block(author, reader)
    if relation in {"blocks the author", "mentioned, blocks", "quoted, blocks"}:
        await make.block(reader, author)
    if relation == "muting":
        await make.mute(reader, author)


@pytest.mark.parametrize("relation", SEES)
async def test_who_sees_what(db, make, relation):
    author, other = await make.member(), await make.member()
    reader = {"author": author, "nobody": None}.get(relation, other)
    if reader:
        await relate(make, relation, author, reader)
    mentions = (other,) if relation.startswith("mentioned") else ()
    quoting = {"quoted_author_id": other.id} if relation.startswith("quoted") else {}
    viewer = await accounts.Viewers(db).get(reader.id) if reader else None
    card_of = accounts.views.AccountViews(db)
    cards = posts.views.PostViews(db, card_of)
    seen, judged = set(), set()
    for visibility in VISIBILITIES:
        post = await make.post(author, visibility=visibility, mentions=mentions, **quoting)
        try:
            await posts.find_visible(db, post.id, reader.id if reader else None)
            seen.add(visibility)
        except posts.PostMissing:
            pass
        card = (await cards.get([post.id]))[post.id]
        if may_see(card, (await card_of.get([author.id]))[author.id], viewer):
            judged.add(visibility)
    assert seen == SEES[relation]
    assert judged == seen, "the rule in memory and the rule in SQL differ"


@pytest.mark.parametrize("standing", ["suspended", "deleted"])
async def test_suspended_authors_and_their_boosts_are_gone(db, make, standing):
    """SC-054: a suspension holds at display time, for boosts of others' posts and for what others boosted."""
    bad, good, reader = await make.account(standing=standing), await make.account(), await make.account()
    own, other = await make.post(bad), await make.post(good)
    boost_by_bad, boost_of_bad = await make.boost(bad, other), await make.boost(good, own)
    for hidden in (own, boost_by_bad, boost_of_bad):
        for viewer in (reader.id, None, bad.id):
            with pytest.raises(posts.PostMissing):
                await posts.find_visible(db, hidden.id, viewer)
    limited = await make.post(await make.account(standing="limited"))
    assert await posts.find_visible(db, limited.id, None)


async def test_a_boost_needs_both_to_be_visible(db, make):
    author, booster, reader = await make.account(), await make.account(), await make.account()
    boost = await make.boost(booster, await make.post(author))
    assert (await posts.find_visible(db, boost.id, reader.id)).boost_of_id
    await make.block(booster, reader)
    with pytest.raises(posts.PostMissing):
        await posts.find_visible(db, boost.id, reader.id)
    with pytest.raises(posts.PostMissing):
        await posts.find_original(db, boost.id, reader.id)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
async def test_hidden_is_missing_to_every_act(db, make, do, events, act):
    """SC-047, SC-048, SC-053: hidden, deleted and absent posts give the same refusal before anything is done."""
    author, reader = await make.member(), await make.member()
    hidden = await make.post(author, visibility="followers")
    direct = await make.post(author, visibility="direct")
    gone = await make.post(author, deleted_at=1)
    refusals = set()
    for an_id in (hidden.id, direct.id, gone.id, 12345):
        with pytest.raises(posts.PostMissing) as refused:
            await do(act, an_id, by=reader.id)
        refusals.add((refused.value.code, refused.value.kind, refused.value.text))
    assert len(refusals) == 1
    assert await events() == []


async def test_reads_of_the_hidden_are_missing(db, make):
    """SC-045: every read path uses the same check."""
    author, reader = await make.member(), await make.member()
    hidden = await make.post(author, visibility="direct")
    for read in (posts.find_visible, posts.find_original, posts.thread, posts.history, posts.source):
        with pytest.raises(posts.PostMissing):
            await read(db, hidden.id, reader.id)
    for read in (posts.favourited_by, posts.boosted_by):
        with pytest.raises(posts.PostMissing):
            await read(db, hidden.id, reader.id, accounts.Cursor())
