"""Talk with another server about a report, and notes about servers: by forms and by the API's use cases."""

from __future__ import annotations

import pytest

from dunnock import accounts, moderation
from dunnock.foundation.errors import Invalid


async def _send(browser, path, **values):
    await browser.get(path)
    token = dict(browser.page.forms[-1].fields)["token"]
    return await browser.led(await browser.post(path, {"token": token} | values))


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
