"""Accounts that move, away from here and to here: what is believed, who is carried over, and what is refused."""

from __future__ import annotations

import contextlib
import sys

import msgspec
import pytest

from api.kit.driver import call
from dunnock import accounts
from dunnock.accounts.errors import MoveRefused, RelationRefused
from dunnock.federation import Resolver, move_away, reactions
from dunnock.federation import move as theirs
from dunnock.federation.store import actors
from dunnock.feeds import lists
from dunnock.foundation.clock import DAY, MINUTE, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.db.tables import jobs

_PLANNED = Sql(
    jobs.select().with_only_columns(jobs.c.kind, jobs.c.run_at).where(jobs.c.kind == theirs.MoveFollowers.kind)
)


@pytest.fixture
def later(monkeypatch):
    """Let time pass for what counts the days between moves: `later(ms)`."""
    passed = 0

    def move_on(ms):
        nonlocal passed
        passed += ms

    monkeypatch.setattr(theirs, "now_ms", lambda: now_ms() + passed)
    return move_on


@pytest.fixture
async def alice(town):
    return await town.make.member("alice")


@pytest.fixture
async def bob(town, alice):
    """Bob, on another server, whom Alice follows with news of each post."""
    uri = town.near.actor("bob")
    an_id = await town.follow(alice, uri)
    async with town.db.begin() as tx:
        await accounts.follow(tx, follower=alice.id, followed=an_id, notify=True)
        await accounts.write_note(tx, alice.id, target=an_id, note="met at the hedge")
    return uri


def new_home(town, old, name="robert", **more):
    """Where `old` goes to: the new account names the old one, and the other way round."""
    uri = town.far.actor(name, alsoKnownAs=[old], **more)
    town.of(old).documents[old.removeprefix(town.of(old).base)] |= {"movedTo": uri}
    return uri


async def follows(town, follower, uri):
    """Does somebody here follow the account, or ask to?"""
    found = await actors.by_uri(town.db, uri)
    if found is None:
        return False
    [one] = await accounts.relationships(town.db, follower.id, [found.account_id])
    return one.following or one.requested


async def moves(town, old, new, **more):
    await town.send("Move", old, old, target=new, **more)
    await town.settle()


async def test_followers_here_go_along(town, alice, bob):
    robert = new_home(town, bob)
    await moves(town, bob, robert)
    assert not await follows(town, alice, bob)
    [asked] = await town.told(town.far, "Follow")
    assert (asked["actor"], asked["object"]) == (f"{town.base}/users/alice", robert)
    assert [one["object"]["object"] for one in await town.told(town.near, "Undo")] == [bob]
    [one] = await accounts.relationships(town.db, alice.id, [await town.id_of(robert)])
    assert (one.notify, one.note) == (True, "met at the hedge")
    shown = await town.home.ask("GET", f"/@bob@{town.near.host}", None)
    assert f"@robert@{town.far.host}".encode() in shown.body


async def test_who_moves_stays_on_lists(town, alice, bob):
    """Those who follow or asked to are on them; who refuses is on none."""
    async with town.db.begin() as tx:
        friends = await lists.make_list(tx, alice.id, title="Friends")
        await lists.add_to_list(tx, alice.id, friends.id, [await town.id_of(bob)])

    async def listed():
        return (await lists.members_of(town.db, alice.id, friends.id, accounts.Cursor(limit=10))).ids

    robert = new_home(town, bob)
    await moves(town, bob, robert)
    new_id = await town.id_of(robert)
    assert list(await listed()) == [new_id]
    [asked] = await town.told(town.far, "Follow")
    await town.send("Reject", robert, asked)
    await town.settle()
    assert await lists.lists_with(town.db, alice.id, member=new_id) == []


async def test_sc_042_who_is_carried_over_waits_for_a_yes(town, alice, bob):
    """It is no follow before the new account's server says so."""
    robert = new_home(town, bob)
    await moves(town, bob, robert)
    new_id = await town.id_of(robert)
    [one] = await accounts.relationships(town.db, alice.id, [new_id])
    assert (one.following, one.requested) == (False, True)
    [asked] = await town.told(town.far, "Follow")
    await town.send("Accept", robert, asked)
    [one] = await accounts.relationships(town.db, alice.id, [new_id])
    assert one.following


