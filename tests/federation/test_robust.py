"""What others send and serve may be anything: nothing of it breaks us, and nothing that is somebody else's changes.

Each part of each kind of activity and document is left out, of another type, doubled, nested, too long; the bytes are no JSON;
and who says it has no say about it. Always the same cases. Source: federation.md, section 15.
"""

from __future__ import annotations

import collections
import gc
import json
import logging
import tracemalloc
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import structlog

from api.staffed import staffed
from dunnock.accounts import tables as a
from dunnock.federation import tables as f
from dunnock.foundation.cache import Cache
from dunnock.foundation.db import Sql
from dunnock.foundation.db.tables import failures, jobs
from dunnock.media import tables as m
from dunnock.posts import tables as p
from federation.fuzz import ODDITY, SERVED, activities, drawn, odd, rich_actor, rich_note, with_tails
from federation.neighbour import ACTIVITY, PUBLIC, Neighbour
from federation.town import Town

# Whose a row is: who has no part in it has no say about it.
_OWNED = {
    a.accounts: ("id",),
    a.members: (),
    a.tokens: (),
    a.follows: ("follower_id", "followed_id"),
    a.blocks: ("account_id", "target_id"),
    a.mutes: ("account_id", "target_id"),
    p.posts: ("author_id",),
    p.interactions: ("account_id",),
    m.media: ("account_id",),
    f.key_pairs: (),
    f.actors: ("account_id",),
    f.actor_keys: ("account_id",),
}
_MAY_COME = frozenset({"accounts", "posts", "actors", "media"})
_ALL = {table: Sql(table.select()) for table in _OWNED}
_JOBS = Sql(jobs.select().with_only_columns(jobs.c.kind, jobs.c.body, jobs.c.error))
_FAILED = Sql(failures.select())
_NOW = Sql(jobs.update().values(run_at=0))


class Scene(Town):
    """People of whom some hostile ones of `near` know nothing; `foreign` are names of theirs. `log`: what was said."""

    log: structlog.testing.LogCapture
    foreign: list[Any]

    async def begin(self) -> None:
        self.alice, self.other = await self.make.member("alice"), await self.make.member("other")
        self.carol, self.dave = self.far.actor("carol"), self.far.actor("dave")
        await self.follow(self.alice, self.carol)
        await self.follow(self.other, self.carol)
        await self.make.follow(self.other, self.alice)
        await self.home.post(f"/api/v1/accounts/{await self.meet(self.dave)}/block", self.alice)
        note = self.far.note(self.carol, cc=[f"{self.carol}/followers", f"{self.base}/users/alice"])
        await self.send("Create", self.carol, note)
        await self.send("Follow", self.carol, f"{self.base}/users/alice")
        say = [
            {"status": "hello"},
            {"status": "?", "poll": {"options": ["a", "b"], "expires_in": 9_000}},
            {"status": "quiet", "visibility": "private"},
        ]
        self.said = [(await self.home.post("/api/v1/statuses", self.alice, **one))["uri"] for one in say]
        hidden = await self.home.post("/api/v1/statuses", self.other, status="hidden", visibility="direct")
        await self.settle()
        users = f"{self.base}/users"
        self.foreign = [
            f"{users}/alice",
            f"{users}/other",
            f"{users}/other/followers",
            *self.said,
            hidden["uri"],
            f"{self.base}/actor",
            f"{self.base}/inbox",
            f"{users}/alice/follows/{await self.id_of(self.carol)}",
            self.carol,
            f"{self.carol}#main-key",
            f"{self.carol}/followers",
            note["id"],
            note,
            self.far.documents["/users/carol"],
            self.far.host,
            "carol",
            "alice",
            PUBLIC,
            f"@alice@{self.base[7:]}",
        ]
        self.log.entries.clear()

    async def guarded(self) -> dict[str, dict[Any, Any]]:
        """What nobody of `near` has a say about, by tables and keys."""
        theirs = {row[0] for row in await self.db.all(_ALL[a.accounts]) if row[3] == self.near.host}
        found: dict[str, dict[Any, Any]] = {}
        for table, owners in _OWNED.items():
            names = [column.name for column in table.columns]
            keys, own = [one.name for one in table.primary_key], [names.index(one) for one in owners]
            rows = [tuple(row) for row in await self.db.all(_ALL[table])]
            found[table.name] = {
                tuple(row[names.index(one)] for one in keys): row
                for row in rows
                if not any(row[one] in theirs for one in own)
            }
        return found

    async def unharmed(self, before: dict[str, dict[Any, Any]]) -> None:
        """All that was set off has ended, without an error; and what they have no say about is as it was."""
        for _ in range(30):  # what another server did not answer to is asked for three times more, and leads on
            await self.home.house.reactions.settle()
            await self.home.house.jobs.settle()
            if not (left := await self.db.all(_JOBS)):
                break
            async with self.db.begin() as tx:
                await tx.run(_NOW)
        assert left == []
        assert await self.db.all(_FAILED) == []
        assert [one for one in self.log.entries if one["log_level"] in {"error", "critical"}] == []
        for table, rows in (await self.guarded()).items():
            was = before[table]
            assert {key: rows.get(key) for key in was} == was, table
            if table not in _MAY_COME:
                assert rows.keys() == was.keys(), table
        for table in (a.accounts, p.posts):
            uri = [one.name for one in table.columns].index("uri")
            known = before[table.name]
            for key, row in (await self.guarded())[table.name].items():
                if key not in known:  # read from its own server
                    assert str(row[uri]).removeprefix(self.far.base) in self.far.documents


