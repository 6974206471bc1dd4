"""Collections of people: read by everybody, made and changed by their owners, left by who is in them."""

from __future__ import annotations

import pytest

from dunnock import accounts, discovery

PASSWORD = "seven wrens in a hedge"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
async def wren(signed_in):
    return await signed_in("wren")


@pytest.fixture
def found(db, join):
    """A member who agreed to be found."""

    async def joined(name):
        member = await join(name)
        async with db.begin() as tx:
            await accounts.change_settings(tx, member.account_id, discoverable=True)
        return member

    return joined


@pytest.fixture
def made_by(db):
    async def by(name):
        owner = (await accounts.member_named(db, name)).account_id
        return await discovery.collections_by(db, owner, viewer=owner, limit=10, offset=0)

    return by


async def make(browser, **values):
    await browser.get("/@wren/collections")
    return await browser.submit("/collections", **({"name": f"Singers {EVIL[:20]}", "tag": "#Song"} | values))


@pytest.mark.both_engines
async def test_owner_makes_fills_and_deletes_one(site, wren, found, made_by):
    await found("robin")
    page = await make(wren, description="Morning & evening")
    assert "Now say who is in it" in page.text
    (one,) = await made_by("wren")
    assert one.discoverable
    page = await wren.get(f"/collections/{one.id}/edit?q=robin")
    page = await wren.submit(f"/collections/{one.id}/add")
    stranger = site.browser()
    page = await stranger.get(f"/collections/{one.id}")
    assert "Recommends 1 person here" in page.text
    assert 'href="/@robin"' in page.body
    assert EVIL[:20] in page.text
    assert 'href="/tags/song"' in page.body
    assert f'href="/collections/{one.id}"' in (await stranger.get("/@wren/collections")).body
    assert f'href="/collections/{one.id}"' in (await stranger.get("/@robin/collections")).body
    await wren.get(f"/collections/{one.id}/edit")
    await wren.submit(f"/collections/{one.id}/edit", name="Songs", discoverable=None)
    assert f"/collections/{one.id}" not in (await stranger.get("/@wren/collections")).body
    assert "noindex" in (await stranger.get(f"/collections/{one.id}")).body
    assert "Not on the profile" in (await wren.get("/@wren/collections")).text
    await wren.get(f"/collections/{one.id}/edit")
    await wren.submit(f"/collections/{one.id}/remove")
    assert "Nobody is in it yet" in (await stranger.get(f"/collections/{one.id}")).text
    await wren.get(f"/collections/{one.id}/edit")
    await wren.submit(f"/collections/{one.id}/delete")
    assert (await stranger.get(f"/collections/{one.id}")).status == 404


async def test_what_is_wrong_is_said(wren, join, db, made_by):
    page = await make(wren, name="", tag="two words")
    assert page.status == 422
    assert 'href="#f-name"' in page.body
    assert 'value="two words"' in page.body
    await make(wren)
    (one,) = await made_by("wren")
    page = await wren.submit(f"/collections/{one.id}/edit", name="x" * 41)
    assert page.status == 422
    shy = await join("shy")
    async with db.begin() as tx:
        await accounts.change_settings(tx, shy.account_id, discoverable=False)
    await wren.get(f"/collections/{one.id}/edit?q=shy")
    page = await wren.submit(f"/collections/{one.id}/add")
    assert page.status == 403
    assert "added to collections" in page.text
    for _ in range(discovery.MOST_COLLECTIONS - 1):
        await make(wren)
    page = await wren.get("/@wren/collections")
    assert "/collections" not in [form.action for form in page.forms]


@pytest.mark.both_engines
async def test_who_is_in_one_leaves_for_good(wren, signed_in, made_by, db):
    await make(wren, sensitive="1")
    (one,) = await made_by("wren")
    robin = await signed_in("robin")
    me = (await accounts.member_named(db, "robin")).account_id
    async with db.begin() as tx:
        await accounts.change_settings(tx, me, discoverable=True)
        await discovery.add_to_collection(tx, one.id, account=me, by=one.account_id)
    page = await robin.get(f"/collections/{one.id}")
    assert "not for everybody" in page.text
    page = await robin.submit(f"/collections/{one.id}/leave")
    assert "not put there again" in page.text
    assert "@robin" not in (await wren.get(f"/collections/{one.id}")).text


