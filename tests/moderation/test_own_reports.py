"""What members hear of their own complaints: that something was done, never what, nor by whom, nor who else complained."""

from __future__ import annotations

import pytest

from dunnock import accounts, moderation


@pytest.fixture
async def people(make):
    return {
        "ada": await make.member("ada", role="moderator"),
        **{name: await make.member(name) for name in ("wren", "robin", "finch")},
    }


@pytest.fixture
def complain(db, people):
    async def made(name, **said):
        complaint = moderation.Complaint(target_id=people["wren"].id, **said)
        async with db.begin() as tx:
            return (await moderation.file_report(tx, complaint, by=people[name].id)).id

    return made


async def outcomes(db, people, name="robin"):
    return [one.outcome for one in await moderation.own_reports(db, people[name].id, accounts.Cursor())]


async def test_a_warning_answers_one_report_alone(db, people, complain):
    await complain("finch", comment="also")
    mine = await complain("robin", comment="hm")
    ada, wren = people["ada"].id, people["wren"].id
    async with db.begin() as tx:
        await moderation.decide(
            tx, moderation.Judgement(action="none", account_ids=(wren,), report_id=mine, text="Mind it"), by=ada
        )
    assert await outcomes(db, people) == ["acted"]
    assert await outcomes(db, people, "finch") == ["waiting"]


async def test_what_was_decided_before_is_not_the_answer(db, people, complain):
    ada, wren = people["ada"].id, people["wren"].id
    async with db.begin() as tx:
        await moderation.decide(tx, moderation.Judgement(action="limit", account_ids=(wren,)), by=ada)
    mine = await complain("robin", comment="still there")
    async with db.begin() as tx:
        await moderation.resolve_report(tx, mine, by=ada)
    assert await outcomes(db, people) == ["closed"]
    async with db.begin() as tx:
        await moderation.reopen_report(tx, mine, by=ada)
        await moderation.assign_report(tx, mine, by=ada, to=ada)
    assert await outcomes(db, people) == ["in_hand"]


async def test_deleted_posts_are_an_act_for_that_report(db, people, complain, make):
    post = await make.post(people["wren"], "ads")
    mine = await complain("robin", post_ids=(post.id,))
    await complain("finch", comment="something else")
    async with db.begin() as tx:
        await moderation.delete_reported_posts(tx, mine, text="No ads", mail=False, by=people["ada"].id)
    assert await outcomes(db, people) == ["acted"]
    assert await outcomes(db, people, "finch") == ["waiting"]


async def test_nobody_else_may_ask(db, people, complain):
    mine = await complain("robin")
    assert (await moderation.own_report(db, mine, by=people["robin"].id)).outcome == "waiting"
    for name in ("finch", "wren", "ada"):
        with pytest.raises(moderation.ReportMissing):
            await moderation.own_report(db, mine, by=people[name].id)


async def test_pages(db, people, complain):
    made = [await complain("robin", comment=str(number)) for number in range(5)]

    async def page(**at):
        cursor = accounts.Cursor(limit=2, **at)
        return [one.id for one in await moderation.own_reports(db, people["robin"].id, cursor)]

    assert await page() == made[:2:-1]
    assert await page(max_id=made[3]) == [made[2], made[1]]
    assert await page(min_id=made[0]) == [made[2], made[1]]
