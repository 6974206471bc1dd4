"""Settings that change while the server runs."""

from __future__ import annotations

import pytest

from dunnock import accounts, moderation, server
from dunnock.foundation.settings import Settings


async def _send(browser, **values):
    await browser.get("/admin/settings")
    token = dict(browser.page.forms[-1].fields)["token"]
    return await browser.led(await browser.post("/admin/settings", {"token": token} | values))


async def test_a_change_is_seen_at_once(db, site, signed_in):
    live = server.Live(db, site.settings)
    await live.read()
    ada = await signed_in("ada", "admin")
    page = await _send(ada, name="title", value=" The <Hedge> ")
    assert "The <Hedge>" in page.text
    assert site.settings.title == "The <Hedge>"
    await _send(ada, name="max_post_length", value="1000")
    await _send(ada, name="trends_need_review", value="true")
    assert (site.settings.max_post_length, site.settings.trends_need_review) == (1000, True)
    again = Settings(data=site.settings.data, title="From the file")
    await server.Live(db, again).read()
    assert (again.title, again.max_post_length) == ("The <Hedge>", 1000), "a process that starts later"
    await _send(ada, name="title", what="reset")
    assert site.settings.title == "Hedgerow", "as it was started"
    by = (await accounts.member_named(db, "ada")).account_id
    assert [one.act for one in await moderation.entries(db, accounts.Cursor(), by=by)] == [
        "setting.reset", "setting.change", "setting.change", "setting.change",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [("title", " "), ("title", "x" * 101), ("max_post_length", "49"), ("max_post_length", "many"), ("sign_up", "never"),
     ("contact_email", "nobody"), ("public_url", "https://other.example"), ("dev", "true"), ("nonsense", "1"),
     ("database_url", "sqlite:////tmp/x")],
)  # fmt: skip
async def test_what_is_refused(db, site, signed_in, name, value):
    await server.Live(db, site.settings).read()
    ada = await signed_in("ada", "admin")
    before = site.settings.title
    assert (await _send(ada, name=name, value=value)).status == 422
    assert await server.choices(db) == {}
    assert site.settings.title == before


async def test_search_and_secrets(closed_to, signed_in):
    at = closed_to(smtp_url="smtp://me:hush@mail.example:587", metrics_token="hush hush")
    ada = await signed_in("ada", "admin", at)
    page = await ada.get("/admin/settings")
    assert "hush" not in page.body
    page = await ada.get("/admin/settings?q=PICTURE")
    assert "Largest picture" in page.text
    assert "Longest post" not in page.text
    assert "Changed in a file" not in page.text, "nothing there fits"
    page = await ada.get("/admin/settings?q=zebra")
    assert "No setting fits" in page.text
    assert "Show all settings" in page.text
    page = await ada.get("/admin/settings?q=workers")
    assert "Changed in a file" in page.text
    assert "No setting fits" not in page.text
