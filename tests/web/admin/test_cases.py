"""Pages of cases, requests to a second person, and objections."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from dunnock import accounts, moderation
from dunnock.accounts.account import Standing
from dunnock.foundation.db import Sql
from dunnock.foundation.jobs import Jobs
from dunnock.letters.objection import objection_link
from dunnock.web.admin import cases as cases_page
from web.admin.test_accounts import _sure


@pytest.fixture
def settle(db):
    return Jobs(db, moderation.JOBS).settle


async def press(browser, path, button, **values):
    page = await browser.get(path) if path else browser.page
    form = next(one for one in page.forms if ("what", button) in one.buttons and set(values) <= set(one.names))
    fields = [pair for pair in form.fields if pair[0] not in values]
    fields += [(name, value) for name, value in values.items() if value is not None]
    return await browser.led(await browser.post(form.action, [*fields, ("what", button)]))


async def standing(db, name):
    return (await accounts.find_sheet(db, (await accounts.find_by_handle(db, name)).id)).standing


async def test_a_case_from_its_opening_to_its_end(db, signed_in, join, settle):
    for name in ("wren", "robin", "finch"):
        await join(name)
    mo, ada = await signed_in("mo", "moderator"), await signed_in("ada", "admin")
    await mo.get("/admin/cases")
    page = await mo.submit("/admin/cases", title="Two <birds>", hypothesis="bought")
    assert "Two <birds>" in page.text
    by = (await accounts.find_by_handle(db, "mo")).id
    (case,) = await moderation.list_cases(db, accounts.Cursor(), by=by)
    here = f"/admin/cases/{case.id}"
    page = await press(
        mo, here, "add", lines="@wren\n@robin\n@finch\nhttps://lie.example/1\nlie.example\n#lies", role="core"
    )
    for words in ("@wren", "Accounts (3)", "Links (1)", "Domains (1)", "Hashtags (1)"):
        assert words in page.text
    page = await press(mo, here, "add", lines="@nobody")
    assert page.status == 422
    await press(mo, here, "change", techniques="T0049.005, T0091")
    await press(mo, here, "note", note="Looks <bought>")
    page = await press(
        mo, here, "preview", action="limit", but="@finch", text="Be honest", facts="Three birds, one song"
    )
    assert "this is about up to 3 accounts" in page.text
    page = await press(mo, None, "decide")
    await settle()
    assert [await standing(db, name) for name in ("wren", "robin", "finch")] == [
        Standing.LIMITED,
        Standing.LIMITED,
        Standing.ACTIVE,
    ]
    page = await mo.get(here)
    for words in ("In force", "2/2", "T0049.005", "Looks <bought>"):
        assert words in page.text
    await press(mo, here, "undo")
    await settle()
    assert await standing(db, "wren") is Standing.ACTIVE
    page = await press(ada, here, "close")
    assert "Open again" in page.text


async def test_techniques_are_found_and_said_without_scripts(db, signed_in):
    mo = await signed_in("mo", "moderator")
    await mo.get("/admin/cases")
    await mo.submit("/admin/cases", title="Two birds")
    (case,) = await moderation.list_cases(db, accounts.Cursor(), by=(await accounts.find_by_handle(db, "mo")).id)
    here = f"/admin/cases/{case.id}"
    await press(mo, here, "change", techniques="T0091")
    page = await mo.get(f"{here}?find=swarming")
    assert "Conduct Swarming" in page.text
    assert "Recruit Malign Actors" in page.text, "what is said already, with its name"
    token = next(value for name, value in page.forms[-1].fields if name == "token")
    page = await mo.led(await mo.post(here, {"token": token, "what": "techniques", "found[]": "T0049.005"}))
    assert (await moderation.find_case(db, case.id)).techniques == ("T0091", "T0049.005")
    assert "Conduct Swarming" in page.text
    assert "Nothing new is found" in (await mo.get(f"{here}?find=t0049.005")).text
    assert (await mo.post(here, {"token": token, "what": "techniques", "found[]": "<b>"})).status == 422
    page = await mo.get(f"{here}?find=<script>")
    assert "<script>" not in page.body.split("<main")[1]


async def test_exceptions_are_ticked_before_a_decision(db, signed_in, join, settle, monkeypatch):
    monkeypatch.setattr(cases_page, "_A_PAGE", 2)
    names = ("wren", "robin", "finch", "heron", "owl")
    for name in names:
        await join(name)
    mo = await signed_in("mo", "moderator")
    await mo.get("/admin/cases")
    await mo.submit("/admin/cases", title="Birds")
    (case,) = await moderation.list_cases(db, accounts.Cursor(), by=(await accounts.find_by_handle(db, "mo")).id)
    here = f"/admin/cases/{case.id}"
    await press(mo, here, "add", lines="\n".join(f"@{name}" for name in names))
    ids = {name: (await accounts.find_by_handle(db, name)).id for name in names}
    page = await press(mo, here, "preview", action="limit", text="Be honest")
    form = next(one for one in page.forms if "spared[]" in one.names)
    assert page.body.count('name="spared[]"') == 2, "a page of them"
    fields = [pair for pair in form.fields if pair[0] != "spared[]"]
    page = await mo.post(here, [*fields, ("spared[]", str(ids["wren"])), ("after", str(ids["robin"]))])
    assert f'type="hidden" name="spared[]" value="{ids["wren"]}"' in page.body
    assert "@finch" in page.text
    form = next(one for one in page.forms if "spared[]" in one.names)
    fields = [pair for pair in form.fields if pair != ("spared[]", str(ids["heron"]))]
    page = await mo.led(
        await mo.post(here, [*fields, ("spared[]", str(ids["heron"])), ("but", "@owl"), ("what", "decide")])
    )
    await settle()
    assert [await standing(db, name) for name in names] == [
        Standing.ACTIVE, Standing.LIMITED, Standing.LIMITED, Standing.ACTIVE, Standing.ACTIVE,
    ]  # fmt: skip


async def test_a_second_person_reads_and_agrees(db, site, signed_in, join):
    star = await join("star")
    async with db.begin() as tx:
        await tx.run(Sql(text(f"UPDATE accounts SET protected = TRUE WHERE id = {star.account_id}")))
    ada, eve = await signed_in("ada", "admin"), await signed_in("eve", "admin")
    _, page = await _sure(ada, f"/admin/accounts/{star.account_id}", "suspend")
    assert "Somebody else of the staff has to agree first" in page.text
    assert await standing(db, "star") is Standing.ACTIVE
    page = await ada.get("/admin/requests")
    assert "Agree, and have it done" not in page.text, "nobody agrees to their own"
    page = await eve.get("/admin/requests")
    assert "suspend" in page.text
    page = await press(eve, "/admin/requests", "approve")
    assert "Agreed" in page.text
    await Jobs(db, moderation.JOBS).settle()
    assert await standing(db, "star") is Standing.SUSPENDED


@pytest.mark.both_engines
async def test_who_signed_in_long_ago_does_so_again_first(db, signed_in, join):
    star = await join("star")
    async with db.begin() as tx:
        await tx.run(Sql(text(f"UPDATE accounts SET protected = TRUE WHERE id = {star.account_id}")))
    ada, eve = await signed_in("ada", "admin"), await signed_in("eve", "admin")
    await _sure(ada, f"/admin/accounts/{star.account_id}", "limit")
    async with db.begin() as tx:
        await tx.run(Sql(text("UPDATE sessions SET proven_at = 1, created_at = 1")))
    page = await press(eve, "/admin/requests", "approve")
    assert page.status == 403
    assert "sign out and in again" in page.text


async def test_a_member_objects_and_is_heard(db, signed_in):
    wren, mo, ada = await signed_in("wren"), await signed_in("mo", "moderator"), await signed_in("ada", "admin")
    me, by = [(await accounts.find_by_handle(db, name)).id for name in ("wren", "mo")]
    async with db.begin() as tx:
        judgement = moderation.Judgement(action="limit", account_ids=(me,), text="Too <loud>", facts="Sang at night")
        await moderation.decide(tx, judgement, by=by)
    page = await wren.get("/settings/decisions")
    for words in ("Only your followers meet your posts", "Too <loud>", "Sang at night"):
        assert words in page.text
    page = await wren.submit("/settings/decisions", text="I am a <wren>")
    assert "nobody decided yet" in page.text
    assert (await mo.get("/admin/appeals")).status == 403
    page = await ada.get("/admin/appeals")
    assert "I am a <wren>" in page.text
    page = await press(ada, None, "grant", answer="Sing on")
    assert "Nobody objects" in page.text
    assert await standing(db, "wren") is Standing.ACTIVE
    page = await wren.get("/settings/decisions")
    for words in ("Your objection was granted.", "Sing on", "Taken back"):
        assert words in page.text


async def test_who_cannot_sign_in_objects_by_the_link_of_a_mail(db, site, signed_in, join):
    wren, mo = await join("wren"), await join("mo", "moderator")
    async with db.begin() as tx:
        decided = await moderation.decide(
            tx,
            moderation.Judgement(action="suspend", account_ids=(wren.account_id,), text="Too <loud>"),
            by=mo.account_id,
        )
    link = await objection_link(db, wren.id, decided.id, "")
    stranger = site.browser()
    page = await stranger.get(link)
    assert "Too <loud>" in page.text
    page = await stranger.post(link, {"text": ""})
    assert page.status == 422
    page = await stranger.post(link, {"text": "I <sing>"})
    assert "I <sing>" in page.text
    assert "nobody decided yet" in page.text
    page = await stranger.get("/objection?token=1-2-3")
    assert "Too" not in page.text


async def test_a_label_is_put_and_read(db, signed_in, join, publish):
    wren = await join("wren")
    await publish(wren, "News")
    mo = await signed_in("mo", "moderator")
    page = await press(mo, f"/admin/accounts/{wren.account_id}", "label", label_kind="context", label="Satire <here>")
    assert "Satire <here>" in page.text
    page = await mo.get("/@wren")
    assert page.text.count("Satire <here>") == 2, "of the profile, and of the post"
    page = await press(mo, f"/admin/accounts/{wren.account_id}", "unlabel", label_kind="context")
    assert "Satire" not in (await mo.get("/@wren")).text
