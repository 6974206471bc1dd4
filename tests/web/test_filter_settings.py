"""Settings of filters and notifications; what waits to be posted."""

from __future__ import annotations

from dunnock import accounts, filters, notifications, posts
from dunnock.foundation.clock import DAY, now_ms


async def test_a_filter_from_making_to_deleting(db, signed_in):
    browser = await signed_in("wren")
    me = (await accounts.member_named(db, "wren")).account_id
    await browser.get("/settings/filters")
    page = await browser.submit("/settings/filters", title=" ", words="spoiler")
    assert page.status == 422
    assert "can't be blank" in page.text
    assert "spoiler" in page.text, "what was written is still there"
    await browser.submit(
        "/settings/filters", title="Films", words="spoiler\nthe end\n\nspoiler", action="hide", lasts="3600"
    )
    (made,) = await filters.filters_of(db, me)
    assert [one.keyword for one in made.keywords] == ["spoiler", "the end"]
    assert (made.action, len(made.contexts)) == ("hide", 5)
    assert made.expires_at is not None
    at = f"/settings/filters/{made.id}"
    await browser.get(at)
    await browser.submit(at, words="the end\nfin", whole_word=None)
    (changed,) = await filters.filters_of(db, me)
    assert [(one.keyword, one.whole_word) for one in changed.keywords] == [("the end", False), ("fin", False)]
    assert changed.expires_at == made.expires_at, "as it is"
    assert changed.keywords[0].id == made.keywords[1].id, "a word that stays is the same keyword"
    await browser.get(at)
    assert "The filter is deleted" in (await browser.submit(f"{at}/delete")).text
    assert (await browser.get(at)).status == 404


async def test_filters_of_others_are_missing(db, join, signed_in):
    robin, browser = await join("robin"), await signed_in("wren")
    async with db.begin() as tx:
        made = await filters.make_filter(tx, robin.account_id, title="Mine", contexts=["home"])
    await browser.get("/settings/filters")
    fields = browser.page.forms[-1].fields
    for path in ("", "/delete"):
        assert (await browser.post(f"/settings/filters/{made.id}{path}", fields)).status == 404
    assert (await browser.get(f"/settings/filters/{made.id}")).status == 404
    assert len(await filters.filters_of(db, robin.account_id)) == 1


async def test_of_whom_one_hears_what(db, signed_in):
    browser = await signed_in("wren")
    me = (await accounts.member_named(db, "wren")).account_id
    await browser.get("/settings/notifications")
    assert "kinds[report]" not in browser.page.forms[-1].names, "only staff hear of reports"
    page = await browser.submit("/settings/notifications", **{"policy[bots]": "drop", "kinds[boost]": "nobody"})
    assert "saved" in page.text
    assert (await notifications.read_policy(db, me)).bots == "drop"
    assert (await notifications.read_settings(db, me))["boost"] == "nobody"
    await browser.get("/settings/notifications")
    page = await browser.submit("/settings/notifications", **{"policy[bots]": "shred"})
    assert page.status == 422
    assert (await notifications.read_policy(db, me)).bots == "drop"


async def test_what_waits_is_moved_and_thrown_away(site, db, signed_in):
    browser = await signed_in("wren")
    me = (await accounts.member_named(db, "wren")).account_id
    async with db.begin() as tx:
        await posts.schedule(
            tx, posts.Draft(text="Later <b>on</b>"), at=now_ms() + 2 * DAY, author_id=me, app_id=None, settings=site.settings
        )  # fmt: skip
        await posts.add_draft(tx, [posts.Draft(text="Unfinished")], by=me, settings=site.settings)
    page = await browser.get("/scheduled")
    assert "Later <b>on</b>" in page.text
    assert "Unfinished" in page.text
    await browser.submit("/scheduled", at="2050-05-01T18:30", press="move")
    (held,) = await posts.scheduled_of(db, me, above=0, below=1 << 62, most=9, up=False)
    assert "1 May 2050, 18:30 UTC" in browser.page.text
    for typed in ("tomorrow", "2020-01-01T00:00"):
        page = await browser.submit("/scheduled", at=typed, press="move")
        assert page.status == 422, typed
    assert held.at == 2535042600000
    assert "thrown away" in (await browser.submit("/scheduled", press="remove")).text
    assert "Nothing is scheduled" in browser.page.text
    await browser.submit("/drafts")
    assert "No drafts" in browser.page.text
