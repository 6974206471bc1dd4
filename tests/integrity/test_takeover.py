"""Bursts of changed ways in, and owners who say that it was not they, are told to staff."""

from __future__ import annotations

import pytest

from dunnock import accounts, moderation
from dunnock.accounts.access_changes import note_access
from dunnock.foundation.reactions import Reactions
from dunnock.integrity import signals_about, stolen, takeover
from dunnock.integrity.reactions import HEARS
from dunnock.integrity.store import doubts
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


async def test_passwords_of_several_members_in_one_hand(db, make, monkeypatch):
    reactions = Reactions(db, {**stolen.HEARS, **HEARS})
    await reactions.prepare()
    members = [await make.member(name) for name in ("wren", "robin", "finch", "lark", "owl", "jay")]

    async def tried(one, origin="ab12"):
        async with db.begin() as tx:
            await tx.record(accounts.SignInDoubted(member_id=one.member_id, account_id=one.id, origin=origin))
        await reactions.settle()
        return [told for told in await signals_about(db, "account", one.id) if told.detector == stolen.DETECTOR]

    for one in members[:3]:
        assert await tried(one) == await tried(one) == []
    async with db.begin() as tx:  # it was she
        await tx.record(accounts.SignedInAnew(member_id=members[0].member_id, session_id=1))
    await reactions.settle()
    assert await tried(members[3]) == []
    assert await tried(members[0], "cd34") == []
    [told] = await tried(members[4])
    assert (told.score, told.case_id) == (0.875, None)
    [told] = await tried(members[5])
    assert set(told.evidence["accounts"]) == {str(one.id) for one in members[1:]}
    case = await moderation.find_case(db, told.case_id)
    assert (case.title, case.opened_by) == ("Passwords in other hands", None)
    monkeypatch.setattr(stolen, "WINDOW_MS", -1)
    await stolen.trim_doubts(db, stolen.TrimDoubts())
    assert await db.all(doubts.FROM, the_origin="ab12", since=0, most=9) == []
