"""The page of stopped pictures: a moderator stops one, judges who shows it, and lets it be posted again."""

from __future__ import annotations

import re

import pytest

from dunnock import accounts, media, moderation, posts
from dunnock.foundation.reactions import Reactions
from dunnock.integrity import stopped_media

HERE = "/admin/stopped-media"
PRINT = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"


@pytest.fixture
async def settle(db):
    reactions = Reactions(db, stopped_media.HEARS)
    await reactions.prepare()
    return reactions.settle


@pytest.fixture
def upload(make):
    async def uploaded(author_id, told=PRINT):
        file = media.File(path="a.webp", width=100, height=100, bytes=9, mime="image/webp")
        shown = media.write_picture(media.Picture(original=file, prints=(told,)))
        return await make.media(Owner(author_id), files=shown)

    class Owner:
        def __init__(self, an_id):
            self.id = an_id

    return uploaded


@pytest.mark.both_engines
async def test_stopped_judged_and_let_go(db, signed_in, settle, publish, upload):
    mo, _ = await signed_in("mo", "moderator"), await signed_in("wren")
    wren = await accounts.member_named(db, "wren")
    first = await publish(wren, "A hoax", media_ids=((await upload(wren.account_id)).id,))
    assert first.visibility == "public"
    await settle()
    token = dict((await mo.get(HERE)).forms[-1].fields)["token"]
    form = {"token": token, "what": "stop", "effect": "limit", "days": "0"}
    for lines, why in (("", "x"), ("not a hash", "x"), (f"/@wren/{first.id}", ""), ("/@wren/5", "x")):
        refused = await mo.post(HERE, form | {"lines": lines, "why": why})
        assert refused.status == 422, (lines, why)
        assert lines in refused.text, "what was typed is still there"
    page = await mo.led(
        await mo.post(HERE, form | {"lines": f"https://here/@wren/{first.id}", "why": "A <b>known</b> hoax"})
    )
    assert "A <b>known</b> hoax" in page.text
    assert PRINT in page.text
    page = await mo.led(await mo.post(HERE, form | {"lines": PRINT, "why": "again"}))
    assert "It is stopped already" in page.text
    made = [
        await publish(wren, text, media_ids=((await upload(wren.account_id)).id,))
        for text in ("Look at this", "And this")
    ]
    assert [one.visibility for one in made] == ["unlisted", "unlisted"]
    await settle()
    page = await mo.get(HERE)
    assert "Look at this" in page.text
    ids = re.findall(r'name="shown\[\]" value="(\d+)"', page.body)
    assert len(ids) == 2
    judged = {"token": token, "shown[]": ids[1], "reason": ""}
    assert (await mo.post(HERE, judged | {"what": "refuse"})).status == 422
    assert (await mo.post(HERE, judged | {"what": "fly"})).status == 422
    page = await mo.led(await mo.post(HERE, judged | {"what": "release"}))
    assert (await posts.find_living(db, made[0].id)).visibility == "public"
    assert "Look at this" not in page.text
    stop = re.search(r'name="stop_id" value="(\d+)"', page.body)[1]
    page = await mo.led(await mo.post(HERE, {"token": token, "what": "lift", "stop_id": stop}))
    assert "A <b>known</b> hoax" not in page.text
    await settle()
    assert (await posts.find_living(db, made[1].id)).visibility == "public"
    assert "A <b>known</b> hoax" in (await mo.get(f"{HERE}?over=true")).text


@pytest.mark.parametrize("stop", [True, False])
async def test_reported_posts_go_and_their_pictures_are_stopped(db, signed_in, publish, upload, stop):
    mo = await signed_in("mo", "moderator")
    await signed_in("wren")
    await signed_in("robin")
    wren, robin = await accounts.member_named(db, "wren"), await accounts.member_named(db, "robin")
    bad = await publish(wren, "A hoax", media_ids=((await upload(wren.account_id)).id,))
    complaint = moderation.Complaint(target_id=wren.account_id, post_ids=(bad.id,))
    async with db.begin() as tx:
        report = (await moderation.file_report(tx, complaint, by=robin.account_id)).id
    page = await mo.get(f"/admin/reports/{report}")
    assert "And stop their pictures" in page.text
    token = dict(page.forms[-1].fields)["token"]
    form = {"token": token, "what": "delete_posts", "text": "A hoax"} | ({"stop_media": "1"} if stop else {})
    assert (await mo.post(f"/admin/reports/{report}", form)).status == 303
    assert await posts.find_living(db, bad.id) is None
    held = await media.media_stops(db)
    assert [(one.prints, one.why, one.source) for one in held] == (
        [((PRINT,), "A hoax", f"report {report}")] if stop else []
    )


