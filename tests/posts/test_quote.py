"""Quotes and policies by their use cases: who may quote and answer whom, what revoking and deleting leave, exact counters."""

from __future__ import annotations

import asyncio
import itertools
import random

import pytest
from sqlalchemy import text as sql

from dunnock import accounts, posts
from dunnock.foundation.db import Sql

WRONG = """
    SELECT p.id, c.quotes FROM posts p JOIN post_counts c ON c.post_id = p.id WHERE c.quotes <>
    CASE WHEN p.deleted_at IS NOT NULL THEN 0 ELSE (SELECT count(*) FROM posts q
    WHERE q.quoted_id = p.id AND q.quote_state = 'accepted' AND q.deleted_at IS NULL) END
    OR c.quotes < 0 OR c.replies < 0
"""


async def check_counts(db):
    assert [tuple(row) for row in await db.all(Sql(sql(WRONG)))] == []


async def quotes_of(db, post):
    return await db.value(Sql(sql("SELECT quotes FROM post_counts WHERE post_id = :id")), id=post.id)


@pytest.fixture
async def two(make):
    return await make.member(), await make.member()


async def test_quoting_makes_a_quote(db, two, publish, events):
    author, by = two
    quoted = await publish(author, "the first")
    made = await publish(by, "look", quoted_id=quoted.id, visibility="public")
    assert (made.quoted_id, made.quoted_author_id, made.quote_state) == (quoted.id, author.id, "accepted")
    assert made.html.startswith('<p class="quote-inline">RE: <a href="https://here.example/@')
    assert made.html.endswith("<p>look</p>")
    assert made.text == "look"
    assert await quotes_of(db, quoted) == 1
    assert (await events())[-1] == posts.QuoteChanged(post_id=made.id, quoted_id=quoted.id, state="accepted")


async def test_a_quote_needs_no_words(two, publish):
    author, by = two
    quoted = await publish(author)
    made = await publish(by, "", quoted_id=quoted.id, warning="careful")
    assert (made.text, made.warning) == ("", "careful")
    assert made.html.endswith("</a></p>")


async def test_the_link_is_not_there_twice(two, publish):
    author, by = two
    quoted = await publish(author)
    made = await publish(
        by, f"see https://here.example/@{author.username}/{quoted.id}", quoted_id=quoted.id, visibility="public"
    )
    assert "quote-inline" not in made.html


@pytest.mark.parametrize("policy", ["public", "followers", "nobody"])
@pytest.mark.parametrize("visibility", ["public", "unlisted", "followers", "direct"])
@pytest.mark.parametrize("who", ["author", "follower", "mentioned", "stranger", "asked", "followed", "blocked"])
async def test_who_may_quote(*, make, two, publish, policy, visibility, who):
    author, by = two
    by = author if who == "author" else by
    if who in {"follower", "asked"}:
        await make.follow(by, author, requested=who == "asked")
    if who == "followed":
        await make.follow(author, by)
    words = f"@{by.username}" if who == "mentioned" else "hello"
    quoted = await publish(author, words, visibility=visibility, quote_policy=policy)
    if who == "blocked":
        await make.block(author, by)
    allowed = visibility != "direct" and (
        who == "author"
        or (
            visibility in {"public", "unlisted"}
            and ((policy == "public" and who != "blocked") or (policy == "followers" and who == "follower"))
        )
    )
    if allowed:
        made = await publish(by, quoted_id=quoted.id, visibility="public")
        assert made.visibility == ("followers" if visibility == "followers" else "public")
    else:
        with pytest.raises(posts.QuoteMissing) as refusal:
            await publish(by, quoted_id=quoted.id, visibility="public")
        assert refusal.value.text == "The post you are trying to quote does not appear to exist."


async def test_a_quoted_boost_means_what_it_shows(db, two, publish, do):
    """SC-033: boosting somebody's post does not make it one's own to quote."""
    author, by = two
    closed = await publish(author, quote_policy="nobody")
    opened = await publish(author)
    boost = await do(posts.boost, closed.id, by=by.id)
    with pytest.raises(posts.QuoteMissing):
        await publish(by, quoted_id=boost.id)
    boost = await do(posts.boost, opened.id, by=by.id)
    made = await publish(by, quoted_id=boost.id)
    assert (made.quoted_id, made.quoted_author_id) == (opened.id, author.id)
    assert await quotes_of(db, boost) == 0


async def test_a_direct_quote_mentions_whom_it_quotes(two, publish, events):
    author, by = two
    quoted = await publish(author)
    before = await events()
    with pytest.raises(posts.DraftRefused) as refusal:
        await publish(by, "psst", quoted_id=quoted.id, visibility="direct")
    assert refusal.value.text == "Validation failed: Cannot quote a non-mentioned user in a Private Mention post."
    assert await events() == before
    await publish(by, f"psst @{author.username}", quoted_id=quoted.id, visibility="direct")
    await publish(author, "to myself", quoted_id=quoted.id, visibility="direct")


