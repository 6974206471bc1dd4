"""What others send may be anything: nothing of it breaks us, and nothing that is somebody else's changes.

Each property of each kind of activity is left out, of another type, doubled, nested, too long; so are documents that are
fetched. Source: federation.md, section 15.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from dunnock.federation.objects import is_post, read_post
from dunnock.federation.parse import read_json
from dunnock.federation.people import read_actor
from dunnock.foundation.clock import now_ms
from dunnock.foundation.errors import DomainError
from federation.neighbour import PUBLIC

_NO_ADDRESSES = (
    "http://",
    "https://[",
    "//x",
    "http://a b",
    "data:,x",
    "https://u:p@x.example/",
    "https://x.example:99999/",
)
_NO_TEXTS = ("", " ", "x" * 5_000, "\0", "\ud7ff\U0010ffff", "javascript:alert(1)", "9999-99-99T99:99:99Z")
_NO_NUMBERS = (None, True, 0, -1, 2**70, 1e308)
_NO_OBJECTS = ({}, {"id": None}, {"id": {"id": {}}}, {"type": ["Note", None, 7]}, {"": {"": ""}}, {"@value": "x"})
_NO_LISTS = ([], [[]], [None], [{}], [["a"], {"b": []}], ["https://x.example/"] * 2_000)
ODD: tuple[Any, ...] = (*_NO_ADDRESSES, *_NO_TEXTS, *_NO_NUMBERS, *_NO_OBJECTS, *_NO_LISTS)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each part of a document."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*at, name)
            yield from places(inner, (*at, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield (*at, number)
            yield from places(inner, (*at, number))


def changed(document: Any, at: tuple[Any, ...], chance: random.Random) -> Any:
    """The document with one part otherwise."""
    made = copy.deepcopy(document)
    inside = made
    for step in at[:-1]:
        inside = inside[step]
    old = inside[at[-1]]
    match chance.randrange(5):
        case 0:
            del inside[at[-1]]
        case 1:
            inside[at[-1]] = [old, old]
        case 2:
            inside[at[-1]] = {"id": old, "type": "Link", "href": old}
        case _:
            inside[at[-1]] = chance.choice(ODD)
    return made


def rich(town, bob: str, alice: str, post: str) -> list[dict[str, Any]]:
    """An activity of each kind, with everything that it can have."""
    near = town.near
    note = near.note(
        bob,
        "<p>hi</p>",
        summary="w",
        sensitive=True,
        updated="2026-05-02T00:00:00Z",
        inReplyTo=post,
        contentMap={"en": "<p>hi</p>"},
        url=[{"type": "Link", "href": f"{near.base}/@bob/1", "mediaType": "text/html"}],
        tag=[
            {"type": "Mention", "href": alice, "name": "@alice"},
            {"type": "Hashtag", "name": "#x", "href": "https://x.example/tags/x"},
            {"type": "Emoji", "name": ":blob:", "id": f"{near.base}/e", "icon": {"type": "Image", "url": f"{near.base}/e.png"}},
        ],
        attachment=[
            {"type": "Document", "mediaType": "image/png", "url": f"{near.base}/1.png", "focalPoint": [0.0, 0.5]},
        ],
        quote=post,
        quoteAuthorization=f"{near.base}/word",
        interactionPolicy={"canQuote": {"automaticApproval": [PUBLIC]}},
        replies={"type": "Collection", "first": {"type": "CollectionPage", "items": []}},
    )  # fmt: skip
    question = near.note(
        bob,
        type="Question",
        oneOf=[{"type": "Note", "name": "a", "replies": {"totalItems": 1}}, {"type": "Note", "name": "b"}],
        endTime="2999-01-01T00:00:00Z",
        votersCount=1,
        cc=[alice],
    )
    page = near.note(bob, type="Article", name="title", cc=[alice], summary="s")
    vote = {"id": f"{bob}#v", "type": "Note", "name": "a", "inReplyTo": post, "attributedTo": bob, "to": [alice]}
    act = near.activity
    return [
        *(act("Create", bob, one, to=[PUBLIC], cc=[alice]) for one in (note, question, page, vote)),
        act("Update", bob, note | {"content": "<p>ho</p>"}),
        act("Update", bob, near.documents["/users/bob"]),
        act("Like", bob, post, content="x", tag=[]),
        act("Announce", bob, post, to=[PUBLIC], cc=[f"{bob}/followers"]),
        act("Undo", bob, act("Like", bob, post)),
        act("Undo", bob, act("Announce", bob, post)),
        act("Follow", bob, alice),
        act("Undo", bob, act("Follow", bob, alice)),
        act("Accept", bob, {"type": "Follow", "id": "x", "actor": alice, "object": bob}),
        act("Reject", bob, {"type": "Follow", "id": "x", "actor": alice, "object": bob}),
        act("Block", bob, alice),
        act("Undo", bob, act("Block", bob, alice)),
        act("Flag", bob, [alice, post], content="spam"),
        act("Move", bob, bob, target=f"{near.base}/users/carol"),
        act("Add", bob, note["id"], target=f"{bob}/featured"),
        act("Remove", bob, note["id"], target=f"{bob}/featured"),
        act("QuoteRequest", bob, post, instrument=note),
        act("EmojiReact", bob, post, content="🎉"),
        act("Delete", bob, {"type": "Tombstone", "id": note["id"], "formerType": "Note"}),
    ]


@pytest.mark.parametrize("seed", range(2))
async def test_activities_that_are_not_as_they_should_be(town, seed):
    chance = random.Random(seed)
    alice, other = await town.make.member("alice"), await town.make.member("other")
    post = await town.make.post(alice)
    private = await town.make.post(other, visibility="followers")
    bob = town.near.actor(
        "bob",
        featured=f"{town.near.base}/users/bob/featured",
        summary="<p>bio</p>",
        icon={"type": "Image", "url": f"{town.near.base}/a.png"},
        image={"type": "Image", "url": f"{town.near.base}/h.png"},
        attachment=[{"type": "PropertyValue", "name": "n", "value": "v"}],
        alsoKnownAs=[f"{town.near.base}/users/carol"],
        published="2020-01-01T00:00:00Z",
    )
    carol = town.far.actor("carol")
    await town.follow(alice, bob)
    await town.follow(alice, carol)
    kept = town.far.note(carol)
    await town.send("Create", carol, kept)
    before = [one for one in await town.posts() if one["html"] == "<p>hello</p>"]
    for activity in rich(town, bob, f"{town.base}/users/alice", f"{town.base}/users/alice/statuses/{post.id}"):
        ways = [way for way in places(activity) if way != ("actor",)]
        for way in chance.sample(ways, min(len(ways), 12)):
            odd = changed(activity, way, chance)
            if isinstance(odd.get("id"), str):
                odd["id"] = f"{odd['id']}?{chance.random()}"[:2_000]
            status = await town.deliver(msgspec.json.encode(odd), signer=bob)
            assert status < 500, (status, way, odd)
    for _ in range(3):
        await town.home.house.reactions.settle()
        await town.home.house.jobs.settle()
    after = await town.posts()
    mine = {one["id"]: one for one in after}
    for one in before:
        if one["author_id"] != await town.id_of(bob):
            assert mine[one["id"]] == one
    assert mine[private.id]["deleted_at"] is None
    for path in ("/api/v1/timelines/home", "/api/v1/notifications", "/api/v1/timelines/public"):
        await town.home.get(path, alice)


def test_documents_that_are_not_as_they_should_be(town_documents):
    """Readers refuse in words, or read what there is."""
    chance = random.Random(7)
    for document in town_documents:
        for way in places(document):
            for _ in range(2):
                odd = changed(document, way, chance)
                body = msgspec.json.encode(odd)
                again = read_json(body)
                try:
                    if is_post(again):
                        read_post(again, followers="https://a.example/users/bob/followers", now=now_ms())
                    else:
                        read_actor(again, now_ms())
                except DomainError:
                    continue


@pytest.fixture
def town_documents():
    from federation.neighbour import Neighbour

    class Still:
        near = Neighbour("a.example")

    bob = Still.near.actor(
        "bob", icon={"type": "Image", "url": "https://a.example/a.png"}, attachment=[{"type": "PropertyValue"}]
    )
    acts = rich(Still, bob, "https://here.example/users/alice", "https://here.example/users/alice/statuses/1")
    return [Still.near.documents["/users/bob"], *(one["object"] for one in acts[:3])]
