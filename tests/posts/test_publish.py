from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import text as sql

from dunnock import posts
from dunnock.foundation.db import Sql
from dunnock.text import BadText


async def rows(db, statement, **params):
    return [tuple(row) for row in await db.all(Sql(sql(statement)), **params)]


async def test_a_post_is_written_with_all_it_is_found_by(db, make, publish, events):
    author, bob = await make.member("anna"), await make.member("Bob")
    far = await make.account("eve", domain="far.example", url="https://far.example/@eve")
    post = await publish(author, "hi @bob @BOB@here.example @eve@far.example @nobody #Tag #tag #Ünï :blob:")
    assert post.mentions == (bob.id, far.id)
    assert post.hashtags == ("Tag", "Ünï")
    assert post.emoji == ("blob",)
    assert 'href="https://here.example/@Bob"' in post.html
    assert 'href="https://far.example/@eve"' in post.html
    assert 'href="https://here.example/tags/tag"' in post.html
    assert "@nobody" in post.html
    assert post.thread_id == post.id
    found = await posts.find_visible(db, post.id, None)
    assert (found.text, found.html, found.mentions) == (post.text, post.html, post.mentions)
    assert len(await rows(db, "SELECT * FROM mentions")) == 2
    assert sorted(await rows(db, "SELECT key FROM hashtags")) == [("tag",), ("uni",)]
    assert len(await rows(db, "SELECT * FROM hashtag_posts")) == 2
    (tag,), (uni,) = await rows(db, "SELECT id FROM hashtags ORDER BY key")
    assert await events() == [
        posts.PostPublished(
            post_id=post.id, author_id=author.id, visibility="public", thread_id=post.id, tags=(tag, uni)
        )
    ]
    assert [row[0] for row in await rows(db, f"SELECT posts FROM account_counts WHERE account_id = {author.id}")] == [1]


@pytest.mark.parametrize("visibility", ["unlisted", "followers", "direct"])
async def test_only_public_posts_stand_under_hashtags(db, make, publish, visibility):
    await publish(await make.member(), "a #tag", visibility=visibility)
    assert await rows(db, "SELECT * FROM hashtag_posts") == []


@pytest.mark.parametrize(
    ("draft", "says"),
    [
        ({"text": ""}, "blank"),
        ({"text": " \n\t "}, "blank"),
        ({"text": "x" * 501}, "limit of 500"),
        ({"text": "x" * 400, "warning": "y" * 101}, "limit of 500"),
        ({"text": "x" * 100_000}, "limit of 500"),
        ({"text": "", "warning": "y" * 100_000}, "limit of 500"),
        ({"text": "https://example.com/" + "x" * 100_000}, "limit of 500"),
        ({"text": "x", "media_ids": (1, 2, 3, 4, 5)}, "up to 4"),
        ({"text": "x", "visibility": "private"}, "Visibility"),
        ({"text": "x", "language": "klingonese"}, "Language"),
        ({"text": " ".join(f"@p{n}" for n in range(60))}, "mention"),
    ],
)
async def test_what_breaks_a_rule_is_refused_whole(*, db, make, publish, events, draft, says):
    author = await make.member()
    with pytest.raises(posts.DraftRefused) as refused:
        await publish(author, key="k", **draft)
    assert says in refused.value.text
    assert await events() == []
    assert await rows(db, "SELECT * FROM posts") == await rows(db, "SELECT * FROM idempotency") == []


async def test_lone_surrogates_are_refused(make, publish):
    with pytest.raises(BadText):
        await publish(await make.member(), "\ud800")


async def test_length_is_as_people_count(make, publish):
    author = await make.member()
    assert await publish(author, "👨‍👩‍👧" * 500)
    assert await publish(author, "x" * 470 + " https://example.com/" + "y" * 300)
    assert await publish(author, "x" * 480 + " @bob@" + "a" * 60 + ".example")


async def test_a_warning_makes_sensitive_and_stands_in_for_text(make, publish):
    author = await make.member()
    warned = await publish(author, "text", warning="careful")
    assert (warned.sensitive, warned.warning) == (True, "careful")
    alone = await publish(author, "", warning="only this")
    assert (alone.text, alone.warning, alone.sensitive) == ("only this", "", False)


async def test_defaults_of_the_member(db, make, publish):
    author = await make.member()
    async with db.begin() as tx:
        await tx.run(
            Sql(
                sql(
                    "UPDATE members SET default_visibility = 'followers', default_sensitive = true, default_language = 'de'"
                )
            )
        )
    post = await publish(author)
    assert (post.visibility, post.sensitive, post.language) == ("followers", True, "de")
    post = await publish(author, visibility="public", sensitive=False, language="en_US")
    assert (post.visibility, post.sensitive, post.language) == ("public", False, "en")


async def test_a_suspended_author_may_not_post(make, publish):
    with pytest.raises(posts.PostingBarred):
        await publish(await make.account(standing="suspended"))


