"""Bursts of changed ways in, and owners who say that it was not they, are told to staff."""

from __future__ import annotations

import pytest

from dunnock import accounts
from dunnock.accounts.access_changes import note_access
from dunnock.foundation.reactions import Reactions
from dunnock.integrity import signals_about, takeover
from dunnock.integrity.takeover import burst


@pytest.mark.parametrize(
    ("ways", "told"),
    [({"email"}, False), ({"password"}, False), ({"second", "password"}, False), ({"email", "looks"}, False),
     ({"email", "password"}, True), ({"email", "second"}, True)],
)  # fmt: skip
def test_what_is_a_burst(ways, told):
    assert (burst(ways, signed_in=False) > 0) == told
    assert burst(ways, signed_in=True) >= burst(ways, signed_in=False)


async def test_staff_are_told(db, make):
    wren = await make.member("wren")
    reactions = Reactions(db, takeover.HEARS)
    await reactions.prepare()
    async with db.begin() as tx:
        await note_access(tx, wren.member_id, "password")
        await tx.record(accounts.PasswordChanged(member_id=wren.member_id))
    await reactions.settle()
    assert await signals_about(db, "account", wren.id) == []
    async with db.begin() as tx:
        await note_access(tx, wren.member_id, "email")
        await tx.record(accounts.EmailChanged(member_id=wren.member_id))
        await tx.record(accounts.AccountRecalled(member_id=wren.member_id, account_id=wren.id))
    await reactions.settle()
    told = {one.detector: one for one in await signals_about(db, "account", wren.id)}
    assert set(told) == {"takeover.burst", "takeover.recalled"}
    assert told["takeover.burst"].evidence["ways"] == ["email", "password"]
