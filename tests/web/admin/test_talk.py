"""Talk with another server about a report, and notes about servers: by forms and by the API's use cases."""

from __future__ import annotations

import pytest

from dunnock import accounts, moderation
from dunnock.foundation.errors import Invalid


async def _send(browser, path, **values):
    await browser.get(path)
    token = dict(browser.page.forms[-1].fields)["token"]
    return await browser.led(await browser.post(path, {"token": token} | values))


@pytest.mark.both_engines
async def test_a_message_about_a_forwarded_report(db, make, signed_in):
    mo = await signed_in("mo", "moderator")
    wren, owl = await make.member("wren"), await make.account("owl", domain="far.example")
    async with db.begin() as tx:
        sent = moderation.Complaint(target_id=owl.id, comment="rude", forward=True)
        report = (await moderation.file_report(tx, sent, by=wren.id)).id
        kept = (await moderation.file_report(tx, moderation.Complaint(target_id=wren.id), by=owl.id)).id
    here = f"/admin/reports/{report}/talk"
    assert "Talk with the other server about it" in (await mo.get(f"/admin/reports/{report}")).text
    page = await _send(mo, here, text="Could you <look>?")
    assert "Could you <look>?" in page.text
    assert "far.example" in page.text
    page = await _send(mo, here, text="x" * 2_001)
    assert page.status == 422
    assert "did not go to another server" in (await mo.get(f"/admin/reports/{kept}/talk")).text
    assert (await mo.get("/admin/reports/1/talk")).status == 404
    assert (await (await signed_in("tit")).get(here)).status in {403, 404}


@pytest.mark.both_engines
async def test_an_answer_is_passed_on_to_who_complained(db, make, signed_in):
    """What staff let them read, and nothing before; who of the staff wrote what is nobody's business."""
    mo, wren = await signed_in("mo", "moderator"), await signed_in("wren")
    owl = await make.account("owl", domain="far.example")
    me = await accounts.find_by_handle(db, "wren")
    async with db.begin() as tx:
        sent = moderation.Complaint(target_id=owl.id, comment="rude", forward=True)
        report = (await moderation.file_report(tx, sent, by=me.id)).id
        for n, words in enumerate(("We <b>warned</b> them", "Do not tell them this")):
            assert await moderation.take_message(
                tx, report, words, server="far.example", uri=f"https://far.example/{n}", closes=False
            )
    here = f"/admin/reports/{report}/talk"
    page = await mo.get(here)
    assert page.text.count("Let the member who complained read it") == 2
    assert "warned" not in (await wren.get(f"/reports/{report}")).text
    first = next(one for form in page.forms for one in [dict(form.fields)] if one.get("what") == "pass_on")
    for _ in range(2):
        page = await mo.led(await mo.post(here, first))
    assert "The member who complained can read it." in page.text
    shown = (await wren.get(f"/reports/{report}")).text
    assert "We <b>warned</b> them" in shown
    assert "far.example" in shown
    assert "Do not tell them" not in shown
    for message_id in (5, 2**60):
        page = await mo.led(await mo.post(here, first | {"message_id": str(message_id)}))
        assert page.status == 422
    assert (await mo.led(await mo.post(here, first | {"what": "burn"}))).status == 422


@pytest.mark.both_engines
async def test_notes_about_servers(db, signed_in):
    mo = await signed_in("mo", "moderator")
    page = await _send(mo, "/admin/server-notes", domain="not a name", text="x")
    assert page.status == 422
    page = await _send(mo, "/admin/server-notes", domain="Far.Example", text="Kind <people>", contact="ann@far.example")
    assert "Kind <people>" in page.text
    assert "ann@far.example" in page.text
    by = (await accounts.member_named(db, "mo")).account_id
    (note,) = await moderation.server_notes(db, "far.example", by=by)
    await _send(mo, "/admin/server-notes?domain=far.example", what="drop", id=str(note.id), domain="far.example")
    assert await moderation.server_notes(db, "far.example", by=by) == []
    with pytest.raises(Invalid):
        async with db.begin() as tx:
            await moderation.write_server_note(tx, "far.example", " ", by=by)
    member = await signed_in("tit")
    assert (await member.get("/admin/server-notes")).status in {403, 404}
    tit = (await accounts.member_named(db, "tit")).account_id
    with pytest.raises(accounts.NotPermitted):
        await moderation.server_notes(db, "far.example", by=tit)
