"""Complaining, and what staff do about it, with a browser without JavaScript."""

from __future__ import annotations

from dunnock import accounts, moderation, server


async def test_from_a_complaint_to_a_decision(site, db, join, publish, signed_in):
    wren = await join("wren")
    post = await publish(wren, "Buy <b>this</b>")
    async with db.begin() as tx:
        rule = await server.add_rule(tx, "No <ads>")
    robin, ada = await signed_in("robin"), await signed_in("ada", "moderator")
    page = await robin.get(f"/@wren/{post.id}")
    at = f"/report/{wren.account_id}"
    assert f'href="{at}?post={post.id}"' in page.body
    page = await robin.get(f"{at}?post={post.id}")
    assert "Buy <b>this</b>" in page.text
    assert "No <ads>" in page.text
    page = await robin.submit("/report", category="violation", comment="Look & see", **{"rule_ids[]": str(rule.id)})
    assert "Thank you" in page.text
    page = await ada.get("/admin/reports")
    for words in ("@wren", "@robin", "Look & see", "No <ads>", "Buy <b>this</b>", "It breaks rules of this server"):
        assert words in page.text, words
    assert "@ada sees to it" in (await ada.submit("/admin/reports", press="assign")).text
    acting = next(one for one in ada.page.forms if "action" in one.names)
    fields = [pair for pair in acting.fields if pair[0] not in {"action", "text"}]
    page = await ada.led(await ada.post("/admin/reports", [*fields, ("action", "limit"), ("text", "No ads, please.")]))
    assert "Nobody waits for you" in page.text
    assert (await accounts.find(db, wren.account_id)).standing is accounts.Standing.LIMITED
    page = await ada.get("/admin/reports?resolved=1")
    assert "Look & see" in page.text
    assert "Look & see" in (await ada.submit("/admin/reports", press="reopen")).text
    assert "Nobody waits for you" in (await ada.submit("/admin/reports", press="resolve")).text
    entries = await moderation.entries(db, accounts.Cursor(), by=(await accounts.member_named(db, "ada")).account_id)
    assert [one.act for one in entries] == [
        "report.resolve", "report.reopen", "report.resolve", "account.limit", "report.assign",
    ]  # fmt: skip


async def test_what_is_refused(site, db, join, publish, signed_in):
    wren = await join("wren")
    hidden = await publish(wren, "secret", visibility="direct")
    robin = await signed_in("robin")
    me = (await accounts.member_named(db, "robin")).account_id
    at = f"/report/{wren.account_id}"
    for path in (f"{at}?post={hidden.id}", f"{at}?post=7", f"/report/{me}", "/report/7", "/report/x"):
        assert (await robin.get(path)).status == 404, path
    await robin.get(at)
    page = await robin.submit("/report", comment="x" * 1001)
    assert page.status == 422
    assert "too long" in page.text
    assert "x" * 1001 in page.body, "what was written is still there"
    stranger = site.browser()
    page = await stranger.get(at)
    assert page.status == 303
    assert page.headers["location"].startswith("/auth/sign_in")
    assert (await robin.get("/admin/reports")).status == 404


async def test_staff_do_not_judge_their_like(site, db, join, signed_in):
    robin, ada = await signed_in("robin"), await signed_in("ada", "moderator")
    other = await join("other", "moderator")
    at = f"/report/{other.account_id}"
    await robin.get(at)
    await robin.submit("/report", comment="hm")
    await ada.get("/admin/reports")
    acting = next(one for one in ada.page.forms if "action" in one.names)
    fields = [pair for pair in acting.fields if pair[0] != "action"]
    page = await ada.post("/admin/reports", [*fields, ("action", "suspend")])
    assert page.status == 403
    assert "This action is not allowed" in page.text
    assert (await accounts.find(db, other.account_id)).standing is accounts.Standing.ACTIVE
