"""What N accounts gain that one hand leads and that nobody knows of yet: at most as much as the root of N.

`town`: a server that knows people (discovery/vouching.py); without it nobody can say who vouches for whom.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import count

import pytest
from sqlalchemy import select

from dunnock import accounts, discovery
from dunnock.accounts.tables import account_counts, follows, members
from dunnock.accounts.tables import accounts as accounts_table
from dunnock.accounts.views import AccountViews
from dunnock.discovery.tables import vouched
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Sql, insert_into, insert_once
from dunnock.foundation.ids import id_at
from dunnock.posts.tables import hashtag_posts, hashtags, interactions, post_counts, posts
from society import society

# The largest is about our sums, not about an engine: PostgreSQL would take as long again for the same statements.
SIZES = pytest.mark.parametrize(
    ("database_url", "size"),
    [*(("sqlite", size) for size in (10, 100, 1000, 10_000)), ("postgresql", 10), ("postgresql", 1000)],
    indirect=["database_url"],
)
ADD = insert_once(accounts_table, "id", "username", "username_key", "created_at", "discoverable")
COUNT = insert_once(account_counts, "account_id", "posts", "followers", "last_post_at")
FOLLOW = insert_once(follows, "follower_id", "followed_id", "id")
MEMBER = insert_into(members, "id", "account_id", "email", "email_key", "password_hash", "role", "created_at")
POST = insert_once(posts, "id", "author_id", "text", "html", "visibility", "thread_id", "created_at")
HASHTAG = insert_once(hashtags, "id", "key", "name")
USE = insert_once(hashtag_posts, "hashtag_id", "post_id")
PUBLIC = Sql(select(posts.c.id, posts.c.author_id))
VOUCHED = Sql(select(vouched.c.account_id))
NUMBERS = count(1)


async def people(db, size, *, days=60.0, posts=5, followers=0, named="p"):
    """So many accounts that came some days ago; their ids."""
    ids = [id_at(now_ms() - int(days * DAY), next(NUMBERS)) for _ in range(size)]
    names = [f"{named}{one}" for one in ids]
    async with db.begin() as tx:
        await tx.many(
            ADD,
            [
                {"id": one, "username": name, "username_key": name, "created_at": 1, "discoverable": True}
                for one, name in zip(ids, names, strict=True)
            ],
        )
        await tx.many(
            COUNT, [{"account_id": one, "posts": posts, "followers": followers, "last_post_at": 1} for one in ids]
        )
    return ids


async def write(db, acts):
    """Each of (author, when, hashtag) is a public post; None: without a hashtag."""
    made = [(id_at(at, next(NUMBERS)), author, tag) for author, at, tag in acts]
    async with db.begin() as tx:
        await tx.many(
            POST,
            [
                {
                    "id": one,
                    "author_id": author,
                    "text": "",
                    "html": "",
                    "visibility": "public",
                    "thread_id": one,
                    "created_at": one >> 16,
                }
                for one, author, _ in made
            ],
        )
        await tx.many(USE, [{"hashtag_id": tag, "post_id": one} for one, _, tag in made if tag is not None])


async def follow(db, pairs, *, each=90 * MINUTE, since=20.0 * DAY):
    """The first of each pair follows the second, one after the other."""
    start = (now_ms() - int(since)) // HOUR * HOUR
    async with db.begin() as tx:
        await tx.many(
            FOLLOW,
            [
                {"follower_id": one, "followed_id": other, "id": id_at(start + n * each % (19 * DAY), next(NUMBERS))}
                for n, (one, other) in enumerate(pairs)
            ],
        )


async def crowd(db, kind, size):
    """Accounts of one hand."""
    match kind:
        case "fresh":
            return await people(db, size, days=20.5)
        case "silent":
            return await people(db, size, posts=0)
        case "circle":  # they follow each other, and the account that they are for follows them
            made = await people(db, size)
            ring = [(made[n - step], one) for n, one in enumerate(made) for step in (1, 2, 3)]
            await follow(db, [pair for pair in ring if pair[0] != pair[1]], since=40 * DAY)
            return made
        case "aged":  # with a past, and an audience of some accounts for them all, and they take their time
            made, audience = await people(db, size), await people(db, max(1, math.isqrt(size) // 2))
            await follow(db, [(audience[n % len(audience)], one) for n, one in enumerate(made)], since=40 * DAY)
            return made
        case "vouched":  # with a past, but whom they are followed by came when they were needed
            made, audience = await people(db, size), await people(db, size, days=21)
            await follow(db, list(zip(audience, made, strict=True)), each=1, since=DAY)
            return made
        case _:  # bought from a shop: with a past and an audience, but all at once
            made, audience = await people(db, size), await people(db, 1)
            await follow(db, [(audience[0], one) for one in made], since=40 * DAY)
            return made


KINDS = ["fresh", "silent", "circle", "aged", "vouched", "bought"]


async def town(db, size=500):
    """People who follow each other, one of them of staff, known to the server; those with few followers first."""
    made = await people(db, size)
    pairs = society(size)
    await follow(db, [(made[one], made[other]) for one, other in pairs], each=10 * MINUTE, since=55 * DAY)
    async with db.begin() as tx:
        await tx.run(
            MEMBER,
            id=made[0],
            account_id=made[0],
            email="a@b.example",
            email_key="a@b.example",
            password_hash="!",
            role="owner",
            created_at=1,
        )
    await discovery.refresh_vouching(db, discovery.RefreshVouching())
    followers = Counter([other for _, other in pairs])
    reached = {row[0] for row in await db.all(VOUCHED)}
    return [made[one] for one in sorted(range(1, size), key=lambda one: followers[one]) if made[one] in reached]


async def clubs(db, size, fooled, neighbours):
    """With a past, and a third of their number vouch for three of them each; some of these are followed by others, too."""
    made, audience = await people(db, size), await people(db, max(1, size // 3))
    inside = [(audience[n % len(audience)], one) for n, one in enumerate(made)]
    ring = [(audience[n - 1], one) for n, one in enumerate(audience) if len(audience) > 1]
    outside = list(zip(neighbours, audience[:fooled], strict=False))
    await follow(db, [*inside, *ring, *outside], since=40 * DAY)
    return made


async def honest(db, size, target, *, since=19.5):
    """So many follow the target on their own, from so many days ago on; each has a reader of its own."""
    made, readers = await people(db, size), await people(db, size)
    await follow(db, list(zip(readers, made, strict=True)), since=40 * DAY)
    await follow(db, [(one, target) for one in made], since=since * DAY)
    return made


async def test_accounts_that_nobody_sees_through_count_until_they_are_marked(db, house):
    reader, bought, liked, near, pushed = [(await people(db, 1))[0] for _ in range(5)]
    bots, audience = await people(db, 9), await people(db, 9)
    await follow(db, list(zip(audience, bots, strict=True)), since=40 * DAY)
    await follow(db, [(one, bought) for one in bots])
    await follow(db, [(one, pushed) for one in bots[:6]])
    others = await honest(db, 4, liked)
    await follow(db, [(one, near) for one in others])
    await follow(db, [(reader, one) for one in [*bots[:6], *others]])
    shown = discovery.People(db, AccountViews(db), house.viewers)

    async def order():
        found = [one.account_id for one in await shown.suggestions(reader)]
        return [one for one in found if one in {bought, liked, near, pushed}]

    assert await order() == [bought, pushed, liked, near]
    async with db.begin() as tx:
        await accounts.set_group(tx, 1, dict.fromkeys(bots, 1.0))
    assert await order() == [liked, near, bought, pushed]
    async with db.begin() as tx:
        await accounts.set_group(tx, 1, dict.fromkeys([*bots, bought], 1.0))
    assert await order() == [liked, near, pushed], "whom only those follow who act together with it nobody follows"


@SIZES
@pytest.mark.parametrize("kind", KINDS)
async def test_bought_followers_among_the_most_followed(db, house, kind, size):
    reader, bought, liked = [(await people(db, 1, followers=size))[0] for _ in range(3)]
    bots = await crowd(db, kind, size)
    await follow(db, [(one, bought) for one in bots], each=350 if kind == "bought" else 90 * MINUTE)
    if kind == "circle":
        await follow(db, [(bought, one) for one in bots])
    await honest(db, max(3, math.isqrt(size)) + 2, liked)
    found = await discovery.People(db, AccountViews(db), house.viewers).suggestions(reader, limit=400)
    order = [one.account_id for one in found if one.account_id in {bought, liked}]
    assert order == [liked, bought]


@SIZES
@pytest.mark.parametrize("kind", KINDS)
async def test_bots_that_follow_one_to_be_suggested(db, house, kind, size):
    reader = (await people(db, 1))[0]
    bots = await crowd(db, kind, size)
    await follow(db, [(one, reader) for one in bots], each=350 if kind == "bought" else 90 * MINUTE)
    friends = await honest(db, 2, reader, since=5)
    found = await discovery.People(db, AccountViews(db), house.viewers).suggestions(reader, limit=400)
    why = {one.account_id: one.sources for one in found}
    assert sum("follows_you" in why.get(one, ()) for one in bots) <= max(3, math.isqrt(size))
    assert all("follows_you" in why[one] for one in friends)


@SIZES
async def test_a_crowd_that_vouches_for_itself(db, house, size):
    reader, bought, liked = [(await people(db, 1, followers=size))[0] for _ in range(3)]
    citizens = await town(db)
    bots = await clubs(db, size, 3, citizens[-3:])
    await follow(db, [(one, bought) for one in bots])
    supporters = citizens[: math.isqrt(size) + 5]
    await follow(db, list(zip(await people(db, len(supporters)), supporters, strict=True)), since=40 * DAY)
    await follow(db, [(one, liked) for one in supporters])
    shown = discovery.People(db, AccountViews(db), house.viewers)
    order = [one.account_id for one in await shown.suggestions(reader, limit=400)]
    assert [one for one in order if one in {bought, liked}] == [liked, bought]
    await follow(db, [(one, reader) for one in [*bots, *citizens[-5:]]])
    found = [one.account_id for one in await shown.suggestions(reader, limit=400) if "follows_you" in one.sources]
    assert set(citizens[-5:]) <= set(found)
    assert len([one for one in found if one in bots]) <= max(3, math.isqrt(size))


@SIZES
async def test_who_likes_what_one_likes_to_push_somebody(db, house, size):
    reader, bought, liked = [(await people(db, 1))[0] for _ in range(3)]
    citizens = await town(db)
    bots = await clubs(db, size, 3, citizens[-3:])
    start = now_ms() - 2 * DAY
    await write(db, [(one, start, None) for one in [*citizens[:4], bought, liked]])
    made = {row[1]: row[0] for row in await db.all(PUBLIC)}
    few, many = [made[one] for one in citizens[:2]], [made[one] for one in citizens[2:4]]
    supporters = citizens[5 : math.isqrt(size) + 10]
    acts = [(reader, one) for one in [*few, *many]]
    acts += [(one, post) for one in supporters for post in [*few, made[liked]]]
    acts += [(one, post) for one in bots for post in [*many, made[bought]]]
    async with db.begin() as tx:
        await tx.many(
            insert_once(interactions, "account_id", "post_id", "favourite_id"),
            [{"account_id": one, "post_id": post, "favourite_id": tx.new_id()} for one, post in acts],
        )
        await tx.many(
            insert_once(post_counts, "post_id", "favourites"),
            [{"post_id": one, "favourites": number} for one, number in Counter([post for _, post in acts]).items()],
        )
    found = await discovery.People(db, AccountViews(db), house.viewers).suggestions(reader, limit=400)
    order = [one.account_id for one in found if "liked_alike" in one.sources]
    assert [one for one in order if one in {bought, liked}] == [liked, bought][: 2 if 4 <= size <= 200 else 1]


@SIZES
async def test_the_first_thing_that_aged_accounts_do_together(db, house, size):
    """They wrote something on their own before, and come slowly, one by one."""
    start = now_ms() - 3 * HOUR
    citizens = await town(db)
    bots = await clubs(db, size, 3, citizens[-3:])
    news, bought, both = 1, 2, 3
    async with db.begin() as tx:
        await tx.many(HASHTAG, [{"id": one, "key": f"t{one}", "name": f"t{one}"} for one in (news, bought, both)])
    await write(db, [(one, now_ms() - 3 * DAY, None) for one in [*bots, *citizens]])
    genuine = citizens[: math.isqrt(size) + 5]
    for tag, some in ((news, genuine), (bought, bots), (both, [*citizens[-20:], *bots])):
        await write(db, [(one, start + n * 2 * HOUR // len(some), tag) for n, one in enumerate(some)])
    trends = discovery.Trends(db)
    await discovery.refresh_trends(db, discovery.RefreshTrends())
    listed = [one.tag.id for one in await trends.tags()]
    assert listed[0] in {news, both}
    assert bought not in listed
    pushed = (await trends.why("tag", both)).found
    assert pushed.raw == size + 20
    assert pushed.effective <= 20 + 3 + math.sqrt(size)
    assert (await trends.why("tag", news)).found.effective == len(genuine)


@SIZES
async def test_friends_of_one_hand(db, house, size):
    reader, bought, liked = [(await people(db, 1))[0] for _ in range(3)]
    bots = await crowd(db, "circle", size)
    await follow(db, [(one, bought) for one in bots])
    await follow(db, [(reader, one) for one in bots[:150]])
    friends = await honest(db, math.isqrt(size) + 2, liked)
    await follow(db, [(reader, one) for one in friends], since=10 * DAY)
    found = await discovery.People(db, AccountViews(db), house.viewers).suggestions(reader, limit=400)
    order = [one.account_id for one in found if one.account_id in {bought, liked}]
    assert order[0] == liked


@SIZES
async def test_search_order(db, make, house, size):
    older, newer = await make.account("martin"), await make.account("marvin")
    bots = await people(db, size)
    await follow(db, [(one, newer.id) for one in bots])
    assert await accounts.search_accounts(db, "martn") == [older.id]
    assert await accounts.search_accounts(db, "mar") == [older.id, newer.id]
    assert await accounts.search_accounts(db, "marxin") == [older.id, newer.id], "as likely one as the other"
    reader, author = await make.member(), await make.member(indexable=True)
    made = [await make.post(author, "storm", at=now_ms() - age * HOUR) for age in (3, 2, 1)]
    await house.index(*made)
    async with db.begin() as tx:
        await tx.many(
            insert_once(interactions, "account_id", "post_id", "favourite_id"),
            [{"account_id": one, "post_id": made[0].id, "favourite_id": tx.new_id()} for one in bots],
        )
    assert await house.search(reader, "storm") == [one.id for one in reversed(made)]