async def test_many_go_along_some_at_a_time(town, alice, bob, monkeypatch):
    monkeypatch.setattr(sys.modules["dunnock.accounts.move"], "_CHUNK", 2)
    an_id = await town.id_of(bob)
    more = [await town.make.member(f"fan{at}") for at in range(4)]
    for one in more:
        await town.make.follow(one, await accounts.find(town.db, an_id))
    robert = new_home(town, bob)
    await moves(town, bob, robert)
    for one in (alice, *more):
        assert await follows(town, one, robert)
        assert not await follows(town, one, bob)


async def test_blocks_and_mutes_go_along(town, alice, bob):
    carl, dora, erik = [await town.make.member(name) for name in ("carl", "dora", "erik")]
    an_id = await town.id_of(bob)
    robert = new_home(town, bob)
    new_id = await town.meet(robert)
    async with town.db.begin() as tx:
        await accounts.block(tx, carl.id, target=an_id)
        await accounts.mute(tx, dora.id, target=an_id, notifications=False, duration=3600)
        await accounts.block(tx, erik.id, target=an_id)
        await accounts.follow(tx, follower=erik.id, followed=new_id)
        await accounts.accept_follow(tx, new_id, follower=erik.id)
    await moves(town, bob, robert)
    [blocked] = await accounts.relationships(town.db, carl.id, [new_id])
    [muted] = await accounts.relationships(town.db, dora.id, [new_id])
    [liked] = await accounts.relationships(town.db, erik.id, [new_id])
    assert blocked.blocking
    assert (muted.muting, muted.muting_notifications) == (True, False)
    assert 0 < muted.mute_expires_at - now_ms() <= 3_600_000
    assert (liked.following, liked.blocking) == (True, False)


async def test_whoever_blocks_the_new_account_is_not_made_to_follow_it(town, alice, bob):
    robert = new_home(town, bob)
    new_id = await town.meet(robert)
    async with town.db.begin() as tx:
        await accounts.block(tx, alice.id, target=new_id)
    await moves(town, bob, robert)
    assert await follows(town, alice, bob)
    assert not await follows(town, alice, robert)


async def test_sc_022_a_forged_move_moves_nobody(town, alice, bob):
    """Signed by somebody else, or of somebody else: refused at the door."""
    eve = town.far.actor("eve", alsoKnownAs=[bob])
    forged = town.near.activity("Move", bob, bob, target=eve)
    assert await town.deliver(forged, signer=eve) == 401
    assert await town.deliver(town.far.activity("Move", eve, bob, target=eve)) == 403
    await town.settle()
    assert await follows(town, alice, bob)
    assert await actors.by_uri(town.db, eve) is not None
    assert not await follows(town, alice, eve)


@pytest.mark.parametrize(
    "why", ["no back-link", "another old home", "moved itself", "gone", "elsewhere by its profile"]
)
async def test_a_move_that_is_not_so_moves_nobody(town, alice, bob, why):
    robert = new_home(town, bob)
    place = town.far.documents["/users/robert"]
    match why:
        case "no back-link":
            del place["alsoKnownAs"]
        case "another old home":
            place["alsoKnownAs"] = [f"{bob}/"]
        case "moved itself":
            place["movedTo"] = f"{town.far.base}/users/third"
        case "gone":
            town.far.status["/users/robert"] = 410
        case _:
            town.near.documents["/users/bob"]["movedTo"] = f"{town.far.base}/users/other"
    await moves(town, bob, robert)
    assert await follows(town, alice, bob)
    assert not await follows(town, alice, robert)
    assert await accounts.moved_to(town.db, await town.id_of(bob)) is None


async def test_what_is_remembered_of_the_new_account_is_not_enough(town, alice, bob):
    """It named the old one once, and does so no more."""
    robert = new_home(town, bob)
    await town.meet(robert)
    del town.far.documents["/users/robert"]["alsoKnownAs"]
    await moves(town, bob, robert)
    assert await follows(town, alice, bob)


