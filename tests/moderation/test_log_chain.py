"""The staff's log is a chain: whatever is changed, taken out, moved or cut off is found, and the first such entry named."""

from __future__ import annotations

import asyncio
import random

import pytest
from sqlalchemy import text

from dunnock import accounts
from dunnock.foundation.db import Sql
from dunnock.moderation import chain, house, log

COLUMNS = ("at", "by_account_id", "subject_id", "act", "subject_kind", "subject", "details", "hash", "number", "id")


class _Undone(Exception):
    """Takes the damage back."""


@pytest.fixture
async def ada(make):
    return await make.member("ada", role="owner")


async def fill(db, ada, number):
    staff = accounts.Staff(ada.id, ada.member_id, "owner")
    async with db.begin() as tx:
        for at in range(number):
            await log.note(
                tx, staff, "account.limit", at or None, called=f"bird{at} “ü”", decision=str(at), odd='"\\\n\x7f'
            )


async def test_acts_are_linked(db, ada):
    assert (await chain.check_log(db)).end == chain.End(0, chain.START)
    for title in ("Be kind", "Be brief"):
        async with db.begin() as tx:
            await house.add_rule(tx, title, hint="", by=ada.id)
    entries = await log.entries(db, accounts.Cursor(), by=ada.id)
    assert [one.number for one in entries] == [2, 1]
    checked = await chain.check_log(db)
    assert (checked.broken, checked.end) == (None, chain.End(2, entries[0].hash))


async def test_entries_from_before_the_chain_are_its_first(db, ada):
    await fill(db, ada, 3)
    async with db.begin() as tx:
        await tx.run(Sql(text("UPDATE staff_log SET number = NULL, hash = NULL")))
        await tx.run(Sql(text("DELETE FROM staff_log_end")))
    assert (await log.entries(db, accounts.Cursor(), by=ada.id))[0].hash is None
    await fill(db, ada, 1)
    checked = await chain.check_log(db)
    assert (checked.broken, checked.end.number) == (None, 4)
    async with db.begin() as tx:
        await tx.run(Sql(text("UPDATE staff_log SET number = NULL WHERE number = 4")))
        await tx.run(
            Sql(text("UPDATE staff_log_end SET number = 3, hash = (SELECT hash FROM staff_log WHERE number = 3)"))
        )
    assert (await chain.check_log(db)).broken == 4


async def test_acts_at_once_follow_each_other(db, ada):
    async def one(number):
        async with db.begin() as tx:
            await house.add_rule(tx, f"Rule {number}", hint="", by=ada.id)

    await asyncio.gather(*(one(number) for number in range(20)))
    checked = await chain.check_log(db)
    assert (checked.broken, checked.end.number) == (None, 20)


async def damage(tx, dice, most):
    """Do something to the log; the number of the first entry that is not as it was."""
    at = dice.randint(1, most)
    what = dice.choice(("edit", "edit", "edit", "delete", "swap", "cut", "cut and move the end"))
    if what == "delete":
        await tx.run(Sql(text(f"DELETE FROM staff_log WHERE number = {at}")))
    elif what.startswith("cut"):
        await tx.run(Sql(text(f"DELETE FROM staff_log WHERE number >= {at}")))
        if what != "cut":
            before = await tx.one(Sql(text(f"SELECT number, hash FROM staff_log WHERE number = {at - 1}")))
            number, held = before or (0, chain.START)
            await tx.run(Sql(text(f"UPDATE staff_log_end SET number = {number}, hash = '{held}'")))
    elif what == "swap":
        other = dice.choice([one for one in range(1, most + 1) if one != at])
        for number, new in ((at, -1), (other, at), (-1, other)):
            await tx.run(Sql(text(f"UPDATE staff_log SET number = {new} WHERE number = {number}")))
        at = min(at, other)
    else:
        column = dice.choice(COLUMNS)
        new = {"number": "10000", "id": "9"}.get(column)
        if new is None:
            new = f"COALESCE({column}, 5) + 1" if column in COLUMNS[:3] else f"{column} || '.'"
        await tx.run(Sql(text(f"UPDATE staff_log SET {column} = {new} WHERE number = {at}")))
    return at


async def found(db, dice, most, end):
    async with db.begin() as tx:
        first = await damage(tx, dice, most)
        assert (await chain.check_log(tx, [end])).broken == first
        raise _Undone


async def test_a_thousand_of_a_thousand_damages_are_found(db, ada):
    most, dice = 100, random.Random(20_261_126)
    await fill(db, ada, most)
    whole = await chain.check_log(db)
    for _ in range(1_000 if db.engine == "sqlite" else 50):
        with pytest.raises(_Undone):
            await found(db, dice, most, whole.end)
    assert await chain.check_log(db, [whole.end]) == whole


async def test_a_log_that_was_made_anew_is_not_the_one_that_was_seen(db, ada):
    await fill(db, ada, 3)
    seen = (await chain.check_log(db)).end
    async with db.begin() as tx:
        await tx.run(Sql(text("DELETE FROM staff_log")))
        await tx.run(Sql(text("DELETE FROM staff_log_end")))
    await fill(db, ada, 5)
    assert (await chain.check_log(db)).broken is None, "by itself it is sound"
    assert (await chain.check_log(db, [seen])).broken == 3
