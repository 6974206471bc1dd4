"""Members' own data: files out and in, through whole requests on the whole house."""

from __future__ import annotations

import json

import pytest

from api import consistency
from api.kit.driver import call
from api.owning import Owning
from api.staffed import URL, staffed
from dunnock import accounts, filters, posts
from dunnock.feeds import lists
from dunnock.feeds.custom import keep
from dunnock.foundation.refresh import begin, find, tell
from dunnock.portability.bring import DoImport
from dunnock.portability.carry_out import do_import

IMPORTS = "/api/v1/dunnock/imports"
HERE = URL.removeprefix("http://")
BIRDS = """# Mine, with a comment.
version = 1
title = "Birds"
[sources]
hashtags = ["birds"]
accounts = ["cleo@far.example"]
"""


@pytest.fixture
async def home(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    made.__class__ = Owning
    yield made
    await made.house.close()


@pytest.fixture
async def anna(make):
    return await make.member("Anna")


async def test_the_files_are_as_mastodon_writes_them(home, make, anna):
    bob, cleo = await make.account("bob"), await make.account("Cleo", domain="far.example")
    async with home.house.db.begin() as tx:
        await accounts.follow(tx, follower=anna.id, followed=bob.id)
        await accounts.follow(tx, follower=anna.id, followed=cleo.id, boosts=False, notify=True, languages=["en", "de"])
        await accounts.accept_follow(tx, cleo.id, follower=anna.id)  # her server says yes
        held = await lists.make_list(tx, anna.id, title='Birds, "and" more')
        await lists.add_to_list(tx, anna.id, held.id, [bob.id, cleo.id])
        await accounts.mute(tx, anna.id, target=bob.id, notifications=False)
        await accounts.mute(tx, anna.id, target=cleo.id)
    dora = await make.account("dora")
    post = await make.post(bob)
    far = await make.post(cleo, uri="https://far.example/posts/1")
    async with home.house.db.begin() as tx:
        await accounts.block(tx, anna.id, target=dora.id)
        await accounts.block_domain(tx, anna.id, domain="bad.example")
        await posts.bookmark(tx, post.id, by=anna.id)
        await posts.bookmark(tx, far.id, by=anna.id)
        words = [filters.KeywordChange(keyword="wren", whole_word=False)]
        await filters.make_filter(tx, anna.id, title="Birds", contexts=["home"], action="hide", keywords=words)
    assert await home.file(anna, "following_accounts.csv") == (
        "Account address,Show boosts,Notify on new posts,Languages\n"
        f'Cleo@far.example,false,true,"en, de"\nbob@{HERE},true,false,\n'
    )
    assert await home.file(anna, "lists.csv") == (
        f'"Birds, ""and"" more",Cleo@far.example\n"Birds, ""and"" more",bob@{HERE}\n'
    )
    assert await home.file(anna, "blocked_accounts.csv") == f"dora@{HERE}\n"
    assert await home.file(anna, "muted_accounts.csv") == (
        f"Account address,Hide notifications\nCleo@far.example,true\nbob@{HERE},false\n"
    )
    assert await home.file(anna, "blocked_domains.csv") == "bad.example\n"
    assert await home.file(anna, "bookmarks.csv") == (
        f"https://far.example/posts/1\n{URL}/users/bob/statuses/{post.id}\n"
    )
    assert json.loads(await home.file(anna, "filters.json")) == [
        {"title": "Birds", "context": ["home"], "filter_action": "hide", "expires_at": None,
         "keywords": [{"keyword": "wren", "whole_word": False}]}
    ]  # fmt: skip
    answer = await home.ask("GET", "/api/v1/dunnock/export/lists.csv", anna)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="lists.csv"'
    for name in ("secrets.csv", "lists", "..%2Flists.csv"):
        assert (await home.ask("GET", f"/api/v1/dunnock/export/{name}", anna)).status == 404
    assert (await home.ask("GET", "/api/v1/dunnock/export/lists.csv", anna, "write")).status == 403
    assert (await home.ask("GET", "/api/v1/dunnock/export/lists.csv")).status == 401


async def test_long_files_are_sent_in_parts(home, make, anna):
    async with home.house.db.begin() as tx:
        for number in range(2_300):
            await accounts.block_domain(tx, anna.id, domain=f"server{number}.example")
    lines = (await home.file(anna, "blocked_domains.csv")).splitlines()
    assert len(lines) == len(set(lines)) == 2_300


async def test_preview_then_do(home, make, anna):  # noqa: PLR0915 (one story)
    bob = await make.account("bob")
    locked = await make.account("lily", locked=True)
    content = (
        "\ufeffAccount address,Show boosts,Notify on new posts,Languages\r\n"
        f'bob,false,true,"de, en"\r\n@lily@{HERE},true,false,\r\nnobody@{HERE},true,false,\r\n'
        'zoe@far.example,true,false,\r\nnot a handle,true,false,\r\n\r\nbob,false,true,"de, en"\r\nAnna,,,\r\n'
    )
    answer = await home.send(anna, content, type="following", mode="merge", name="my follows.csv")
    one = answer.json
    assert answer.status == 200
    assert "mastodon-async-refresh" not in answer.headers
    zero = {"done": 0, "already": 0, "waiting": 0}
    assert one == {
        "id": one["id"], "type": "following", "mode": "merge", "state": "unconfirmed",
        "original_filename": "my follows.csv", "created_at": one["created_at"], "finished_at": None, "total": 7,
        "rows": zero | {"pending": 6, "refused": 1}, "removed": 0, "unknown": 2,
    }  # fmt: skip
    path = f"{IMPORTS}/{one['id']}"
    await home.settle()
    assert await home.get(path, anna) == one, "nothing happens before it is confirmed"
    assert (await accounts.counts_of(home.house.db, [anna.id]))[anna.id].following == 0

    answer = await home.ask("POST", f"{path}/confirm", anna)
    assert (answer.status, answer.json["state"]) == (200, "running")
    header = answer.headers["mastodon-async-refresh"]
    refresh_id = header.split('"')[1]
    assert header == f'id="{refresh_id}", retry=2, result_count=0'
    running = {"async_refresh": {"id": refresh_id, "status": "running", "result_count": 0}}
    assert await home.get(f"/api/v1_alpha/async_refreshes/{refresh_id}", anna) == running
    await home.settle()
    done = await home.get(path, anna)
    assert (done["state"], done["unknown"]) == ("finished", None)
    assert done["rows"] == {"pending": 0, "done": 2, "already": 1, "waiting": 1, "refused": 3}
    finished = {"async_refresh": {"id": refresh_id, "status": "finished", "result_count": 7}}
    assert await home.get(f"/api/v1_alpha/async_refreshes/{refresh_id}", anna) == finished
    rows = await home.get(f"{path}/rows", anna)
    assert [(row["row"], row["outcome"]) for row in rows] == [
        (1, "done"), (2, "done"), (3, "refused"), (4, "waiting"), (5, "refused"), (6, "already"), (7, "refused"),
    ]  # fmt: skip
    assert rows[1]["reason"] == "They were asked; the follow begins when they agree"
    assert rows[2] == {"row": 3, "cells": [f"nobody@{HERE}", "true", "false", ""], "outcome": "refused",
                       "reason": "There is nobody called nobody on this server"}  # fmt: skip
    assert "other servers" in rows[3]["reason"]
    assert rows[4]["reason"] == "“not a handle” is no account address"
    assert rows[6]["reason"] == "This action is not allowed"
    first = await home.ask("GET", f"{path}/rows?outcome=refused&limit=2", anna)
    assert [row["row"] for row in first.json] == [3, 5]
    assert f"{path}/rows?limit=2&outcome=refused&min_id=5" in first.headers["link"]
    second = await home.get(f"{path}/rows?outcome=refused&limit=2&min_id=5", anna)
    assert [row["row"] for row in second] == [7]
    failures = await home.ask("GET", f"{path}/failures.csv", anna)
    assert failures.body.decode().splitlines()[0] == (
        f"nobody@{HERE},true,false,,There is nobody called nobody on this server"
    )
    assert len(failures.body.decode().splitlines()) == 4
    bob_, lily_ = await accounts.relationships(home.house.db, anna.id, [bob.id, locked.id])
    assert (bob_.following, bob_.boosts, bob_.notify, bob_.languages) == (True, False, True, ("de", "en"))
    assert (lily_.following, lily_.requested) == (False, True)
    assert await consistency.faults(home.house.db) == []

    again = await home.send(anna, content, type="following", confirm="true")
    assert again.json["state"] == "running"
    assert again.headers["mastodon-async-refresh"].startswith('id="')
    await home.settle()
    rows = (await home.get(f"{IMPORTS}/{again.json['id']}", anna))["rows"]
    assert rows == {"pending": 0, "done": 0, "already": 3, "waiting": 1, "refused": 3}, "twice is once"
    assert [one["id"] for one in await home.get(IMPORTS, anna)] == [again.json["id"], one["id"]]
    assert (await home.ask("DELETE", path, anna)).json == {}
    assert (await home.ask("GET", path, anna)).status == 404


async def test_every_type_there_and_back(home, make, anna):
    """What one member takes along, another brings in, and has the same."""
    bob, cleo = await make.account("bob"), await make.account("Cleo", domain="far.example")
    dora = await make.account("dora")
    post = await make.post(bob)
    async with home.house.db.begin() as tx:
        await accounts.follow(tx, follower=anna.id, followed=cleo.id, boosts=False, notify=True, languages=["en", "de"])
        await accounts.follow(tx, follower=anna.id, followed=bob.id)
        held = await lists.make_list(tx, anna.id, title="Vögel, und mehr")
        await lists.add_to_list(tx, anna.id, held.id, [bob.id, cleo.id])
        await accounts.mute(tx, anna.id, target=bob.id, notifications=False)
        await accounts.block(tx, anna.id, target=dora.id)
        await accounts.block_domain(tx, anna.id, domain="bad.example")
        await posts.bookmark(tx, post.id, by=anna.id)
        words = [filters.KeywordChange(keyword="wren", whole_word=True)]
        await filters.make_filter(tx, anna.id, title="Birds", contexts=["home", "public"], keywords=words)
        for text in (BIRDS, '{"version": 1, "title": "All", "sources": {"local": true}}'):
            await keep.make_feed(tx, anna.id, text=text, shared=True)
    other = await make.member("other")
    names = {
        "following": "following_accounts.csv", "lists": "lists.csv", "muting": "muted_accounts.csv",
        "blocking": "blocked_accounts.csv", "domain_blocking": "blocked_domains.csv", "bookmarks": "bookmarks.csv",
        "filters": "filters.json", "feeds": "feeds.json",
    }  # fmt: skip
    for mode in ("merge", "overwrite", "merge"):
        for kind, name in names.items():
            content = await home.file(anna, name)
            answer = await home.send(other, content, type=kind, mode=mode, confirm="1")
            assert answer.status == 200, answer
            await home.settle()
            one = await home.get(f"{IMPORTS}/{answer.json['id']}", other)
            assert one["state"] == "finished"
            assert one["rows"]["refused"] == one["rows"]["waiting"] == one["rows"]["pending"] == 0, one
            assert one["removed"] == 0
            assert sorted((await home.file(other, name)).splitlines()) == sorted(content.splitlines())
            await home.ask("DELETE", f"{IMPORTS}/{one['id']}", other)
    assert await consistency.faults(home.house.db) == []


async def test_overwrite_removes_what_is_not_in_the_file(home, make, anna):
    people = [await make.account(f"friend{number}") for number in range(120)]
    kept, fresh = people[7], await make.account("fresh")
    posts_ = [await make.post(fresh, f"number {number}") for number in range(3)]
    async with home.house.db.begin() as tx:
        for one in people:
            await accounts.follow(tx, follower=anna.id, followed=one.id)
        for name in ("old.example", "both.example"):
            await accounts.block_domain(tx, anna.id, domain=name)
        for one in people[:3]:
            await accounts.mute(tx, anna.id, target=one.id)
        for one in posts_:
            await posts.bookmark(tx, one.id, by=anna.id)
        for title in ("Gone", "Stays"):
            held = await lists.make_list(tx, anna.id, title=title)
            await lists.add_to_list(tx, anna.id, held.id, [people[7].id, people[8].id])
        for title in ("Out", "In"):
            await filters.make_filter(tx, anna.id, title=title, contexts=["home"])
            await keep.make_feed(
                tx, anna.id, text=f'version = 1\ntitle = "{title}"\n[sources]\nlocal = true', shared=True
            )
    said = {
        "lists": f"Stays,{kept.username}\n",
        "following": f"{kept.username}\nfresh\n",
        "domain_blocking": "both.example\nnew.example\n",
        "muting": f"{people[1].username}@{HERE}\n",
        "bookmarks": f"{URL}/@fresh/{posts_[1].id}\n",
        "filters": '[{"title": "In", "context": ["home"]}]',
        "feeds": json.dumps([{"title": "?", "text": 'version = 1\ntitle = "In"\n[sources]\nhashtags = ["in"]'}]),
    }
    removed = {}
    for kind, content in said.items():
        answer = await home.send(anna, content, type=kind, mode="overwrite", confirm="true")
        assert answer.status == 200, answer
        await home.settle()
        one = await home.get(f"{IMPORTS}/{answer.json['id']}", anna)
        assert one["state"] == "finished"
        removed[kind] = one["removed"]
    assert removed == {
        "lists": 2,
        "following": 119,
        "domain_blocking": 1,
        "muting": 2,
        "bookmarks": 2,
        "filters": 1,
        "feeds": 1,
    }
    (kept_feed,) = await keep.feeds_of(home.house.db, anna.id)
    assert (kept_feed.title, kept_feed.shared, kept_feed.file().sources.hashtags) == ("In", True, ("in",))
    assert await home.file(anna, "lists.csv") == f"Stays,{kept.username}@{HERE}\n"
    following = (await home.file(anna, "following_accounts.csv")).splitlines()[1:]
    assert following == [f"fresh@{HERE},true,false,", f"{kept.username}@{HERE},true,false,"]
    assert await home.file(anna, "blocked_domains.csv") == "new.example\nboth.example\n"
    assert await home.file(anna, "bookmarks.csv") == f"{URL}/users/fresh/statuses/{posts_[1].id}\n"
    assert await consistency.faults(home.house.db) == []


async def test_feeds_come_along_with_full_addresses_and_within_the_limit(home, make, anna):
    async with home.house.db.begin() as tx:
        await keep.make_feed(tx, anna.id, text=BIRDS.replace("cleo@far.example", "@bob"), listed=True)
        for n in range(keep.MOST_FEEDS - 1):
            await keep.make_feed(tx, anna.id, text=f'version = 1\ntitle = "Number {n}"\n[sources]\nlocal = true')
    other = await make.member("other")
    async with home.house.db.begin() as tx:
        theirs = await keep.make_feed(tx, other.id, text='version = 1\ntitle = "Number 3"\n[sources]\nlocal = true')
        (feed, *_) = await keep.feeds_of(tx, anna.id)
        await keep.subscribe(tx, other.id, feed.id)
        await keep.make_feed(tx, other.id, text='version = 1\ntitle = "Number 4"\n[sources]\nfollowing = true')
        await keep.make_feed(tx, other.id, text='version = 1\ntitle = "One more"\n[sources]\nlocal = true')
    answer = await home.send(other, await home.file(anna, "feeds.json"), type="feeds", confirm="1")
    await home.settle()
    one = await home.get(f"{IMPORTS}/{answer.json['id']}", other)
    assert (one["rows"]["done"], one["rows"]["already"], one["rows"]["refused"]) == (18, 1, 1)
    rows = await home.get(f"{IMPORTS}/{one['id']}/rows?outcome=refused", other)
    assert "up to 20 feeds" in rows[0]["reason"]
    made = {feed.title: feed for feed in await keep.feeds_of(home.house.db, other.id) if feed.account_id == other.id}
    assert made["Birds"].file().sources.accounts == (f"bob@{HERE}",)
    assert not made["Birds"].shared
    assert made["Number 3"].id == theirs.id
    assert made["Number 4"].file().sources.local
    assert "One more" in made


async def test_bad_files_leave_nothing(home, make, anna):
    """Size, rows, encodings and nonsense (SC-012)."""
    bob = await make.account("bob")
    cases = [
        ("", "following", "Data is empty"),
        ("\n\n", "following", "Data is empty"),
        (b"\0\1\2", "following", "Data is no text"),
        (b"x" * (4 << 20) + b"y", "following", "Data is too large (at most 4 MiB)"),
        ("a@b.example\n" * 20_001, "blocking", "Data has more than 20000 rows"),
        ("not a handle\n?\n", "blocking", "Data has no row that can be used. The first one: “not a handle” is no"),
        ("Account address,Hide notifications\n", "muting", "Data is empty"),
        ("#domain\nbad.example\n", "following", "Data is not of the type following, but looks like domain_blocking"),
        ('"' + "x" * 200_000, "lists", "Data is not valid CSV"),
        ("{}", "filters", "Data is no list of filters"),
        ("[" * 100_000, "filters", "Data is not valid JSON"),
        ("{}", "feeds", "Data is no list of feeds"),
        ("[" * 100_000, "feeds", "Data is not valid JSON"),
        (json.dumps([{}] * 101), "feeds", "Data has more than 100 feeds"),
        ('[{"title": "A"}]', "feeds", "Data has no row that can be used. The first one: It is no feed: Object missing"),
        ('[{"title": "A", "text": "version = 1"}]', "feeds", "Data has no row that can be used. The first one: Object"),
        ("bob\n", "friends", "Type is not included in the list"),
    ]
    for content, kind, why in cases:
        answer = await home.send(anna, content, type=kind)
        assert (answer.status, answer.json["error"][: len(why) + 19]) == (422, f"Validation failed: {why}"), kind
    answer = await home.send(anna, "bob\n", type="following", mode="destroy")
    assert answer.json["error"] == "Validation failed: Mode is not included in the list"
    answer = await home.ask("POST", IMPORTS, anna, form={"type": "following"})
    assert answer.json["error"] == "Validation failed: Data can't be blank"
    assert await home.get(IMPORTS, anna) == []
    for content in ("bob\n".encode("utf-16"), b"Account address;Show boosts\r\nbob;true\r\n", b"\xef\xbb\xbfBOB\n"):
        answer = await home.send(anna, content, type="following")
        assert (answer.status, answer.json["total"], answer.json["unknown"]) == (200, 1, 0), content
    answer = await home.send(anna, "Vögel,bob\n".encode("cp1252"), type="lists", confirm="1")
    await home.settle()
    assert (await home.file(anna, "lists.csv")) == f"Vögel,bob@{HERE}\n"
    assert bob.id


async def test_nobody_elses_imports(home, make, anna):
    """SC-130."""
    await make.account("bob")
    eve = await make.member("eve")
    one = (await home.send(anna, "bob\n", type="blocking")).json
    path = f"{IMPORTS}/{one['id']}"
    for method, more in (
        ("GET", ""), ("DELETE", ""), ("POST", "/confirm"), ("POST", "/retry"), ("GET", "/rows"), ("GET", "/failures.csv")
    ):  # fmt: skip
        assert (await home.ask(method, path + more, eve)).status == 404
    assert (await home.ask("POST", f"{path}/retry", anna)).json["error"].endswith("The import is not finished")
    for _ in range(19):
        assert (await home.send(anna, "bob\n", type="blocking")).status == 200
    answer = await home.send(anna, "bob\n", type="blocking")
    assert (answer.status, "up to 20 imports" in answer.json["error"]) == (422, True)


class Elsewhere:
    """Another server, where only Zoe is."""

    def __init__(self, zoe, post):
        self.zoe, self.there = zoe, post

    async def account(self, handle):
        return self.zoe.id if handle.key == "zoe@far.example" else None

    async def post(self, uri):
        return self.there.id if uri == "https://far.example/1" else None


@pytest.mark.both_engines
async def test_what_waits_is_found_once_somebody_looks(home, make, anna):
    follows = (await home.send(anna, "zoe@far.example\nyann@far.example\n", type="following", confirm="1")).json["id"]
    marks = (
        await home.send(anna, "https://far.example/1\nhttps://far.example/2\n", type="bookmarks", confirm="1")
    ).json["id"]
    await home.settle()
    for one in (follows, marks):
        assert (await home.get(f"{IMPORTS}/{one}", anna))["rows"]["waiting"] == 2
    zoe = await make.account("zoe", domain="far.example")
    post = await make.post(zoe, uri="https://far.example/1")
    for one in (follows, marks):
        assert (await home.ask("POST", f"{IMPORTS}/{one}/retry", anna)).status == 200
        await do_import(home.house.db, DoImport(int(one)), resolver=Elsewhere(zoe, post))
        rows = (await home.get(f"{IMPORTS}/{one}", anna))["rows"]
        assert rows == {"pending": 0, "done": 1, "already": 0, "waiting": 0, "refused": 1}


@pytest.mark.both_engines
async def test_progress_is_nobodys_to_guess(home, make, anna):
    db = home.house.db
    async with db.begin() as tx:
        one = await begin(tx, "something", results=None)
    path = "/api/v1_alpha/async_refreshes/"
    assert await home.get(path + one.id, anna) == {"async_refresh": {"id": one.id, "status": "running"}}
    number, _, secret = one.id.partition("--")
    for wrong in (
        f"{number}--{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}",
        number,
        "--",
        f"1--{secret}",
        "9" * 19 + f"--{secret}",
        "x" * 500,
    ):
        assert await find(db, wrong) is None
        answer = await home.ask("GET", path + wrong, anna)
        assert (answer.status, answer.json) == (404, {"error": "Record not found"})
    async with db.begin() as tx:
        await tell(tx, "something", results=5, finished=True)
    told = {"async_refresh": {"id": one.id, "status": "finished", "result_count": 5}}
    assert await home.get(path + one.id, anna) == told
    assert (await home.ask("GET", path + one.id, anna, "write")).status == 403
    assert (await call(home.house.edge, "GET", path + one.id)).status == 401
