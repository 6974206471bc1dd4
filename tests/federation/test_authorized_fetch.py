"""Who reads documents of this server: everybody, only those who sign (`authorized_fetch`), and who may not in any case."""

from __future__ import annotations

import msgspec
import pytest

from api.kit.driver import call
from dunnock import accounts, posts
from dunnock.accounts.server_rules import ServerBlock, block_server
from federation.neighbour import ACTIVITY, signed


@pytest.fixture
async def alice(town):
    return await town.make.member("alice")


@pytest.fixture
def strict(town):
    """Only signed requests are answered."""
    house = town.home.house.federation
    house.settings = msgspec.structs.replace(house.settings, authorized_fetch=True)


async def ask(town, path, by=None, **how):
    """GET a document, signed by somebody or nobody."""
    headers = {"accept": ACTIVITY}
    if by is not None:
        how = {"key_id": f"{by}#main-key", "method": "get"} | how
        headers |= signed(f"{town.base}{path}", None, **how)
    answer = await call(town.home.house.edge, "GET", path, headers=tuple(headers.items()))
    return answer.status, answer.headers, answer.json


def paths_of(member, post):
    at = f"/users/{member.username}"
    ends = ("outbox", "outbox?page=true", "followers", "followers?page=1", "following", "collections/featured")
    parts = (
        "",
        "/activity",
        "/replies",
        "/likes",
        "/shares",
        "/context",
        "/quote_authorizations?by=https://near.example/1",
    )
    return [
        *(f"{at}/{one}" for one in (*ends, "collections/tags", "followers_synchronization", "follows/1")),
        *(f"{at}/statuses/{post.id}{one}" for one in parts),
    ]


async def test_sc_051_every_document_wants_a_signature(town, alice, strict):
    """Collections too; only the key of the server and the bare actors are for everybody."""
    post = await town.make.post(alice, "hello hedge")
    bob = town.near.actor("bob")
    for path in paths_of(alice, post):
        status, _, told = await ask(town, path)
        assert (path, status) == (path, 401)
        assert "hedge" not in str(told)
        status, headers, told = await ask(town, path, by=bob)
        assert (path, status) in {(path, 200), (path, 404)}
        if status == 200:
            assert headers["cache-control"] == "private, no-store"  # SC-052
            assert "Signature" in headers["vary"]


async def test_what_can_be_read_without_a_signature(town, alice, strict):
    async with town.db.begin() as tx:
        await accounts.change_aliases(tx, alice.id, ("https://elsewhere.example/users/ally",))
    status, _, server = await ask(town, "/actor")
    assert (status, server["type"]) == (200, "Application")
    status, _, bare = await ask(town, "/users/alice")
    assert status == 200
    assert sorted(bare) == ["@context", "assertionMethod", "id", "inbox", "preferredUsername", "publicKey", "type"]
    _, _, whole = await ask(town, "/users/alice", by=town.near.actor("bob"))
    assert whole["alsoKnownAs"]
    assert whole["publicKey"] == bare["publicKey"]
    assert (await ask(town, "/users/nobody"))[0] == 404
    assert (await ask(town, "/users/alice", by=town.near.actor("carl"), with_key=1))[0] == 401


@pytest.mark.parametrize("how", [{"with_key": 1}, {"at": 1_000_000_000_000}, {"method": "post"}])
async def test_a_signature_that_does_not_hold_is_none(town, alice, strict, how):
    bob = town.near.actor("bob")
    status, _, told = await ask(town, "/users/alice", by=bob, **how)
    assert status in {
        200,
        401,
    }  # what can't be true is as good as nothing; of a false one nobody takes the bare actor for all
    assert "outbox" not in told
    assert (await ask(town, "/users/alice/outbox", by=bob, **how))[0] == 401


async def test_sc_025_a_signature_for_another_server_is_none(town, alice, strict):
    bob = town.near.actor("bob")
    headers = {"accept": ACTIVITY} | signed(
        f"{town.far.base}/users/alice/outbox", None, key_id=f"{bob}#main-key", method="get"
    )
    answer = await call(town.home.house.edge, "GET", "/users/alice/outbox", headers=tuple(headers.items()))
    assert answer.status == 401


@pytest.mark.parametrize("authorized", [False, True])
async def test_sc_027_a_suspended_server_reads_nothing(town, alice, authorized):
    """Nor is it asked for its key."""
    house = town.home.house.federation
    house.settings = msgspec.structs.replace(house.settings, authorized_fetch=authorized)
    post = await town.make.post(alice)
    bob, carl = town.near.actor("bob"), town.near.actor("carl")
    await town.meet(bob)
    async with town.db.begin() as tx:
        await block_server(tx, ServerBlock(id=0, domain=town.near.host, severity="suspend"))
    asked = len(town.near.asked)
    for path in ("/users/alice", *paths_of(alice, post)):
        for one in (bob, carl):
            assert (path, (await ask(town, path, by=one))[0]) == (path, 403)
    assert len(town.near.asked) == asked
    assert (await ask(town, "/users/alice", by=town.far.actor("dora")))[0] == 200


