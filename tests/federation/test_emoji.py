"""Custom emoji of other servers: theirs in what their people say, ours in what ours do."""

from __future__ import annotations

import msgspec
import pytest

from api.kit.driver import call
from dunnock import accounts, media, posts
from stories.pictures import picture


@pytest.fixture
async def ann(make):
    return await make.member("ann")


async def test_a_post_shows_its_own_servers_emoji(house, ann, remote, settle, make):
    from dunnock.media import tables

    await make.row(tables.emoji, shortcode="wren", domain="", file="ours.png", still_file="ours.png", created_at=0)
    remote.pages["/wren.png"] = (200, {"content-type": "image/png"}, picture(64, 64))
    icon = {"type": "Emoji", "name": ":wren:", "icon": {"type": "Image", "url": f"{remote.url}/wren.png"}}
    bob = remote.person("bob")
    remote.pages["/users/bob"] |= {"name": "Bob :wren:", "tag": [icon]}
    person = await house.federation.people.find(bob.uri)
    async with house.db.begin() as tx:
        await accounts.follow(tx, follower=ann.id, followed=person.account_id)
        await accounts.accept_follow(tx, person.account_id, follower=ann.id)
    note = bob.note(
        "<p>a :wren: and a :lost:</p>", tag=[icon, icon | {"name": ":lost:", "icon": f"{remote.url}/no.png"}]
    )
    assert (await bob.send(house, bob.activity("Create", note))).status == 202
    await settle()
    [theirs] = await media.find_emoji(house.db, ["wren", "lost"], remote.domain)
    post_id = (await posts.find_uri(house.db, note["id"]))[0]
    status = msgspec.json.decode((await call(house.edge, "GET", f"/api/v1/statuses/{post_id}")).body)
    assert [(one["shortcode"], one["url"].rpartition("/")[2]) for one in status["emojis"]] == [("wren", theirs.file)]
    assert [one["shortcode"] for one in status["account"]["emojis"]] == ["wren"]
    page = await call(house.edge, "GET", f"/@bob@{remote.domain}/{post_id}")
    assert page.body.count(f"/media/{theirs.file}".encode()) >= 2
    assert b"ours.png" not in page.body
    asked = remote.asked.count("/wren.png")
    assert (await bob.send(house, bob.activity("Create", bob.note("<p>:wren:</p>", tag=[icon])))).status == 202
    await settle()
    assert remote.asked.count("/wren.png") == asked  # once is enough
