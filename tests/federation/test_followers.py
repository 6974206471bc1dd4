"""Two servers that disagree on who follows whom (FEP-8fcf), and answers that are handed on to followers."""

from __future__ import annotations

import msgspec
import pytest

from dunnock import accounts, posts
from dunnock.federation.places import PUBLIC
from dunnock.federation.synchronize import digest_of, read_header


@pytest.fixture
async def ann(make):
    return await make.member("ann")


async def followed_by(house, person, name="ann"):
    activity = person.activity("Follow", f"{house.settings.public_url}/users/{name}")
    assert (await person.send(house, activity)).status == 202
    return await house.federation.people.find(person.uri)


async def publish(house, author, words, **more):
    async with house.db.begin() as tx:
        return await posts.publish(
            tx, posts.Draft(text=words, **more), author_id=author.id, app_id=None, settings=house.settings
        )


def test_digests():
    """The example of FEP-8fcf's text: XOR, so that order is nothing and twice is none."""
    one, two = "https://testing.example.org/users/1", "https://testing.example.org/users/2"
    assert digest_of([one, two]) == digest_of([two, one]) != digest_of([one])
    assert digest_of([]) == digest_of([one, one]) == "0" * 64


@pytest.mark.parametrize("text", ["", "digest", 'collectionId="a", url="b"', 'collectionId="a", url="b", digest="c"'])
def test_headers_that_say_nothing(text):
    assert read_header(text) is None


async def test_a_post_for_followers_tells_their_digest(house, ann, remote, settle):
    bob = remote.person("bob")
    await followed_by(house, bob)
    await publish(house, ann, "for friends", visibility="followers")
    await publish(house, ann, "for all")
    await settle()
    heads = [one.get("collection-synchronization") for one in remote.signatures]
    said = [read_header(one) for one in heads if one]
    assert len(said) == 1
    assert said[0].digest == digest_of([bob.uri])
    assert said[0].collection == f"{house.settings.public_url}/users/ann/followers"


async def test_follows_that_the_other_server_does_not_have(house, ann, remote, settle, make):
    """One follow is only here and ends; one is only there, and is taken back there."""
    bob = remote.person("bob")
    carl = await make.member("carl")
    person = await house.federation.people.find(bob.uri)
    async with house.db.begin() as tx:
        await accounts.follow(tx, follower=ann.id, followed=person.account_id)
        await accounts.accept_follow(tx, person.account_id, follower=ann.id)
    await settle()
    remote.got.clear()
    carls = f"{house.settings.public_url}/users/carl"
    url = f"{bob.uri}/followers_synchronization"
    remote.pages["/users/bob/followers_synchronization"] = {
        "id": url, "type": "OrderedCollection", "orderedItems": [carls],
    }  # fmt: skip
    said = f'collectionId="{bob.uri}/followers", url="{url}", digest="{digest_of([carls])}"'
    note = bob.activity("Create", bob.note())
    assert (
        await bob.send(house, note, change=lambda h, b: (h | {"collection-synchronization": said}, b))
    ).status == 202
    await settle()
    assert not (await accounts.relationships(house.db, ann.id, [person.account_id]))[0].following
    undone = [one for one in remote.got if one["type"] == "Undo"]
    assert {one["actor"] for one in undone} >= {carls}
    assert carl.id


async def test_another_ones_collection_is_nothing(house, ann, remote, another, settle):
    bob, eve = remote.person("bob"), another.person("eve", number=3)
    person = await house.federation.people.find(bob.uri)
    async with house.db.begin() as tx:
        await accounts.follow(tx, follower=ann.id, followed=person.account_id)
        await accounts.accept_follow(tx, person.account_id, follower=ann.id)
    await settle()
    said = f'collectionId="{bob.uri}/followers", url="{another.url}/x", digest="{"0" * 64}"'
    await eve.send(house, eve.activity("Like", "x"), change=lambda h, b: (h | {"collection-synchronization": said}, b))
    await settle()
    assert (await accounts.relationships(house.db, ann.id, [person.account_id]))[0].following


async def test_answers_are_handed_on(house, ann, remote, another, settle):
    """Byte for byte, to the servers of followers that did not send it, if its author signed it for that."""
    bob, eve = remote.person("bob"), another.person("eve", number=3)
    await followed_by(house, bob)
    await followed_by(house, eve)
    post = await publish(house, ann, "question")
    await settle()
    another.got.clear()
    remote.got.clear()
    uri = f"{house.settings.public_url}/users/ann/statuses/{post.id}"
    signed = {"type": "RsaSignature2017", "signatureValue": "x"}
    answer = bob.activity("Create", bob.note("<p>answer</p>", inReplyTo=uri), signature=signed, odd=[1, {"a": None}])
    body = msgspec.json.encode(answer)
    assert (await bob.send(house, body)).status == 202
    await settle()
    assert another.got == [answer]
    assert remote.got == []
    private = bob.note("<p>quiet</p>", inReplyTo=uri, to=[f"{house.settings.public_url}/users/ann"], cc=[])
    await bob.send(house, bob.activity("Create", private, signature=signed))
    await bob.send(house, bob.activity("Create", bob.note("<p>unsigned</p>", inReplyTo=uri, to=[PUBLIC])))
    await settle()
    assert another.got == [answer]
