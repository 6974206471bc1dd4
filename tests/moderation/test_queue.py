"""The queue of reports: joined by account, counted by independent people, narrowed by severity and who sees to it."""

from __future__ import annotations

import pytest

from dunnock import accounts, moderation


@pytest.fixture
def queue(db, staff):
    async def listed(**wanted):
        found = await moderation.list_reports(
            db, moderation.WantedReports(**wanted), accounts.Cursor(limit=100), by=staff.mo
        )
        return [(one.target_id, one.id) for one in found]

    return listed


async def test_a_raid_is_one_line_and_counts_few(db, do, make, staff, queue):
    """DISARM drill D12: a network reports its target at once; one neighbour reports somebody else."""
    target, other, neighbour = await make.account("target"), await make.account("other"), await make.account("near")
    net = [await make.account(f"net{number}") for number in range(100)]
    await do(accounts.set_group, 7, {one.id: 1.0 for one in net})
    for one in net:
        last = await do(moderation.file_report, moderation.Complaint(target_id=target.id, comment="bad"), by=one.id)
    alone = await do(moderation.file_report, moderation.Complaint(target_id=other.id), by=neighbour.id)
    assert await queue(joined=True) == [(other.id, alone.id), (target.id, last.id)]
    about = await moderation.waiting_about(db, [target.id, other.id], by=staff.mo)
    assert (about[target.id].reports, about[other.id].reports) == (100, 1)
    assert about[target.id].people == pytest.approx(10)
    assert about[other.id].people == pytest.approx(1)
    await do(moderation.resolve_report, last.id, by=staff.mo)
    assert [target_id for target_id, _ in await queue(joined=True)] == [other.id, target.id], "the next stands for them"
    assert (await accounts.find_sheet(db, target.id)).standing is accounts.Standing.ACTIVE


async def test_severity_and_who_sees_to_it(db, do, make, staff, queue):
    wren, robin, finch = [(await make.account(name)).id for name in ("wren", "robin", "finch")]
    legal = await do(moderation.file_report, moderation.Complaint(target_id=wren, category="legal"), by=finch)
    plain = await do(moderation.file_report, moderation.Complaint(target_id=robin), by=finch)
    assert (legal.severity, plain.severity) == (2, 1)
    assert await queue(severity=2) == [(wren, legal.id)]
    await do(moderation.change_report, plain.id, by=staff.mo, severity=3)
    await do(moderation.change_report, legal.id, by=staff.mo, severity=0)
    assert await queue(severity=2) == [(robin, plain.id)]
    with pytest.raises(moderation.ReportInvalid):
        await do(moderation.change_report, legal.id, by=staff.mo, severity=4)
    with pytest.raises(moderation.ReportInvalid):
        await do(moderation.assign_report, plain.id, by=staff.mo, to=robin)
    await do(moderation.assign_report, plain.id, by=staff.mo, to=staff.ada)
    assert await queue(assigned_to=staff.ada) == [(robin, plain.id)]
    assert await queue(unassigned=True) == [(wren, legal.id)]


async def test_servers_are_ranked_by_what_was_decided(db, do, make, staff):
    bad = [(await make.account(f"b{number}", domain="bad.example")).id for number in range(3)]
    meh, here = (await make.account("meh", domain="meh.example")).id, (await make.member("wren")).id
    for ids in (bad[:2], bad[2:], [meh], [here]):
        last = await do(moderation.decide, moderation.Judgement(action="limit", account_ids=tuple(ids)), by=staff.mo)
    ranked = [(one.domain, one.decisions, one.accounts) for one in await moderation.judged_servers(db, by=staff.mo)]
    assert ranked == [("bad.example", 2, 3), ("meh.example", 1, 1)]
    assert last.request_id is None
    await do(moderation.take_back, meh, "limit", by=staff.mo)
    assert [one.domain for one in await moderation.judged_servers(db, by=staff.mo)] == ["bad.example"]
