"""What an account shows, its history, its settings."""

from __future__ import annotations

import asyncio

import pytest

from dunnock import accounts
from dunnock.foundation.clock import now_ms

URL = "https://home.example"


async def change(db, account, **named):
    async with db.begin() as tx:
        return await accounts.change_profile(tx, account.id, public_url=URL, by_member_id=None, **named)


async def history(db, account):
    return [(one.field, one.old, one.new) for one in await accounts.personas(db, account.id, accounts.Cursor())]


async def test_each_change_is_a_row_and_all_together_one_event(db, make, events):
    me = await make.account()
    before = (await accounts.find(db, me.id)).created_at
    await change(db, me, display_name=" Ada  L. ", bio="Hello https://ada.example", bot=True, avatar='{"a":1}')
    found = await accounts.find(db, me.id)
    assert (found.display_name, found.kind, found.avatar, found.header) == ("Ada L.", "service", '{"a":1}', None)
    assert found.bio == "Hello https://ada.example"
    assert found.bio_html.startswith('<p>Hello <a href="https://ada.example"')
    assert found.created_at == before
    assert await events() == [accounts.PersonaChanged(account_id=me.id, fields="avatar,bio,display_name,kind")]
    assert set(await history(db, me)) == {
        ("display_name", "", "Ada L."),
        ("bio", "", "Hello https://ada.example"),
        ("kind", "person", "service"),
        ("avatar", "", '{"a":1}'),
    }
    await change(db, me, avatar=None, bot=False)
    assert set((await history(db, me))[:2]) == {("avatar", '{"a":1}', ""), ("kind", "service", "person")}


async def test_no_change_is_no_row(db, make, events):
    me = await make.account()
    await change(db, me, display_name="Ada", bio="x", fields=[("a", "b")])
    rows, told = await history(db, me), await events()
    await change(db, me, display_name="Ada", bio="x ", fields=[("a", "b"), ("", "")], avatar=None, bot=False)
    await change(db, me)
    assert await history(db, me) == rows
    assert await events() == told


async def test_fields_and_mentions_are_shown(db, make):
    me, friend = await make.account(), await make.account("Bert")
    await make.account("carl", domain="else.example", url="https://else.example/u/carl")
    found = await change(
        db,
        me,
        bio="with @bert, @carl@else.example, @bert@home.example and @nobody #News",
        fields=[("Web", "https://a.example")],
    )
    assert f'href="{URL}/@{friend.username}"' in found.bio_html
    assert 'href="https://else.example/u/carl"' in found.bio_html
    assert "@nobody" in found.bio_html
    assert found.bio_html.count("<a href") + found.bio_html.count("<a class") == 4
    assert f"{URL}/tags/news" in found.bio_html
    (field,) = found.fields
    assert (field.name, field.value, field.verified_at) == ("Web", "https://a.example", None)
    assert 'rel="me nofollow' in field.html


async def test_it_is_escaped(db, make):
    me = await make.account()
    found = await change(db, me, display_name="<b>", bio="<script>&", fields=[("<i>", "<img onerror=x>")])
    assert found.bio_html == "<p>&lt;script&gt;&amp;</p>"
    assert found.fields[0].html == "&lt;img onerror=x&gt;"


@pytest.mark.parametrize(
    ("named", "part"),
    [
        ({"display_name": "x" * 31}, "display_name"),
        ({"bio": "x" * 501}, "note"),
        ({"fields": [("a", "b")] * 5}, "fields"),
        ({"fields": [("a", "b" * 256)]}, "fields"),
        ({"fields": [("", "b")]}, "fields"),
        ({"fields": [("Server  \uff33ays:", "Official")]}, "fields"),
        ({"fields": [("verified by", "Example Times")]}, "fields"),
        ({"avatar": "{}", "avatar_description": "x" * 151}, "avatar_description"),
        ({"header": "{}", "header_description": "x" * 151}, "header_description"),
    ],
)
async def test_limits(db, make, events, named, part):
    me = await make.account()
    with pytest.raises(accounts.ProfileInvalid) as refused:
        await change(db, me, **({"display_name": "Ada"} | named))
    assert list(refused.value.details) == [part]
    assert await events() == []
    assert (await accounts.find(db, me.id)).display_name == ""


