"""The pages of watch rules: a moderator writes one, an admin lets it take effect, people judge what met it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dunnock import accounts, posts
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.integrity import observe, rules
from dunnock.integrity.rules import meet

HERE = "/admin/watch-rules"


@pytest.fixture
async def settle(db):
    reactions = Reactions(db, {posts.PostPublished: (observe.see_post, meet.meet_post)})
    jobs = Jobs(db, rules.JOBS)
    await reactions.prepare()

    async def do():
        await reactions.settle()
        await jobs.settle()

    return do


async def _token(client):
    return dict((await client.get(HERE)).forms[-1].fields)["token"]


async def test_from_a_form_to_a_judgement(db, signed_in, settle, publish):
    mo, ada, wren = await signed_in("mo", "moderator"), await signed_in("ada", "admin"), await signed_in("wren")
    wrote = await accounts.member_named(db, "wren")
    await publish(wrote, "Get cheap pills here <b>now</b>")
    await settle()
    token = await _token(mo)
    form = {"token": token, "what": "write", "name": "Pills & co", "effect": "limit", "days": "7"}
    refused = await mo.post(HERE, form | {"condition": "colour = red"})
    assert refused.status == 422
    assert "there is no colour" in refused.text
    assert "colour = red" in refused.text, "what was typed is still there"
    page = await mo.led(await mo.post(HERE, form | {"condition": 'text has "cheap pills"'}))
    rule = re.search(r'action="(/admin/watch-rules/\d+)"', page.body)[1]
    assert "It is being tried" in page.text
    await settle()
    page = await mo.get(rule)
    assert "Pills & co" in page.text
    assert "Get cheap pills here <b>now</b>" in page.text
    page = await mo.led(await mo.post(rule, {"token": token, "what": "dry"}))
    assert 'value="live"' not in page.body, "a moderator can't let it take effect"
    assert (await mo.post(rule, {"token": token, "what": "live"})).status == 403
    page = await ada.led(await ada.post(rule, {"token": await _token(ada), "what": "live"}))
    assert "In effect" in page.text
    made = await publish(wrote, "More cheap pills")
    await settle()
    assert (await posts.find_living(db, made.id)).visibility == "unlisted"
    page = await mo.get(HERE)
    assert "More cheap pills" in page.text
    hit = re.search(r'name="hits\[\]" value="(\d+)"', page.body)[1]
    judged = {"token": token, "hits[]": hit, "reason": ""}
    assert (await mo.post(HERE, judged | {"what": "refuse"})).status == 422
    assert (await mo.post(HERE, judged | {"what": "fly"})).status == 422
    page = await mo.led(await mo.post(rule, judged | {"what": "release"}))
    assert page.status == 200
    assert (await posts.find_living(db, made.id)).visibility == "public"
    assert "More cheap pills" in (await mo.get(f"{rule}?state=released")).text
    assert "(1)" in (await mo.get(rule)).text
    page = await mo.led(await mo.post(rule, {"token": token, "what": "end"}))
    assert "Over" in page.text
    assert (await mo.get(f"{HERE}/1")).status == 404
    assert (await wren.get(HERE)).status in {403, 404}


async def test_a_held_post_says_so_to_its_author_who_objects(db, signed_in, make):
    mo, ada, wren = await signed_in("mo", "moderator"), await signed_in("ada", "admin"), await signed_in("wren")
    member, boss = await accounts.member_named(db, "wren"), await accounts.member_named(db, "ada")
    async with db.begin() as tx:
        written = rules.Written(name="Pills", condition='text has "cheap pills"', effect="hold")
        rule = await rules.write_rule(tx, written, by=boss.account_id)
    await Jobs(db, rules.JOBS).settle()
    async with db.begin() as tx:
        await rules.start_dry(tx, rule, by=boss.account_id)
        await rules.start_live(tx, rule, by=boss.account_id)
    assert "not published before somebody looked" in (await ada.get(f"{HERE}/{rule}")).text
    settings = Settings(data=Path("/nowhere"), public_url="https://here.example")
    async with db.begin() as tx:
        made = await posts.publish(
            tx, posts.Draft(text="More cheap pills"), author_id=member.account_id, app_id=None, settings=settings
        )
        await meet.meet_waiting(tx, posts.PostWaits(made.id, member.account_id))
    assert "Waits for a look: only you see it" in (await wren.get(f"/@wren/{made.id}")).text
    assert (await mo.get(f"/@wren/{made.id}")).status == 404
    page = await wren.get("/settings/decisions")
    assert "More cheap pills" in page.text
    hit = re.search(r'name="hit_id" value="(\d+)"', page.body)[1]
    token = dict(page.forms[-1].fields)["token"]
    form = {"token": token, "hit_id": hit, "text": " "}
    assert (await wren.post("/settings/decisions", form)).status == 422
    page = await wren.led(await wren.post("/settings/decisions", form | {"text": "It is a quote"}))
    assert "It is a quote" in page.text
    page = await mo.get(HERE)
    assert "It is a quote" in page.text
    assert "not published" in page.text
    judged = {"token": await _token(mo), "what": "release", "hits[]": hit, "reason": ""}
    await mo.led(await mo.post(HERE, judged))
    assert (await mo.get(f"/@wren/{made.id}")).status == 200