async def test_replies_join_the_thread(db, make, publish):
    author, reader = await make.member(), await make.member()
    first = await publish(author)
    boost = await make.boost(reader, first)
    second = await publish(reader, reply_to_id=boost.id)
    third = await publish(author, reply_to_id=second.id, visibility="direct")
    assert (second.reply_to_id, second.reply_to_author_id, second.thread_id) == (first.id, author.id, first.id)
    assert third.thread_id == first.id
    counts = dict(await rows(db, "SELECT post_id, replies FROM post_counts"))
    assert (counts[first.id], counts[second.id]) == (1, 0), "direct replies are nobody's business"


async def test_no_reply_to_what_is_hidden(make, publish, events):
    """SC-048."""
    author, reader = await make.member(), await make.member()
    hidden = await make.post(author, visibility="followers")
    for an_id in (hidden.id, 4711):
        with pytest.raises(posts.PostMissing):
            await publish(reader, reply_to_id=an_id)
    assert await events() == []


async def test_a_direct_post_does_not_reach_who_blocks_the_author(db, make, publish):
    """SC-050: access goes by the rows of mentions."""
    author, blocker, friend = await make.member(), await make.member("bea"), await make.member("fay")
    await make.block(blocker, author)
    post = await publish(author, "@bea @fay hi", visibility="direct")
    assert post.mentions == (friend.id,)
    assert "here.example/@bea" in post.html
    assert await rows(db, "SELECT account_id FROM mentions") == [(friend.id,)]


async def test_a_key_gives_the_same_post_for_a_day(db, make, publish, events):
    author, other = await make.member(), await make.member()
    first = await publish(author, "one", key="k")
    again = await publish(author, "two", key="k")
    assert (again.id, again.text) == (first.id, "one")
    assert (await publish(other, "three", key="k")).id != first.id
    assert len(await events()) == 2
    async with db.begin() as tx:
        await tx.run(Sql(sql("UPDATE idempotency SET at = 1")))
    later = await publish(author, "later", key="k")
    assert later.id != first.id
    assert (await publish(author, "x", key="k")).id == later.id
    assert (await publish(author, "long", key="k" * 500)).id == (await publish(author, "long", key="k" * 500)).id
    async with db.begin() as tx:
        assert await posts.forget_keys(tx) == 1


async def test_keys_at_the_same_moment_make_one_post(db, make, publish, events):
    author = await make.member()
    made = await asyncio.gather(*[publish(author, f"try {n}", key="race") for n in range(12)])
    assert len({post.id for post in made}) == 1
    assert len(await events()) == 1
    assert await rows(db, f"SELECT posts FROM account_counts WHERE account_id = {author.id}") == [(1,)]


async def test_a_key_of_a_refused_post_is_free_again(make, publish):
    author = await make.member()
    with pytest.raises(posts.PostMissing):
        await publish(author, key="k", reply_to_id=999)
    assert await publish(author, "now", key="k")


async def test_a_key_of_a_deleted_post_makes_none(make, publish, do):
    author = await make.member()
    post = await publish(author, key="k")
    await do(posts.delete, post.id, by=author.id)
    with pytest.raises(posts.PostMissing):
        await publish(author, key="k")


async def test_new_hashtags_at_the_same_moment(db, make, publish):
    authors = [await make.member() for _ in range(6)]
    await asyncio.gather(
        *[publish(author, " ".join(f"#t{(n + i) % 7}" for i in range(7))) for n, author in enumerate(authors)]
    )
    assert await rows(db, "SELECT count(*) FROM hashtags") == [(7,)]
    assert await rows(db, "SELECT count(*) FROM hashtag_posts") == [(42,)]


async def test_media_must_be_ones_own_unused_and_ready(db, make, publish, events):
    """SC-062."""
    author, other = await make.member(), await make.member()
    mine, used, theirs = await make.media(author), await make.media(author, post_id=5), await make.media(other)
    unready = await make.media(author, state="processing")
    for wrong in (used, theirs, unready):
        with pytest.raises(Exception) as refused:
            await publish(author, media_ids=(mine.id, wrong.id))
        assert hasattr(refused.value, "safe")
    assert await events() == []
    post = await publish(author, "", media_ids=(mine.id, mine.id))
    assert post.media == (mine.id,)
    assert await rows(db, f"SELECT post_id FROM media WHERE id = {mine.id}") == [(post.id,)]
    assert json.loads((await rows(db, f"SELECT media FROM posts WHERE id = {post.id}"))[0][0]) == [mine.id]


async def test_the_screen_holds_back_or_fails_open(db, make, publish, events):
    author = await make.member()
    seen = []

    def refuse(candidate):
        seen.append(candidate)
        raise posts.PostRefused

    with pytest.raises(posts.PostRefused):
        await publish(author, "#spam https://spam.example/x", screen=refuse)
    assert (seen[0].links, seen[0].hashtags) == (("https://spam.example/x",), ("spam",))
    assert await events() == []

    def broken(candidate):
        raise ZeroDivisionError

    post = await publish(author, screen=broken)
    assert [type(event) for event in await events()] == [posts.PostUnscreened, posts.PostPublished]
    assert post.id
