"""Relays: asked and answered, what goes to them, and what they bring; a fake one that does all of it, and worse."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from api.staffed import URL, staffed
from dunnock import accounts, moderation, posts
from dunnock.accounts import NotPermitted
from dunnock.accounts.account import Standing
from dunnock.accounts.server_rules import ServerBlock, block_server
from dunnock.federation import Places, RelayMissing, RelayRefused, Relays, relayed
from dunnock.federation.rates import Rates
from dunnock.federation.store import relays as store
from dunnock.federation.tables import deliveries
from dunnock.foundation.clock import HOUR, MINUTE, now_ms
from dunnock.foundation.db import Sql
from federation.neighbour import PUBLIC, formatted

ACTOR = f"{URL}/actor"
WAITING = Sql(select(func.count()).select_from(deliveries))


@pytest.fixture
def relays():
    return Relays(Places(URL), plain_http=True)


@pytest.fixture
async def admin(town):
    return await town.make.member("ada", role="admin")


@pytest.fixture
async def alice(town):
    return await town.make.member("alice")


@pytest.fixture
def speaker(town):
    """The actor of the relay, which is all of the near server."""
    return town.near.actor("relay", kind="Application", inbox=f"{town.near.base}/inbox")


@pytest.fixture
async def asked(town, relays, admin):
    """A relay that was asked; it has the Follow."""
    async with town.db.begin() as tx:
        made = await relays.add(tx, f"{town.near.base}/inbox", by=admin.id)
    await town.settle()
    return made


@pytest.fixture
async def relay(town, asked, speaker):
    """One that has said yes."""
    await town.send("Accept", speaker, (await follows(town))[-1])
    return await now(town, asked)


async def now(town, relay):
    return await store.find(town.db, relay.id)


async def follows(town):
    return await town.told(town.near, "Follow")


async def publish(town, author, text, **more):
    async with town.db.begin() as tx:
        return await posts.publish(
            tx, posts.Draft(text=text, **more), author_id=author.id, app_id=None, settings=town.home.house.settings
        )


def told_of(town, kind):
    return [(path, activity) for path, _, activity in town.near.got if activity["type"] == kind]


# Asked and answered --------------------------------------------------------------------------------------------------


async def test_a_relay_is_asked_by_the_server_itself(town, asked):
    assert (await now(town, asked)).state == "pending"
    [(path, headers, follow)] = town.near.got
    assert path == "/inbox"
    assert f'keyId="{ACTOR}#main-key"' in headers["signature"]
    assert (follow["type"], follow["actor"], follow["object"]) == ("Follow", ACTOR, PUBLIC)


@pytest.mark.parametrize("whole", [True, False], ids=["embedded", "by name"])
@pytest.mark.parametrize(("kind", "state"), [("Accept", "accepted"), ("Reject", "rejected")])
async def test_what_it_says_counts(town, asked, speaker, *, kind, state, whole):
    [follow] = await follows(town)
    await town.send(kind, speaker, follow if whole else follow["id"])
    found = await now(town, asked)
    assert (found.state, found.actor_uri) == (state, speaker)
    assert found.heard_at is not None


async def test_it_may_change_its_mind(town, relay, speaker):
    await town.send("Reject", speaker, relay.follow_uri)
    assert (await now(town, relay)).state == "rejected"
    await town.send("Accept", speaker, relay.follow_uri)
    assert (await now(town, relay)).state == "accepted"


async def test_nobody_else_answers_for_it(town, asked, speaker):
    [follow] = await follows(town)
    liar = town.far.actor("relay", kind="Application")
    for kind in ("Accept", "Reject"):
        forged = town.far.activity(kind, liar, follow)
        assert await town.deliver(forged) == 403
        as_if = town.near.activity(kind, speaker, follow)
        assert await town.deliver(as_if, signer=liar) in {401, 403}
        assert await town.deliver(as_if, with_key=1) == 401
    assert (await now(town, asked)).state == "pending"


async def test_nobody_of_its_own_server_speaks_for_it_afterwards(town, relay, speaker):
    other = town.near.actor("somebody")
    assert await town.deliver(town.near.activity("Reject", other, relay.follow_uri)) == 403
    found = await now(town, relay)
    assert (found.state, found.actor_uri) == ("accepted", speaker)


async def test_an_answer_to_another_follow_does_nothing(town, asked, speaker):
    for about in (
        f"{ACTOR}#follows/1",
        {"id": f"{ACTOR}#follows/1", "type": "Follow", "actor": ACTOR, "object": PUBLIC},
    ):
        await town.send("Accept", speaker, about)
    about = {"type": "Follow", "actor": ACTOR, "object": PUBLIC}
    assert await town.deliver(town.near.activity("Accept", speaker, about)) == 403
    assert (await now(town, asked)).state == "pending"


async def test_off_and_on_again(town, relays, relay, speaker, admin):
    async with town.db.begin() as tx:
        await relays.disable(tx, relay.id, by=admin.id)
        await relays.disable(tx, relay.id, by=admin.id)
    [undo] = await town.told(town.near, "Undo")
    assert undo["actor"] == ACTOR
    assert (undo["object"]["id"], undo["object"]["object"]) == (relay.follow_uri, PUBLIC)
    await town.send("Accept", speaker, relay.follow_uri)  # too late
    assert (await now(town, relay)).state == "idle"
    async with town.db.begin() as tx:
        await relays.enable(tx, relay.id, by=admin.id)
        await relays.enable(tx, relay.id, by=admin.id)
    first, second = await follows(town)
    assert first["id"] != second["id"]
    await town.send("Accept", speaker, relay.follow_uri)  # an answer to the question before
    assert (await now(town, relay)).state == "pending"
    await town.send("Accept", speaker, second)
    assert (await now(town, relay)).state == "accepted"
    acts = [one.act for one in await moderation.entries(town.db, accounts.Cursor(), by=admin.id)]
    assert acts == ["relay.enable", "relay.disable", "relay.add"]


async def test_an_undo_overtakes_no_follow(town, relays, admin):
    town.near.status["/inbox"] = 503
    async with town.db.begin() as tx:
        made = await relays.add(tx, f"{town.near.base}/inbox", by=admin.id)
    await town.settle()
    assert (await now(town, made)).error == "answered 503"
    town.near.status.clear()
    async with town.db.begin() as tx:
        await relays.remove(tx, made.id, by=admin.id)
    town.near.got.clear()
    assert await town.db.value(WAITING) == 1
    await town.settle()
    assert [activity["type"] for _, _, activity in town.near.got] == ["Undo"]
    assert await now(town, made) is None


async def test_why_it_failed_is_kept_until_it_does_not(town, relays, admin, alice, speaker):
    town.near.status["/inbox"] = 404
    async with town.db.begin() as tx:
        made = await relays.add(tx, f"{town.near.base}/inbox", by=admin.id)
    await town.settle()
    found = await now(town, made)
    assert (found.state, found.error) == ("pending", "answered 404")
    town.near.status.clear()
    await town.send("Accept", speaker, found.follow_uri)
    await publish(town, alice, "hello")
    await town.settle()
    assert (await now(town, made)).error is None


async def test_what_is_no_relay(town, relays, admin, alice, asked):
    async with town.db.begin() as tx:
        await block_server(tx, ServerBlock(id=0, domain="bad.example", severity="suspend"))
    tls_only = Relays(Places(URL))
    for which, inbox in (
        (relays, "relay.example"), (relays, "ftp://relay.example/inbox"), (relays, f"{URL}/inbox"), (relays, ""),
        (relays, "https://relay.example/inbox#x"), (relays, f"https://relay.example/{'x' * 2048}"),
        (tls_only, "http://relay.example/inbox"), (relays, "https://below.bad.example/inbox"), (relays, asked.inbox),
    ):  # fmt: skip
        with pytest.raises(RelayRefused):
            async with town.db.begin() as tx:
                await which.add(tx, inbox, by=admin.id)
    async with town.db.begin() as tx:
        for act in (relays.enable, relays.disable, relays.remove):
            with pytest.raises(RelayMissing):
                await act(tx, 7, by=admin.id)
            with pytest.raises(NotPermitted):
                await act(tx, asked.id, by=alice.id)
        with pytest.raises(NotPermitted):
            await relays.add(tx, "https://relay.example/inbox", by=alice.id)
    with pytest.raises(NotPermitted):
        await relays.every(town.db, by=alice.id)
    assert [(one.id, out) for one, out in await relays.every(town.db, by=admin.id)] == [(asked.id, False)]


# What goes out -------------------------------------------------------------------------------------------------------


async def test_public_posts_go_to_relays(town, relay, alice):
    post = await publish(town, alice, "to everybody")
    for visibility in ("unlisted", "followers", "direct"):
        await publish(town, alice, "not to relays", visibility=visibility)
    await town.settle()
    async with town.db.begin() as tx:
        edited = posts.Changes(text="to everybody, and better")
        await posts.edit(tx, post.id, edited, by=alice.id, settings=town.home.house.settings)
    await town.settle()
    async with town.db.begin() as tx:
        await posts.delete(tx, post.id, by=alice.id)
    await town.settle()
    uri = f"{URL}/users/alice/statuses/{post.id}"
    sent = [
        (kind, path, one["object"]["id"])
        for kind in ("Create", "Update", "Delete")
        for path, one in told_of(town, kind)
    ]
    assert sent == [(kind, "/inbox", uri) for kind in ("Create", "Update", "Delete")]


async def test_each_inbox_gets_it_once(town, relay, alice):
    follower = town.near.actor("follower")  # whose shared inbox is the relay's
    await town.send("Follow", follower, f"{URL}/users/alice")
    await publish(town, alice, "once")
    await town.settle()
    assert len(told_of(town, "Create")) == 1


@pytest.mark.parametrize("state", ["pending", "rejected", "idle"])
async def test_only_who_said_yes_gets_posts(town, relays, asked, speaker, admin, alice, state):  # noqa: PLR0917 (fixtures)
    if state == "rejected":
        await town.send("Reject", speaker, (await follows(town))[0])
    if state == "idle":
        async with town.db.begin() as tx:
            await relays.disable(tx, asked.id, by=admin.id)
    await publish(town, alice, "hello")
    await town.settle()
    assert told_of(town, "Create") == []


async def test_who_is_limited_is_not_handed_on(town, relay, alice):
    post = await publish(town, alice, "before")
    await town.settle()
    async with town.db.begin() as tx:
        await accounts.change_standing(tx, {alice.id: Standing.LIMITED})
    await publish(town, alice, "after")
    async with town.db.begin() as tx:
        await posts.delete(tx, post.id, by=alice.id)
    await town.settle()
    assert len(told_of(town, "Create")) == 1
    assert len(told_of(town, "Delete")) == 1


async def test_a_suspended_relay_gets_and_gives_nothing(town, relays, relay, speaker, admin, alice):  # noqa: PLR0917 (fixtures)
    async with town.db.begin() as tx:
        await block_server(tx, ServerBlock(id=0, domain=town.near.address, severity="suspend"))
    await publish(town, alice, "hello")
    await town.settle()
    assert told_of(town, "Create") == []
    note = town.far.note(town.far.actor("carol"))
    assert await town.deliver(town.near.activity("Announce", speaker, note["id"])) == 403
    assert [out for _, out in await relays.every(town.db, by=admin.id)] == [True]
    async with town.db.begin() as tx:
        await relays.disable(tx, relay.id, by=admin.id)
        with pytest.raises(RelayRefused):
            await relays.enable(tx, relay.id, by=admin.id)


async def test_a_process_that_dies_forgets_nothing(town, relays, admin, alice, speaker, tmp_path):  # noqa: PLR0917 (fixtures)
    """What was committed is done by the next process: the Follow, a post for the relay, a post that it told of."""
    async with town.db.begin() as tx:
        made = await relays.add(tx, f"{town.near.base}/inbox", by=admin.id)
    await _dies(town, tmp_path)
    [follow] = await follows(town)
    await town.send("Accept", speaker, follow)
    await publish(town, alice, "kept")
    note = town.far.note(town.far.actor("carol"))
    await town.send("Announce", speaker, note["id"])
    await _dies(town, tmp_path)
    await town.settle()
    assert [one["object"]["content"] for _, one in told_of(town, "Create")] == ["<p>kept</p>"]
    assert [one["uri"] for one in await town.posts()] == [None, note["id"]]
    assert (await now(town, made)).state == "accepted"


async def _dies(town, tmp_path):
    """Nothing of what is under way gets done; another process takes over."""
    await town.home.house.close()
    town.home.house = (await staffed(town.home.house.settings.database_url, tmp_path, town.make)).house
    town.db = town.home.house.db
    await town.home.house.reactions.prepare()


# What comes in -------------------------------------------------------------------------------------------------------


async def test_what_it_tells_of_is_its_authors_post(town, relay, speaker):
    carol = town.far.actor("carol")
    note = town.far.note(carol, "<p>from afar</p>")
    await town.send("Announce", speaker, note["id"])
    await town.settle()
    [post] = await town.posts()
    assert (post["uri"], post["author_id"]) == (note["id"], await town.id_of(carol))
    assert (post["boost_of_id"], post["visibility"]) == (None, "public")
    page = await town.home.get("/api/v1/timelines/public?remote=true")
    assert [(one["uri"], one["reblog"], one["account"]["acct"]) for one in page] == [
        (note["id"], None, f"carol@{town.far.host}")
    ]


@pytest.mark.parametrize("wrapped", [True, False], ids=["Create", "object"])
async def test_what_stands_in_it_is_not_believed(town, relay, speaker, *, wrapped):
    note = town.far.note(town.far.actor("carol"), "<p>as it is</p>")
    lie = note | {"content": "<p>as the relay has it</p>"}
    if wrapped:
        lie = town.far.activity("Create", note["attributedTo"], lie)
    made_up = note | {"id": f"{town.far.base}/notes/made-up"}
    for about in (lie, made_up):
        await town.send("Announce", speaker, about)
    await town.settle()
    assert [(one["uri"], one["html"]) for one in await town.posts()] == [(note["id"], "<p>as it is</p>")]


async def test_what_it_hands_on_is_asked_for(town, relay, speaker):
    carol = town.far.actor("carol")
    note = town.far.note(carol, "<p>first</p>")
    create = town.far.activity("Create", carol, note | {"content": "<p>a lie</p>"})
    assert await town.deliver(create, signer=speaker) == 202
    await town.settle()
    assert [one["html"] for one in await town.posts()] == ["<p>first</p>"]

    note |= {"content": "<p>second</p>", "updated": formatted(now_ms())}
    assert await town.deliver(town.far.activity("Update", carol, note), signer=speaker) == 202
    await town.settle()
    assert [one["html"] for one in await town.posts()] == ["<p>second</p>"]

    delete = town.far.activity("Delete", carol, note["id"])
    assert await town.deliver(delete, signer=speaker) == 401, "it is still there"
    assert len(await town.posts()) == 1
    del town.far.documents[note["id"].removeprefix(town.far.base)]
    assert await town.deliver(delete, signer=speaker) == 202
    assert await town.posts() == []

    await town.send("Announce", speaker, note["id"])
    await town.settle()
    assert await town.posts() == [], "what was deleted stays away"


@pytest.mark.parametrize("announced", [True, False])
async def test_each_edit_is_asked_for(town, relay, speaker, *, announced):
    carol = town.far.actor("carol")
    note, unknown = town.far.note(carol, "<p>0</p>"), town.far.note(carol)
    await town.send("Announce", speaker, note["id"])
    await town.settle()
    for number in (1, 2):
        note |= {"content": f"<p>{number}</p>", "updated": formatted(now_ms())}
        for about in (note, unknown):
            update = town.far.activity("Update", carol, about)
            sent = town.near.activity("Announce", speaker, update) if announced else update
            assert await town.deliver(sent, signer=speaker) == 202
            assert await town.deliver(sent, signer=speaker) == 202
        await town.settle()
        assert [one["html"] for one in await town.posts()] == [f"<p>{number}</p>"]
    assert town.far.asked.count(note["id"].removeprefix(town.far.base)) == 3
    assert town.far.asked.count(unknown["id"].removeprefix(town.far.base)) == 0


async def test_what_is_not_for_everybody_does_not_come(town, relay, speaker):
    carol = town.far.actor("carol")
    for to, cc in (([f"{carol}/followers"], [PUBLIC]), ([f"{carol}/followers"], []), ([], [])):
        await town.send("Announce", speaker, town.far.note(carol, to=to, cc=cc)["id"])
    await town.settle()
    assert await town.posts() == []


async def test_acts_are_no_posts(town, relay, speaker):
    carol = town.far.actor("carol")
    note = town.far.note(carol)
    for kind in ("Like", "Announce", "Undo", "Delete", "Flag"):
        await town.send("Announce", speaker, town.far.activity(kind, carol, note["id"]))
        if kind != "Delete":
            assert await town.deliver(town.far.activity(kind, carol, note["id"]), signer=speaker) == 202
    await town.settle()
    assert await town.posts() == []
    assert note["id"].removeprefix(town.far.base) not in town.far.asked


async def test_who_is_no_relay_brings_nothing(town, relay, speaker):
    carol = town.far.actor("carol")
    note = town.far.note(carol)
    for stranger in (town.far.actor("relay", kind="Application"), town.near.actor("somebody")):
        await town.send("Announce", stranger, note["id"])
        assert await town.deliver(town.far.activity("Create", carol, note), signer=stranger) == 202
    forged = town.near.activity("Announce", speaker, note["id"])
    assert await town.deliver(forged, with_key=1) == 401
    await town.settle()
    assert await town.posts() == []


@pytest.mark.parametrize("by", ["us", "itself"])
async def test_whom_we_left_brings_nothing(town, relays, relay, speaker, admin, by):  # noqa: PLR0917 (fixtures)
    if by == "us":
        async with town.db.begin() as tx:
            await relays.disable(tx, relay.id, by=admin.id)
    else:
        await town.send("Reject", speaker, relay.follow_uri)
    await town.send("Announce", speaker, town.far.note(town.far.actor("carol"))["id"])
    await town.settle()
    assert await town.posts() == []


async def test_nothing_goes_round_in_circles(town, relays, relay, speaker, admin, alice):  # noqa: PLR0917 (fixtures)
    """Our own post comes back, two relays tell of the same one, and what came from one goes to none."""
    other = town.far.actor("relay", kind="Application", inbox=f"{town.far.base}/inbox")
    async with town.db.begin() as tx:
        await relays.add(tx, f"{town.far.base}/inbox", by=admin.id)
    [follow] = await town.told(town.far, "Follow")
    await town.send("Accept", other, follow)
    ours = await publish(town, alice, "ours")
    await town.settle()
    note = town.far.note(town.far.actor("carol"))
    for who in (speaker, other, speaker):
        await town.send("Announce", who, note["id"])
        await town.send("Announce", who, f"{URL}/users/alice/statuses/{ours.id}")
        await town.settle()
    assert [(one["id"] == ours.id, one["boost_of_id"]) for one in await town.posts()] == [(True, None), (False, None)]
    assert town.far.asked.count(note["id"].removeprefix(town.far.base)) == 1
    for there in (town.near, town.far):
        assert [one["type"] for _, _, one in there.got] == ["Follow", "Create"], "nothing was sent on"


async def test_a_member_who_follows_it_sees_no_boosts(town, relay, speaker, alice):
    await town.follow(alice, speaker)
    await town.send("Announce", speaker, town.far.note(town.far.actor("carol"))["id"])
    await town.settle()
    assert [one["boost_of_id"] for one in await town.posts()] == [None]


async def test_it_brings_no_more_than_is_read(town, relay, speaker):
    town.home.house.federation.relay_rates = Rates(2, 1.0)
    notes = [town.far.note(town.far.actor("carol"))["id"] for _ in range(3)]
    activities = [town.near.activity("Announce", speaker, one) for one in notes]
    assert [await town.deliver(one) for one in activities] == [202, 202, 429]
    await town.send("Announce", speaker, notes[0])
    town.home.house.federation.relay_rates = Rates(2, 1.0)
    assert await town.deliver(activities[2]) == 202, "it was not taken for done"
    await town.settle()
    assert len(await town.posts()) == 3


async def test_suspended_servers_are_not_brought(town, relay, speaker):
    note = town.far.note(town.far.actor("carol"))
    async with town.db.begin() as tx:
        await block_server(tx, ServerBlock(id=0, domain=town.far.address, severity="suspend"))
    await town.send("Announce", speaker, note["id"])
    await town.settle()
    assert await town.posts() == []
    assert town.far.asked == []


async def test_what_can_not_be_had_soon_is_let_go(town, relay, speaker, monkeypatch):
    note = town.far.note(town.far.actor("carol"))
    await town.send("Announce", speaker, note["id"])
    monkeypatch.setattr(relayed, "now_ms", lambda: now_ms() + HOUR + MINUTE)
    await town.settle()
    assert await town.posts() == []
    assert town.far.asked == []


async def test_of_an_answer_one_more_is_read(town, relay, speaker):
    carol = town.far.actor("carol")
    first = town.far.note(carol)
    second = town.far.note(carol, inReplyTo=first["id"])
    third = town.far.note(carol, inReplyTo=second["id"])
    await town.send("Announce", speaker, third["id"])
    await town.settle()
    assert {one["uri"] for one in await town.posts()} == {second["id"], third["id"]}


async def test_it_is_a_sign_of_life(town, relay, speaker):
    before = now_ms()
    async with town.db.begin() as tx:
        tx.now = before - HOUR
        await store.heard(tx, relay.id)
    await town.send("Announce", speaker, f"{town.far.base}/notes/none")
    assert (await now(town, relay)).heard_at >= before


# Relays that are followed -------------------------------------------------------------------------------------------


@pytest.fixture
async def followed(town, relays, admin, speaker):
    """A relay in LitePub's way, found by the address of its actor, that said yes and follows back."""
    at = await relays.seek(town.home.house.federation, speaker, by=admin.id)
    assert at == (f"{town.near.base}/inbox", speaker)
    async with town.db.begin() as tx:
        made = await relays.add(tx, at[0], followed=at[1], by=admin.id)
    [follow] = await follows(town)
    assert (follow["object"], follow["to"]) == (speaker, [speaker])
    await town.send("Accept", speaker, follow)
    await town.send("Follow", speaker, ACTOR)
    return await now(town, made)


