from __future__ import annotations

import contextlib
import random

import pytest
from sqlalchemy import select

from dunnock import accounts, notifications, posts
from dunnock.accounts import tables as a
from dunnock.foundation.db import Sql
from dunnock.notifications.tables import notification_policies as policies
from dunnock.notifications.tables import notifications as table
from dunnock.posts import tables as p

_ALL = Sql(
    select(table.c.account_id, table.c.kind, table.c.from_id, table.c.post_id).order_by(
        table.c.account_id, table.c.kind, table.c.from_id, table.c.post_id
    )
)


async def test_a_mention_is_told_to_members_only_and_once(world, make):
    anna, bob, far = (
        await make.member("anna"),
        await make.member("bob"),
        await make.account("eve", domain="far.example"),
    )
    post = await world.publish(anna, "@bob @anna @eve@far.example hello")
    assert await world.told(bob) == [("mention", anna.id, post.id)]
    assert await world.told(anna) == []
    assert await world.told(far) == []
    await world.again()
    assert await world.told(bob) == [("mention", anna.id, post.id)]


async def test_each_new_notification_is_announced_once(world, make, events):
    anna, bob, carl = await make.member("anna"), await make.member("bob"), await make.member("carl")
    await world.publish(anna, "@bob @carl hello")
    post = await world.publish(bob)
    await world.do(posts.favourite, post.id, by=anna.id)
    told = [(who.id, one) for who in (bob, carl) for one in await world.told(who)]
    announced = [one for one in await events() if isinstance(one, notifications.Notified)]
    assert sorted((one.account_id, one.of_kind) for one in announced) == sorted((who, one[0]) for who, one in told)
    rows = await world.db.all(Sql(select(table.c.account_id, table.c.id, table.c.kind)))
    assert sorted(map(tuple, rows)) == sorted((one.account_id, one.notification_id, one.of_kind) for one in announced)
    await world.again()
    assert [one for one in await events() if isinstance(one, notifications.Notified)] == announced


async def test_acts_and_their_undoing(world, make):
    anna, bob = await make.member(), await make.member()
    post = await world.publish(anna)
    await world.do(posts.favourite, post.id, by=bob.id)
    await world.do(posts.boost, post.id, by=bob.id)
    await world.do(posts.favourite, post.id, by=anna.id)
    assert await world.told(anna) == [("favourite", bob.id, post.id), ("boost", bob.id, post.id)]
    await world.do(posts.unfavourite, post.id, by=bob.id)
    assert await world.told(anna) == [("boost", bob.id, post.id)]
    await world.do(posts.unboost, post.id, by=bob.id)
    assert await world.told(anna) == []
    await world.again()
    assert await world.told(anna) == []


async def test_a_deleted_post_takes_everything_about_it_along(world, make):
    anna, bob = await make.member("anna"), await make.member("bob")
    post = await world.publish(anna, "@bob look")
    await world.do(posts.favourite, post.id, by=bob.id)
    await world.do(posts.boost, post.id, by=bob.id)
    await world.edit(anna, post, "@bob look again")
    assert {one[0] for one in await world.told(bob)} == {"mention", "edit"}
    await world.do(posts.delete, post.id, by=anna.id)
    assert await world.told(bob) == await world.told(anna) == []
    await world.again()
    assert await world.told(bob) == await world.told(anna) == []


async def test_what_is_undone_before_it_was_heard_is_never_told(world, make):
    anna, bob = await make.member(), await make.member()
    post = await world.publish(anna)
    await world.do(posts.favourite, post.id, by=bob.id)
    await world.do(posts.unfavourite, post.id, by=bob.id)
    await world.do(accounts.follow, follower=bob.id, followed=anna.id)
    await world.do(accounts.unfollow, follower=bob.id, followed=anna.id)
    assert await world.told(anna) == []


async def test_follows_and_requests(world, make):
    open_one, locked, asker = await make.member(), await make.member(locked=True), await make.member()
    await world.do(accounts.follow, follower=asker.id, followed=open_one.id)
    assert await world.told(open_one) == [("follow", asker.id, None)]
    await world.do(accounts.follow, follower=asker.id, followed=locked.id)
    assert await world.told(locked) == [("follow_request", asker.id, None)]
    await world.do(accounts.accept_follow, locked.id, follower=asker.id)
    assert await world.told(locked) == [("follow", asker.id, None)]
    await world.do(accounts.unfollow, follower=asker.id, followed=locked.id)
    assert await world.told(locked) == []
    await world.do(accounts.follow, follower=asker.id, followed=locked.id)
    await world.do(accounts.reject_follow, locked.id, follower=asker.id)
    assert await world.told(locked) == []