async def test_sc_027_nobody_moves_to_who_is_suspended_here(town, alice, bob):
    robert = new_home(town, bob)
    new_id = await town.meet(robert)
    async with town.db.begin() as tx:
        await accounts.change_standing(tx, {new_id: accounts.Standing.SUSPENDED})
    await moves(town, bob, robert)
    assert await follows(town, alice, bob)


async def test_a_storm_of_moves_asks_others_once(town, alice, bob):
    """Tried again only after five minutes, whatever its name and target; once moved, not within a week."""
    robert = new_home(town, bob)
    del town.far.documents["/users/robert"]["alsoKnownAs"]
    for at in range(5):
        await moves(town, bob, f"{robert}{'' if at % 2 else '?' + str(at)}")
    asked = len([one for one in town.far.asked if one.startswith("/users/robert")])
    assert asked <= 2  # one try; its address may be asked for under its other name
    town.far.documents["/users/robert"]["alsoKnownAs"] = [bob]
    async with town.db.begin() as tx:
        assert await actors.plan_move(tx, await town.id_of(bob), apart_ms=5 * MINUTE) is None
    [(_, run_at)] = await town.db.all(_PLANNED)
    assert 4 * MINUTE < run_at - now_ms() <= 5 * MINUTE


async def test_once_moved_an_account_stays_for_a_week(town, alice, bob, later, monkeypatch):
    monkeypatch.setattr(sys.modules["dunnock.federation.inbound.move"], "TRIES_APART_MS", 0)
    robert = new_home(town, bob)
    await moves(town, bob, robert)
    assert await follows(town, alice, robert)
    third = new_home(town, bob, name="third")
    asked = len(town.far.asked)
    await moves(town, bob, third)
    assert len(town.far.asked) == asked
    assert await accounts.moved_to(town.db, await town.id_of(bob)) == await town.id_of(robert)
    later(8 * DAY)
    await moves(town, bob, third)
    assert await accounts.moved_to(town.db, await town.id_of(bob)) == await town.id_of(third)


async def test_who_comes_back_has_not_moved(town, alice, bob):
    robert = new_home(town, bob)
    await moves(town, bob, robert)
    document = town.near.documents["/users/bob"]
    del document["movedTo"]
    await town.send("Update", bob, document)
    await town.settle()
    assert await accounts.moved_to(town.db, await town.id_of(bob)) is None


async def test_somebody_moves_here(town, alice, bob):
    """Their new account is of this server, and names the old one; it need not say yes to each of its followers."""
    anna = await town.make.member("anna", locked=True)
    town.near.documents["/users/bob"] |= {"movedTo": f"{town.base}/users/anna"}
    await moves(town, bob, f"{town.base}/users/anna")
    assert await follows(town, alice, bob)  # she does not say to be Bob
    async with town.db.begin() as tx:
        await accounts.change_aliases(tx, anna.id, (bob,))
        await tx.enqueue(theirs.MoveFollowers(await town.id_of(bob), f"{town.base}/users/anna", "here"))
    await town.settle()
    [one] = await accounts.relationships(town.db, alice.id, [anna.id])
    assert one.following
    assert not await follows(town, alice, bob)


# Away from here -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def refused(why):
    with pytest.raises(MoveRefused) as error:
        yield
    assert why in error.value.text


async def go(town, who, to):
    return await move_away(Resolver(town.home.house.federation), who.id, to=to)


async def test_a_member_moves_elsewhere(town, alice):
    carl = await town.make.member("carl")
    await town.make.follow(carl, alice)
    fan = town.near.actor("fan")
    await town.send("Follow", fan, f"{town.base}/users/alice")
    new = town.far.actor("alina", alsoKnownAs=[f"{town.base}/users/alice"])
    await town.settle()
    await go(town, alice, f"@alina@{town.far.host}")
    [told] = await town.told(town.near, "Move")
    assert told["actor"] == told["object"] == f"{town.base}/users/alice"
    assert told["target"] == new
    assert told["to"] == [f"{town.base}/users/alice/followers"]
    updates = await town.told(town.near, "Update")
    assert updates[-1]["object"]["movedTo"] == new
    answer = await call(town.home.house.edge, "GET", "/users/alice", headers=(("accept", "application/activity+json"),))
    assert msgspec.json.decode(answer.body)["movedTo"] == new
    assert await follows(town, carl, new)
    [left] = await accounts.relationships(town.db, carl.id, [alice.id])
    assert not left.following


