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
    at = f"/admin/reports/{(await _open(db, ada))[0].id}"
    assert f'href="{at}"' in page.body
    assert "@wren" in page.text
    page = await ada.get(at)
    for words in ("@wren", "@robin", "Look & see", "No <ads>", "Buy <b>this</b>", "Breaks rules of this server"):
        assert words in page.text, words
    assert "@ada sees to it" in (await ada.submit(at, press="take")).text
    page = await ada.submit(at, press="limit", text="No ads, please.")
    assert "Nobody waits for you" in page.text, "there is no next one"
    assert (await accounts.find(db, wren.account_id)).standing is accounts.Standing.LIMITED
    page = await ada.get("/admin/reports?resolved=1")
    assert "Look & see" in page.text
    await ada.get(at)
    assert "Look & see" in (await ada.submit(at, press="reopen")).text
    assert "Nobody waits for you" in (await ada.submit(at, press="resolve")).text
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


async def test_what_becomes_of_ones_own_reports(site, db, join, signed_in):
    wren = await join("wren")
    robin, finch, ada = await signed_in("robin"), await signed_in("finch"), await signed_in("ada", "moderator")
    assert "You reported nobody" in (await robin.get("/reports")).text
    for one in (robin, finch):
        await one.get(f"/report/{wren.account_id}")
        await one.submit("/report", comment="Look & see")
    theirs, mine = [one.id for one in await _open(db, ada)]
    page = await robin.get(f"/reports/{mine}")
    assert "It waits" in page.text
    assert "Look & see" in page.text
    assert (await robin.get(f"/reports/{theirs}")).status == 404, "somebody else's"
    assert (await ada.get(f"/reports/{mine}")).status == 404, "staff have pages of their own"
    await ada.get(f"/admin/reports/{mine}")
    await ada.submit(f"/admin/reports/{mine}", press="take", all_about=None)
    page = await robin.get(f"/reports/{mine}")
    assert "Somebody looks at it" in page.text
    assert "ada" not in page.text
    await ada.get(f"/admin/reports/{theirs}")
    await ada.submit(f"/admin/reports/{theirs}", press="limit", text="Be quiet.")
    for one, at in ((robin, mine), (finch, theirs)):
        page = await one.get(f"/reports/{at}")
        assert "Something was done" in page.text, "one decision closed both"
        assert "Be quiet" not in page.text
        assert "Something was done" in (await one.get("/reports")).text
    async with db.begin() as tx:
        by = (await accounts.member_named(db, "ada")).account_id
        await moderation.take_back(tx, wren.account_id, "limit", by=by)
    assert "They looked at it and closed it" in (await robin.get(f"/reports/{mine}")).text


async def test_what_else_one_can_do(site, db, join, signed_in):
    wren, robin = await join("wren"), await signed_in("robin")
    me = (await accounts.member_named(db, "robin")).account_id
    async with db.begin() as tx:
        await accounts.follow(tx, follower=me, followed=wren.account_id)
    await robin.get(f"/report/{wren.account_id}")
    page = await robin.submit("/report", comment="hm")
    act = f"/people/{wren.account_id}"
    for press, says in (("unfollow", "no longer follow"), ("mute", "no longer see"), ("block", "neither of you sees")):
        page = await robin.submit(act, press=press)
        assert says in page.text, press
        assert "Your report about" in page.text, "it leads back"
    (relation,) = await accounts.relationships(db, me, [wren.account_id])
    assert (relation.following, relation.muting, relation.muting_notifications, relation.blocking) == (
        False, True, True, True,
    )  # fmt: skip


async def test_posts_are_chosen_and_their_server_is_told(db, make, join, publish, signed_in):
    wren, robin = await join("wren"), await signed_in("robin")
    shown = [await publish(wren, f"Number {number}") for number in range(3)]
    await publish(wren, "Hush", visibility="direct")
    ada = await signed_in("ada", "moderator")
    page = await robin.get(f"/report/{wren.account_id}")
    assert "Number 2" in page.text
    assert "Hush" not in page.text
    assert "Tell those who run" not in page.text, "it lives here"
    page = await robin.submit("/report", **{"post_ids[]": str(shown[1].id)})
    assert "With 1 post." in page.text
    assert (await _open(db, ada))[0].post_ids == (shown[1].id,)
    far = await make.account("far", domain="far.example")
    page = await robin.get(f"/report/{far.id}")
    assert "Tell those who run far.example, too" in page.text
    page = await robin.submit("/report", forward="1")
    assert "Those who run far.example were told, without your name" in page.text
    assert (await _open(db, ada))[0].forwarded