async def test_each_post_of_somebody_for_those_who_asked(world, make):
    anna, bob, carl = await make.member("anna"), await make.member("bob"), await make.member("carl")
    await make.follow(bob, anna, notify=True)
    await make.follow(carl, anna)
    first = await world.publish(anna, language="en")
    assert await world.told(bob) == [("post", anna.id, first.id)]
    assert await world.told(carl) == []
    elsewhere = await world.publish(carl)
    await world.publish(anna, "to somebody else", reply_to_id=elsewhere.id)
    await world.publish(anna, "@carl for you alone", visibility="direct")
    own = await world.publish(anna, "and on", reply_to_id=first.id)
    named = await world.publish(anna, "@bob this is for you")
    assert await world.told(bob) == [
        ("post", anna.id, first.id), ("post", anna.id, own.id), ("mention", anna.id, named.id),
    ]  # fmt: skip


async def test_each_post_in_a_language_one_reads(world, make):
    anna, bob = await make.member(), await make.member()
    await make.follow(bob, anna, notify=True, languages="de fr")
    await world.publish(anna, language="en")
    german = await world.publish(anna, language="de")
    assert await world.told(bob) == [("post", anna.id, german.id)]


async def test_private_posts_tell_only_whom_they_address(world, make):
    """SC-050: by address; a name that is no address (its account blocks the author, or is unknown) tells nobody."""
    anna, bob, eve = await make.member("anna"), await make.member("bob"), await make.member("eve")
    await make.follow(eve, anna, notify=True)
    await make.follow(bob, anna)
    direct = await world.publish(anna, "@bob a secret", visibility="direct")
    assert await world.told(bob) == [("mention", anna.id, direct.id)]
    assert await world.told(eve) == []
    # A name in the text alone gives no access and tells nobody.
    await make.post(anna, "@eve is named, not addressed", visibility="direct")
    await world.again()
    assert await world.told(eve) == []


async def test_an_edit_is_told_to_boosters_and_to_those_newly_addressed(world, make):
    anna, bob, carl = await make.member("anna"), await make.member("bob"), await make.member("carl")
    post = await world.publish(anna, "@carl first")
    await world.do(posts.boost, post.id, by=bob.id)
    await world.edit(anna, post, "second")
    assert await world.told(bob) == [("edit", anna.id, post.id)]
    assert await world.told(carl) == []
    await world.edit(anna, post, "@carl third")
    assert await world.told(carl) == [("mention", anna.id, post.id)]
    assert await world.told(bob) == [("edit", anna.id, post.id)]
    await world.again()
    assert await world.told(bob) == [("edit", anna.id, post.id)]
    await world.do(posts.unboost, post.id, by=bob.id)
    assert await world.told(bob) == []


async def test_a_sign_up_is_told_to_those_who_run_the_server(world, make):
    owner, moderator = await make.member(role="owner"), await make.member(role="moderator")
    away, other = await make.member(role="admin", state="disabled"), await make.member()
    new = await make.member(state="pending")
    async with world.db.begin() as tx:
        await tx.record(accounts.MemberSignedUp(member_id=new.member_id, account_id=new.id, state="pending"))
    for staff in (owner, moderator):
        assert await world.told(staff) == [("sign_up", new.id, None)]
    assert await world.told(away) == await world.told(other) == []


@pytest.mark.parametrize("how", ["block", "blocked", "mute", "thread", "domain", "suspended", "limited", "no member"])
async def test_who_does_not_want_to_hear(world, make, how):
    standing = how if how in {"suspended", "limited"} else "active"
    by = await make.member("by", domain="far.example" if how == "domain" else "", standing=standing)
    anna = await (make.account("anna") if how == "no member" else make.member("anna"))
    post, other = await make.post(anna), await make.post(anna)
    match how:
        case "block":
            await make.block(anna, by)
        case "blocked":
            await make.block(by, anna)
        case "mute":
            await make.mute(anna, by)
        case "thread":
            await make.row(p.thread_mutes, account_id=anna.id, thread_id=post.thread_id)
        case "domain":
            await make.domain_block(anna, "far.example")
    await make.row(p.interactions, account_id=by.id, post_id=post.id, favourite_id=world.db.new_id())
    async with world.db.begin() as tx:
        await tx.record(posts.PostFavourited(post_id=post.id, by=by.id))
    assert await world.told(anna) == []
    assert await world.kept_back(anna) == ([("favourite", by.id, post.id)] if how == "limited" else [])
    if how in {"domain", "limited"}:  # but those one follows are heard
        await make.follow(anna, by)
        await make.row(p.interactions, account_id=by.id, post_id=other.id, favourite_id=world.db.new_id())
        async with world.db.begin() as tx:
            await tx.record(posts.PostFavourited(post_id=other.id, by=by.id))
        assert await world.told(anna) == [("favourite", by.id, other.id)]