def batched(cases: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(cases), size):
        yield cases[start : start + size]


@pytest.fixture
async def scene(database_url, tmp_path, make, caplog):
    log = structlog.testing.LogCapture()
    structlog.configure(processors=[log], cache_logger_on_first_use=False)
    home = await staffed(database_url, tmp_path, make)
    near, far = await Neighbour("127.0.0.2").start(), await Neighbour("127.0.0.3").start()
    await home.house.reactions.prepare()
    made = Scene(home, make, near, far)
    made.log = log
    await made.begin()
    yield made
    await home.house.close()
    await near.stop()
    await far.stop()
    structlog.reset_defaults()
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("met", [False, True])
async def test_what_is_sent(scene, met):
    """`met`: each sender is followed by somebody here, else they are strangers."""
    near = scene.near
    statuses = collections.Counter()
    for oddities in batched(drawn(ODDITY, 480 if met else 240), 24):
        bob = rich_actor(near, f"bob{len(near.documents)}")
        if met:
            await scene.follow(scene.alice, bob)
        before = await scene.guarded()
        kinds = activities(near, bob, scene.foreign[0], scene.said)
        for which, changes, written in oddities:
            body = odd(kinds[which % len(kinds)], changes, written, scene.foreign)
            status = await scene.deliver(body, signer=bob, path=("/inbox", "/users/alice/inbox")[which % 2])
            assert status < 500, (status, body[:2_000])
            statuses[status] += 1
        await scene.unharmed(before)
        for path in ("/api/v1/timelines/home", "/api/v1/notifications", "/api/v2/search?q=hi"):
            await scene.home.get(path, scene.alice)
    assert statuses[202] > statuses.total() / 2, statuses


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_texts_that_a_database_does_not_take(scene):
    """Each text of each kind of activity, and of an actor, that goes on with a NUL, a line's end, or without an end."""
    near, before = scene.near, await scene.guarded()
    bob = rich_actor(near, "bob")
    await scene.follow(scene.alice, bob)
    kinds = activities(near, bob, scene.foreign[0], scene.said)
    for kind in [*kinds[:5], *kinds[6:14], *kinds[16:21]]:
        for number, activity in enumerate(with_tails(kind)):
            about = activity["object"]
            if activity["id"] == kind["id"]:
                activity["id"] += f"/{number}"
            if kind["type"] == "Create" and about["id"] == kind["object"]["id"]:
                about["id"] += f"/{number}"
            assert await scene.deliver(activity, signer=bob) < 500, activity
    for number, document in enumerate(with_tails(near.documents["/users/bob"])):
        text = json.dumps(document).replace("/users/bob", f"/users/bob{number}").replace('"bob', f'"bob{number}')
        near.documents[f"/users/bob{number}"] = text.encode()
        follow = near.activity("Follow", f"{bob}{number}", scene.foreign[0])
        assert await scene.deliver(follow) < 500, text
    await scene.unharmed(before)


