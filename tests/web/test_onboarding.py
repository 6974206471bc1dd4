"""After joining: the steps, that each can be skipped, and the list of first steps on Home."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from dunnock import accounts, discovery
from dunnock.feeds import tags
from dunnock.foundation.clock import now_ms
from dunnock.web import onboarding
from web.conftest import PASSWORD


@pytest.fixture
async def newcomer(site):
    """A browser whose owner has just joined, and stands before the second step."""
    browser = site.browser()
    page = await browser.get("/auth/sign_up")
    assert "Step 1 of 3" in page.text
    await browser.submit("/auth/sign_up", username="wren", email="wren@mail.example", password=PASSWORD, agreement="1")
    return browser


async def me(db):
    return (await accounts.member_named(db, "wren")).account_id


async def test_profile_then_people_then_home(newcomer, db, join):
    robin = await join("robin")
    for name in ("jay", "rook", "crow"):
        fan = await join(name)
        async with db.begin() as tx:
            await accounts.follow(tx, follower=fan.account_id, followed=robin.account_id)
    async with db.begin() as tx:
        await accounts.change_settings(tx, robin.account_id, discoverable=True)
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, "PNG")
    page = await newcomer.submit(
        "/welcome/profile", display_name="Jenny", note="Small\r\nbird", avatar=("a.png", file.getvalue())
    )
    assert "Step 3 of 3" in page.text
    held = await accounts.find_shown(db, await me(db))
    assert (held.display_name, held.bio) == ("Jenny", "Small\nbird")
    assert held.avatar is not None
    assert "Many people here follow them" in page.text
    page = await newcomer.submit("/welcome/people", **{"ids[]": str(robin.account_id)})
    assert "First steps" in page.text
    assert (await accounts.counts_of(db, [held.id]))[held.id].following == 1


async def test_every_step_can_be_skipped(newcomer, db):
    assert 'href="/welcome/people"' in newcomer.page.body
    page = await newcomer.get("/welcome/people")
    assert 'href="/">Skip this step' in page.body
    assert page.status == 200
    held = await accounts.find_shown(db, await me(db))
    assert (held.display_name, held.bio, held.avatar) == ("", "", None)


async def test_what_is_refused_comes_back(newcomer, db):
    page = await newcomer.submit("/welcome/profile", display_name="x" * 31, note="kept")
    assert page.status == 422
    assert "kept" in page.text
    assert (await accounts.find_shown(db, await me(db))).bio == ""


async def test_one_who_cannot_be_followed_stops_all(newcomer, db, join):
    robin = await join("robin")
    await newcomer.get("/welcome/people")
    fields = [("token", newcomer.page.forms[-1].fields[0][1]), ("ids[]", str(robin.account_id)), ("ids[]", "1")]
    page = await newcomer.post("/welcome/people", fields)
    assert page.status == 404
    assert "That did not work" in page.text
    assert (await accounts.counts_of(db, [await me(db)])).get(await me(db), accounts.Counts()).following == 0


async def test_hashtags_are_followed(newcomer, db):
    await newcomer.get("/welcome/people")
    fields = [("token", newcomer.page.forms[-1].fields[0][1]), ("tags[]", "hedge")]
    page = await newcomer.post("/welcome/people", fields)
    assert page.location == "/?done=followed"
    found = await tags.followed_tags(db, await me(db), accounts.Cursor(limit=5), now=now_ms())
    assert [one.name for one in found.tags] == ["hedge"]


async def test_first_steps_are_put_away_in_all_browsers(newcomer, site):
    await newcomer.get("/settings/appearance")
    await newcomer.submit("/appearance", theme="dark")
    page = await newcomer.get("/")
    assert "Write your first post" in page.text
    page = await newcomer.submit("/welcome/done")
    assert "Write your first post" not in page.text
    assert 'data-theme="dark"' in page.body
    other = site.browser()
    await other.get("/auth/sign_in")
    assert "Write your first post" not in (await other.submit("/auth/sign_in", login="wren", password=PASSWORD)).text
    await other.get("/settings/appearance")
    await other.submit("/appearance", theme="light")
    assert "Write your first post" not in (await other.get("/")).text


async def test_first_steps_say_what_is_done(newcomer):
    assert newcomer.page.text.count("(done)") == 0
    await newcomer.get("/")
    await newcomer.submit("/compose", text="Here I am")
    page = await newcomer.get("/")
    assert page.text.count("(done)") == 1


async def test_who_joined_long_ago_sees_no_first_steps(newcomer, monkeypatch):
    assert "First steps" in (await newcomer.get("/")).text
    monkeypatch.setattr(onboarding, "_NEW_MS", -1)
    assert "First steps" not in (await newcomer.get("/")).text


async def test_strangers_sign_in_first(site):
    for path in ("/welcome/profile", "/welcome/people"):
        assert (await site.browser().get(path)).location == f"/auth/sign_in?next={path}"


async def test_a_collection_that_staff_chose_is_followed_with_one_press(newcomer, site, db, join):
    robin, jay, boss = await join("robin"), await join("jay"), await join("boss", "owner")
    async with db.begin() as tx:
        for one in (robin, jay):
            await accounts.change_settings(tx, one.account_id, discoverable=True)
        changes = discovery.CollectionChanges(name="Hedge birds", description="Small ones")
        made = await discovery.make_collection(
            tx, changes, by=robin.account_id, members=[robin.account_id, jay.account_id]
        )
    assert "Hedge birds" not in (await newcomer.get("/welcome/people")).text
    async with db.begin() as tx:
        await discovery.choose_starter(tx, made.id, by=boss.account_id)
    page = await newcomer.get("/welcome/people")
    assert "2 people whom @robin recommends:" in page.text
    fields = [("token", newcomer.page.forms[-1].fields[0][1]), ("starter", str(made.id))]
    page = await newcomer.post("/welcome/people", fields)
    assert page.location == "/?done=followed"
    held = await me(db)
    assert (await accounts.counts_of(db, [held]))[held].following == 2
