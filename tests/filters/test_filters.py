"""Filters through the face, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunnock import filters, posts
from dunnock.filters import FilterMissing, FilterRefused, FiltersChanged, FilterViews, KeywordChange
from dunnock.filters import model as limits
from dunnock.filters import reactions as hearing
from dunnock.foundation.clock import now_ms
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.media.events import MediaChanged


async def made(db, owner, *words, **more):
    more = {"title": "A filter", "contexts": ["home"]} | more
    async with db.begin() as tx:
        return await filters.make_filter(tx, owner.id, keywords=[KeywordChange(keyword=one) for one in words], **more)


async def do(db, use_case, *args, **more):
    async with db.begin() as tx:
        return await use_case(tx, *args, **more)


async def test_make_change_delete_and_what_is_announced(db, make, events):
    me, other = await make.member(), await make.member()
    one = await made(db, me, "cat", action="hide", expires_in=60)
    assert await filters.find_filter(db, me.id, one.id) == one
    assert [word.keyword for word in one.keywords] == ["cat"]
    assert now_ms() < one.expires_at <= now_ms() + 60_000
    changed = await do(
        db, filters.change_filter, me.id, one.id, title="Other", contexts=("thread", "public"), expires_in=None,
        keywords=[KeywordChange(id=one.keywords[0].id, whole_word=False), KeywordChange(keyword="dog")],
    )  # fmt: skip
    assert (changed.title, changed.contexts, changed.action, changed.expires_at) == (
        "Other", ("thread", "public"), "hide", None,
    )  # fmt: skip
    assert [(word.keyword, word.whole_word) for word in changed.keywords] == [("cat", False), ("dog", True)]
    assert await filters.filters_of(db, me.id) == [changed]
    assert await filters.filters_of(db, other.id) == []
    assert await do(db, filters.change_filter, me.id, one.id, title="Other") == changed  # announces nothing
    await do(db, filters.delete_filter, me.id, one.id)
    assert await filters.filters_of(db, me.id) == []
    assert await events() == [FiltersChanged(account_id=me.id)] * 3


async def test_an_error_leaves_all_as_it_was(db, make, events):
    me = await make.member()
    one = await made(db, me, "cat")
    before = await filters.find_filter(db, me.id, one.id)
    for bad in (
        {"title": "New", "keywords": [KeywordChange(id=1, keyword="x")]},
        {"title": "New", "keywords": [KeywordChange(keyword="fine"), KeywordChange(keyword="x" * 513)]},
        {"title": " "},
        {"contexts": []},
        {"contexts": ["home", "everywhere"]},
        {"action": "burn"},
        {"title": "x" * 257},
    ):
        with pytest.raises((FilterMissing, FilterRefused)):
            await do(db, filters.change_filter, me.id, one.id, **bad)
    assert await filters.find_filter(db, me.id, one.id) == before
    assert len(await events()) == 1


async def test_others_filters_are_missing(db, make):
    me, other = await make.member(), await make.member()
    one = await made(db, me, "cat")
    post = await make.post(me)
    filtered = await do(db, filters.add_post, me.id, one.id, post_id=post.id)
    word = one.keywords[0].id
    for use_case, an_id, more in (
        (filters.change_filter, one.id, {"title": "x"}),
        (filters.delete_filter, one.id, {}),
        (filters.add_keyword, one.id, {"keyword": "x"}),
        (filters.change_keyword, word, {"keyword": "x"}),
        (filters.remove_keyword, word, {}),
        (filters.add_post, one.id, {"post_id": post.id}),
        (filters.remove_post, filtered.id, {}),
        (filters.change_phrase, word, {"phrase": "x"}),
        (filters.delete_phrase, word, {}),
    ):
        with pytest.raises(FilterMissing):
            await do(db, use_case, other.id, an_id, **more)
    # A keyword of another of one's own filters is none of this one.
    second = await made(db, me, "dog")
    with pytest.raises(FilterMissing):
        await do(db, filters.change_filter, me.id, second.id, keywords=[KeywordChange(id=word, remove=True)])


async def test_limits(db, make, monkeypatch):
    me = await make.member()
    monkeypatch.setattr("dunnock.filters.write.MOST_FILTERS", 2)
    monkeypatch.setattr("dunnock.filters.write.MOST_KEYWORDS", 3)
    monkeypatch.setattr("dunnock.filters.rules.MOST_POSTS", 1)
    one = await made(db, me, "a", "b")
    with pytest.raises(FilterRefused):
        await made(db, me, "c", "d")
    await made(db, me, "c")
    with pytest.raises(FilterRefused):
        await made(db, me)
    with pytest.raises(FilterRefused):
        await do(db, filters.add_keyword, me.id, one.id, keyword="d")
    await do(db, filters.add_post, me.id, one.id, post_id=(await make.post(me)).id)
    with pytest.raises(FilterRefused):
        await do(db, filters.add_post, me.id, one.id, post_id=(await make.post(me)).id)
    assert (limits.MOST_FILTERS, limits.MOST_KEYWORDS) == (200, 1_000)


async def test_a_post_that_one_may_not_see_can_not_be_filtered(db, make):
    me, other = await make.member(), await make.member()
    one = await made(db, me)
    for hidden in (await make.post(other, visibility="direct"), await make.post(other, visibility="followers")):
        with pytest.raises(FilterRefused) as refused:
            await do(db, filters.add_post, me.id, one.id, post_id=hidden.id)
        assert refused.value.text == "Validation failed: Status must exist"


async def test_a_deleted_post_leaves_the_filters(db, make, events):
    me, other = await make.member(), await make.member()
    one = await made(db, me)
    post = await make.post(other)
    await do(db, filters.add_post, me.id, one.id, post_id=post.id)
    hears = Reactions(db, hearing.HEARS)
    await hears.prepare()
    await do(db, posts.delete, post.id, by=other.id)
    await hears.settle()
    assert (await filters.find_filter(db, me.id, one.id)).posts == ()
    assert (await events()).count(FiltersChanged(account_id=me.id)) == 3


async def results(views, house, viewer, *ids):
    house.db.sync()
    cards = await house.posts.get(ids)
    matcher = await views.matcher(viewer.id)
    found = await views.results(matcher, [(cards[an_id], None) for an_id in ids])
    return {an_id: found.get((0, an_id), ()) for an_id in ids}


async def test_a_post_is_searched_in_all_that_it_says(db, house, make):
    me, other = await make.member(), await make.member()
    views = FilterViews(db, house.posts)
    picture = await make.media(other, description="a heron in a pond")
    post = await make.post(other, "hello @me@there.example", warning="about birds", media=f"[{picture.id}]")
    asked = await do(
        db, posts.publish, posts.Draft(text="which?", poll=posts.PollDraft(options=("an owl", "a rook"), expires_in=600)),
        author_id=other.id, app_id=None, settings=Settings(data=Path(), public_url="https://here.example"),
    )  # fmt: skip
    one = await made(db, me, "rook")
    assert (await results(views, house, me, asked.id))[asked.id][0].words == ("rook",)
    await do(db, filters.delete_filter, me.id, one.id)
    for word, there in (
        ("hello", True), ("birds", True), ("heron", True), ("@me@there.example", True), ("p", False), ("nothing", False),
    ):  # fmt: skip
        one = await made(db, me, word)
        assert bool((await results(views, house, me, post.id))[post.id]) is there, word
        await do(db, filters.delete_filter, me.id, one.id)
    assert not await views.matcher(me.id)


async def test_changes_edits_and_expiry_are_seen_at_once(db, house, make, monkeypatch):
    me, other = await make.member(), await make.member()
    views = FilterViews(db, house.posts)
    picture = await make.media(other, description="first")
    post = await make.post(other, "a cat", media=f"[{picture.id}]")
    one = await made(db, me, "cat", expires_in=60)
    assert (await results(views, house, me, post.id))[post.id][0].words == ("cat",)
    word = await do(db, filters.add_keyword, me.id, one.id, keyword="second")
    await do(db, filters.change_keyword, me.id, one.keywords[0].id, keyword="dog")
    assert not (await results(views, house, me, post.id))[post.id]
    async with db.begin() as tx:
        await tx.run(_describe(), the=picture.id)
        await tx.record(MediaChanged(media_id=picture.id, post_id=post.id))
    assert (await results(views, house, me, post.id))[post.id][0].words == ("second",)
    later = now_ms() + 61_000
    monkeypatch.setattr("dunnock.filters.views.now_ms", lambda: later)
    assert not await views.matcher(me.id)
    assert word.whole_word


def _describe():
    from sqlalchemy import bindparam

    from dunnock.foundation.db import Sql
    from dunnock.media.tables import media

    return Sql(media.update().where(media.c.id == bindparam("the")).values(description="second"))


async def test_a_page_costs_two_queries_at_first_and_none_afterwards(db, house, make):
    me, other = await make.member(), await make.member()
    views = FilterViews(db, house.posts)
    ids = [(await make.post(other, f"post {number}")).id for number in range(20)]
    await made(db, me, "post")
    cards = await house.posts.get(ids)
    matcher = await views.matcher(me.id)
    asked = []
    ask = db.all

    async def counting(sql, **params):
        asked.append(sql)
        return await ask(sql, **params)

    db.all = counting
    for _ in range(2):
        found = await views.results(matcher, [(cards[an_id], None) for an_id in ids])
        assert len(found) == 20
    await views.matcher(me.id)
    assert len(asked) == 1


async def test_phrases_are_filters_of_one_keyword(db, make):
    me = await make.member()
    one = await made(db, me, "cat", title="cat")
    word, changed = await do(
        db, filters.change_phrase, me.id, one.keywords[0].id, phrase="dog", hide=True, contexts=["public"]
    )
    assert (word.keyword, changed.title, changed.action, changed.contexts) == ("dog", "dog", "hide", ("public",))
    await do(db, filters.add_keyword, me.id, one.id, keyword="bird")
    with pytest.raises(FilterRefused) as refused:
        await do(db, filters.change_phrase, me.id, word.id, hide=False)
    assert "more than one filter keyword" in refused.value.text
    word, _ = await do(db, filters.change_phrase, me.id, word.id, whole_word=False)
    assert word.whole_word is False
    await do(db, filters.delete_phrase, me.id, word.id)
    kept = await filters.find_filter(db, me.id, one.id)
    await do(db, filters.delete_phrase, me.id, kept.keywords[0].id)
    assert await filters.filters_of(db, me.id) == []