async def test_only_owners_change_theirs(site, wren, signed_in, made_by):
    await make(wren)
    (one,) = await made_by("wren")
    robin = await signed_in("robin")
    assert (await robin.get(f"/collections/{one.id}/edit")).status == 403
    token = dict((await robin.get("/@wren")).forms[-1].fields)["token"]
    for act, fields in (
        ("edit", {"name": "Mine"}),
        ("delete", {}),
        ("add", {"account_id": str(one.account_id)}),
        ("remove", {"item_id": "5"}),
        ("leave", {"item_id": "5"}),
    ):
        page = await robin.post(f"/collections/{one.id}/{act}", {"token": token} | fields)
        assert page.status == (404 if act == "leave" else 403), act
    assert [each.name for each in await made_by("wren")] == [one.name]
    assert "/auth/sign_in" in (await site.browser().get(f"/collections/{one.id}/edit")).location
    for path in ("/collections/5", "/collections/99999999999999999999", "/@nobody/collections"):
        assert (await site.browser().get(path)).status == 404


async def test_members_follow_all_that_are_ticked(site, signed_in, found, made_by, db):
    wren = await signed_in("wren")
    robin, jay = await found("robin"), await found("jay")
    await make(wren)
    (one,) = await made_by("wren")
    async with db.begin() as tx:
        for who in (robin, jay):
            await discovery.add_to_collection(tx, one.id, account=who.account_id, by=one.account_id)
    assert "Follow all of them" not in (await wren.get(f"/collections/{one.id}")).text
    assert "Follow all of them" not in (await site.browser().get(f"/collections/{one.id}")).text
    finch = await signed_in("finch")
    page = await finch.get(f"/collections/{one.id}")
    assert "Leave somebody out" in page.text
    (form,) = [form for form in page.forms if form.action.endswith("/follow")]
    fields = [pair for pair in form.fields if pair[1] != str(jay.account_id)]
    assert ("ids[]", str(robin.account_id)) in fields
    assert (await finch.post(f"/collections/{one.id}/follow", fields)).location.endswith("?done=followed")
    me = (await accounts.member_named(db, "finch")).account_id
    between = {to.id: to.following for to in await accounts.relationships(db, me, [robin.account_id, jay.account_id])}
    assert between == {robin.account_id: True, jay.account_id: False}


async def test_a_large_one_has_pages_and_says_how_far_following_it_is(db, make, wren, made_by, join):
    await make_one(db, make, await join("robin"))
    (one,) = await made_by("robin")
    page = await wren.get(f"/collections/{one.id}")
    assert "Recommends 60 people here" in page.text
    assert "bird49" in page.body
    assert 'href="/@bird50"' not in page.body
    assert f'rel="next" href="/collections/{one.id}?offset=50"' in page.body
    page = await wren.get(f"/collections/{one.id}?offset=50")
    assert f'rel="prev" href="/collections/{one.id}?offset=0"' in page.body
    assert 'rel="next"' not in page.body
    page = await wren.submit(f"/collections/{one.id}/follow")
    assert "25 are done, 35 are still to come" in page.text


async def make_one(db, make, owner):
    people = [(await make.account(f"bird{n}", discoverable=True)).id for n in range(60)]
    async with db.begin() as tx:
        await discovery.make_collection(
            tx, discovery.CollectionChanges(name="Birds"), by=owner.account_id, members=people
        )


async def test_who_comes_by_its_link_joins_or_signs_in_and_follows_all_at_once(site, db, wren, found, made_by):
    ids = [(await found(name)).account_id for name in ("robin", "jay", "rook")]
    await make(wren)
    (one,) = await made_by("wren")
    link = f"/collections/{one.id}"
    stranger = site.browser()
    assert "/auth/sign_up" not in (await stranger.get(link)).body.partition("<main")[2], "there is nobody to follow"
    async with db.begin() as tx:
        for who in ids:
            await discovery.add_to_collection(tx, one.id, account=who, by=one.account_id)
    page = await stranger.get(link)
    assert f'href="/auth/sign_in?next={link}"' in page.body
    assert f'href="/auth/sign_up?collection={one.id}"' in page.body
    await stranger.get(f"/auth/sign_up?collection={one.id}")
    page = await stranger.submit(
        "/auth/sign_up", username="tern", email="tern@mail.example", password=PASSWORD, agreement="1", follow=False
    )
    assert page.location == link
    await stranger.get(link)
    await stranger.submit(f"{link}/follow")
    me = (await accounts.member_named(db, "tern")).account_id
    between = await accounts.relationships(db, me, ids)
    assert [one.following for one in between] == [True] * 3
