"""Members object, and somebody else of the staff looks again."""

from __future__ import annotations

import pytest

from dunnock import accounts, moderation
from dunnock.accounts.account import Standing


@pytest.fixture
async def wren(make):
    return (await make.member("wren")).id


async def test_granted_all_is_given_back(db, do, events, staff, wren):
    decided = await do(
        moderation.decide, moderation.Judgement(action="limit", also=("sensitive",), account_ids=(wren,)), by=staff.mo
    )
    appeal = await do(moderation.file_appeal, decided.id, "I only sang", account_id=wren)
    assert [one.id for one in await moderation.waiting_appeals(db, accounts.Cursor(), by=staff.ada)] == [appeal]
    await do(moderation.decide_appeal, appeal, granted=True, by=staff.ada, answer="Sorry")
    sheet = await accounts.find_sheet(db, wren)
    assert (sheet.standing, sheet.sensitized) == (Standing.ACTIVE, False)
    assert (await moderation.find_decision(db, decided.id)).state == "undone"
    held = (await moderation.appeals_of(db, [decided.id], account_id=wren))[decided.id]
    assert (held.verdict, held.answer, held.decided_by) == ("granted", "Sorry", staff.ada)
    assert moderation.AppealDecided(appeal_id=appeal, account_id=wren, granted=True) in await events()


async def test_rejected_nothing_changes_and_once_is_enough(db, do, staff, wren):
    decided = await do(moderation.decide, moderation.Judgement(action="limit", account_ids=(wren,)), by=staff.mo)
    appeal = await do(moderation.file_appeal, decided.id, "no", account_id=wren)
    with pytest.raises(moderation.AppealRefused):
        await do(moderation.file_appeal, decided.id, "no!", account_id=wren)
    await do(moderation.decide_appeal, appeal, granted=False, by=staff.ada)
    assert (await accounts.find_sheet(db, wren)).standing is Standing.LIMITED
    with pytest.raises(moderation.AppealMissing):
        await do(moderation.decide_appeal, appeal, granted=True, by=staff.eve)


async def test_nobody_judges_their_own_decision(do, staff, wren):
    decided = await do(moderation.decide, moderation.Judgement(action="limit", account_ids=(wren,)), by=staff.ada)
    appeal = await do(moderation.file_appeal, decided.id, "no", account_id=wren)
    for who in (staff.ada, staff.mo):
        with pytest.raises(accounts.NotPermitted):
            await do(moderation.decide_appeal, appeal, granted=False, by=who)
    await do(moderation.decide_appeal, appeal, granted=False, by=staff.eve)


async def test_only_what_is_about_oneself_and_in_force(do, staff, wren, make):
    robin = (await make.member("robin")).id
    decided = await do(moderation.decide, moderation.Judgement(action="limit", account_ids=(wren,)), by=staff.mo)
    for words, who in (("hm", robin), (" ", wren), ("x" * 5_001, wren)):
        with pytest.raises(moderation.AppealRefused):
            await do(moderation.file_appeal, decided.id, words, account_id=who)
    await do(moderation.take_back, wren, "limit", by=staff.mo)
    with pytest.raises(moderation.AppealRefused):
        await do(moderation.file_appeal, decided.id, "late", account_id=wren)
    with pytest.raises(moderation.DecisionMissing):
        await do(moderation.file_appeal, 1, "hm", account_id=wren)
