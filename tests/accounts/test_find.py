"""Finding accounts by id, handle and what somebody types."""

from __future__ import annotations

import pytest

from dunnock import accounts, text


async def test_by_id_and_handle(db, make):
    ada = await make.account("Ada_L")
    far = await make.account("ada_l", domain="else.example")
    gone = await make.account(standing="suspended")
    assert (await accounts.find(db, ada.id)).username == "Ada_L"
    assert await accounts.find(db, 4) is None
    assert (await accounts.find_by_handle(db, "ADA_l")).id == ada.id
    assert (await accounts.find_by_handle(db, "ADA_l", "else.example")).id == far.id
    assert await accounts.find_by_handle(db, "ada_l", "third.example") is None
    assert await accounts.find_by_handle(db, "ädä") is None
    assert set(await accounts.find_many(db, [ada.id, far.id, 4])) == {ada.id, far.id}
    with pytest.raises(accounts.AccountMissing):
        await accounts.find_shown(db, gone.id)
    handles = [text.Handle("ada_L"), text.Handle("Ada_L", "else.example"), text.Handle("x", "else.example")]
    found = await accounts.find_by_handles(db, handles)
    assert {key: one.id for key, one in found.items()} == {"ada_l": ada.id, "ada_l@else.example": far.id}


async def test_search(db, make):
    viewer = await make.account("viewer")

    async def named(username, display_name="", **values):
        return await make.account(
            username, display_name=display_name, name_key=accounts.name_key(display_name), **values
        )

    ada = await named("ada")
    adam = await named("adam", "Grace Ünal")
    adaa = await named("adaa", domain="else.example")
    under = await named("a_a", "100% real")
    grace = await named("gh", "GRACE Hopper")
    blocker = await named("ada_blocks")
    gone = await named("adagone", standing="suspended")
    await make.block(blocker, viewer)
    await make.block(viewer, under)
    await make.follow(viewer, adaa)
    await make.follow(viewer, adam)

    async def search(words, **named):
        return await accounts.search_accounts(db, words, **named)

    assert set(await search("ada")) == {ada.id, adam.id, adaa.id, blocker.id}
    assert gone.id not in await search("ada")
    assert (await search("@ADA", viewer=viewer.id))[:2] in ([adam.id, adaa.id], [adaa.id, adam.id])
    assert blocker.id not in await search("ada", viewer=viewer.id)
    assert await search("ada", viewer=viewer.id, following_only=True, limit=1) == [adam.id]
    assert await search("ada", viewer=viewer.id, limit=1, offset=2) == [ada.id]
    assert await search("adaa@els") == [adaa.id]
    assert await search("adaa@els", viewer=viewer.id) == [adaa.id]
    assert await search("adaa@third") == []
    assert await search("ada@els") == []
    assert set(await search("grace")) == {adam.id, grace.id}
    assert await search("grace ho") == [grace.id]
    assert await search("üNAL", viewer=viewer.id) == [adam.id]
    assert await search("a_", viewer=viewer.id) == [under.id]
    assert await search("%", viewer=viewer.id) == []
    assert await search("100%") == [under.id]
    assert await search(" @ ") == []
    assert await search("a\0") == []
    assert await search("zzz") == []
    assert await search("ada" * 40_000, viewer=viewer.id) == []
    assert await search("\U0010ffff", viewer=viewer.id) == []


async def test_of_one_name_this_server_s_is_first(db, make):
    there = [await make.account("ines", domain=f"{letter}.example") for letter in "ba"]
    longer, here = await make.account("inesita"), await make.account("ines")
    assert await accounts.search_accounts(db, "ines") == [here.id, there[1].id, there[0].id, longer.id]


async def test_any_word_of_a_name(db, make):
    async def named(username, display_name="", **values):
        return await make.account(
            username, display_name=display_name, name_key=accounts.name_key(display_name), **values
        )

    far = await named("h436", "Anna (Harbor) 🦊", domain="else.example")
    anna = await named("anna_harbour", "Anna Maria Lindqvist-Øst")
    lin = await named("other", "李 小龍 harbor " + "x" * 3_000)
    await named("harbor_gone", standing="suspended")
    await make.block(lin, anna)

    async def search(words, **named):
        return await accounts.search_accounts(db, words, **named)

    assert await search("harbo") == [anna.id, lin.id, far.id], "of this server, then known for longest"
    assert await search("harbor") == [lin.id, far.id]
    assert await search("harbor", viewer=anna.id) == [far.id]
    assert await search("lind mar") == await search("øst") == await search("harbour lind") == [anna.id]
    assert await search("小龍") == await search("小") == [lin.id]
    for nothing in ("x" * 190 + "y", "harbor zzz", "o h", "' | 'zzz", '"zz" OR yy', "arbor", "harbor@else"):
        assert await search(nothing) == [], nothing
    assert await search("harbor", limit=1, offset=1) == [far.id]
    async with db.begin() as tx:
        await accounts.change_profile(
            tx, anna.id, public_url="https://here.example", display_name="B", by_member_id=None
        )
    assert await search("lindq") == []
    assert await search("harbour") == [anna.id]


async def test_a_slip_of_the_finger(db, make):
    known, other = await make.account("dunnock"), await make.account("dunnocks")
    await make.account("dunnack", standing="suspended")
    fan = await make.account("fan")
    await make.follow(fan, other)
    assert await accounts.search_accounts(db, "dunnockz", viewer=fan.id) == [known.id, other.id]  # not by followers
    assert await accounts.search_accounts(db, "dunnocks") == [other.id]
    assert await accounts.search_accounts(db, "@Dunncok") == [known.id]
    assert await accounts.search_accounts(db, "dunncok", viewer=fan.id, following_only=True) == []
    assert await accounts.search_accounts(db, "dunncok@far.example") == []
