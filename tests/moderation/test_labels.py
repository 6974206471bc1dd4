"""What staff say of an account for all to see: in the API, on pages, on other servers (DISARM drill D10)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dunnock import accounts, moderation, posts
from dunnock.accounts import AccountViews, Viewers
from dunnock.api.mastodon.render import Render
from dunnock.foundation.settings import Settings
from dunnock.posts.views import PostViews

SETTINGS = Settings(data=Path("/nowhere"), public_url="https://nest.example")


async def test_a_label_shows_at_every_post(db, do, staff, make):
    minister = await make.member("minister")
    for number in range(3):
        await do(posts.publish, posts.Draft(text=f"No {number}"), author_id=minister.id, app_id=None, settings=SETTINGS)
    views = AccountViews(db)
    post_views, viewers = PostViews(db, views), Viewers(db)
    render = Render(db, views, post_views, viewers, public_url=SETTINGS.public_url)
    assert b'"labels"' not in await render.account_of((await views.get([minister.id]))[minister.id])
    assert await do(moderation.put_label, minister.id, "official", "Government official,  Norway", by=staff.mo) is None
    sheet = await accounts.find_sheet(db, minister.id)
    assert [one.text for one in sheet.labels] == ["Government official, Norway"]
    assert sheet.protected, "what staff do to officials needs two of them"
    told = await render.account_of((await views.get([minister.id]))[minister.id])
    assert b'"labels":[{"kind":"official","text":"Government official, Norway"' in told


async def test_apps_that_know_no_labels_show_them(db, do, staff, make):
    """They are a line of the profile, and stand before what an impostor answers; nothing else is covered."""
    fake, asker = await make.member("fake"), await make.member("asker")
    question = await make.post(asker, "My flight?")
    answer = await make.post(fake, "Write to us", reply_to=question)
    own = await make.post(fake, "Hello")
    views = AccountViews(db)
    post_views = PostViews(db, views)
    render = Render(db, views, post_views, Viewers(db), public_url=SETTINGS.public_url)

    async def told(post_id: int) -> dict[str, Any]:
        return json.loads(await render.statuses([post_id], None))[0]

    assert (await told(answer.id))["spoiler_text"] == ""
    await do(moderation.put_label, fake.id, "impersonation", "Not Wren <Air>", by=staff.mo)
    covered = await told(answer.id)
    assert covered["spoiler_text"] == "Not Wren <Air>"
    assert covered["account"]["fields"][0] == {
        "name": "Server says", "value": "Not Wren &lt;Air&gt;", "verified_at": None
    }  # fmt: skip
    assert (await told(own.id))["spoiler_text"] == ""
    await do(moderation.drop_label, fake.id, "impersonation", by=staff.mo)
    assert (await told(answer.id))["spoiler_text"] == ""


async def test_officials_are_never_suspended_by_one(db, do, staff, make):
    minister = await make.member("minister")
    await do(moderation.put_label, minister.id, "official", "Government official", by=staff.mo)
    decided = await do(
        moderation.decide, moderation.Judgement(action="suspend", account_ids=(minister.id,)), by=staff.ada
    )
    assert decided.request_id is not None
    asked = await do(moderation.drop_label, minister.id, "official", by=staff.mo)
    assert asked is not None
    assert (await accounts.find_sheet(db, minister.id)).labels


async def test_one_of_a_kind(db, do, staff, make):
    wren = await make.member("wren")
    await do(moderation.put_label, wren.id, "context", "Parody", by=staff.mo)
    await do(moderation.put_label, wren.id, "context", "Satire", by=staff.mo)
    await do(moderation.put_label, wren.id, "automated", "Posts by a program", by=staff.mo)
    assert [one.text for one in (await accounts.find_sheet(db, wren.id)).labels] == ["Satire", "Posts by a program"]
    await do(moderation.drop_label, wren.id, "context", by=staff.mo)
    assert [one.kind for one in (await accounts.find_sheet(db, wren.id)).labels] == ["automated"]
    for kind, text in (("kind", "x"), ("context", " "), ("context", "x" * 121)):
        with pytest.raises(accounts.LabelRefused):
            await do(moderation.put_label, wren.id, kind, text, by=staff.mo)
    acts = [one.act for one in await moderation.entries(db, accounts.Cursor(), by=staff.mo)]
    assert acts == ["account.unlabel", *["account.label"] * 3]