async def test_links_count_little(db, make):
    me = await make.account()
    await change(db, me, bio="https://long.example/" + "x" * 600)


async def test_concurrent_changes_make_one_unbroken_history(db, make):
    me = await make.account()
    await asyncio.gather(*(change(db, me, display_name=f"Name {n}") for n in range(6)))
    rows = [(old, new) for _, old, new in reversed(await history(db, me))]
    assert len(rows) == 6
    chain = dict(rows)
    name, steps = "", 0
    while name in chain:
        name, steps = chain[name], steps + 1
    assert steps == 6
    assert name == (await accounts.find(db, me.id)).display_name


async def test_history_is_paged(db, make):
    me = await make.account()
    for name in "abcd":
        await change(db, me, display_name=name)
    first = await accounts.personas(db, me.id, accounts.Cursor(limit=2))
    second = await accounts.personas(db, me.id, accounts.Cursor(limit=2, max_id=first[-1].id))
    assert [one.new for one in (*first, *second)] == ["d", "c", "b", "a"]
    back = await accounts.personas(db, me.id, accounts.Cursor(limit=2, min_id=second[-1].id))
    assert [one.new for one in back] == ["c", "b"]


async def test_settings(db, make, events):
    me = await make.member()
    async with db.begin() as tx:
        await accounts.change_settings(
            tx, me.id, locked=True, indexable=True, default_visibility="followers", default_language="de_DE"
        )
    async with db.begin() as tx:
        await accounts.change_settings(tx, me.id, locked=True)
    found = await accounts.find(db, me.id)
    assert (found.locked, found.discoverable, found.indexable, found.hide_collections) == (True, True, True, False)
    assert await accounts.posting_defaults(db, me.id) == accounts.PostingDefaults("followers", False, "de")
    assert await events() == [accounts.AccountSettingsChanged(account_id=me.id)]
    for wrong in ({"default_visibility": "private"}, {"default_language": "nonsense"}):
        with pytest.raises(accounts.SettingInvalid):
            async with db.begin() as tx:
                await accounts.change_settings(tx, me.id, locked=False, **wrong)
    assert (await accounts.find(db, me.id)).locked


async def test_a_description_goes_with_its_picture(db, make):
    me = await make.account()
    found = await change(db, me, avatar_description="of nothing")
    assert found.avatar_description == ""
    found = await change(db, me, avatar='{"a":1}', avatar_description=" a wren ")
    assert (found.avatar_description, found.header_description) == ("a wren", "")
    found = await change(db, me, display_name="Ada")
    assert found.avatar_description == "a wren"
    found = await change(db, me, avatar_description="a robin")
    assert found.avatar_description == "a robin"
    assert (await change(db, me, avatar='{"a":2}')).avatar_description == ""
    assert (await change(db, me, avatar_description="a dunnock")).avatar_description == "a dunnock"
    assert (await change(db, me, avatar=None)).avatar_description == ""


async def test_former_names_are_those_given_up_lately(db, make):
    me = await make.account(display_name="")
    for name in ("Ada", "Bea", "Ada", "Cleo"):
        await change(db, me, display_name=name)
    await change(db, me, bio="b")
    assert [one.old for one in await accounts.former_names(db, me.id, now_called="Cleo", since=0)] == ["Ada", "Bea"]
    assert [one.old for one in await accounts.former_names(db, me.id, now_called="Ada", since=0)] == ["Bea"]
    assert await accounts.former_names(db, me.id, now_called="Cleo", since=now_ms() + 1) == []
    seen = await accounts.appearances(db, me.id, accounts.Cursor())
    assert [one.field for one in seen] == ["display_name"] * 4
    back = await accounts.appearances(db, me.id, accounts.Cursor(limit=2, min_id=seen[-1].id))
    assert back == seen[1:3]
