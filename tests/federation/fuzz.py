"""What hostile servers may send: each kind of document, with parts of it left out, of another type, doubled, nested, lengthened.

The changes are drawn by hypothesis as plain values and know no server, so that they are the same each time; `odd` does them to a
document, and writes it down as bytes, which may be no JSON.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from federation.neighbour import PUBLIC, Neighbour

SHAPES = sorted((Path(__file__).parent / "shapes").glob("*.json"))
NOBODY = "http://127.0.0.9:9"  # nobody listens there
TAILS = ("\0", "\n", "".join(chr(0x4E00 + n * 7_919 % 20_000) for n in range(1_900)))
"""What a database may choke on: PostgreSQL keeps no NUL, and nothing in an index that is longer than 2,704 bytes."""
_NO_ADDRESSES = (
    "http://",
    "https://[",
    "//x",
    "http://a b",
    "data:,x",
    f"http://u:p@{NOBODY[7:]}/",
    "https://x.example:99999/",
    *(f"{NOBODY}/a{tail}" for tail in TAILS),
)
_NO_TEXTS = (
    "",
    " ",
    "x" * 5_000,
    "\0",
    "a\0b",
    "\0" * 9,
    "\ud7ff\U0010ffff",
    "\u202e\u0301" * 90,
    "javascript:alert(1)",
    "9999-99-99T99:99:99Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "image/png",
    "text/html; charset=\0",
    "<p>" * 3_000,
    '<a href="' + NOBODY + '/\0" class="mention">@x</a>',
    "tag:a.example,2026:x",
    "Tombstone",
)
_NO_NUMBERS = (None, True, False, 0, -1, 0.5, 2**31, 2**63, 2**64, -(2**63), 2**70, 1e308)
_NO_OBJECTS: tuple[Any, ...] = (
    {},
    {"id": None},
    {"id": {"id": {}}},
    {"type": ["Note", None, 7]},
    {"type": "Tombstone"},
    {"": {"": ""}},
    {"@value": "x"},
    {"en": "x", "\0": "y"},
    {"totalItems": 2**80},
    {"a\0": "\0"},
)
_NO_LISTS: tuple[Any, ...] = (
    [],
    [[]],
    [None],
    [{}],
    [["a"], {"b": []}],
    [f"{NOBODY}/"] * 2_000,
    [0.5, -0.5],
    ["0" * 300] * 40,
)
_ODD = st.sampled_from((*_NO_ADDRESSES, *_NO_TEXTS, *_NO_NUMBERS, *_NO_OBJECTS, *_NO_LISTS))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_RAW = '"here some bytes"'
_LITERALS = (
    b"NaN", b"-Infinity", b"1e999", b"-1e-999", b"0123", b"-", b"1" * 5_000, b"1." + b"0" * 9_000, b"tru", b"'x'", b"\xff",
    b'"\xc3("',
    b'"\\ud800"', b'"\\u0000"', b'"\\x"', b'"\x01"', b"[" * 900 + b"]" * 900, b"[" * 200_000, b'{"a":' * 40 + b"1" + b"}" * 40,
    b'{"a":' * 27 + b"1" + b"}" * 27, b'{"id":1,"id":"2"}', b"\xef\xbb\xbf1", b"/**/1", b"",
)  # fmt: skip
_SPREAD = 100_000

_WHAT = (
    *("drop", "double", "link", "nest", "lengthen", "foreign", "other", "add", "tail") * 2,
    *("odd", "foreign") * 3,
    "bytes",
)
CHANGE = st.tuples(st.integers(0, _SPREAD), st.sampled_from(_WHAT), st.integers(0, _SPREAD), _ODD | _JSON)
"""Which part, what becomes of it, how much so, and an odd value to be there."""
WRITTEN = st.tuples(
    st.sampled_from((*["whole"] * 25, "cut", "byte", "twice", "twice", "utf-16", "padded")), st.integers(0, _SPREAD)
)
"""What becomes of the bytes in the end."""
ODDITY = st.tuples(st.integers(0, _SPREAD), st.lists(CHANGE, min_size=1, max_size=3), WRITTEN)
"""Which document of many, what becomes of its parts, and of its bytes."""

SERVED = st.tuples(
    st.sampled_from(("actor", "note", "pins", "replies", "finger")),
    ODDITY,
    st.sampled_from((*[200] * 12, 204, 206, 302, 404, 410, 500)),
    st.sampled_from((*[None] * 8, "application/json", "text/html", "application/ld+json", "")),
)
"""Which document of somebody is odd, how, with what status and what type (None: the right one)."""


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """As many values as that, the same each time."""
    found: list[Any] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(one: Any) -> None:
        found.append(one)

    draw()
    return found


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each part of a document."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*at, name)
            yield from places(inner, (*at, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value[:20]):
            yield (*at, number)
            yield from places(inner, (*at, number))


def with_tails(document: Any) -> Iterator[Any]:
    """The document again and again, each time with another text of it that goes on with what nobody expects."""
    for way in places(document):
        for tail in TAILS:
            made = copy.deepcopy(document)
            inside = _at(made, way[:-1])
            if isinstance(inside[way[-1]], str):
                inside[way[-1]] += tail
                yield made


def odd(document: Any, changes: Any, written: tuple[str, int], foreign: list[Any]) -> bytes:
    """The document with these changes. `foreign`: addresses and names of what its sender has no say about."""
    made, raw = copy.deepcopy(document), []
    for where, what, how, value in changes:
        ways = list(places(made))[:2_000]
        if not ways:
            break
        way = ways[where % len(ways)]
        inside = made
        for step in way[:-1]:
            inside = inside[step]
        old, last = inside[way[-1]], way[-1]
        match what:
            case "drop":
                del inside[last]
            case "double":
                inside[last] = [old, copy.deepcopy(old)]
            case "link":
                inside[last] = {"id": old, "type": "Link", "href": old}
            case "nest":
                for number in range((1, 2, 3, 12, 40)[how % 5]):
                    old = [old] if number % 2 else {"id": old, "object": old} if number < 3 else {"object": old}
                inside[last] = old
            case "lengthen":
                times = min((3, 60, 4_000)[how % 3], 1 + 300_000 // (1 + len(json.dumps(old))))
                inside[last] = old * times if isinstance(old, str) else [copy.deepcopy(old) for _ in range(times)]
            case "tail" if isinstance(old, str):
                inside[last] = old + TAILS[how % len(TAILS)]
            case "foreign":
                inside[last] = copy.deepcopy(foreign[how % len(foreign)])
            case "other":
                other = list(places(document))
                inside[last] = copy.deepcopy(_at(document, other[how % len(other)]))
            case "add" if isinstance(inside, dict):
                inside[("type", "id", "actor", "object", "attributedTo", "target", "@context")[how % 7]] = old
            case "bytes":
                inside[last] = _RAW[1:-1]
                raw.append(_LITERALS[how % len(_LITERALS)])
            case _:
                inside[last] = copy.deepcopy(value)
    body = json.dumps(made).encode()
    for literal in raw:
        body = body.replace(_RAW.encode(), literal, 1)
    return _written(body, *written)


def _at(document: Any, way: tuple[Any, ...]) -> Any:
    for step in way:
        document = document[step]
    return document


def _written(body: bytes, what: str, how: int) -> bytes:
    place = how % (len(body) or 1)
    match what:
        case "cut":
            return body[:place]
        case "byte":
            return body[:place] + bytes([0x80 + how % 128]) + body[place:]
        case "twice":  # the same keys again: what stands last counts
            return body[:-1] + b"," + body[1:] if body.startswith(b'{"') else body + body
        case "utf-16":
            return body.decode("utf-8", "replace").encode("utf-16")
        case "padded":
            return b" \n" * 5_000 + body
        case _:
            return body


def placed(value: Any, **words: str) -> Any:
    """A shape with names of a very town."""
    text = msgspec.json.encode(value).decode()
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return msgspec.json.decode(text.replace("https://x.example", NOBODY))


def rich_actor(near: Neighbour, name: str) -> str:
    """Somebody with everything that an actor may have."""
    uri = f"{near.base}/users/{name}"
    return near.actor(
        name,
        featured=near.put(f"/users/{name}/featured", {"id": f"{uri}/featured", "type": "OrderedCollection", "orderedItems": []}),
        summary="<p>bio</p>",
        icon={"type": "Image", "mediaType": "image/png", "url": f"{near.base}/a.png"},
        image={"type": "Image", "url": f"{near.base}/h.png"},
        attachment=[{"type": "PropertyValue", "name": "n", "value": "v"}],
        tag=[{"type": "Emoji", "name": ":blob:", "icon": {"type": "Image", "url": f"{near.base}/e.png"}}],
        alsoKnownAs=[f"{near.base}/users/carol"],
        published="2020-01-01T00:00:00Z",
        discoverable=True,
        attributionDomains=["a.example"],
        url=[{"type": "Link", "href": f"{near.base}/@{name}", "mediaType": "text/html"}],
        assertionMethod=[{"id": f"{uri}#ed", "type": "Multikey", "controller": uri, "publicKeyMultibase": "z6Mk"}],
    )  # fmt: skip


def rich_note(near: Neighbour, bob: str, alice: str, post: str) -> dict[str, Any]:
    """A note with everything that it may have."""
    return near.note(
        bob,
        "<p>hi</p>",
        cc=[f"{bob}/followers", alice],
        summary="w",
        sensitive=True,
        updated="2026-05-02T00:00:00Z",
        inReplyTo=post,
        contentMap={"en": "<p>hi</p>"},
        url=[{"type": "Link", "href": f"{near.base}/@bob/1", "mediaType": "text/html"}],
        tag=[
            {"type": "Mention", "href": alice, "name": "@alice"},
            {"type": "Hashtag", "name": "#x", "href": f"{NOBODY}/tags/x"},
            {"type": "Emoji", "name": ":blob:", "id": f"{near.base}/e", "icon": {"type": "Image", "url": f"{near.base}/e.png"}},
        ],
        attachment=[
            {"type": "Document", "mediaType": "image/png", "url": f"{near.base}/1.png", "name": "a", "focalPoint": [0.0, 0.5]},
        ],
        quote=post,
        quoteAuthorization=f"{near.base}/word",
        interactionPolicy={"canQuote": {"automaticApproval": [PUBLIC]}},
        replies={"type": "Collection", "first": {"type": "CollectionPage", "items": []}},
    )  # fmt: skip


def activities(near: Neighbour, bob: str, alice: str, posts: list[str]) -> list[dict[str, Any]]:
    """Each kind of activity, and posts of each kind of software. `posts`: one, a poll and a private one of alice."""
    post, poll, private = posts
    note = rich_note(near, bob, alice, post)
    question = near.note(
        bob,
        type="Question",
        oneOf=[{"type": "Note", "name": "a", "replies": {"totalItems": 1}}, {"type": "Note", "name": "b"}],
        endTime="2999-01-01T00:00:00Z",
        votersCount=1,
        cc=[alice],
    )
    page = near.note(bob, type="Article", name="title", cc=[alice], summary="s")
    vote = {"id": f"{bob}#v", "type": "Note", "name": "a", "inReplyTo": poll, "attributedTo": bob, "to": [alice]}
    act = near.activity
    made = [
        *(act("Create", bob, one, to=[PUBLIC], cc=[alice]) for one in (note, question, page, vote)),
        act("Update", bob, note | {"content": "<p>ho</p>"}),
        act("Update", bob, near.documents[bob.removeprefix(near.base)]),
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
        act("EmojiReact", bob, private, content="🎉"),
        act("Delete", bob, {"type": "Tombstone", "id": note["id"], "formerType": "Note"}),
        act("Delete", bob, bob),
    ]
    name = bob.rpartition("/")[2]
    words = {"base": near.base, "host": near.host, "here": alice.partition("/users/")[0], "name": name, "actor": bob}
    for path in SHAPES:
        shape = msgspec.json.decode(path.read_bytes())
        made += [act("Create", bob, near.note(bob, **placed(one["says"], **words))) for one in shape["posts"]]
        made += [
            act(react.pop("type"), bob, post, **react)
            for one in shape.get("reacts", ())
            for react in [placed(one, **words)]
        ]
    return made
