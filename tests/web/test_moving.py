"""Naming one's other accounts, moving to one of them and coming back, by the pages, without JavaScript."""

from __future__ import annotations

from dunnock import accounts
from web.conftest import PASSWORD

DOMAIN = "127.0.0.1:8000"


async def test_move_and_come_back(signed_in, join, db):
    other = await join("wren_two")
    wren = await signed_in("wren")
    page = await wren.get("/settings/move")
    assert "Your other accounts" in page.text
    page = await wren.submit("/settings/move/others", others="@nobody\n")
    assert (page.status, "No other account was found at @nobody" in page.text) == (422, True)
    page = await wren.submit("/settings/move", to="wren_two", password="seven wrens in a bush")
    assert page.status == 422
    page = await wren.submit("/settings/move", to="wren_two", password=PASSWORD)
    assert (page.status, "does not name this one" in page.text) == (422, True)
    async with db.begin() as tx:
        await accounts.change_aliases(tx, other.account_id, (f"http://{DOMAIN}/users/wren",))
    page = await wren.submit("/settings/move", to=f"@wren_two@{DOMAIN}", password=PASSWORD)
    assert (page.status, "Your followers are told." in page.text) == (200, True)
    assert "This person has moved" in (await wren.get("/@wren")).text
    await wren.get("/settings/move")
    page = await wren.submit("/settings/move/back")
    assert "Move to another account" in page.text
    assert await accounts.moved_to(db, (await accounts.find_by_handle(db, "wren")).id) is None


async def test_name_ones_other_accounts(signed_in, join, db):
    await join("finch")
    wren = await signed_in("wren")
    await wren.get("/settings/move")
    page = await wren.submit("/settings/move/others", others="finch\n\n")
    assert f"@finch@{DOMAIN}" in page.body
    me = await accounts.find_by_handle(db, "wren")
    assert await accounts.aliases_of(db, me.id) == (f"http://{DOMAIN}/users/finch",)
    await wren.submit("/settings/move/others", others="")
    assert await accounts.aliases_of(db, me.id) == ()