async def test_whom_a_followers_post_quotes_sees_it(db, make, two, publish):
    author, by = two
    quoted, stranger = await publish(author), await make.member()
    made = await publish(by, quoted_id=quoted.id, visibility="followers")
    assert await posts.find_visible(db, made.id, author.id) == made
    for other in (stranger.id, None):
        with pytest.raises(posts.PostMissing):
            await posts.find_visible(db, made.id, other)


async def test_revoking(*, db, make, two, publish, do, events):
    author, by = two
    quoted, stranger = await publish(author), await make.member()
    made = await publish(by, quoted_id=quoted.id, visibility="public")
    with pytest.raises(posts.QuoteNotYours):
        await do(posts.revoke_quote, quoted.id, made.id, by=stranger.id)
    with pytest.raises(posts.QuoteMissing):
        await do(posts.revoke_quote, quoted.id, quoted.id, by=author.id)
    with pytest.raises(posts.PostMissing):
        await do(posts.revoke_quote, 7, made.id, by=author.id)
    for _ in range(2):
        await do(posts.revoke_quote, quoted.id, made.id, by=author.id)
    changed = [one for one in await events() if isinstance(one, posts.QuoteChanged)]
    assert [one.state for one in changed] == ["accepted", "revoked"]
    assert (await posts.find_visible(db, made.id, by.id)).quote_state == "revoked"
    await check_counts(db)
    await do(posts.delete, made.id, by=by.id)
    await check_counts(db)


async def test_deleting_either_end(db, two, publish, do, events):
    author, by = two
    quoted = await publish(author)
    first, second = await publish(by, quoted_id=quoted.id), await publish(by, quoted_id=quoted.id, visibility="public")
    await do(posts.delete, first.id, by=by.id)
    assert (await events())[-1] == posts.PostDeleted(
        post_id=first.id, author_id=by.id, quoted_id=quoted.id, visibility="public"
    )
    assert await quotes_of(db, quoted) == 1
    await do(posts.delete, quoted.id, by=author.id)
    await check_counts(db)
    await do(posts.delete, second.id, by=by.id)
    await check_counts(db)


async def test_an_edit_keeps_the_quote(db, two, publish, do, settings):
    author, by = two
    quoted = await publish(author)
    made = await publish(by, "one", quoted_id=quoted.id, visibility="public")
    new = await do(posts.edit, made.id, posts.Changes(text=""), by=by.id, settings=settings)
    assert (new.text, new.quoted_id, new.quote_state) == ("", quoted.id, "accepted")
    assert new.html == made.html.removesuffix("<p>one</p>")
    await do(posts.delete, quoted.id, by=author.id)
    new = await do(posts.edit, made.id, posts.Changes(text="two"), by=by.id, settings=settings)
    assert new.html == made.html.replace("one", "two")
    assert new.quoted_id == quoted.id
    await check_counts(db)


async def test_policies_come_from_the_member_and_can_change(*, db, make, publish, do, settings, events):
    author = await make.member()
    await do(accounts.change_settings, author.id, default_quote_policy="followers", default_reply_policy="mentioned")
    made = await publish(author)
    assert (made.quote_policy, made.reply_policy) == ("followers", "mentioned")
    said = await publish(author, quote_policy="public", reply_policy="nobody")
    assert (said.quote_policy, said.reply_policy) == ("public", "nobody")
    hidden = await publish(author, visibility="followers", quote_policy="public")
    assert hidden.quote_policy == "nobody"
    before = len(await events())
    await do(posts.change_policies, made.id, by=author.id)
    assert len(await events()) == before
    await do(posts.change_policies, made.id, by=author.id, quote_policy="nobody", reply_policy="everyone")
    assert (await events())[before:] == [posts.PolicyChanged(post_id=made.id, author_id=author.id)]
    found = await posts.find_visible(db, made.id, None)
    assert (found.quote_policy, found.reply_policy, found.edited_at) == ("nobody", "everyone", None)
    await do(posts.edit, made.id, posts.Changes(text="hello", reply_policy="nobody"), by=author.id, settings=settings)
    found = await posts.find_visible(db, made.id, None)
    assert (found.reply_policy, found.quote_policy, found.edited_at) == ("nobody", "nobody", None)
    await do(posts.edit, made.id, posts.Changes(text="other"), by=author.id, settings=settings)
    found = await posts.find_visible(db, made.id, None)
    assert (found.reply_policy, found.text) == ("nobody", "other")
    for name in ("quote_policy", "reply_policy"):
        with pytest.raises(posts.DraftRefused):
            await do(posts.change_policies, made.id, by=author.id, **{name: "friends"})
        with pytest.raises(posts.DraftRefused):
            await publish(author, **{name: "friends"})
    with pytest.raises(posts.PostMissing):
        await do(posts.change_policies, made.id, by=(await make.member()).id, reply_policy="everyone")