async def test_from_the_page_of_a_case(db, signed_in, publish, upload):
    mo = await signed_in("mo", "moderator")
    await signed_in("wren")
    wren, moderator = await accounts.member_named(db, "wren"), await accounts.member_named(db, "mo")
    bad = await publish(wren, "A hoax", media_ids=((await upload(wren.account_id)).id,))
    async with db.begin() as tx:
        case = await moderation.open_case(tx, "Hoax", by=moderator.account_id)
    page = await mo.get(f"/admin/cases/{case}")
    assert "Stop its pictures" not in page.text
    async with db.begin() as tx:
        subject = moderation.Subject(kind="post", subject_id=bad.id)
        await moderation.add_subjects(tx, case, [subject], by=moderator.account_id)
    page = await mo.get(f"/admin/cases/{case}")
    assert "Stop its pictures" in page.text
    form = {"token": dict(page.forms[-1].fields)["token"], "what": "stop_media", "effect": "review", "days": "3"}
    assert (await mo.post(f"/admin/cases/{case}", form | {"why": ""})).status == 422
    assert (await mo.post(f"/admin/cases/{case}", form | {"why": "A hoax"})).status == 303
    [held] = await media.media_stops(db)
    assert (held.effect, held.source, held.until is not None) == ("review", f"case {case}", True)


async def test_the_posts_of_a_case_go_and_their_pictures_are_stopped(db, signed_in, publish, upload, make):
    mo = await signed_in("mo", "moderator")
    await signed_in("wren")
    await signed_in("robin")
    authors = [await accounts.member_named(db, name) for name in ("wren", "robin")]
    by = (await accounts.member_named(db, "mo")).account_id
    bad = [await publish(one, "A hoax", media_ids=((await upload(one.account_id)).id,)) for one in authors]
    star = await make.member("star", protected=True)
    kept = await make.post(star, "Mine")
    async with db.begin() as tx:
        case = await moderation.open_case(tx, "Hoax", by=by)
        subjects = [moderation.Subject(kind="post", subject_id=one.id) for one in (*bad, kept)]
        await moderation.add_subjects(tx, case, subjects, by=by)
    page = await mo.get(f"/admin/cases/{case}")
    token = dict(page.forms[-1].fields)["token"]
    form = {"token": token, "what": "delete_posts", "text": "A hoax", "stop_media": "1"}
    assert (await mo.post(f"/admin/cases/{case}", form)).status == 422, "nobody said that they read them"
    await make.member("ada", role="admin")
    refused = await mo.post(f"/admin/cases/{case}", form | {"sure": "1"})
    assert (refused.status, "protected" in refused.text) == (422, True)
    assert all([await posts.find_living(db, one.id) for one in bad]), "all of it, or nothing"
    async with db.begin() as tx:
        await moderation.drop_subject(tx, case, moderation.Subject(kind="post", subject_id=kept.id), by=by)
    assert (await mo.post(f"/admin/cases/{case}", form | {"sure": "1"})).status == 303
    assert [await posts.find_living(db, one.id) for one in bad] == [None, None]
    assert [(one.prints, one.source) for one in await media.media_stops(db)] == [((PRINT,), f"case {case}")]
    for one in authors:
        [(decision, _)] = await moderation.decisions_about(db, one.account_id)
        assert (decision.action, decision.text, decision.case_id) == ("delete_posts", "A hoax", case)
    again = await mo.post(f"/admin/cases/{case}", form | {"sure": "1"})
    assert (again.status, "no post left" in again.text) == (422, True)