async def test_a_suspended_account_reads_nothing(town, alice, strict):
    bob = town.near.actor("bob")
    an_id = await town.meet(bob)
    async with town.db.begin() as tx:
        await accounts.change_standing(tx, {an_id: accounts.Standing.SUSPENDED})
    assert (await ask(town, "/users/alice/outbox", by=bob))[0] == 403


async def test_who_is_blocked_by_somebody_reads_nothing_of_theirs(town, alice, strict):
    bob, carl = town.near.actor("bob"), await town.make.member("carl")
    an_id = await town.meet(bob)
    post = await town.make.post(alice)
    async with town.db.begin() as tx:
        await accounts.block(tx, alice.id, target=an_id)
    for path in ("/users/alice", "/users/alice/outbox", f"/users/alice/statuses/{post.id}"):
        assert (await ask(town, path, by=bob))[0] == 404
    assert (await ask(town, f"/users/{carl.username}", by=bob))[0] == 200


@pytest.mark.parametrize("authorized", [False, True])
async def test_posts_for_followers_are_for_their_servers(town, alice, authorized):
    """To a follower, and to the server itself of a follower, which fetches for its people; not to others of it (SC-063)."""
    house = town.home.house.federation
    house.settings = msgspec.structs.replace(house.settings, authorized_fetch=authorized)
    fan, stranger = town.near.actor("fan"), town.near.actor("stranger")
    near, far = town.near.actor("near", kind="Application"), town.far.actor("far", kind="Application")
    await town.send("Follow", fan, f"{town.base}/users/alice")
    quiet = await town.make.post(alice, "quiet", visibility="followers")
    secret = await town.make.post(alice, "secret", visibility="direct")
    for who, status in ((fan, 200), (near, 200), (stranger, 404), (far, 404)):
        path = f"/users/alice/statuses/{quiet.id}"
        assert (who, (await ask(town, path, by=who))[0]) == (who, status)
        assert (who, (await ask(town, f"{path}/activity", by=who))[0]) == (who, status)
        assert (who, (await ask(town, f"/users/alice/statuses/{secret.id}", by=who))[0]) == (who, 404)
    assert (await ask(town, f"/users/alice/statuses/{quiet.id}"))[0] == (401 if authorized else 404)


@pytest.mark.parametrize("authorized", [False, True])
async def test_sc_044_collections_hold_what_is_for_everybody(town, alice, authorized):
    """Whoever asks, a follower too: no outbox and no pins tell of what is for followers or for those who are named."""
    house = town.home.house.federation
    house.settings = msgspec.structs.replace(house.settings, authorized_fetch=authorized)
    fan = town.near.actor("fan")
    await town.send("Follow", fan, f"{town.base}/users/alice")
    shown = await town.make.post(alice, "for everybody")
    quiet = await town.make.post(alice, "hush", visibility="followers")
    await town.make.post(alice, "hush", visibility="direct")
    async with town.db.begin() as tx:
        await posts.pin(tx, quiet.id, by=alice.id)
    for path in ("outbox?page=true", "collections/featured", f"statuses/{shown.id}/replies"):
        status, _, told = await ask(town, f"/users/alice/{path}", by=fan)
        assert (path, status, "hush" in str(told)) == (path, 200, False)


async def test_sc_052_what_depends_on_who_asks_is_kept_by_nobody(town, alice):
    """The same address answers differently: no cache between here and there may hold it."""
    fan = town.near.actor("fan")
    await town.send("Follow", fan, f"{town.base}/users/alice")
    quiet = await town.make.post(alice, "quiet", visibility="followers")
    path = f"/users/alice/statuses/{quiet.id}"
    status, headers, _ = await ask(town, path, by=fan)
    assert (status, headers["cache-control"]) == (200, "private, no-store")
    assert {"Accept", "Signature"} <= {one.strip() for one in headers["vary"].split(",")}
    assert (await ask(town, path))[0] == 404


async def test_without_the_setting_nobody_is_asked_for_a_key(town, alice):
    """What is for everybody costs no look at a signature's key."""
    await town.make.post(alice)
    bob = town.near.actor("bob")
    assert (await ask(town, "/users/alice", by=bob))[0] == 200
    assert town.near.asked == []
    async with town.db.begin() as tx:
        made = await posts.publish(
            tx, posts.Draft(text="hi"), author_id=alice.id, app_id=None, settings=town.home.house.settings
        )
    status, headers, _ = await ask(town, f"/users/alice/statuses/{made.id}")
    assert (status, headers["cache-control"]) == (200, "no-cache")


async def test_a_new_key_is_asked_for_once(town, alice, strict):
    bob = town.near.actor("bob")
    assert (await ask(town, "/users/alice/outbox", by=bob))[0] == 200
    town.near.actor("bob", with_key=1)
    assert (await ask(town, "/users/alice/outbox", by=bob, with_key=1))[0] == 200
    assert (await ask(town, "/users/alice/outbox", by=bob))[0] == 401