async def test_apps_are_told_where_somebody_is_now(town, alice, bob):
    """Mastodon's `moved` is an Account; one that moved on itself is not shown there."""
    uri = new_home(town, bob)
    await town.send("Move", bob, bob, target=uri)
    await town.settle()
    old, new = await town.id_of(bob), await town.id_of(uri)
    seen = await town.home.get(f"/api/v1/accounts/{old}", alice)
    assert seen["moved"] == await town.home.get(f"/api/v1/accounts/{new}", alice)
    (listed,) = await town.home.get(f"/api/v1/accounts?id[]={old}", alice)
    assert listed["moved"]["id"] == str(new)
    async with town.db.begin() as tx:
        await accounts.move(tx, new, to=alice.id)
    assert "moved" not in await town.home.get(f"/api/v1/accounts/{old}", alice)
    async with town.db.begin() as tx:
        await accounts.move(tx, old, to=None)
    assert "moved" not in await town.home.get(f"/api/v1/accounts/{old}", alice)


async def test_an_account_that_moved_takes_no_followers(town, alice):
    new = town.far.actor("alina", alsoKnownAs=[f"{town.base}/users/alice"])
    await go(town, alice, new)
    carl = await town.make.member("carl")
    with pytest.raises(RelationRefused):
        async with town.db.begin() as tx:
            await accounts.follow(tx, follower=carl.id, followed=alice.id)
    fan = town.near.actor("fan")
    await town.send("Follow", fan, f"{town.base}/users/alice")
    assert [one["object"]["actor"] for one in await town.told(town.near, "Reject")] == [fan]
    async with town.db.begin() as tx:
        await accounts.move(tx, alice.id, to=None)
        assert await accounts.follow(tx, follower=carl.id, followed=alice.id)
    updates = await town.told(town.near, "Update")
    assert updates == []  # nobody follows her there


async def test_a_profile_is_told_with_its_other_accounts(town, alice, monkeypatch):
    monkeypatch.setattr(reactions, "TELL_PROFILE_MS", 0)
    fan = town.near.actor("fan")
    await town.send("Follow", fan, f"{town.base}/users/alice")
    async with town.db.begin() as tx:
        await accounts.change_aliases(tx, alice.id, ("https://elsewhere.example/users/ally",))
    [told] = await town.told(town.near, "Update")
    assert told["object"]["alsoKnownAs"] == ["https://elsewhere.example/users/ally"]


async def test_where_a_member_can_not_move(town, alice):
    stranger = town.far.actor("stranger")
    own = f"{town.base}/users/alice"
    town.far.status["/users/away"] = 500
    for to, why in [
        (stranger, "does not name this one"),
        (own, "to itself"),
        (f"@nobody@{town.far.host}", "No account was found"),
        ("what is that", "No account was found"),
        (f"{town.far.base}/users/away", "No account was found"),
    ]:
        with refused(why):
            await go(town, alice, to)
    known = town.far.actor("known", alsoKnownAs=[own])
    await town.meet(known)
    town.far.status["/users/known"] = 503
    with refused("does not answer"):
        await go(town, alice, known)
    assert await accounts.moved_to(town.db, alice.id) is None


async def test_a_member_moves_once_in_thirty_days(town, alice, later):
    own = f"{town.base}/users/alice"
    await go(town, alice, town.far.actor("first", alsoKnownAs=[own]))
    async with town.db.begin() as tx:
        await accounts.move(tx, alice.id, to=None)
    second = town.far.actor("second", alsoKnownAs=[own])
    with refused("once in 30 days"):
        await go(town, alice, second)
    later(31 * DAY)
    assert await go(town, alice, second) == await town.id_of(second)
