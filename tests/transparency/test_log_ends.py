"""Ends of the staff's log are signed, published, and hold the log to what it said."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import text

from dunnock import transparency
from dunnock.federation import read_multikey
from dunnock.foundation.db import Sql
from dunnock.moderation import house
from dunnock.transparency.log_ends import publish_log_end

HERE = "nest.example"


@pytest.fixture
async def act(db, make):
    ada = await make.member("ada", role="owner")

    async def acted(words):
        async with db.begin() as tx:
            await house.add_rule(tx, words, hint="", by=ada.id)

    return acted


async def test_ends_are_published_when_they_move(db, federation, act):
    assert await publish_log_end(db, federation), "an empty log has an end, too"
    assert not await publish_log_end(db, federation)
    await act("Be kind")
    assert await publish_log_end(db, federation)
    ends = [one for _, one in await transparency.published_ends(db)]
    assert [one.said.number for one in ends] == [1, 0]
    assert {one.said.server for one in ends} == {HERE}
    pair = await federation.keys.of(None, None)
    assert {one.key for one in ends} == {pair.multikey}, "the key that the server's actor names"
    assert (await transparency.check_published(db, server=HERE)).broken is None


async def test_an_end_that_does_not_move_is_said_again_after_a_day(db, federation, act):
    assert await publish_log_end(db, federation)
    async with db.begin() as tx:
        await tx.run(Sql(text(f"UPDATE log_ends SET id = id - {25 * 3_600_000 << 16}")))
    assert await publish_log_end(db, federation)


async def test_a_log_made_anew_does_not_go_through_them(db, federation, act):
    await act("Be kind")
    await publish_log_end(db, federation)
    kept = transparency.read_ends(
        msgspec.json.encode({"ends": [one for _, one in await transparency.published_ends(db)]})
    )
    async with db.begin() as tx:
        for table in ("staff_log", "staff_log_end", "log_ends"):
            await tx.run(Sql(text(f"DELETE FROM {table}")))
    await act("Be cruel")
    await publish_log_end(db, federation)
    assert (await transparency.check_published(db, server=HERE)).broken is None
    checked = await transparency.check_published(db, kept, server=HERE)
    assert (checked.broken, checked.why) == (1, "two different ones were published with this number")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"statement": '{"server":"nest.example","number":0,"hash":"x","at":""}'}, "the signature"),
        ({"signature": "AAAA"}, "the signature"),
        ({"signature": "?"}, "the signature"),
        ({"key": "z6Mk"}, "the key"),
    ],
)
async def test_forged_ends_are_found(db, federation, act, change, why):
    await publish_log_end(db, federation)
    ((_, end),) = await transparency.published_ends(db)
    checked = await transparency.check_published(db, [msgspec.structs.replace(end, **change)], server=HERE)
    assert checked.broken == 0
    assert why in checked.why
    assert "another server" in (await transparency.check_published(db, [end], server="other.example")).why
    assert read_multikey(end.key) is not None