@pytest.mark.parametrize(
    ("blocked", "allowed", "heard"),
    [
        ("far.example", None, False),
        ("example", None, False),  # and what is below it
        ("other.example", None, True),
        ("*", None, False),
        ("*", "far.example", True),
        ("*", "other.example", False),
    ],
)
async def test_servers_that_this_one_shuts_out_are_not_heard(world, make, blocked, allowed, heard):
    by, anna = await make.account("by", domain="far.example"), await make.member("anna")
    await make.account("ok", domain="other.example")
    await make.row(a.server_blocks, id=1, domain=blocked, severity="suspend")
    if allowed:
        await make.row(a.server_allows, id=2, domain=allowed)
    post = await world.publish(anna)
    await world.do(posts.favourite, post.id, by=by.id)
    assert await world.told(anna) == ([("favourite", by.id, post.id)] if heard else [])


async def test_a_mute_that_is_over_or_leaves_notifications_alone_hides_nothing(world, make):
    anna, bob, carl = await make.member(), await make.member(), await make.member()
    await make.mute(anna, bob, expires_at=1)
    await make.mute(anna, carl, notifications=False)
    post = await world.publish(anna)
    for one in (bob, carl):
        await world.do(posts.favourite, post.id, by=one.id)
    assert [one[1] for one in await world.told(anna)] == [bob.id, carl.id]


async def test_blocks_and_mutes_remove_what_was_told(world, make):
    anna, bob, carl, dora = [await make.member() for _ in range(4)]
    far, friend = await make.account(domain="far.example"), await make.account(domain="far.example")
    post, other = await world.publish(anna), await world.publish(bob)
    for one in (bob, carl, dora, far, friend):
        await world.do(posts.favourite, post.id, by=one.id)
    await world.do(posts.favourite, other.id, by=anna.id)
    assert len(await world.told(anna)) == 5
    await world.do(accounts.block, anna.id, target=bob.id)
    assert [one[1] for one in await world.told(anna)] == [carl.id, dora.id, far.id, friend.id]
    assert await world.told(bob) == []  # neither sees the other
    await world.do(accounts.mute, anna.id, target=carl.id)
    await world.do(accounts.mute, anna.id, target=dora.id, notifications=False)
    assert [one[1] for one in await world.told(anna)] == [dora.id, far.id, friend.id]
    await world.do(accounts.block_domain, anna.id, domain="far.example")
    assert [one[1] for one in await world.told(anna)] == [dora.id]


@pytest.mark.parametrize("seed", range(6))
async def test_random_histories_leave_exactly_what_still_stands(world, make, seed):
    """Whatever happened, in whatever batches it was heard, and heard twice: each act that stands is told once."""
    chance = random.Random(seed)
    people = [await make.member(f"p{number}", locked=number == 3) for number in range(4)]
    written: list[posts.Post] = []

    async def act() -> None:
        one, other = chance.sample(people, 2)
        post = chance.choice(written) if written else None
        match chance.randrange(11):
            case 0 | 1:
                written.append(await world.publish(one, f"@{other.username} hi"))
            case 2 if post:
                await world.do(posts.favourite, post.id, by=one.id)
            case 3 if post:
                await world.do(posts.unfavourite, post.id, by=one.id)
            case 4 if post:
                await world.do(posts.boost, post.id, by=one.id)
            case 5 if post:
                await world.do(posts.unboost, post.id, by=one.id)
            case 6 if post:
                await world.do(posts.delete, post.id, by=post.author_id)
            case 7:
                await world.do(accounts.follow, follower=one.id, followed=other.id)
            case 8:
                await world.do(accounts.unfollow, follower=one.id, followed=other.id)
            case 9 if post:
                author = next(who for who in people if who.id == post.author_id)
                await world.edit(author, post, chance.choice(["nobody", f"@{other.username} you"]))
            case 10 if chance.random() < 0.2:
                await world.do(accounts.block, one.id, target=other.id)

    for _ in range(120):
        with contextlib.suppress(posts.PostMissing, accounts.RelationRefused):
            await act()
        if chance.random() < 0.2:
            await world.settle()
    await world.settle()
    told = await world.db.all(_ALL)
    assert len(set(told)) == len(told)
    stands = await _what_stands(world, people)
    assert {one for one in told if one[1] != "edit"} == stands
    for _, kind, author, post_id in told:
        if kind == "edit":
            assert await posts.find_visible(world.db, post_id, author)
    await world.again()
    assert await world.db.all(_ALL) == told


