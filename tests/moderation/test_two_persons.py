"""What one person of the staff must not do alone: they ask, somebody else reads exactly that, and agrees."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from dunnock import accounts, moderation, posts
from dunnock.accounts.access_changes import note_access
from dunnock.accounts.account import Standing
from dunnock.foundation.clock import DAY, MINUTE, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.ids import id_at
from dunnock.foundation.settings import Settings
from dunnock.moderation import second


@pytest.fixture
async def birds(make):
    return [(await make.member(f"bird{number}")).id for number in range(60)]


async def standings(db, ids):
    return {one.standing for one in (await accounts.sheets(db, ids)).values()}


async def agree(do, request, *, by, digest=None, signed_in_at=None):
    return await do(
        moderation.approve_request, request.id, request.digest if digest is None else digest, by=by,
        signed_in_at=now_ms() if signed_in_at is None else signed_in_at,
    )  # fmt: skip


async def only_request(db, staff):
    (found,) = await moderation.open_requests(db, by=staff.boss)
    return found


async def test_many_accounts_wait_for_somebody_else(db, do, settle, staff, birds):
    decided = await do(moderation.decide, moderation.Judgement(action="suspend", account_ids=tuple(birds)), by=staff.mo)
    await settle()
    assert await standings(db, birds) == {Standing.ACTIVE}, "nothing is done yet"
    request = await only_request(db, staff)
    assert (request.id, request.said["accounts"], request.said["actions"]) == (decided.request_id, 60, ["suspend"])
    await agree(do, request, by=staff.ada)
    await settle()
    assert await standings(db, birds) == {Standing.SUSPENDED}
    held = await moderation.find_decision(db, decided.id)
    assert (held.state, held.by_account_id, held.approved_by) == ("applied", staff.mo, staff.ada)
    assert await moderation.open_requests(db, by=staff.boss) == []


async def test_who_asked_cannot_agree_nor_who_read_something_else(db, do, staff, birds):
    await do(moderation.decide, moderation.Judgement(action="limit", account_ids=tuple(birds)), by=staff.mo)
    request = await only_request(db, staff)
    for refusal, changes in (
        (moderation.RequestRefused, {"by": staff.mo}),
        (moderation.RequestRefused, {"by": staff.ada, "digest": "0" * 64}),
        (moderation.RequestRefused, {"by": staff.ada, "signed_in_at": now_ms() - 31 * MINUTE}),
        (accounts.NotPermitted, {"by": birds[0]}),
    ):
        with pytest.raises(refusal):
            await agree(do, request, **changes)
    assert await standings(db, birds) == {Standing.ACTIVE}


async def test_what_changed_since_is_not_done(db, do, staff, birds):
    decided = await do(moderation.decide, moderation.Judgement(action="limit", account_ids=tuple(birds)), by=staff.mo)
    request = await only_request(db, staff)
    await do(lambda tx: tx.run(Sql(text(f"DELETE FROM decision_subjects WHERE subject_id = {birds[3]}"))))
    with pytest.raises(moderation.DecisionInvalid):
        await agree(do, request, by=staff.ada)
    assert (await moderation.find_decision(db, decided.id)).state == "waiting"
    await do(
        lambda tx: tx.run(
            Sql(text(f"UPDATE staff_requests SET body = replace(body, 'limit', 'suspend') WHERE id = {request.id}"))
        )
    )
    with pytest.raises(moderation.RequestRefused):
        await agree(do, request, by=staff.ada)


async def test_a_request_lapses(db, do, settle, staff, birds):
    await do(moderation.decide, moderation.Judgement(action="limit", account_ids=tuple(birds)), by=staff.mo)
    request = await only_request(db, staff)
    await do(lambda tx: tx.run(Sql(text("UPDATE staff_requests SET expires_at = 1"))))
    assert await moderation.open_requests(db, by=staff.boss) == []
    with pytest.raises(moderation.RequestMissing):
        await agree(do, request, by=staff.ada)
    await second.end_requests(db, second.EndRequests())
    assert (await moderation.show_request(db, request.id, by=staff.ada)).verdict == "refused"
    assert (await moderation.find_decision(db, request.said["decision"])).state == "refused"


async def test_who_is_told_no_has_no_decision_that_waits(db, do, staff, birds):
    decided = await do(moderation.decide, moderation.Judgement(action="limit", account_ids=tuple(birds)), by=staff.mo)
    await do(moderation.refuse_request, decided.request_id, by=staff.ada)
    assert (await moderation.find_decision(db, decided.id)).state == "refused"
    assert await standings(db, birds) == {Standing.ACTIVE}


async def test_one_cannot_split_what_needs_two(db, do, staff, birds):
    for at in range(0, 60, 20):
        some = tuple(birds[at : at + 20])
        assert (
            await do(moderation.decide, moderation.Judgement(action="limit", account_ids=some), by=staff.mo)
        ).request_id is None
    again = moderation.Judgement(action="suspend", account_ids=tuple(birds[:41]))
    assert (await do(moderation.decide, again, by=staff.mo)).request_id is not None, "more than 100 in an hour"
    assert (await do(moderation.decide, again, by=staff.eve)).request_id is None, "each has their own hour"


async def test_protected_accounts_need_two_for_everything(db, do, settle, staff, make):
    star = (await make.member("star")).id
    assert await do(moderation.protect, star, protected=True, by=staff.ada) is None
    assert (
        await do(moderation.decide, moderation.Judgement(action="limit", account_ids=(star,)), by=staff.ada)
    ).request_id
    assert await do(moderation.reset_factors, star, by=staff.ada)
    assert await do(moderation.sign_out_everywhere, star, by=staff.ada)
    asked = await do(moderation.protect, star, protected=False, by=staff.ada)
    request = await moderation.show_request(db, asked, by=staff.eve)
    await agree(do, request, by=staff.eve)
    assert not (await accounts.find_sheet(db, star)).protected


async def test_high_roles_are_given_and_taken_by_two(db, do, staff, make):
    wren = (await make.member("wren")).id
    assert await do(moderation.change_role, wren, "moderator", by=staff.ada) is None
    asked = await do(moderation.change_role, wren, "admin", by=staff.boss)
    assert (await accounts.find_sheet(db, wren)).role == "moderator"
    await agree(do, await moderation.show_request(db, asked, by=staff.eve), by=staff.eve)
    assert (await accounts.find_sheet(db, wren)).role == "admin"
    assert await do(moderation.change_role, wren, "moderator", by=staff.boss) is not None


async def test_where_there_is_nobody_else_one_acts_alone(db, do, make):
    boss, wren = (await make.member("boss", role="owner")).id, (await make.member("wren")).id
    assert await do(moderation.change_role, wren, "admin", by=boss) is None
    assert await do(moderation.change_role, wren, "member", by=boss) is not None, "now there is"


async def test_a_rogue_session_gets_nowhere(db, do, events, staff, make):
    """DISARM drill D04: 130 protected accounts, one rogue session of staff."""
    stars = [(await make.member(f"star{number}", protected=True)).id for number in range(130)]
    for star in stars:
        assert await do(moderation.reset_factors, star, by=staff.ada) is not None
    alarms = [one for one in await events() if isinstance(one, moderation.StaffAlarmed)]
    assert alarms
    third = sorted(await moderation.open_requests(db, by=staff.boss), key=lambda one: one.id)[2]
    assert (alarms[0].request_id, len(alarms)) == (third.id, 128), "after three requests everybody knows"
    for request in await moderation.open_requests(db, by=staff.boss):
        with pytest.raises(moderation.RequestRefused):
            await agree(do, request, by=staff.ada)
    acts = [one.act for one in await moderation.entries(db, accounts.Cursor(limit=400), by=staff.boss)]
    assert acts.count("request.ask") == 130, "all of it stands in the log"
    assert "account.reset_factors" not in acts


async def test_too_many_changes_of_access_need_another(db, do, staff, make):
    some = [(await make.member(f"one{number}")).id for number in range(12)]
    asked = [await do(moderation.sign_out_everywhere, one, by=staff.ada) for one in some]
    assert [one is None for one in asked] == [True] * 10 + [False] * 2


async def test_many_kinds_of_acts_alarm_together(db, do, events, staff, make):
    star = (await make.member("star", protected=True)).id
    for act in (moderation.reset_factors, moderation.sign_out_everywhere):
        await do(act, star, by=staff.ada)
    assert not [one for one in await events() if isinstance(one, moderation.StaffAlarmed)]
    await do(moderation.decide, moderation.Judgement(action="limit", account_ids=(star,)), by=staff.ada)
    assert [one.by_account_id for one in await events() if isinstance(one, moderation.StaffAlarmed)] == [staff.ada]


async def test_whose_way_in_just_changed_cannot_agree_nor_act_alone(db, do, staff, make):
    star, wren = (await make.member("star", protected=True)).id, (await make.member("wren")).id
    asked = await do(moderation.reset_factors, star, by=staff.ada)
    eve = await accounts.member_of(db, staff.eve)
    await do(note_access, eve.id, "password")
    request = await moderation.show_request(db, asked, by=staff.eve)
    with pytest.raises(moderation.RequestRefused):
        await agree(do, request, by=staff.eve)
    assert await do(moderation.sign_out_everywhere, wren, by=staff.eve) is not None
    await agree(do, request, by=staff.boss)
    await do(lambda tx: tx.run(Sql(text("DELETE FROM access_changes"))))
    assert await do(moderation.sign_out_everywhere, (await make.member()).id, by=staff.eve) is None


async def test_a_protected_account_rests_for_a_day_after_its_second_step_is_taken(db, do, staff, make):
    star, wren = await make.member("star", protected=True), await make.member("wren")
    for one in (star, wren):
        await do(note_access, one.member_id, "reset")
    settings = Settings(data=Path("/nowhere"), public_url="https://nest.example")

    async def say(who):
        await do(posts.publish, posts.Draft(text="hello"), author_id=who.id, app_id=None, settings=settings)

    await say(wren)
    with pytest.raises(posts.PostingStopped):
        await say(star)
    await do(lambda tx: tx.run(Sql(text(f"UPDATE access_changes SET id = id - {id_at(DAY + MINUTE)}"))))
    await say(star)
