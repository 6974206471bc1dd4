"""Reports of months are what the log says, and can be made again byte by byte."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import text

from dunnock import moderation, transparency
from dunnock.federation import read_multikey
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Sql
from dunnock.transparency.monthly import span_of, write_reports

HERE = "nest.example"
A_REQUEST = transparency.GovernmentRequest(
    authority="Ministry of Birds", country="DE", received_on="2026-11-01", law="Song Act, section 3", asked="data",
    number=3, done="open",
)  # fmt: skip


@pytest.fixture
async def acts(db, make):
    """Two accounts suspended, one given back, a request of a government; all of it 40 days ago."""
    ada, eve = await make.member("ada", role="owner"), await make.member("eve", role="admin")
    birds = [await make.member(f"bird{number}") for number in range(3)]
    async with db.begin() as tx:
        judgement = moderation.Judgement(action="suspend", account_ids=tuple(one.id for one in birds[:2]))
        decided = await moderation.decide(tx, judgement, by=ada.id)
        appeal = await moderation.file_appeal(tx, decided.id, "I only sang", account_id=birds[0].id)
        await moderation.decide_appeal(tx, appeal, granted=True, by=eve.id)
        request = await transparency.record_request(tx, A_REQUEST, by=ada.id)
        await transparency.answer_request(tx, request, "refused", by=ada.id)
        await tx.run(Sql(text(f"UPDATE staff_log SET id = id - {(40 * DAY) << 16}")))
    return ada


async def test_a_month_is_counted_from_the_log(db, federation, acts):
    assert await write_reports(db, federation) >= 1
    months = await transparency.monthly_reports(db)
    (month,) = [one for one in months if (await transparency.find_report(db, one)).said["acts"]]
    report = await transparency.find_report(db, month)
    said = report.said
    assert said["accounts"] == {"suspend": 2}
    assert said["given_back"] == {"objection": 1}
    assert said["acts"]["account.suspend"] == 2
    assert said["governments"] == {"asked": {"data": 1}, "done": {"open": 1}}
    assert (said["log"]["first"][0], said["log"]["last"][0]) == (1, sum(said["acts"].values()))
    key = read_multikey(report.key)
    assert key is not None
    key.verify(base64.b64decode(report.signature), report.content.encode())
    assert await transparency.report_of(db, month, server=HERE) == report.content.encode(), "byte by byte"
    assert await write_reports(db, federation) == 0
    async with db.begin() as tx:
        await tx.run(Sql(text("DELETE FROM staff_log WHERE act = 'account.suspend'")))
    assert await transparency.report_of(db, month, server=HERE) != report.content.encode()


async def test_what_is_wrong_of_a_request_is_not_written_down(db, acts):
    for wrong in (
        {"country": "Germany"}, {"authority": " "}, {"received_on": "1.11.2026"}, {"law": "x" * 301}, {"number": -1},
    ):  # fmt: skip
        with pytest.raises(transparency.GovernmentInvalid):
            async with db.begin() as tx:
                await transparency.record_request(
                    tx, transparency.GovernmentRequest(**{**_fields(), **wrong}), by=acts.id
                )
    (held,) = await transparency.government_requests(db)
    assert (held.done, held.authority) == ("refused", "Ministry of Birds")
    with pytest.raises(transparency.GovernmentInvalid):
        async with db.begin() as tx:
            await transparency.answer_request(tx, held.id, "complied", by=acts.id)


def _fields():
    return {name: getattr(A_REQUEST, name) for name in A_REQUEST.__struct_fields__}


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "now", "2026-01x"])
def test_there_is_no_such_month(month):
    with pytest.raises(transparency.MonthMissing):
        span_of(month)


def test_months_follow_each_other():
    assert span_of("2026-12")[1] == span_of("2027-01")[0]
    assert span_of("2024-02")[1] - span_of("2024-02")[0] == 29 * DAY
    assert span_of("2026-11")[0] < now_ms()
