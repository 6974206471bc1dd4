"""Taking data along and bringing it in by the pages, without JavaScript."""

from __future__ import annotations

import pytest

from dunnock import accounts, portability
from dunnock.foundation.storage import LocalStorage
from dunnock.portability.bring import DoImport
from dunnock.portability.carry_out import do_import
from web.conftest import PASSWORD


@pytest.mark.both_engines
async def test_take_along_and_bring_in(signed_in, join, db):
    bob = await join("bob")
    anna = await signed_in("anna")
    me = await accounts.member_named(db, "anna")
    async with db.begin() as tx:
        await accounts.follow(tx, follower=me.account_id, followed=bob.account_id)
    page = await anna.get("/settings/export")
    assert "People you follow" in page.text
    page = await anna.get("/settings/export/following_accounts.csv")
    assert page.headers["content-disposition"] == 'attachment; filename="following_accounts.csv"'
    assert page.body.splitlines()[1] == "bob@127.0.0.1:8000,true,false,"
    assert (await anna.get("/settings/export/other.csv")).status == 404

    await anna.get("/settings/import")
    page = await anna.submit("/settings/import", type="following", mode="overwrite", file=("a.csv", b""))
    assert page.status == 422
    assert "Data is empty" in page.text
    page = await anna.submit(
        "/settings/import", type="following", mode="overwrite", file=("a.csv", b"nobody\nwho is this\nbob\n")
    )
    assert page.status == 200
    assert "What is in the file" in page.text
    assert "“who is this” is no account address" in page.text
    path = next(form.action for form in page.forms if form.action.startswith("/settings/import/"))
    await anna.submit(path, press="confirm")
    await do_import(db, DoImport(int(path.rpartition("/")[2])))
    page = await anna.get(path)
    assert "Finished" in page.text
    assert "There is nobody called nobody on this server" in page.text
    page = await anna.get(f"{path}/failures.csv")
    assert page.body.splitlines()[0].endswith("There is nobody called nobody on this server")
    await anna.get(path)
    page = await anna.submit(path, press="cancel")
    assert "Lately" not in page.text

    eve = await signed_in("eve")
    assert (await eve.get(path)).status == 404


async def test_delete_the_account(signed_in, db):
    anna, other = await signed_in("anna"), await signed_in("bob")
    page = await anna.get("/settings/delete")
    assert "nobody, not even you, can have your name again" in page.text
    page = await anna.submit("/settings/delete", name="ann", password=PASSWORD)
    assert (page.status, "This is not your name here" in page.text) == (422, True)
    page = await anna.submit("/settings/delete", name="anna", password="seven wrens in a bush")
    assert (page.status, "The password is not right" in page.text) == (422, True)
    assert (await other.get("/@anna")).status == 200
    page = await anna.submit("/settings/delete", name="@Anna", password=PASSWORD)
    assert "Your account is deleted. Farewell!" in page.text
    assert (await other.get("/@anna")).status in {404, 410}
    assert (await anna.get("/settings/profile")).status in {303, 401}


async def test_the_archive(signed_in, db, tmp_path):
    anna, eve = await signed_in("anna"), await signed_in("eve")
    await anna.get("/settings/export")
    page = await anna.submit("/settings/export")
    assert "Your archive is being made" in page.text
    assert "0 posts so far" in page.text
    me = await accounts.member_named(db, "anna")
    (one,) = await portability.archives_of(db, me.account_id)
    job = portability.BuildArchive(one.id)
    place = portability.Place(domain="127.0.0.1:8000", url="http://127.0.0.1:8000")
    await portability.build_archive(db, job, storage=LocalStorage(tmp_path / "files"), place=place)
    page = await anna.get("/settings/export")
    (one,) = await portability.archives_of(db, me.account_id)
    path = f"/settings/archives/{one.id}/{one.secret}"
    assert f'href="{path}"' in page.body
    answer = await eve.get(path)
    assert answer.status == 404
    assert (await anna.get(f"/settings/archives/{one.id}/{'x' * 43}")).status == 404
    assert (await anna.get(f"/settings/archives/{one.id}/é")).status == 404