async def test_what_is_served(scene):
    """A document of somebody is odd, and all that leads to it is asked for: by people who search, and by jobs."""
    near = scene.near
    for served in batched(drawn(SERVED, 80), 20):
        before = await scene.guarded()
        for one in served:
            bob = rich_actor(near, f"bob{len(near.documents)}")
            note = rich_note(near, bob, scene.foreign[0], scene.said[0])
            _serve(scene, bob, note, one)
            for wanted in (f"@{bob.rpartition('/')[2]}@{near.host}", bob, note["id"]):
                query = urlencode({"q": wanted, "resolve": "true"})
                found = await scene.home.get(f"/api/v2/search?{query}", scene.alice)
                for post in found["statuses"]:
                    await scene.home.get(f"/api/v1/statuses/{post['id']}/context", scene.alice)
                await scene.home.house.jobs.settle()
        await scene.unharmed(before)


def _serve(scene: Scene, bob: str, note: dict[str, Any], how: Any) -> None:
    """Have `near` serve all of somebody's documents, one of them odd."""
    near, (which, (_, changes, written), status, kind) = scene.near, how
    at = {
        "actor": bob.removeprefix(near.base),
        "note": note["id"].removeprefix(near.base),
        "pins": f"{bob.removeprefix(near.base)}/featured",
        "replies": f"{note['id'].removeprefix(near.base)}/replies",
        "finger": "/.well-known/webfinger",
    }
    replies = {"id": f"{near.base}{at['replies']}", "type": "Collection", "items": [note["id"]]}
    near.documents[at["note"]] = note | {"replies": near.put(at["replies"], replies)}
    near.documents[at["pins"]]["orderedItems"] = [note["id"]]
    links = [{"rel": "self", "type": ACTIVITY, "href": bob}]
    finger = {"subject": f"acct:{bob.rpartition('/')[2]}@{near.host}", "aliases": [bob], "links": links}
    near.put(at["finger"], finger, kind="application/jrd+json")
    place = at[which]
    near.documents[place] = odd(near.documents[place], changes, written, scene.foreign)
    near.status = {place: status}
    near.types[place] = near.types[place] if kind is None else kind


def _held() -> int:
    """Bytes that are held, but for what is kept within bounds."""
    for one in gc.get_objects():
        if isinstance(one, Cache):
            one.clear()
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nothing_is_kept_of_it(scene):
    """The same cases again and again, each time by somebody else: what is held does not grow with what was sent."""
    oddities, held, sent = drawn(ODDITY, 200), [], 0
    tracemalloc.start()
    try:
        for name in ("warm", "first", "second"):
            bob, sent = rich_actor(scene.near, name), 0
            kinds = activities(scene.near, bob, scene.foreign[0], scene.said)
            for which, changes, written in oddities:
                body = odd(kinds[which % len(kinds)], changes, written, scene.foreign)
                await scene.deliver(body, signer=bob)
                sent += len(body)
            await scene.home.house.reactions.settle()
            await scene.home.house.jobs.settle()
            for kept in (scene.near.documents, scene.near.asked, scene.near.got, scene.log.entries):
                kept.clear()
            held.append(_held())
    finally:
        tracemalloc.stop()
    assert held[2] - held[1] < min(sent, 250 * len(oddities)), (held, sent)