async def test_a_relay_that_is_followed_follows_back(town, followed, speaker):
    """It is let, and nobody else is: the server itself has no followers."""
    assert followed.state == "accepted"
    [yes] = await town.told(town.near, "Accept")
    assert (yes["actor"], yes["object"]["actor"], yes["object"]["object"]) == (ACTOR, speaker, ACTOR)
    stranger = town.far.actor("stranger")
    await town.send("Follow", stranger, ACTOR)
    [no] = await town.told(town.far, "Reject")
    assert no["object"]["actor"] == stranger


async def test_a_relay_that_is_followed_hears_of_posts_by_announcements(town, followed, alice):
    """By the server itself; of what changes and ends it is told as others are."""
    post = await publish(town, alice, "hello hedge")
    await publish(town, alice, "for some", visibility="unlisted")
    [announced] = await town.told(town.near, "Announce")
    uri = f"{town.base}/users/alice/statuses/{post.id}"
    assert (announced["actor"], announced["object"], announced["to"]) == (ACTOR, uri, [PUBLIC])
    assert told_of(town, "Create") == []
    async with town.db.begin() as tx:
        await posts.delete(tx, post.id, by=alice.id)
    assert [one["object"]["id"] for one in await town.told(town.near, "Delete")] == [uri]


async def test_a_relay_that_is_followed_brings_posts(town, followed, speaker):
    carol = town.far.actor("carol")
    note = town.far.note(carol, "<p>from afar</p>")
    await town.send("Announce", speaker, note["id"])
    await town.settle()
    assert [one["html"] for one in await town.posts()] == ["<p>from afar</p>"]


async def test_only_the_actor_that_was_followed_speaks_for_it(town, relays, admin, speaker):
    async with town.db.begin() as tx:
        made = await relays.add(tx, f"{town.near.base}/inbox", followed=speaker, by=admin.id)
    [follow] = await follows(town)
    other = town.near.actor("other", kind="Application")
    assert await town.deliver(town.near.activity("Accept", other, follow)) == 403
    assert (await now(town, made)).state == "pending"


async def test_what_is_no_actor_is_an_inbox(town, relays, admin, alice):
    house = town.home.house.federation
    for at in (f"{town.near.base}/inbox", town.near.note(town.near.actor("bob"))["id"]):
        assert await relays.seek(house, at, by=admin.id) == (at, None)
    with pytest.raises(NotPermitted):
        await relays.seek(house, f"{town.near.base}/inbox", by=alice.id)
    async with town.db.begin() as tx:
        with pytest.raises(RelayRefused):
            await relays.add(tx, f"{town.near.base}/inbox", followed=f"{town.far.base}/actor", by=admin.id)