@pytest.mark.parametrize("policy", ["everyone", "followers", "following", "mentioned", "nobody"])
@pytest.mark.parametrize("who", ["author", "follower", "asked", "followed", "mentioned", "stranger"])
async def test_who_may_answer(*, make, two, publish, do, policy, who):
    author, by = two
    by = author if who == "author" else by
    if who in {"follower", "asked"}:
        await make.follow(by, author, requested=who == "asked")
    if who == "followed":
        await make.follow(author, by)
    asked = await publish(author, f"@{by.username}" if who == "mentioned" else "hello", reply_policy=policy)
    allowed = policy == "everyone" or who in {"author", "mentioned"} or (policy, who) in {
        ("followers", "follower"),
        ("following", "followed"),
    }  # fmt: skip
    boost = await do(posts.boost, asked.id, by=by.id)
    for target in (asked, boost):  # answering a boost is answering what it shows
        if allowed:
            assert (await publish(by, reply_to_id=target.id)).reply_to_id == asked.id
        else:
            with pytest.raises(posts.ReplyBarred):
                await publish(by, reply_to_id=target.id)


async def test_a_policy_is_of_one_post_and_its_authors_own_thread(make, publish, do):
    author, friend, stranger = await make.member(), await make.member(), await make.member()
    await make.follow(friend, author)
    first = await publish(author, reply_policy="followers")
    assert (await publish(author, reply_to_id=first.id)).reply_policy == "followers"
    assert (await publish(author, reply_to_id=first.id, reply_policy="everyone")).reply_policy == "everyone"
    answer = await publish(friend, reply_to_id=first.id)
    assert answer.reply_policy == "everyone"
    await publish(stranger, reply_to_id=answer.id)
    # What was allowed stays when the policy narrows, and can be edited.
    await do(posts.change_policies, first.id, by=author.id, reply_policy="nobody")
    with pytest.raises(posts.ReplyBarred):
        await publish(friend, reply_to_id=first.id)


@pytest.mark.parametrize("seed", ["wren", "robin", "dunnock"])
async def test_counters_through_random_histories(db, make, publish, do, seed):
    """Quotes, replies, revocations, deletions and blocks in any order leave counters that equal the rows."""
    chance = random.Random(seed)
    people = [await make.member() for _ in range(4)]
    made: list[posts.Post] = []
    refused = itertools.count()
    for _ in range(200):
        who = chance.choice(people)
        try:
            match chance.choice(["post", "quote", "quote", "quote", "revoke", "delete", "block", "unblock", "both"]):
                case "post":
                    made.append(await publish(who, quote_policy=chance.choice(["public", "public", "followers"])))
                case "quote" if made:
                    seen = chance.choice(["public", "unlisted", "followers"])
                    made.append(await publish(who, "", quoted_id=chance.choice(made).id, visibility=seen))
                case "both" if made:
                    of = chance.choice(made)
                    made.append(await publish(who, "", quoted_id=of.id, reply_to_id=chance.choice(made).id))
                case "revoke" if made:
                    one = chance.choice(made)
                    await do(posts.revoke_quote, one.quoted_id or 0, one.id, by=one.quoted_author_id or 0)
                case "delete" if made:
                    one = chance.choice(made)
                    await do(posts.delete, one.id, by=one.author_id)
                case "block" if chance.random() < 0.3:
                    await do(accounts.block, who.id, target=chance.choice([one for one in people if one is not who]).id)
                case "unblock":
                    await do(
                        accounts.unblock, who.id, target=chance.choice([one for one in people if one is not who]).id
                    )
        except (posts.QuoteMissing, posts.QuoteNotYours, posts.PostMissing, posts.ReplyBarred):
            next(refused)
        await check_counts(db)
    assert len(made) > 20
    assert next(refused) > 10


async def test_counters_when_all_happens_at_once(db, make, publish, do):
    author, others = await make.member(), [await make.member() for _ in range(4)]
    one, two = await publish(author), await publish(author)
    pairs = [(one, two), (two, one)] * 4
    made = await asyncio.gather(*(publish(who, quoted_id=a.id, reply_to_id=b.id) for who in others for a, b in pairs))
    await check_counts(db)
    assert await quotes_of(db, one) == 16
    acts = [do(posts.revoke_quote, each.quoted_id, each.id, by=author.id) for each in made[:20]]
    acts += [do(posts.delete, each.id, by=each.author_id) for each in made[8:]]
    acts += [do(posts.delete, two.id, by=author.id)]
    done = await asyncio.gather(*acts, return_exceptions=True)
    assert {type(one) for one in done if isinstance(one, Exception)} <= {posts.PostMissing, posts.QuoteMissing}
    await check_counts(db)
