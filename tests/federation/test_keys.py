"""Keys of this server and of others: new ones, two kinds of them, and whose they are."""

from __future__ import annotations

import base64
import functools
import itertools

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from api.kit.driver import call
from dunnock import federation
from dunnock.federation import keys
from dunnock.federation.keys import _make as make_key
from dunnock.federation.multikey import read_multikey, write_multikey
from dunnock.foundation.clock import now_ms
from federation.neighbour import ACTIVITY, digest
from federation.test_deliveries import again

# Source: Multikey test vectors of the Data Integrity EdDSA Cryptosuites (W3C), appendix B.
_WRITTEN = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"


@pytest.fixture
async def alice(town):
    return await town.make.member("alice")


@functools.cache
def numbered(_):
    """A key pair; the same for the same number."""
    return make_key()


@pytest.fixture(autouse=True)
def new_keys(keys_at_once, monkeypatch):
    """Each time another one."""
    numbers = itertools.count()
    monkeypatch.setattr(keys, "_make", lambda: numbered(next(numbers)))


async def document(town, path):
    answer = await call(town.home.house.edge, "GET", path, headers=(("accept", ACTIVITY),))
    assert answer.status == 200
    return msgspec.json.decode(answer.body)


def multikey_of(private):
    return write_multikey(private.public_key())


def ed_signed(url, body, *, key_id, private, algorithm="ed25519"):
    """Headers of a POST signed as RFC 9421 says, by an Ed25519 key."""
    held = {"@method": "POST", "@target-uri": url, "content-digest": f"sha-256=:{digest(body)}:"}
    inner = " ".join(f'"{name}"' for name in held)
    alg = f';alg="{algorithm}"' if algorithm else ""
    params = f'({inner});created={now_ms() // 1000};keyid="{key_id}"{alg}'
    lines = [*(f'"{name}": {value}' for name, value in held.items()), f'"@signature-params": {params}']
    signature = base64.b64encode(private.sign("\n".join(lines).encode())).decode()
    return {
        "host": url.split("/")[2],
        "content-digest": held["content-digest"],
        "signature-input": f"sig1={params}",
        "signature": f"sig1=:{signature}:",
    }


def test_a_multikey_is_read_and_written():
    key = read_multikey(_WRITTEN)
    assert isinstance(key, Ed25519PublicKey)
    assert write_multikey(key) == _WRITTEN
    private = Ed25519PrivateKey.generate()
    assert read_multikey(multikey_of(private)).public_bytes_raw() == private.public_key().public_bytes_raw()


@pytest.mark.parametrize(
    "text", ["", "z", "zz", None, 5, _WRITTEN[1:], _WRITTEN[:-1], f"{_WRITTEN}1", "z0OIl", "u7QE", "z" + "2" * 1_000]
)
def test_what_is_no_multikey(text):
    assert read_multikey(text) is None


async def test_an_actor_names_both_its_keys(town, alice):
    told = await document(town, "/users/alice")
    [ed] = told["assertionMethod"]
    assert (ed["type"], ed["controller"]) == ("Multikey", told["id"])
    assert ed["id"] == f"{told['id']}#ed25519-key"
    assert read_multikey(ed["publicKeyMultibase"]) is not None
    assert "Multikey" in told["@context"][-1]
    assert "assertionMethod" in await document(town, "/actor")
    assert await document(town, "/users/alice") == told


async def test_new_keys_have_new_names_and_are_told(town, alice):
    fan = town.near.actor("fan")
    await town.send("Follow", fan, f"{town.base}/users/alice")
    await town.settle()
    old = await document(town, "/users/alice")
    assert await federation.rotate(town.db, alice.id)
    new = await document(town, "/users/alice")
    assert new["publicKey"]["id"] == f"{new['id']}#main-key-2"
    assert new["assertionMethod"][0]["id"] == f"{new['id']}#ed25519-key-2"
    assert new["publicKey"]["publicKeyPem"] != old["publicKey"]["publicKeyPem"]
    assert new["assertionMethod"][0]["publicKeyMultibase"] != old["assertionMethod"][0]["publicKeyMultibase"]
    [told] = await town.told(town.near, "Update")
    assert told["object"]["publicKey"] == new["publicKey"]
    _, headers, _ = town.near.got[-1]
    assert f'keyId="{new["publicKey"]["id"]}"' in headers["signature"]


async def test_what_waits_is_signed_with_the_new_key(town, alice):
    fan = town.near.actor("fan")
    town.near.status["/users/fan/inbox"] = 503
    await town.send("Follow", fan, f"{town.base}/users/alice")
    await town.settle()
    assert await federation.rotate(town.db, alice.id)
    del town.near.status["/users/fan/inbox"]
    await again(town)
    accepts = [headers["signature"] for _, headers, activity in town.near.got if activity["type"] == "Accept"]
    assert ["#main-key-2" in one for one in accepts] == [False, True]


async def test_all_keys_anew(town, alice):
    bare = await town.make.member("bare")
    await document(town, "/users/alice")
    server = await document(town, "/actor")
    assert not await federation.rotate(town.db, bare.id)
    assert await federation.rotate_all(town.db) == 2
    assert (await document(town, "/actor"))["publicKey"]["id"] == f"{server['id']}#main-key-2"
    assert (await document(town, "/users/alice"))["publicKey"]["id"].endswith("/users/alice#main-key-2")


