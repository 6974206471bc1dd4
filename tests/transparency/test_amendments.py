"""A release is amended by itself when a decision is taken back, in part or whole."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter

import pytest
from sqlalchemy import text

from dunnock import moderation, transparency
from dunnock.foundation.db import Sql
from dunnock.media import MediaStore
from dunnock.transparency import amendments
from dunnock.transparency.archive import Order, export_release, verify_against, verify_release


@pytest.fixture
async def network(db, make, federation, tmp_path):
    """A release of one decision about twelve accounts, one of them known: its folder, the decision's id, the accounts."""
    mo = await make.member("mo", role="moderator")
    birds = [await make.member(f"bird{number:02d}") for number in range(12)]
    async with db.begin() as tx:
        for number, one in enumerate(birds):
            made = 1_600_000_000_000 + (0 if number < 5 else 90 * 86_400_000)
            await tx.run(Sql(text(f"UPDATE accounts SET created_at = {made} WHERE id = {one.id}")))
        await tx.run(Sql(text(f"UPDATE account_counts SET followers = 9000 WHERE account_id = {birds[11].id}")))
    for one in birds:
        await make.post(one, text=f"I am {one.username}, says @bird11", mentions=(birds[11],))
    async with db.begin() as tx:
        judgement = moderation.Judgement(action="suspend", account_ids=tuple(one.id for one in birds), facts="Song")
        decided = await moderation.decide(tx, judgement, by=mo.id)
    folder = tmp_path / "releases" / "birds"
    order = Order(decision_ids=(decided.id,), title="Birds")
    storage = MediaStore.local(tmp_path / "media").storage
    made = await export_release(db, federation, storage, order, folder, say=lambda _: None)
    return folder, decided.id, birds, made


@pytest.fixture
def grant(db, make):
    async def granted(decision_id, *account_ids):
        """Objections are granted, and their events heard."""
        ada = await make.member(f"ada{os.urandom(4).hex()}", role="admin")
        async with db.begin() as tx:
            for an_id in account_ids:
                appeal = await moderation.file_appeal(tx, decision_id, "I only sang", account_id=an_id)
                await moderation.decide_appeal(tx, appeal, granted=True, by=ada.id)
                event = moderation.DecisionReversed(decision_id=decision_id, account_id=an_id)
                await amendments.mark_stale(tx, event)

    return granted


def rows(folder, part):
    (path,) = folder.glob(f"*{part}*.csv")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


async def test_who_objected_with_success_is_taken_out(db, federation, network, grant, tmp_path):
    folder, decision_id, birds, made = network
    before = {one["userid"]: one for one in rows(folder, "_users_")}
    assert await amendments.amend_stale(db, federation, tmp_path / "releases") == 0
    await grant(decision_id, birds[0].id, birds[11].id)
    assert await verify_against(db, folder) == ["2 accounts are there that the decisions are not about"]
    assert await amendments.amend_stale(db, federation, tmp_path / "releases") == 1
    new = folder.with_name("birds-version-2")
    assert verify_release(new).wrong == ()
    assert await verify_against(db, new) == []
    assert verify_release(folder).wrong == (), "the old one can still be checked"
    manifest = json.loads((new / "manifest.json").read_bytes())
    (earlier,) = manifest["earlier"]
    assert (earlier["version"], earlier["manifest"]) == (1, made.manifest)
    assert earlier["taken_out"] == {"accounts": 2, "posts": 2, "statements": 2}
    after = rows(new, "_users_")
    assert {one["userid"] for one in after} < before.keys(), "the same names for the same accounts"
    days = Counter(one["account_creation_date"] for one in after)
    assert days == {"2020-12-12": 6, "": 4}, "of the four that are left of the other day it is not told any more"
    whole = "".join(path.read_text() for path in new.iterdir() if path.suffix == ".csv")
    assert "bird11" not in whole, "who does not belong to it any more is hashed, like all who are only mentioned"
    assert str(birds[11].id) not in whole
    release = (await transparency.versions_of(db, made.release_id))[0]
    assert (release.number, release.taken_out["accounts"]) == (1, 2)
    assert await amendments.amend_stale(db, federation, tmp_path / "releases") == 0
    entry = await db.one(Sql(text("SELECT subject_id FROM staff_log WHERE act = 'release.amend'")))
    assert entry[0] == made.release_id


async def test_again_and_whole(db, federation, network, grant, tmp_path):
    folder, decision_id, birds, made = network
    for number, some in enumerate((birds[:1], birds[1:]), 2):
        await grant(decision_id, *(one.id for one in some))
        assert await amendments.amend_stale(db, federation, tmp_path / "releases") == 1
        new = folder.with_name(f"birds-version-{number}")
        assert verify_release(new).wrong == ()
        assert await verify_against(db, new) == []
    assert [one.number for one in await transparency.versions_of(db, made.release_id)] == [2, 1]
    assert rows(new, "_users_") == []


async def test_without_its_files_it_stays_stale(db, federation, network, grant, tmp_path):
    _, decision_id, birds, made = network
    await grant(decision_id, birds[0].id)
    assert await amendments.amend_stale(db, federation, tmp_path / "elsewhere") == 0
    row = await db.one(Sql(text(f"SELECT stale_at IS NOT NULL, trouble FROM releases WHERE id = {made.release_id}")))
    assert tuple(row) == (True, amendments.NO_FILES)
    assert await amendments.amend_stale(db, federation, tmp_path / "releases") == 1