async def test_staff_do_not_judge_their_like(site, db, join, signed_in):
    robin, ada = await signed_in("robin"), await signed_in("ada", "moderator")
    other = await join("other", "moderator")
    at = f"/report/{other.account_id}"
    await robin.get(at)
    await robin.submit("/report", comment="hm")
    report = f"/admin/reports/{(await _open(db, ada))[0].id}"
    await ada.get(report)
    page = await ada.submit(report, press="suspend")
    assert page.status == 403
    assert "This action is not allowed" in page.text
    assert (await accounts.find(db, other.account_id)).standing is accounts.Standing.ACTIVE


async def test_many_at_once_and_the_next_one(site, db, join, signed_in):
    wren, teal = await join("wren"), await join("teal")
    for name in ("robin", "finch"):
        one = await signed_in(name)
        for about in (wren, teal):
            await one.get(f"/report/{about.account_id}")
            await one.submit("/report", comment=f"{name} minds")
    ada = await signed_in("ada", "moderator")
    held = await _open(db, ada)
    page = await ada.get("/admin/reports")
    assert "2 reports wait about them" in page.text
    assert "4 wait" in page.text, "the navigation counts them"
    assert (await ada.submit("/admin/reports", press="resolve")).status == 422, "nothing is ticked"
    latest = held[0]
    await ada.get(f"/admin/reports/{latest.id}")
    page = await ada.submit(f"/admin/reports/{latest.id}", press="none", text="Please mind your words.")
    rest = await _open(db, ada)
    assert {one.target_id for one in rest} == {wren.account_id}, "both about teal are closed with one"
    assert f'action="/admin/reports/{rest[0].id}"' in page.body, "the next one is shown"
    robin_id = (await accounts.member_named(db, "robin")).account_id
    mod = await join("mod", "moderator")
    path = f"/admin/reports/{rest[0].id}"
    await ada.get(path)
    assert "@mod sees to it" in (await ada.submit(path, press="assign", to=mod.account_id)).text
    await ada.get(path)
    token = dict(ada.page.forms[-1].fields)["token"]
    assert (await ada.post(path, {"token": token, "what": "assign", "to": robin_id})).status == 422, "no staff"
    ticked = {"token": token, "what": "resolve", "report_ids[]": str(rest[0].id)}
    await ada.post("/admin/reports", ticked)
    assert len(await _open(db, ada)) == 1, "the box about the others is not ticked"
    await ada.get("/admin/reports")
    await ada.submit("/admin/reports", press="suspend", **{"report_ids[]": str(rest[1].id)})
    assert await _open(db, ada) == []
    assert (await accounts.find(db, wren.account_id)).standing is accounts.Standing.SUSPENDED


async def test_reported_posts_are_deleted_and_their_author_is_told(db, join, publish, signed_in, events):
    wren = await join("wren")
    bad, good = await publish(wren, "Buy this"), await publish(wren, "Good morning")
    robin, ada = await signed_in("robin"), await signed_in("ada", "moderator")
    await robin.get(f"/report/{wren.account_id}?post={bad.id}")
    await robin.submit("/report", comment="ads")
    (report,) = await _open(db, ada)
    path = f"/admin/reports/{report.id}"
    await ada.get(path)
    page = await ada.submit(path, press="delete_posts", text="No ads here.")
    assert "The posts are deleted" in page.text
    assert (await robin.get(f"/@wren/{bad.id}")).status in {404, 410}
    assert (await robin.get(f"/@wren/{good.id}")).status == 200
    assert await _open(db, ada) == []
    (warned,) = [one for one in await events() if isinstance(one, moderation.MemberWarned)]
    told = await moderation.find_warning(db, wren.account_id, warned.decision_id)
    assert (told.action, told.text, told.post_ids) == ("delete_posts", "No ads here.", (bad.id,))
    page = await ada.get(path)
    assert "1 post was deleted since" in page.text
    token = dict(ada.page.forms[-1].fields)["token"]
    assert (await ada.post(path, {"token": token, "what": "delete_posts"})).status == 422, "nothing is left"


async def _open(db, ada):
    by = (await accounts.member_named(db, "ada")).account_id
    return await moderation.list_reports(db, moderation.WantedReports(), accounts.Cursor(), by=by)