async def test_an_account_from_before_gets_its_second_key(town, alice):
    from dunnock.federation.tables import key_pairs
    from dunnock.foundation.db import Sql

    told = await document(town, "/users/alice")
    async with town.db.begin() as tx:
        await tx.run(Sql(key_pairs.update().values(ed_private_pem=None)))
    house = town.home.house.federation
    pair = await keys.Keys(town.db, house.places).of(alice.id, "alice")
    assert pair.public == told["publicKey"]["publicKeyPem"]
    again = await keys.Keys(town.db, house.places).of(alice.id, "alice")
    assert again.multikey == pair.multikey != told["assertionMethod"][0]["publicKeyMultibase"]


# Keys of others -----------------------------------------------------------------------------------------------------


def with_ed(town, name, private, **more):
    """Somebody elsewhere with an Ed25519 key; their address, and the key's."""
    uri = f"{town.near.base}/users/{name}"
    key_id = f"{uri}#ed25519-key"
    ed = {"id": key_id, "type": "Multikey", "controller": uri, "publicKeyMultibase": multikey_of(private)}
    return town.near.actor(name, assertionMethod=[ed | more.pop("ed", {})], **more), more.get("key_id", key_id)


async def deliver(town, activity, key_id, private, **how):
    body = msgspec.json.encode(activity)
    return (
        await town.request(body, ed_signed(f"{town.base}/inbox", body, key_id=key_id, private=private, **how))
    ).status


@pytest.mark.parametrize("public_key", [True, False])
async def test_an_ed25519_signature_counts(town, alice, public_key):
    """Beside an RSA key, or as the only one."""
    private = Ed25519PrivateKey.generate()
    more = {} if public_key else {"publicKey": None}
    bob, key_id = with_ed(town, "bob", private, **more)
    follow = town.near.activity("Follow", bob, f"{town.base}/users/alice")
    for algorithm in ("ed25519", ""):
        assert await deliver(town, follow, key_id, private, algorithm=algorithm) == 202
    assert town.near.asked.count("/users/bob") == 1
    assert await deliver(town, follow, key_id, Ed25519PrivateKey.generate()) == 401
    assert await deliver(town, follow, key_id, private, algorithm="rsa-v1_5-sha256") == 401
    if public_key:
        assert await town.deliver(town.near.activity("Like", bob, f"{town.base}/users/alice/statuses/1")) == 202


async def test_sc_021_a_key_of_somebody_else_is_none(town, alice):
    """What names another owner, or lies on another server, does not count."""
    private = Ed25519PrivateKey.generate()
    carl = town.near.actor("carl")
    bob, key_id = with_ed(town, "bob", private, ed={"controller": carl})
    assert await deliver(town, town.near.activity("Like", bob, "x"), key_id, private) == 401
    eve, _ = with_ed(town, "eve", private, ed={"id": f"{town.far.base}/users/dora#ed25519-key"})
    away = f"{town.far.base}/users/dora#ed25519-key"
    town.far.actor("dora")
    assert await deliver(town, town.near.activity("Like", eve, "x"), away, private) == 401


async def test_sc_022_a_key_speaks_for_its_owner_only(town, alice):
    private = Ed25519PrivateKey.generate()
    _, key_id = with_ed(town, "bob", private)
    victim = town.near.actor("victim")
    assert await deliver(town, town.near.activity("Follow", victim, f"{town.base}/users/alice"), key_id, private) == 401


async def test_a_new_ed25519_key_is_asked_for_once_and_the_old_one_is_over(town, alice):
    old, new, newer = [Ed25519PrivateKey.generate() for _ in range(3)]
    bob, key_id = with_ed(town, "bob", old)
    like = town.near.activity("Like", bob, f"{town.base}/users/alice/statuses/1")
    assert await deliver(town, like, key_id, old) == 202
    with_ed(town, "bob", new)
    assert await deliver(town, like, key_id, new) == 202
    assert await deliver(town, like, key_id, old) == 401
    with_ed(town, "bob", newer)
    assert await deliver(town, like, key_id, newer) == 401  # asked a moment ago
    assert town.near.asked.count("/users/bob") == 2


async def test_sc_020_an_update_does_not_bring_a_key(town, alice):
    """Another Ed25519 key is believed where it is fetched, as any."""
    mine, theirs = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    bob, key_id = with_ed(town, "bob", mine)
    like = town.near.activity("Like", bob, f"{town.base}/users/alice/statuses/1")
    assert await deliver(town, like, key_id, mine) == 202
    said = dict(town.near.documents["/users/bob"])
    said["assertionMethod"] = [said["assertionMethod"][0] | {"publicKeyMultibase": multikey_of(theirs)}]
    assert await deliver(town, town.near.activity("Update", bob, said), key_id, mine) == 202
    await town.settle()
    assert await deliver(town, town.near.activity("Like", bob, "x"), key_id, theirs) == 401
    assert await deliver(town, town.near.activity("Like", bob, "y"), key_id, mine) == 202
