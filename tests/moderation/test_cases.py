"""One decision about a case of many accounts: gathered, agreed to, carried out in chunks, taken back whole."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from dunnock import accounts, moderation
from dunnock.accounts.account import Standing
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Sql
from dunnock.moderation import carry_out
from dunnock.moderation.jobs import CarryOut, EndDecisions, UndoDecision

NETWORK = 1_000


@pytest.fixture
async def network(db, do, staff, make):
    """A case of 1,000 accounts: 100 core, 900 amplifiers; one of them was limited before."""
    async with db.begin() as tx:
        for number in range(NETWORK):
            await tx.run(
                Sql(
                    text(
                        "INSERT INTO accounts (id, username, username_key, created_at, standing) "
                        f"VALUES ({10_000 + number}, 'a{number}', 'a{number}', 1, '{'limited' if number == 7 else 'active'}')"
                    )
                )
            )
            await tx.run(Sql(text(f"INSERT INTO account_counts (account_id) VALUES ({10_000 + number})")))
    case_id = await do(moderation.open_case, "Two-level network", by=staff.mo, severity=3)
    subjects = [
        moderation.Subject(kind="account", subject_id=10_000 + number, role="core" if number < 100 else "amplifier")
        for number in range(NETWORK)
    ]
    assert await do(moderation.add_subjects, case_id, subjects, by=staff.mo) == NETWORK
    assert await do(moderation.add_subjects, case_id, subjects[:5], by=staff.mo) == 0
    return case_id


async def rows(db):
    return await db.all(Sql(text("SELECT id, standing, sensitized, labels FROM accounts ORDER BY id")))


async def approved(db, do, settle, staff, judgement):
    decided = await do(moderation.decide, judgement, by=staff.mo)
    await settle()
    (request,) = await moderation.open_requests(db, by=staff.ada)
    await do(moderation.approve_request, request.id, request.digest, by=staff.ada, signed_in_at=now_ms())
    return decided.id


async def test_a_whole_network_is_suspended_and_given_back(db, do, settle, staff, network):
    before = await rows(db)
    judgement = moderation.Judgement(action="suspend", also=("sensitive",), case_id=network, but=(10_005,))
    decision_id = await approved(db, do, settle, staff, judgement)
    await settle()
    after = {row[0]: row[1:3] for row in await rows(db)}
    assert [after[10_000 + number][0] for number in range(NETWORK)].count("suspended") == NETWORK - 1
    assert after[10_005][0] == "active"
    assert await moderation.progress(db, decision_id) == (NETWORK - 1, NETWORK - 1, 0)
    asked = await do(moderation.undo, decision_id, by=staff.mo)
    request = await moderation.show_request(db, asked, by=staff.eve)
    await do(moderation.approve_request, request.id, request.digest, by=staff.eve, signed_in_at=now_ms())
    await settle()
    assert await rows(db) == before, "row by row"
    held = await moderation.find_decision(db, decision_id)
    assert (held.state, held.subjects) == ("undone", NETWORK - 1)


async def test_only_parts_of_a_case(db, do, settle, staff, network):
    decision_id = await approved(
        db, do, settle, staff, moderation.Judgement(action="limit", case_id=network, parts=("core",))
    )
    await settle()
    assert await moderation.progress(db, decision_id) == (100, 100, 0)


class _Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("at", [1, 2, 3])
async def test_killed_anywhere_it_goes_on(db, do, settle, staff, network, monkeypatch, at):  # noqa: PLR0917 (fixtures)
    before = await rows(db)
    decision_id = await approved(db, do, settle, staff, moderation.Judgement(action="suspend", case_id=network))
    real, calls = carry_out.effects.apply, 0

    async def dies(*args):
        nonlocal calls
        calls += 1
        if calls == at:
            raise _Killed
        return await real(*args)

    with monkeypatch.context() as patched:
        patched.setattr(carry_out.effects, "apply", dies)
        with pytest.raises(_Killed):
            await carry_out.carry_out(db, CarryOut(decision_id=decision_id))
    done = (await moderation.progress(db, decision_id))[1]
    assert done == (at - 1) * 200
    await carry_out.carry_out(db, CarryOut(decision_id=decision_id))
    await carry_out.carry_out(db, CarryOut(decision_id=decision_id))
    assert {row[1] for row in await rows(db) if row[0] < 20_000} == {"suspended"}
    await do(lambda tx: tx.run(Sql(text(f"UPDATE decisions SET state = 'undoing' WHERE id = {decision_id}"))))
    await carry_out.undo_decision(db, UndoDecision(decision_id=decision_id, by=staff.mo))
    assert await rows(db) == before


async def test_what_another_decision_says_stays(db, do, settle, staff, network):
    one = (await do(moderation.decide, moderation.Judgement(action="suspend", account_ids=(10_001,)), by=staff.mo)).id
    decision_id = await approved(
        db, do, settle, staff, moderation.Judgement(action="suspend", case_id=network, parts=("core",))
    )
    await settle()
    await do(lambda tx: tx.run(Sql(text(f"UPDATE decisions SET state = 'undoing' WHERE id = {decision_id}"))))
    await carry_out.undo_decision(db, UndoDecision(decision_id=decision_id, by=staff.mo))
    assert (await accounts.find_sheet(db, 10_001)).standing is Standing.SUSPENDED
    assert (await accounts.find_sheet(db, 10_002)).standing is Standing.ACTIVE
    await do(moderation.undo, one, by=staff.mo)
    await settle()
    assert (await accounts.find_sheet(db, 10_001)).standing is Standing.ACTIVE


async def test_it_ends_by_itself(db, do, settle, staff, make):
    wren = (await make.member("wren")).id
    judgement = moderation.Judgement(action="limit", account_ids=(wren,), expires_in=3600)
    decided = await do(moderation.decide, judgement, by=staff.mo)
    await carry_out.end_decisions(db, EndDecisions())
    assert (await accounts.find_sheet(db, wren)).standing is Standing.LIMITED
    await do(lambda tx: tx.run(Sql(text(f"UPDATE decisions SET expires_at = 1 WHERE id = {decided.id}"))))
    await carry_out.end_decisions(db, EndDecisions())
    await settle()
    assert (await accounts.find_sheet(db, wren)).standing is Standing.ACTIVE


async def test_reports_join_the_case_about_their_target(db, do, staff, make):
    wren, robin = await make.member("wren"), await make.member("robin")
    first = (await do(moderation.file_report, moderation.Complaint(target_id=wren.id, comment="hm"), by=robin.id)).id
    case_id = await do(moderation.open_case_of_report, first, by=staff.mo)
    again = await do(moderation.file_report, moderation.Complaint(target_id=wren.id, comment="again"), by=staff.eve)
    assert await moderation.reports_of_case(db, case_id) == [again.id, first]
    assert await do(moderation.open_case_of_report, again.id, by=staff.mo) == case_id
    await do(
        moderation.change_case, case_id, moderation.CaseChange(closed=True, techniques=("T0049.005",)), by=staff.mo
    )
    assert (await moderation.show_case(db, case_id, by=staff.mo)).techniques == ("T0049.005",)
    later = await do(moderation.file_report, moderation.Complaint(target_id=wren.id, comment="later"), by=robin.id)
    assert later.id not in await moderation.reports_of_case(db, case_id)
    for wrong in ({"techniques": ("X1",)}, {"severity": 9}, {"title": " "}):
        with pytest.raises(moderation.CaseRefused):
            await do(moderation.change_case, case_id, moderation.CaseChange(**wrong), by=staff.mo)


async def test_notes_links_and_other_subjects(db, do, staff, make):
    one, two = [await do(moderation.open_case, name, by=staff.mo) for name in ("One", "Two")]
    link = moderation.Subject(kind="link", name="https://lie.example/1", why="shared by 40 within a minute")
    await do(moderation.add_subjects, one, [link, moderation.Subject(kind="domain", name="lie.example")], by=staff.mo)
    assert await moderation.count_subjects(db, one, by=staff.mo) == {("domain", ""): 1, ("link", ""): 1}
    assert await moderation.subjects_of(db, one, "link", by=staff.mo) == [link]
    await do(moderation.drop_subject, one, link, by=staff.mo)
    assert await moderation.subjects_of(db, one, "link", by=staff.mo) == []
    await do(moderation.link_cases, one, two, by=staff.mo)
    assert await moderation.linked_cases(db, two) == [one]
    await do(moderation.write_note, one, "staff", "looks bought", by=staff.mo)
    assert [note.text for note in await moderation.notes_of(db, one, by=staff.mo)] == ["looks bought"]
    bad = moderation.Subject(kind="account", name="x")
    with pytest.raises(moderation.CaseRefused):
        await do(moderation.add_subjects, one, [bad], by=staff.mo)
    with pytest.raises(accounts.NotPermitted):
        await moderation.show_case(db, one, by=(await make.member("wren")).id)


@pytest.mark.parametrize("at", ["gathering", "applying"])
async def test_who_decided_may_not_any_more(db, do, settle, staff, network, events, at):  # noqa: PLR0917 (fixtures)
    judgement = moderation.Judgement(action="limit", case_id=network, parts=("core",))
    if at == "gathering":
        decision_id = (await do(moderation.decide, judgement, by=staff.mo)).id
    else:
        decision_id = await approved(db, do, settle, staff, judgement)
    await do(lambda tx: tx.run(Sql(text(f"UPDATE members SET role = 'member' WHERE account_id = {staff.mo}"))))
    await settle()
    held = await moderation.find_decision(db, decision_id)
    assert (held.state, (await moderation.progress(db, decision_id))[1]) == ("halted", 0)
    assert moderation.DecisionHalted(decision_id=decision_id) in await events()
    with pytest.raises(accounts.NotPermitted):
        await do(moderation.take_over, decision_id, by=staff.mo)
    asked = await do(moderation.take_over, decision_id, by=staff.eve)
    await settle()
    assert (asked is None) is (at == "gathering")
    (request,) = await moderation.open_requests(db, by=staff.ada)
    with pytest.raises(moderation.RequestRefused):
        await do(moderation.approve_request, request.id, request.digest, by=staff.eve, signed_in_at=now_ms())
    await do(moderation.approve_request, request.id, request.digest, by=staff.ada, signed_in_at=now_ms())
    await settle()
    held = await moderation.find_decision(db, decision_id)
    assert (held.state, held.by_account_id, held.approved_by) == ("applied", staff.eve, staff.ada)
    assert (await moderation.progress(db, decision_id))[1] == 100
    with pytest.raises(moderation.DecisionInvalid):
        await do(moderation.take_over, decision_id, by=staff.eve)
