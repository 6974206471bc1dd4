"""Killed (SIGKILL) while posts wait for a look, a server loses none of them, publishes none unseen, and none twice."""

from __future__ import annotations

import asyncio
import json
import random
import urllib.error
import urllib.request

from sqlalchemy import select, text

import services
from dunnock import posts
from dunnock.accounts.command_token import token_by_command
from dunnock.accounts.sign_up import create_member
from dunnock.app.build import build
from dunnock.app.migrate import bring_up_to_date
from dunnock.app.settings import load
from dunnock.foundation.db import Sql, open_db
from dunnock.integrity import rules
from dunnock.posts.tables import posts as table
from stories.test_kill import Server, _settled

_SAID = Sql(select(table.c.id, table.c.text).order_by(table.c.id))


async def _rule(data):
    """A rule that holds, in force; the ids of a member and of one of staff, and the member's token."""
    database = f"sqlite:///{data / 'dunnock.db'}"
    await bring_up_to_date(database)
    house = await build(load(data, environ={}, flags={"dev": True}))
    await house.reactions.prepare()
    db = house.db
    seller = await create_member(db, username="seller", email="s@mail.example", password="a good long one")
    staff = await create_member(db, username="ada", email="t@mail.example", password="a good long one", role="admin")
    token = await token_by_command(db, seller, scopes="read write")
    written = rules.Written(name="Pills", condition='text has "cheap pills"', effect="hold")
    async with db.begin() as tx:
        rule_id = await rules.write_rule(tx, written, by=staff.account_id)
    await house.jobs.settle()
    for step in (rules.start_dry, rules.start_live):
        async with db.begin() as tx:
            await step(tx, rule_id, by=staff.account_id)
    await house.close()
    return database, staff.account_id, token


def _say(port, token, words):
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/statuses", json.dumps({"status": words}).encode(),
        {"authorization": f"Bearer {token}", "content-type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return int(json.load(answer)["id"])


def _seen(port, post_id):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/statuses/{post_id}", timeout=20) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as error:
        return error.code != 404


async def test_what_waits_for_a_look_outlives_kills(tmp_path):
    chance, data = random.Random("wren"), tmp_path / "data"
    data.mkdir(mode=0o700)
    database, staff, token = await _rule(data)
    port = services._free_port()
    server = Server(data, database, port)
    held, fine = [], []
    try:
        for number in range(2):
            await server.start()
            await server.ready()
            for words, found in (("cheap pills", held), ("Good morning", fine)):
                found.append(await asyncio.to_thread(_say, port, token, f"{words} {number}"))
            assert not any([await asyncio.to_thread(_seen, port, one) for one in held])
            await asyncio.sleep(chance.uniform(0, 0.3))
            await server.kill()
        await server.start()
        await server.ready()
        await _settled(database)
        assert [await asyncio.to_thread(_seen, port, one) for one in (*held, *fine)] == [False] * 2 + [True] * 2
        db = await open_db(database)
        try:
            hits = {one.subject_id: one.id for one in await rules.waiting_hits(db, by=staff)}
            assert sorted(hits) == held
            async with db.begin() as tx:
                await rules.release_hits(tx, [hits[held[0]]], by=staff)
        finally:
            await db.close()
        await server.kill()
        await server.start()
        await server.ready()
        await _settled(database)
        assert [await asyncio.to_thread(_seen, port, one) for one in held] == [True, False]
        await server.stop()
    finally:
        await server.kill()
    db = await open_db(database)
    try:
        assert [row[0] for row in await db.all(_SAID)] == sorted((*held, *fine))
        told = Sql(text("SELECT kind, post_id FROM notifications WHERE kind != 'sign_up' ORDER BY post_id, kind"))
        assert [tuple(row) for row in await db.all(told)] == [("let_out", held[0]), ("held", held[1])]
        assert await posts.find_waiting(db, held[0]) is None
    finally:
        await db.close()
