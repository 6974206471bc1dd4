"""A network over time: what it did, and what was said and done about it."""

from __future__ import annotations

import pytest

from dunnock import accounts, integrity, moderation
from dunnock.foundation.clock import DAY, HOUR, MINUTE
from dunnock.foundation.db import Db
from dunnock.integrity.signals import raise_signal
from dunnock.integrity.timeline import step_for, stretches
from web.admin.networks import planted

NOON = 1_795_000_000_000 // DAY * DAY


def test_stretches_cover_the_time():
    found = stretches(range(10, 14), DAY, {10: 4, 12: 1}, [10 * DAY, 10 * DAY + 5, 13 * DAY])
    assert [(one.at // DAY, one.acts, one.joined, one.accounts) for one in found] == [
        (10, 4, 2, 2), (11, 0, 0, 2), (12, 1, 0, 2), (13, 0, 1, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("span", "step"), [(0, MINUTE), (HOUR, MINUTE), (DAY, HOUR), (60 * DAY, DAY), (400 * DAY, 7 * DAY)]
)
def test_as_finely_as_fits(span, step):
    assert step_for(NOON, NOON + span) == step
    years = step_for(NOON, NOON + 40 * 365 * DAY)
    assert (NOON + 40 * 365 * DAY) // years - NOON // years < 90


async def test_a_network_over_time(db: Db, make):
    ada = await make.member("ada", role="owner")
    paid = await planted(db, make)
    async with db.begin() as tx:
        await raise_signal(tx, "identity.return", "account", paid[0].id, score=0.9, evidence={})
        await raise_signal(tx, "identity.return", "account", ada.id, score=0.9, evidence={})
    [network] = await integrity.list_clusters(db, "open", by=ada.id)
    assert network.case_id is not None
    async with db.begin() as tx:
        judgement = moderation.Judgement(
            action="limit", account_ids=(paid[1].id,), text="Spam", case_id=network.case_id
        )
        await moderation.decide(tx, judgement, by=ada.id)
    async with db.begin() as tx:
        made = await integrity.split_cluster(tx, network.id, [paid[2].id], reason="A newsroom", by=ada.id)
    held = await integrity.timeline_of(db, network.id, by=ada.id)
    assert (held.step_ms, held.whole) == (MINUTE, True)
    assert sum(one.acts for one in held.stretches) == 11, "what the account did that was split off is not counted"
    assert sum(one.joined for one in held.stretches) == held.stretches[-1].accounts == 11
    moments = [(one.what, one.name, one.number) for one in held.moments if one.what != "split"]
    assert moments[:2] == [("signal", "together.script", 1), ("case", "", 0)]
    # Both may be of the same millisecond.
    assert sorted(moments[2:]) == [("decision", "limit", 1), ("member_signal", "identity.return", 1)]
    assert [one.subject_id for one in held.moments if one.what == "split"] == [made]
    with pytest.raises(accounts.NotPermitted):
        await integrity.timeline_of(db, network.id, by=paid[0].id)
    with pytest.raises(integrity.ClusterMissing):
        await integrity.timeline_of(db, 1, by=ada.id)