async def _what_stands(world, people) -> set[tuple[int, str, int, int]]:
    """Everything that ought to be told, asked one by one."""
    found = set()
    rows = await world.db.all(
        Sql(
            select(p.posts.c.id, p.posts.c.author_id).where(
                p.posts.c.boost_of_id.is_(None), p.posts.c.deleted_at.is_(None)
            )
        )
    )
    for who in people:
        near = {one.id: one for one in await accounts.relationships(world.db, who.id, [one.id for one in people])}
        open_to = {
            one.id for one in people if one.id != who.id and not near[one.id].blocking and not near[one.id].blocked_by
        }
        found |= {(who.id, "follow", one, 0) for one in open_to if near[one].followed_by}
        found |= {(who.id, "follow_request", one, 0) for one in open_to if near[one].requested_by}
        for post_id, author in rows:
            if author in open_to and await world.db.one(
                Sql(select(p.mentions).where(p.mentions.c.post_id == post_id, p.mentions.c.account_id == who.id))
            ):
                found.add((who.id, "mention", author, post_id))
            if author == who.id:
                for by, favourite, boost in await world.db.all(
                    Sql(
                        select(
                            p.interactions.c.account_id, p.interactions.c.favourite_id, p.interactions.c.boost_id
                        ).where(p.interactions.c.post_id == post_id)
                    )
                ):
                    if by in open_to:
                        found |= {(who.id, "favourite", by, post_id)} if favourite else set()
                        found |= {(who.id, "boost", by, post_id)} if boost else set()
    return found


async def test_only_the_newest_are_kept(db, make):
    anna, bob = await make.member(), await make.member()
    ids = []
    for number in range(12):
        one = await make.account()
        row = await make.row(
            table, id=db.new_id(), account_id=anna.id, kind="follow", from_id=one.id, post_id=0, created_at=number
        )
        ids.append(row.id)
    await make.row(table, id=db.new_id(), account_id=bob.id, kind="follow", from_id=anna.id, post_id=0, created_at=1)
    await notifications.trim_notifications(db, notifications.TrimNotifications(most=5))
    left = await notifications.page(db, anna.id, posts.entries.Span())
    assert [one.id for one in left] == ids[:-6:-1]
    assert await notifications.unread(db, bob.id) == 1


async def test_whom_a_post_quotes_is_told_until_the_quote_ends(world, make):
    anna, bob = await make.member("anna"), await make.member("bob")
    quoted = await world.publish(anna)
    made = await world.publish(bob, "look", quoted_id=quoted.id)
    deleted = await world.publish(bob, "and look", quoted_id=quoted.id)
    await world.publish(anna, "mine", quoted_id=quoted.id)
    assert await world.told(anna) == [("quote", bob.id, made.id), ("quote", bob.id, deleted.id)]
    await world.do(posts.delete, deleted.id, by=bob.id)
    assert await world.told(anna) == [("quote", bob.id, made.id)]
    await world.again()
    assert await world.told(anna) == [("quote", bob.id, made.id)]
    await world.do(posts.revoke_quote, quoted.id, made.id, by=anna.id)
    assert await world.told(anna) == []
    await world.again()
    assert await world.told(anna) == await world.told(bob) == []


async def test_who_quoted_is_told_of_edits_by_their_own_post(world, make):
    anna, bob, carl = await make.member("anna"), await make.member("bob"), await make.member("carl")
    quoted = await world.publish(anna)
    one = await world.publish(bob, "one", quoted_id=quoted.id)
    two = await world.publish(carl, "two", quoted_id=quoted.id)
    await world.do(accounts.mute, carl.id, target=anna.id)
    await world.edit(anna, quoted, "hello again")
    await world.edit(anna, quoted, "hello once more")
    assert await world.told(bob) == [("quote_edit", anna.id, one.id)]
    assert await world.told(carl) == []
    await world.again()
    assert await world.told(bob) == [("quote_edit", anna.id, one.id)]
    await world.do(posts.revoke_quote, quoted.id, one.id, by=anna.id)
    assert await world.told(bob) == []
    await world.edit(anna, quoted, "for the last time")
    assert await world.told(bob) == []
    third = await world.publish(bob, "three", quoted_id=quoted.id)
    await world.edit(anna, quoted, "really")
    assert await world.told(bob) == [("quote_edit", anna.id, third.id)]
    await world.do(posts.delete, quoted.id, by=anna.id)
    assert await world.told(bob) == []
    await world.do(posts.delete, two.id, by=carl.id)


async def test_quotes_by_strangers_go_by_the_policy(world, make):
    anna, bob = await make.member("anna"), await make.member("bob")
    names = ("not_following", "not_followers", "new_accounts", "private_mentions", "limited_accounts", "bots")
    await make.row(policies, account_id=anna.id, **dict.fromkeys(names, "filter"))
    quoted = await world.publish(anna)
    made = await world.publish(bob, "look", quoted_id=quoted.id)
    assert await world.told(anna) == []
    assert await world.kept_back(anna) == [("quote", bob.id, made.id)]
