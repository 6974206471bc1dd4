"""What is refused before the answer: what can't be read, who did not sign, who may not say that."""

from __future__ import annotations

import msgspec
import pytest

from dunnock.accounts import Standing, change_standing, server_rules
from dunnock.foundation.clock import HOUR, MINUTE, now_ms
from federation.neighbour import PUBLIC, pem, signed, signed_message


@pytest.fixture
async def alice(town):
    return await town.make.member("alice")


def like(town, by):
    return town.of(by).activity("Like", by, f"{town.base}/users/alice/statuses/1")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b'"x"',
        b"{",
        b"\xff\xfe{}",
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"[" * 100_000,
        b"{}",
        b'{"type":"Like"}',
        b'{"type":"Like","actor":"nobody"}',
        b'{"type":["Like"],"actor":{"id":7}}',
        b'{"type":"Like","actor":["https://[::1"],"object":1}',
    ],
    ids=lambda one: str(one[:30]),
)
async def test_what_is_no_activity(town, body):
    assert (await town.request(body)).status in {400, 422}


async def test_more_than_a_mebibyte(town):
    """Announced or not."""
    body = b'{"type":"Like","actor":"' + b"x" * (1024 * 1024) + b'"}'
    assert (await town.request(body)).status == 413
    assert (await town.request(body, {"content-length": str(len(body))})).status == 413


async def test_nobody_of_that_name_has_an_inbox(town, alice):
    bob = town.near.actor()
    assert await town.deliver(like(town, bob), path="/users/nobody/inbox") == 404
    assert await town.deliver(like(town, bob), path="/users/alice/inbox") == 202


async def test_who_signs_is_heard(town, alice):
    bob = town.near.actor()
    assert await town.deliver(like(town, bob)) == 202
    assert (
        await town.deliver(like(town, bob), covers="(request-target) host (created) digest", algorithm="hs2019") == 202
    )
    body = msgspec.json.encode(like(town, bob))
    for covers in ("", "@method @authority @path content-digest"):
        headers = signed_message(f"{town.base}/inbox", body, key_id=f"{bob}#main-key", covers=covers)
        assert (await town.request(body, headers)).status == 202


_URL = "http://localhost:3000/inbox"


def _lie(headers, **changed):
    return {name: value for name, value in (headers | changed).items() if value is not None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"covers": "host date digest"},
        {"covers": "(request-target) date digest"},
        {"covers": "(request-target) host digest"},
        {"covers": "(request-target) host date"},  # SC-012: the body is anybody's
        {"covers": ""},
        {"at": 13 * HOUR},
        {"at": -2 * HOUR},
        {"with_key": 1},
        {"method": "get"},
        {"more": {"digest": "SHA-256=" + "A" * 43 + "="}},
        {"more": {"host": "other.example"}},  # SC-025
        {"algorithm": "hmac-sha256"},
    ],
    ids=str,
)
async def test_a_signature_that_does_not_hold(town, alice, wrong):
    """SC-012, SC-013, SC-025, SC-026."""
    bob = town.near.actor()
    how = dict(wrong)
    if "at" in how:
        how["at"] = now_ms() - how["at"]
    assert await town.deliver(like(town, bob), **how) == 401


async def test_what_was_changed_on_the_way(town, alice):
    """SC-030: names and values are signed together."""
    bob = town.near.actor()
    body = msgspec.json.encode(like(town, bob))
    good = signed(_URL, body, key_id=f"{bob}#main-key")
    for headers in (
        {"host": good["host"]},
        _lie(good, signature=None),
        _lie(good, signature=""),
        _lie(good, signature="nonsense"),
        _lie(good, signature=good["signature"].replace("keyId", "keyid")),
        _lie(good, signature=good["signature"][:-10] + 'AAAAAAAA="'),
        _lie(good, date=None),
        _lie(good, digest=None),
        _lie(good, digest=good["digest"].replace("SHA-256", "MD5")),
        _lie(good, host="127.0.0.1:3000"),
    ):
        assert (await town.request(body, headers)).status == 401, headers
    assert (await town.request(body + b" ", good)).status == 401
    assert (await town.request(body, good, path="/users/alice/inbox")).status == 401
    assert (await town.request(body, good)).status == 202


async def test_a_key_of_somebody_else(town, alice):
    """SC-021, SC-022, SC-023: a key is its owner's who lists it, and the activity its actor's."""
    bob, carol = town.near.actor("bob"), town.far.actor("carol")
    assert await town.deliver(like(town, bob), signer=carol) in {401, 403}
    assert await town.deliver(like(town, bob), signer=town.near.actor("eve")) in {401, 403}
    eve = town.far.actor("eve", publicKey={"id": f"{bob}#main-key", "owner": bob, "publicKeyPem": pem()})
    assert await town.deliver(like(town, eve), key_id=f"{eve}#main-key") == 401
    mallory = town.far.actor("mallory", publicKey={"id": f"{town.far.base}/key", "owner": bob, "publicKeyPem": pem()})
    town.far.put("/key", {"id": f"{town.far.base}/key", "type": "Key", "owner": bob, "publicKeyPem": pem()})
    assert await town.deliver(like(town, mallory), key_id=f"{town.far.base}/key") == 401
    assert await town.deliver(like(town, bob), key_id=f"{town.far.base}/key") == 401


