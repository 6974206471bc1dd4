"""What other software sends, each in its own way: shown as ours. The shapes are as their documents have them, in our words.

Source: federation.md, section 11.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from dunnock.foundation.clock import now_ms
from federation.neighbour import formatted

SHAPES = sorted((Path(__file__).parent / "shapes").glob("*.json"))


def placed(value: Any, **words: str) -> Any:
    """The shape with names of this very town."""
    text = msgspec.json.encode(value).decode()
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return msgspec.json.decode(text)


def seen(status: dict[str, Any], name: str) -> Any:
    """What a Status says under one of our words for it."""
    match name:
        case "tags":
            return [one["name"] for one in status["tags"]]
        case "mentions":
            return [one["acct"] for one in status["mentions"]]
        case "files":
            return [one["description"] for one in status["media_attachments"]]
        case "poll":
            return [[one["title"], one["votes_count"]] for one in status["poll"]["options"]]
        case _:
            return status[name]


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
async def test_a_shape(town, path):
    shape = msgspec.json.decode(path.read_bytes())
    alice = await town.make.member("alice")
    ours = await town.make.post(alice)
    words = {"base": town.near.base, "host": town.near.host, "here": town.base, "name": "bob"}
    words["actor"] = f"{town.near.base}/users/bob"
    bob = town.near.actor("bob", **placed(shape.get("actor", {}), **words))
    for number, post in enumerate(shape["posts"]):
        note = town.near.note(bob, **placed(post["says"], **words))
        await town.send("Create", bob, note | {"published": formatted(now_ms() - 1_000)})
        found = [one for one in await town.posts() if one["uri"] == note["id"]]
        assert len(found) == 1, (path.stem, number)
        status = await town.home.get(f"/api/v1/statuses/{found[0]['id']}", alice)
        for name, value in placed(post["shown"], **words).items():
            if name == "starts":
                assert status["content"].startswith(value), status["content"]
            elif name == "without":
                assert not [one for one in value if one in status["content"]], status["content"]
            else:
                assert seen(status, name) == value, (name, status)
    for react in shape.get("reacts", ()):
        act = placed(react, **words)
        await town.send(act.pop("type"), bob, f"{town.base}/users/alice/statuses/{ours.id}", **act)
        shown = await town.home.get(f"/api/v1/statuses/{ours.id}", alice)
        assert shown["favourites_count"] == 1
