"""Audits of the ranking: published once, byte for byte as they were made, and compared with the last by the same plan."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from dunnock import transparency
from dunnock.feeds.for_you.audit import bytes_of, read_plan, run
from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.for_you.model import Model, default_text
from dunnock.foundation.errors import Invalid
from dunnock.transparency.events import AuditPublished

PLAN = (
    "days = 2\nrefreshes = 2\npage = 5\npeople = 40\nposts_a_day = 60\ncrowds = []\n"
    '[[persona]]\nname = "One"\nbehaviour = "curious"\n'
)


@pytest.fixture(scope="module")
def report():
    return run(read_plan(PLAN), Model(default_text(), NAMES))


async def publish(db, plan, report):
    async with db.begin() as tx:
        return await transparency.publish_audit(tx, plan, report)


async def test_the_report_is_published_as_it_was_made(db, report, events):
    made = await publish(db, "small", report)
    held = await transparency.find_audit(db, made.id)
    assert held == made
    assert held.text.encode() == bytes_of(report)
    assert held.checksum == hashlib.sha256(bytes_of(report)).hexdigest()
    assert held.report == report
    assert await events() == [AuditPublished(audit_id=made.id)]
    # the same again is the same
    assert await publish(db, "small", report) == made
    assert len(await events()) == 1
    with pytest.raises(transparency.AuditMissing):
        await transparency.find_audit(db, made.id + 1)


async def test_it_is_compared_with_the_last_of_its_plan(db, report):
    worse = msgspec.structs.replace(report, passed=report.passed | {"receipts_are_right": False})
    first, other, second = [await publish(db, name, one) for name, one in (("a", report), ("b", report), ("a", worse))]
    assert await transparency.audit_before(db, second) == first
    assert await transparency.audit_before(db, first) is None
    assert await transparency.audit_before(db, other) is None
    assert [one.id for one in await transparency.published_audits(db)] == [second.id, other.id, first.id]


@pytest.mark.parametrize("plan", ["", "x" * 101, "two\nlines"])
async def test_a_plan_has_a_name(db, report, plan):
    with pytest.raises(Invalid):
        await publish(db, plan, report)


async def test_a_report_has_a_bound(db, report):
    with pytest.raises(Invalid):
        await publish(db, "large", msgspec.structs.replace(report, seen=report.seen * 20_000))
