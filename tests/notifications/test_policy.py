"""Who is told what of strangers: the pure rule, the policy, requests, settings, and what is left when acts are undone."""

from __future__ import annotations

import random

import msgspec
import pytest
from sqlalchemy import select

from dunnock import accounts, notifications, posts
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Sql
from dunnock.foundation.ids import id_at
from dunnock.foundation.jobs import Jobs
from dunnock.notifications import Filters, requests
from dunnock.notifications.model import FILTERABLE, KINDS, Hearer, Policy, answer
from dunnock.notifications.tables import notification_permissions, notification_requests
from dunnock.notifications.tables import notifications as table
from dunnock.posts import tables as p
from dunnock.posts.entries import Span

NOW = 1_800_000_000_000
NEAR = Hearer(
    account_id=1, follows=True, followed_by=id_at(NOW - 9 * DAY), from_whom="everyone", policy=Policy(), permitted=False,
    from_staff=False, limited=False, bot=False, sender_since=NOW - 99 * DAY,
)  # fmt: skip
FAR = {"follows": False, "followed_by": None}


@pytest.mark.parametrize(
    ("of", "far", "near"),
    [
        ("not_following", {"follows": False}, {"follows": True}),
        ("not_followers", {"followed_by": None}, {"followed_by": id_at(NOW - 4 * DAY)}),
        ("not_followers", {"followed_by": id_at(NOW - 2 * DAY)}, {"followed_by": id_at(NOW - 3 * DAY)}),
        ("new_accounts", {"follows": False, "sender_since": NOW - 29 * DAY}, {"follows": False, "sender_since": NOW - 30 * DAY}),
        ("new_accounts", {"follows": False, "sender_since": NOW}, {"follows": True, "sender_since": NOW}),
        ("limited_accounts", {"follows": False, "limited": True}, {"follows": True, "limited": True}),
        ("limited_accounts", {"follows": False, "limited": True}, {"follows": False}),
        ("bots", {"follows": False, "bot": True}, {"follows": True, "bot": True}),
        ("bots", {"follows": False, "bot": True}, {"follows": False}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("chosen", ["accept", "filter", "drop"])
def test_the_policy_is_asked_of_strangers_only(of, far, near, chosen):
    policy = msgspec.structs.replace(Policy(limited_accounts="accept"), **{of: chosen})
    for kind in FILTERABLE:
        assert answer(msgspec.structs.replace(NEAR, policy=policy, **far), kind, NOW) == chosen
        assert answer(msgspec.structs.replace(NEAR, policy=policy, **near), kind, NOW) == "accept"
        assert answer(msgspec.structs.replace(NEAR, policy=policy, permitted=True, **far), kind, NOW) == "accept"
    for kind in set(KINDS) - FILTERABLE:
        assert answer(msgspec.structs.replace(NEAR, policy=policy, **far), kind, NOW) == "accept"
    staff = msgspec.structs.replace(NEAR, policy=policy, from_staff=True, **far)
    assert answer(staff, "mention", NOW) == "accept"
    assert answer(staff, "favourite", NOW) == chosen


def test_in_quiet_time_only_those_one_follows_are_heard_at_once():
    quiet = msgspec.structs.replace(
        NEAR, quiet=True, policy=Policy(private_mentions="accept", limited_accounts="accept")
    )
    for kind in FILTERABLE:
        assert answer(quiet, kind, NOW) == "accept"
        assert answer(msgspec.structs.replace(quiet, follows=False), kind, NOW) == "filter"
        assert answer(msgspec.structs.replace(quiet, follows=False, permitted=True), kind, NOW) == "accept"
    dropped = msgspec.structs.replace(quiet, follows=False, policy=Policy(not_following="drop"))
    assert answer(dropped, "mention", NOW) == "drop", "it makes nothing milder"


def test_the_strictest_answer_counts():
    far = msgspec.structs.replace(NEAR, **FAR, bot=True, policy=Policy(not_following="filter", bots="drop"))
    assert answer(far, "mention", NOW) == "drop"
    far = msgspec.structs.replace(far, bot=False)
    assert answer(far, "mention", NOW) == "filter"


@pytest.mark.parametrize("chosen", ["accept", "filter", "drop"])
def test_private_mentions(chosen):
    policy = Policy(private_mentions=chosen)
    far = msgspec.structs.replace(NEAR, policy=policy, **FAR)
    assert answer(far, "mention", NOW, private_mention=True) == chosen
    assert answer(far, "mention", NOW) == "accept"
    assert answer(msgspec.structs.replace(NEAR, policy=policy), "mention", NOW, private_mention=True) == "accept"


@pytest.mark.parametrize(
    ("whom", "stranger", "followed", "follower"),
    [("everyone", 1, 1, 1), ("followed", 0, 1, 0), ("followers", 0, 0, 1), ("nobody", 0, 0, 0)],
)
def test_settings_come_before_the_policy(whom, stranger, followed, follower):
    for kind in KINDS:
        for between, heard in (
            (FAR, stranger),
            (FAR | {"permitted": True}, stranger),
            (FAR | {"from_staff": True}, stranger),
            (FAR | {"follows": True}, followed),
            (FAR | {"followed_by": id_at(NOW)}, follower),
        ):
            one = msgspec.structs.replace(NEAR, from_whom=whom, **between)
            assert (answer(one, kind, NOW) == "accept") == bool(heard), (kind, between)


async def choose(world, who, **answers):
    return await world.do(notifications.change_policy, who.id, answers)


async def waiting(world, who):
    """(from, messages, last post) of each request, oldest first."""
    await world.settle()
    found = await notifications.request_page(world.db, who.id, Span(up=True))
    return [(one.from_id, one.count, one.last_post_id) for one in found]


async def jobs(world):
    does = {
        notifications.ReleaseKeptBack: notifications.release_kept_back,
        notifications.DiscardKeptBack: notifications.discard_kept_back,
    }
    await Jobs(world.db, does).settle()


async def test_strangers_wait_in_a_request_until_they_are_let_through(world, make, events):
    anna, eve = await make.member("anna"), await make.member("eve")
    await choose(world, anna, not_following="filter")
    mine = await world.publish(anna)
    first = await world.publish(eve, "@anna hello")
    await world.do(posts.favourite, mine.id, by=eve.id)
    second = await world.publish(eve, "@anna are you there?")
    assert await world.told(anna) == []
    assert await waiting(world, anna) == [(eve.id, 2, second.id)]
    assert await notifications.summary(world.db, anna.id) == notifications.policy.Summary(1, 2)
    assert not [one for one in await events() if isinstance(one, notifications.Notified)]
    assert await notifications.unread(world.db, anna.id) == 0
    (request,) = await notifications.request_page(world.db, anna.id, Span())
    assert request == await notifications.find_request(world.db, anna.id, request.id)
    with pytest.raises(notifications.RequestMissing):
        await notifications.find_request(world.db, eve.id, request.id)
    await world.do(notifications.accept_requests, eve.id, [request.id])  # not hers
    assert len(await waiting(world, anna)) == 1
    await world.do(notifications.accept_requests, anna.id, [request.id])
    assert await waiting(world, anna) == []
    assert not await notifications.requests_merged(world.db, anna.id)
    await jobs(world)
    assert await notifications.requests_merged(world.db, anna.id)
    assert {one[2] for one in await world.told(anna)} == {first.id, second.id, mine.id}
    assert notifications.RequestsMerged(account_id=anna.id) in await events()
    third = await world.publish(eve, "@anna thanks")
    assert third.id in {one[2] for one in await world.told(anna)}
    assert await world.kept_back(anna) == []


async def test_a_request_that_is_sent_away_takes_all_of_it_along_but_nothing_that_comes_later(world, make):
    anna, eve = await make.member("anna"), await make.member("eve")
    await choose(world, anna, not_following="filter")
    await world.publish(eve, "@anna hello")
    await world.settle()
    (request,) = await notifications.request_page(world.db, anna.id, Span())
    await world.do(notifications.dismiss_requests, anna.id, [request.id])
    again = await world.publish(eve, "@anna hello again")
    await world.settle()
    await jobs(world)
    assert await waiting(world, anna) == [(eve.id, 1, again.id)]
    assert await world.kept_back(anna) == [("mention", eve.id, again.id)]
    assert await world.told(anna) == []


async def test_accepting_goes_on_where_it_was_after_a_crash(world, make, monkeypatch):
    anna, eve = await make.member("anna"), await make.member("eve")
    for _ in range(7):
        post = await make.post(eve)
        await make.row(
            table, id=world.db.new_id(), account_id=anna.id, kind="mention", from_id=eve.id, post_id=post.id,
            created_at=1, filtered=True,
        )  # fmt: skip
    await make.row(notification_requests, id=5, account_id=anna.id, from_id=eve.id, created_at=1, updated_at=1)
    await world.do(notifications.accept_requests, anna.id, [5])
    monkeypatch.setattr(requests, "_CHUNK", 3)
    done, whole = [], requests.store.release

    async def crashes(*args, **named):
        done.append(1)
        if len(done) == 2:
            raise RuntimeError("the process is gone")
        return await whole(*args, **named)

    monkeypatch.setattr(requests.store, "release", crashes)
    job = notifications.ReleaseKeptBack(anna.id, eve.id)
    with pytest.raises(RuntimeError):
        await notifications.release_kept_back(world.db, job)
    assert len(await world.told(anna)) == 3
    assert not await notifications.requests_merged(world.db, anna.id)
    await notifications.release_kept_back(world.db, job)
    assert len(await world.told(anna)) == 7
    assert await notifications.requests_merged(world.db, anna.id)


async def test_drop_leaves_nothing(world, make, events):
    anna, eve = await make.member("anna"), await make.member("eve")
    mine = await world.publish(anna)
    await choose(world, anna, not_followers="drop")
    await world.publish(eve, "@anna hello")
    await world.do(posts.favourite, mine.id, by=eve.id)
    await world.do(accounts.follow, follower=eve.id, followed=anna.id)
    assert await world.told(anna) == await world.kept_back(anna) == await waiting(world, anna) == []
    assert not [one for one in await events() if isinstance(one, notifications.Notified)]


async def test_the_policy_decides_when_it_is_made(world, make):
    anna, eve = await make.member("anna"), await make.member("eve")
    told = await world.publish(eve, "@anna one")
    await world.settle()
    await choose(world, anna, not_following="filter")
    kept = await world.publish(eve, "@anna two")
    await world.settle()
    await choose(world, anna, not_following="accept")
    assert await world.told(anna) == [("mention", eve.id, told.id)]
    assert await world.kept_back(anna) == [("mention", eve.id, kept.id)]
    await world.again()
    assert await world.told(anna) == [("mention", eve.id, told.id)]
    assert await waiting(world, anna) == [(eve.id, 1, kept.id)]


async def test_an_answer_to_what_one_wrote_privately_comes_through(world, make):
    anna, eve, carl = await make.member("anna"), await make.member("eve"), await make.member("carl")
    question = await world.publish(anna, "@eve are you there?", visibility="direct")
    reply = await world.publish(eve, "@anna yes", visibility="direct", reply_to_id=question.id)
    alone = await world.publish(eve, "@anna by the way", visibility="direct")
    other = await world.publish(anna, "@carl secret", visibility="direct")
    intruder = await world.publish(eve, "@anna hm", visibility="direct", reply_to_id=alone.id)
    assert await world.told(anna) == [("mention", eve.id, reply.id)]
    assert await world.kept_back(anna) == [("mention", eve.id, alone.id), ("mention", eve.id, intruder.id)]
    assert ("mention", anna.id, other.id) in await world.kept_back(carl)


async def test_a_public_mention_of_a_limited_account_waits(world, make):
    anna, eve, boss = (
        await make.member("anna"),
        await make.member("eve", standing="limited"),
        await make.member(role="admin"),
    )
    post = await world.publish(eve, "@anna hello")
    order = await world.publish(boss, "@anna please read", visibility="direct")
    assert await world.told(anna) == [("mention", boss.id, order.id)]
    assert await waiting(world, anna) == [(eve.id, 1, post.id)]


@pytest.mark.parametrize("how", ["delete", "edit", "block", "mute", "domain", "clear", "dismiss", "trim"])
async def test_nothing_of_what_is_undone_remains_in_requests(world, make, how):
    anna = await make.member("anna")
    eve = await make.member("eve", domain="far.example" if how == "domain" else "")
    await choose(world, anna, not_following="filter")
    post = await world.publish(eve, "@anna hello")
    assert await waiting(world, anna) == [(eve.id, 1, post.id)]
    match how:
        case "delete":
            await world.do(posts.delete, post.id, by=eve.id)
        case "edit":
            await world.edit(eve, post, "nobody in particular")
        case "block":
            await world.do(accounts.block, anna.id, target=eve.id)
        case "mute":
            await world.do(accounts.mute, anna.id, target=eve.id)
        case "domain":
            await world.do(accounts.block_domain, anna.id, domain="far.example")
        case "clear":
            await world.do(notifications.clear, anna.id)
        case "dismiss":
            (row,) = await notifications.page(world.db, anna.id, Span(), Filters(filtered=True))
            await world.do(notifications.dismiss, anna.id, row.id)
        case "trim":
            await notifications.trim_notifications(world.db, notifications.TrimNotifications(most_kept_back=0))
    assert await waiting(world, anna) == []
    assert await world.kept_back(anna) == []
    assert await notifications.summary(world.db, anna.id) == notifications.policy.Summary(0, 0)


async def test_strangers_push_nothing_out(world, make, db):
    anna, eve = await make.member("anna"), await make.member("eve")
    for number in range(9):
        await make.row(
            table, id=db.new_id(), account_id=anna.id, kind="mention", from_id=eve.id, post_id=number + 1, created_at=1,
            filtered=number % 3 != 0,
        )  # fmt: skip
    await notifications.trim_notifications(db, notifications.TrimNotifications(most=3, most_kept_back=2))
    told = await notifications.page(db, anna.id, Span(up=True))
    every = await notifications.page(db, anna.id, Span(up=True), Filters(filtered=True))
    assert [one.about_id for one in told] == [1, 4, 7]
    assert [one.about_id for one in every] == [1, 4, 7, 8, 9]


async def test_settings_are_obeyed_when_it_is_made(world, make):
    anna, bob, eve = await make.member("anna"), await make.member("bob"), await make.member("eve")
    await make.follow(anna, bob)
    mine = await world.publish(anna)
    assert set((await notifications.read_settings(world.db, anna.id)).values()) == {"everyone"}
    await world.do(notifications.change_settings, anna.id, {"favourite": "followed", "boost": "nobody"})
    for one in (bob, eve):
        await world.do(posts.favourite, mine.id, by=one.id)
        await world.do(posts.boost, mine.id, by=one.id)
    said = await world.publish(eve, "@anna hello")
    assert await world.told(anna) == [("favourite", bob.id, mine.id), ("mention", eve.id, said.id)]
    assert await world.kept_back(anna) == []
    chosen = await world.do(notifications.change_settings, anna.id, {"boost": "followers", "favourite": "everyone"})
    assert (chosen["boost"], chosen["favourite"], chosen["mention"]) == ("followers", "everyone", "everyone")
    for wrong in ({"warning": "nobody"}, {"nonsense": "nobody"}, {"mention": "nonsense"}):
        with pytest.raises(notifications.ChoiceUnknown):
            await world.do(notifications.change_settings, anna.id, wrong)
    with pytest.raises(notifications.ChoiceUnknown):
        await choose(world, anna, bots="perhaps")


async def test_a_poll_that_is_over_is_told_to_its_author_and_to_those_who_voted(world, make):
    anna, bob, carl, eve = [await make.member() for _ in range(4)]
    post = await make.post(anna)
    poll = await make.row(
        p.polls, id=world.db.new_id(), post_id=post.id, options='["a","b"]', expires_at=1, tallies="[1,1]", ended=False
    )
    for one, choice in ((bob, 0), (bob, 1), (carl, 0), (eve, 1)):
        await make.row(p.poll_votes, account_id=one.id, poll_id=poll.id, choice=choice)
    await make.block(eve, anna)
    ended = posts.PollEnded(post_id=post.id, poll_id=poll.id)
    async with world.db.begin() as tx:
        await tx.record(ended)
    assert await world.told(anna) == []  # it goes on: somebody made it longer
    async with world.db.begin() as tx:
        await tx.run(Sql(p.polls.update().values(ended=True)))
        await tx.record(ended)
    for one in (anna, bob, carl):
        assert await world.told(one) == [("poll", anna.id, post.id)]
    assert await world.told(eve) == []
    await world.again()
    assert await world.told(bob) == [("poll", anna.id, post.id)]
    await world.do(posts.delete, post.id, by=anna.id)
    for one in (anna, bob, carl):
        assert await world.told(one) == []


@pytest.mark.parametrize("seed", range(4))
async def test_random_histories_of_strangers_leave_requests_that_tell_the_truth(world, make, seed):
    """Requests, counts, summary and last posts against what the rows say, whatever was let through, undone or sent away."""
    chance = random.Random(seed)
    anna, strangers = await make.member("anna"), [await make.member() for _ in range(4)]
    written, let_through = [], set()
    await choose(world, anna, not_following="filter")
    for turn in range(90):
        one = chance.choice(strangers)
        match chance.randrange(9):
            case 0 | 1 | 2 | 3:
                written.append(await world.publish(one, "@anna hello"))
            case 4 if written:
                post = written.pop(chance.randrange(len(written)))
                await world.do(posts.delete, post.id, by=post.author_id)
            case 5 if written:
                post = chance.choice(written)
                author = next(who for who in strangers if who.id == post.author_id)
                await world.edit(author, post, chance.choice([f"nobody {turn}", f"@anna you {turn}"]))
            case 6 | 7 if chance.random() < 0.4:
                for request in await notifications.request_page(world.db, anna.id, Span()):
                    if request.from_id == one.id:
                        if chance.random() < 0.4:
                            await world.do(notifications.accept_requests, anna.id, [request.id])
                            let_through.add(one.id)
                        else:
                            await world.do(notifications.dismiss_requests, anna.id, [request.id])
            case 8 if chance.random() < 0.2:
                await world.do(accounts.block, anna.id, target=one.id)
                await world.do(accounts.unblock, anna.id, target=one.id)
            case _:
                pass
        await world.settle()
        await jobs(world)
        rows = await world.db.all(
            Sql(select(table.c.from_id, table.c.post_id, table.c.filtered).where(table.c.account_id.is_not(None)))
        )
        expected = {}
        for by, post_id, filtered in rows:
            assert bool(filtered) == (by not in let_through)
            if filtered:
                count, last = expected.get(by, (0, 0))
                expected[by] = (count + 1, max(last, post_id))
        assert {by: (count, last) for by, count, last in await waiting(world, anna)} == expected
        total = sum(count for count, _ in expected.values())
        assert await notifications.summary(world.db, anna.id) == notifications.policy.Summary(len(expected), total)
    permitted = await world.db.all(Sql(select(notification_permissions.c.from_id)))
    assert {row[0] for row in permitted} == let_through
