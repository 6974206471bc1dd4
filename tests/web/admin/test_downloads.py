"""Every file that staff take away from the console is written down: every page of the console that gives a file is tried."""

from __future__ import annotations

import pytest

from api.page_rights import STAFF_PAGES
from dunnock import accounts, integrity, moderation
from dunnock.integrity.export import FILES
from dunnock.integrity.money import observe
from web.admin.networks import planted

# Pages with a place in their path that give a file; those without one are found by asking.
SHAPED = {
    "/admin/money/files/csv?account=robin": "money.csv",
    "/admin/money/files/graphml?account=robin": "money.graphml",
    "/admin/money/files/stix.json?account=robin": "money.stix.json",
}


@pytest.fixture
async def taken(db, signed_in):
    ada = await signed_in("ada", "owner")
    by = (await accounts.member_named(db, "ada")).account_id

    async def take(path: str) -> tuple[str | None, list[str]]:
        """The name of the file that a page gives, and the names that stand in the log."""
        told = (await ada.get(path)).headers.get("content-disposition")
        found = await moderation.entries(db, accounts.Cursor(limit=100), by=by)
        return told, [one.words for one in found if one.act == "file.export"]

    return take


async def test_each_file_is_written_down(db, taken, make):
    by = (await accounts.member_named(db, "ada")).account_id
    robin = await make.member("robin")
    made = await make.post(robin, '<a href="https://paypal.me/Nest">x</a>')
    async with db.begin() as tx:
        await observe.look_at_post(tx, made.id)
    await planted(db, make)
    [network] = await integrity.list_clusters(db, "open", by=by)
    shaped = SHAPED | {f"/admin/integrity/{network.id}/files/{kind}": f"network.{kind}" for kind in FILES}
    files = 0
    for path in [*(one.removeprefix("GET ") for one in STAFF_PAGES if "{" not in one), *shaped]:
        told, words = await taken(path)
        if told is None:
            assert path not in shaped
            continue
        files += 1
        assert len(words) == files, f"{path} gives a file and the log says nothing"
        name = told.partition('filename="')[2].removesuffix('"')
        assert name in words[0]
        assert name == shaped.get(path, name)
    assert files >= len(shaped) + 2
