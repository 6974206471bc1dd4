"""Proofs within documents (FEP-8b32): the specification's own example, and what is done with others' and ours."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dunnock import accounts
from dunnock.accounts import Standing
from dunnock.federation.multikey import read_base58, read_multikey, write_multikey
from dunnock.federation.signatures import holds, proofs_of, prove
from dunnock.federation.signatures.canonical import canonical
from dunnock.foundation.clock import DAY, HOUR, now_ms

CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v1"]
ALICE = "https://server.example/users/alice"
# The example of fep-8b32.feature.
NOTE = {
    "id": "https://server.example/objects/1",
    "type": "Note",
    "attributedTo": ALICE,
    "content": "Hello world",
    "location": {"type": "Place", "longitude": -71.184902, "latitude": 25.273962},
}
CREATE = {
    "@context": CONTEXT,
    "id": "https://server.example/activities/1",
    "type": "Create",
    "actor": ALICE,
    "object": NOTE,
}
SECRET = read_base58("z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq", length=34)
CREATED = int(dt.datetime(2023, 2, 24, 23, 36, 38, tzinfo=dt.UTC).timestamp() * 1000)
VALUE = "zLaewdp4H9kqtwyrLatK4cjY5oRHwVcw4gibPSUDYDMhi4M49v8pcYk3ZB6D69dNpAPbUmY8ocuJ3m9KhKJEEg7z"
KEY = Ed25519PrivateKey.from_private_bytes(SECRET[2:])


@pytest.mark.parametrize(
    ("value", "written"),
    [
        # The examples of RFC 8785, sections 3.2.2, 3.2.3 and appendix B.
        ({"1": {"f": {"f": "hi", "F": 5}, "\n": 56.0}, "10": {}, "": "empty", "a": {}, "111": [{"e": "yes"}]},
         '{"":"empty","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"e":"yes"}],"a":{}}'),
        ({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7},
         '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}'),
        ([56, 1e30, 4.5, 2e-3, 1e-27, -0.0, True, None, False], "[56,1e+30,4.5,0.002,1e-27,0,true,null,false]"),
        ([333333333.33333329, 1e21, 999999999999999900000.0, 295147905179352830000.0, 1e-6, 1e-7, 5e-324],
         "[333333333.3333333,1e+21,999999999999999900000,295147905179352830000,0.000001,1e-7,5e-324]"),
        ([9007199254740993, 1.7976931348623157e308, -0.1234], "[9007199254740992,1.7976931348623157e+308,-0.1234]"),
        ("\u20ac$\u000f\nA'B\"\\\\\"/\x7f", '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'),
    ],
)  # fmt: skip
def test_there_is_one_spelling(value, written):
    assert canonical(value).decode() == written


@pytest.mark.parametrize("value", ["\ud800", float("nan"), float("inf"), 10**400, {"a": b"x"}])
def test_what_has_no_spelling_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


def test_the_example_of_the_specification():
    proven = prove(CREATE, key_id=f"{ALICE}#ed25519-key", key=KEY, created_ms=CREATED)
    assert proven["proof"]["proofValue"] == VALUE
    [proof] = proofs_of(proven)
    assert holds(proven, proof, KEY.public_key())


def without_context(proven):
    return proven | {"proof": {name: value for name, value in proven["proof"].items() if name != "@context"}}


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one | {"object": NOTE | {"content": "Hello"}},
        lambda one: one | {"to": "https://other.example"},
        lambda one: one | {"@context": [*reversed(CONTEXT)]},
        lambda one: one | {"proof": one["proof"] | {"created": "2023-02-24T23:36:39Z"}},
        lambda one: one | {"proof": one["proof"] | {"proofValue": VALUE[:-1]}},
        lambda one: one | {"proof": one["proof"] | {"proofValue": "z" + "1" * 64}},
        lambda one: one | {"proof": one["proof"] | {"proofValue": 7}},
    ],
)
def test_what_was_changed_is_not_proven(change):
    proven = change(prove(CREATE, key_id=f"{ALICE}#ed25519-key", key=KEY, created_ms=CREATED))
    [proof] = proofs_of(proven)
    assert not holds(proven, proof, KEY.public_key())
    assert not holds(proven, proof, Ed25519PrivateKey.generate().public_key())


def test_a_proof_without_the_context_is_read_as_with_it():
    proven = without_context(prove(CREATE, key_id=f"{ALICE}#ed25519-key", key=KEY, created_ms=CREATED))
    [proof] = proofs_of(proven)
    assert holds(proven, proof, KEY.public_key())


@pytest.mark.parametrize(
    "held", [None, 7, {}, [], [None], {"type": "DataIntegrityProof"}, [{"cryptosuite": "eddsa-jcs-2022"}]]
)
def test_other_proofs_are_left_alone(held):
    assert proofs_of({"proof": held}) == []


# Between servers -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def alice(town):
    return await town.make.member("alice")


def with_key(town, name, key):
    """Somebody of the near server with an Ed25519 key; (uri, key id)."""
    uri = town.near.actor(name)
    key_id = f"{uri}#ed"
    multikey = {
        "id": key_id,
        "type": "Multikey",
        "controller": uri,
        "publicKeyMultibase": write_multikey(key.public_key()),
    }
    town.near.documents[uri.removeprefix(town.near.base)] |= {"assertionMethod": [multikey]}
    return uri, key_id


async def handed_on(town, activity):
    """Somebody of another server hands it on."""
    return await town.deliver(activity, signer=town.far.actor())


async def test_a_proven_answer_is_not_asked_for(town, alice):
    """Its server need not be there at all: it is asked for the key, once."""
    bob, key_id = with_key(town, "bob", KEY)
    post = await town.make.post(alice)
    at = f"{town.base}/users/alice/statuses/{post.id}"
    note = town.near.note(bob, "<p>proven</p>", inReplyTo=at)
    del town.near.documents[note["id"].removeprefix(town.near.base)]
    create = prove(town.near.activity("Create", bob, note), key_id=key_id, key=KEY, created_ms=now_ms())
    assert await handed_on(town, create) == 202
    assert [one["html"] for one in await town.posts()][1:] == ["<p>proven</p>"]
    assert not [path for path in town.near.asked if path.startswith("/notes/")]
    delete = prove(town.near.activity("Delete", bob, note["id"]), key_id=key_id, key=KEY, created_ms=now_ms())
    assert await handed_on(town, delete) == 202
    assert len(await town.posts()) == 1


@pytest.mark.parametrize("why", ["old", "ahead", "another key", "another actor", "changed"])
async def test_what_is_not_proven_is_asked_for(town, alice, why):
    """SC-034: no more is believed than the proof says, and what the server itself has is what counts."""
    bob, key_id = with_key(town, "bob", KEY)
    _, false_id = with_key(town, "mallory", Ed25519PrivateKey.generate())
    at = f"{town.base}/users/alice/statuses/{(await town.make.post(alice)).id}"
    note = town.near.note(bob, "<p>true</p>", inReplyTo=at)
    said = town.near.activity("Create", bob, note | {"content": "<p>false</p>"})
    when = {"old": now_ms() - DAY - HOUR, "ahead": now_ms() + 2 * HOUR}.get(why, now_ms())
    key = Ed25519PrivateKey.generate() if why == "another key" else KEY
    create = prove(said, key_id=false_id if why == "another actor" else key_id, key=key, created_ms=when)
    if why == "changed":
        create |= {"summary": "x"}
    assert await handed_on(town, create) == 202
    assert [one["html"] for one in await town.posts()][1:] == ["<p>true</p>"]


async def test_somebody_suspended_is_not_heard_through_others(town, alice):
    bob, key_id = with_key(town, "bob", KEY)
    an_id = await town.meet(bob)
    async with town.db.begin() as tx:
        await accounts.change_standing(tx, {an_id: Standing.SUSPENDED})
    at = f"{town.base}/users/alice/statuses/{(await town.make.post(alice)).id}"
    said = town.near.activity("Create", bob, town.near.note(bob, inReplyTo=at))
    assert await handed_on(town, prove(said, key_id=key_id, key=KEY, created_ms=now_ms())) == 403
    assert len(await town.posts()) == 1


async def test_what_goes_to_everybody_is_proven(town, alice):
    """Byte for byte the same for all inboxes; what is for some only carries no proof that somebody could show around."""
    for server in (town.near, town.far):
        await town.send("Follow", server.actor(), f"{town.base}/users/alice")
    await town.home.post("/api/v1/statuses", alice, status="open")
    await town.home.post("/api/v1/statuses", alice, status="closed", visibility="private")
    near, far = [
        sorted(await town.told(one, "Create"), key=lambda a: a["object"]["content"]) for one in (town.near, town.far)
    ]
    assert near == far
    closed, opened = near
    assert "proof" not in closed
    [proof] = proofs_of(opened)
    actor = (await town.home.house.federation.keys.of(alice.id, "alice")).multikey
    assert proof.key_id == f"{town.base}/users/alice#ed25519-key"
    assert holds(opened, proof, read_multikey(actor))


async def test_what_ends_is_told_to_those_who_read_it_through_a_boost(town, alice):
    """Byte for byte, so that the proof holds there too."""
    bob, key_id = with_key(town, "bob", KEY)
    await town.follow(alice, bob)
    await town.send("Follow", town.far.actor("carol"), f"{town.base}/users/alice")
    note = town.near.note(bob)
    await town.send("Create", bob, note)
    await town.settle()
    (there,) = await town.home.get("/api/v1/timelines/home", alice)
    await town.home.post(f"/api/v1/statuses/{there['id']}/reblog", alice)
    delete = prove(town.near.activity("Delete", bob, note["id"]), key_id=key_id, key=KEY, created_ms=now_ms())
    assert await town.deliver(delete) == 202
    assert await town.told(town.far, "Delete") == [delete]
