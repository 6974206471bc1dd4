"""What staff saw of people's private data stands in the log, once for each reader, subject and hour."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import text

from api.staffed import staffed
from dunnock import accounts, moderation
from dunnock.foundation.clock import HOUR
from dunnock.foundation.db import Sql
from dunnock.foundation.ids import id_at


@pytest.fixture
async def house(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    yield made
    await made.house.close()


async def reads(db, staff):
    cursor = accounts.Cursor(limit=100)
    return [
        (one.act, one.subject_id, one.words)
        for one in reversed(await moderation.entries(db, cursor, by=staff.boss))
        if one.act.endswith(".read")
    ]


async def test_addresses_and_private_posts(db, house, make, staff, do):
    wren, robin, far = (
        await make.member("wren"),
        await make.member("robin"),
        await make.account("far", domain="f.example"),
    )
    ada, mo = [
        SimpleNamespace(id=one, member_id=(await accounts.member_of(db, one)).id) for one in (staff.ada, staff.mo)
    ]
    for _ in range(2):
        await house.get(f"/api/v1/admin/accounts/{wren.id}", ada)
        await house.get(f"/api/v1/admin/accounts/{far.id}", ada)
    assert await reads(db, staff) == [("account.read", wren.id, "")], "once, and not where nobody signs in"
    await house.get(f"/api/v1/admin/accounts/{wren.id}", mo)
    assert len(await reads(db, staff)) == 2, "each reader for themselves"
    await house.get("/api/v2/admin/accounts?origin=local", ada)
    act, subject, words = (await reads(db, staff))[-1]
    assert (act, subject) == ("account.read", None)
    assert str(staff.eve) in words
    assert str(wren.id) not in words, "within the hour it is known already"
    assert str(staff.ada) not in words, "one's own is nobody's business"
    await make.follow(robin, wren)
    hidden, shown = await make.post(wren, "hush", visibility="followers"), await make.post(wren, "hello")
    complaint = moderation.Complaint(target_id=wren.id, post_ids=(hidden.id, shown.id))
    report = await do(moderation.file_report, complaint, by=robin.id)
    await house.get(f"/api/v1/admin/reports/{report.id}", mo)
    assert ("post.read", hidden.id, "") in await reads(db, staff)
    assert all(subject != shown.id for _, subject, _ in await reads(db, staff))


async def test_after_an_hour_it_is_written_again(db, staff, make):
    wren = await make.member("wren")
    for again in range(2):
        await moderation.note_reads(db, "account.read", [wren.id, staff.ada], by=staff.ada)
        await moderation.note_reads(db, "account.read", [wren.id], by=staff.ada)
        assert len(await reads(db, staff)) == again + 1
        async with db.begin() as tx:
            await tx.run(Sql(text(f"UPDATE staff_log SET id = id - {id_at(2 * HOUR)}")))