async def test_a_key_that_stands_alone_or_has_a_stub(town, alice):
    """GoToSocial's key addresses have no fragment and lead to a part of the actor."""
    uri = f"{town.near.base}/users/gts"
    held = {"id": f"{uri}/main-key", "owner": uri, "publicKeyPem": pem()}
    gts = town.near.actor("gts", publicKey=held)
    town.near.put("/users/gts/main-key", {"id": uri, "type": "Person", "publicKey": held})
    assert await town.deliver(like(town, gts), key_id=f"{uri}/main-key") == 202
    other = f"{town.far.base}/users/alone"
    alone = town.far.actor("alone", publicKey={"id": f"{other}/key", "owner": other, "publicKeyPem": pem()})
    town.far.put("/users/alone/key", {"id": f"{other}/key", "type": "CryptographicKey", "owner": other})
    assert await town.deliver(like(town, alone), key_id=f"{other}/key") == 202


async def test_a_key_that_was_changed_is_asked_for_once(town, alice):
    bob = town.near.actor("bob")
    assert await town.deliver(like(town, bob)) == 202
    town.near.actor("bob", with_key=1)
    assert await town.deliver(like(town, bob), with_key=1) == 202
    asked = len(town.near.asked)
    for _ in range(3):
        assert await town.deliver(like(town, bob), with_key=2) == 401
    assert len(town.near.asked) - asked <= 1


async def test_documents_that_are_no_keys(town, alice):
    """SC-003, SC-004, SC-005, SC-006, SC-007: only ActivityPub's types are believed.

    SC-001, SC-010, SC-011, SC-014, SC-015: and under their own address only.
    """
    bob = town.near.actor("bob")
    held = town.near.documents["/users/bob"]
    for kind in ("application/json", "text/html", "image/png", "application/ld+json", "text/plain"):
        town.near.put("/users/bob", held, kind=kind)
        assert await town.deliver(like(town, bob)) == 401, kind
    carol = town.far.actor("carol")
    town.near.moved["/users/bob"] = carol
    assert await town.deliver(like(town, bob)) == 401
    del town.near.moved["/users/bob"]
    town.near.put("/users/bob", held | {"id": carol})
    assert await town.deliver(like(town, bob)) == 401
    town.near.put("/users/bob", held, kind='application/ld+json; profile="https://www.w3.org/ns/activitystreams"')
    assert await town.deliver(like(town, bob)) == 202


@pytest.mark.parametrize("status", [404, 410, 500, 403])
async def test_a_key_that_can_t_be_had(town, alice, status):
    bob = town.near.actor("bob")
    town.near.status["/users/bob"] = status
    for _ in range(3):
        assert await town.deliver(like(town, bob)) == 401
    if status in {404, 410}:  # SC-073: a dead key is not asked for each time
        assert town.near.asked == ["/users/bob"]


async def test_the_end_of_a_stranger_asks_nobody(town):
    gone = f"{town.near.base}/users/gone"
    assert await town.deliver(town.near.activity("Delete", gone, gone)) == 202
    assert town.near.asked == []


async def test_servers_that_are_blocked(town, alice):
    """And what they know already is not heard any more."""
    bob = town.near.actor("bob")
    assert await town.deliver(like(town, bob)) == 202
    blocked = server_rules.ServerBlock(id=0, domain=town.near.host, severity="suspend")
    async with town.db.begin() as tx:
        await server_rules.block_server(tx, blocked)
    asked = len(town.near.asked)
    assert await town.deliver(like(town, bob)) == 403
    assert await town.deliver(like(town, town.near.actor("new"))) == 403
    assert len(town.near.asked) == asked
    assert await town.deliver(like(town, town.far.actor())) == 202


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.DELETED])
async def test_who_is_suspended_is_not_heard(town, alice, standing):
    """SC-027."""
    bob = town.near.actor("bob")
    assert await town.deliver(like(town, bob)) == 202
    async with town.db.begin() as tx:
        await change_standing(tx, {await town.id_of(bob): standing})
    assert await town.deliver(like(town, bob)) in {401, 403}


async def test_names_of_other_servers(town, alice):
    """SC-001, SC-016, SC-019: authority is the host of what something is called."""
    bob, carol = town.near.actor("bob"), town.far.actor("carol")
    note = town.near.note(bob)
    theirs = town.far.note(carol)
    act = town.near.activity
    for activity in (
        act("Create", bob, note | {"id": theirs["id"]}),
        act("Create", bob, note | {"attributedTo": carol}),
        act("Create", bob, theirs),
        act("Update", bob, theirs | {"attributedTo": bob}),
        act("Update", bob, town.far.documents["/users/carol"]),
        act("Update", bob, town.near.documents["/users/bob"] | {"id": town.near.actor("eve")}),
        act("Delete", bob, theirs["id"]),
        act("Delete", bob, {"type": "Tombstone", "id": theirs["id"]}),
        act("Delete", bob, carol),
        act("Undo", bob, {"type": "Like", "id": f"{carol}#1", "actor": carol, "object": f"{town.base}/users/alice"}),
        act("Move", bob, carol, target=bob),
        act("Like", bob, note["id"], id=f"{carol}#likes/1"),
        act("Create", f"{town.base}/users/alice", note | {"attributedTo": f"{town.base}/users/alice"}),
    ):
        status = await town.deliver(activity, signer=bob)
        assert status in {401, 403}, (activity, status)
    assert await town.posts() == []


async def test_what_nobody_here_knows_is_taken_and_dropped(town, alice):
    bob = town.near.actor("bob")
    for kind in ("View", "Dislike", "Listen", "FeatureRequest", "Travel", "Arrive"):
        await town.send(kind, bob, town.near.note(bob)["id"], to=[PUBLIC])
    assert await town.posts() == []


async def test_clocks_that_are_a_little_wrong(town, alice):
    bob = town.near.actor("bob")
    for off in (50 * MINUTE, -50 * MINUTE):
        assert await town.deliver(like(town, bob), at=now_ms() + off) == 202
