"""Signals: said once, counted again, judged by people; what they say tells how good a detector is."""

import pytest

from dunnock import accounts, integrity


async def raised(db, detector="made.up", subject=7, *, score=0.5, **evidence):
    async with db.begin() as tx:
        return await integrity.raise_signal(tx, detector, "account", subject, score=score, evidence=evidence)


async def test_said_again_is_one_signal_with_what_is_known_now(db, events):
    first = await raised(db, score=0.5, seen=3)
    assert await raised(db, score=0.9, seen=5) == first
    held = await integrity.find_signal(db, first)
    assert (held.score, held.evidence, held.times, held.state) == (0.9, {"seen": 5}, 2, "open")
    assert held.last_at >= held.first_at
    said = [integrity.SignalRaised(first, "made.up", "account", 7), integrity.SignalGrew(first, "made.up")]
    assert await events() == said
    await raised(db, score=0.8, seen=6)
    assert await events() == said, "less sure is no news"
    other = await raised(db, "made.other")
    assert {one.id for one in await integrity.signals_about(db, "account", 7)} == {first, other}


@pytest.mark.parametrize("score", [-0.1, 1.1])
async def test_a_score_is_from_0_to_1(db, score):
    with pytest.raises(ValueError, match="score"):
        await raised(db, score=score)


async def test_what_staff_say_is_kept_and_tells_how_good_a_detector_is(db, make):
    mod, member = await make.member("mod", role="moderator"), await make.member("anna")
    right, wrong, waiting = [await raised(db, subject=n) for n in (1, 2, 3)]
    async with db.begin() as tx:
        with pytest.raises(accounts.NotPermitted):
            await integrity.judge_signal(tx, right, "confirmed", by=member.id)
        with pytest.raises(integrity.SignalMissing):
            await integrity.judge_signal(tx, 1, "confirmed", by=mod.id)
        await integrity.judge_signal(tx, right, "confirmed", by=mod.id)
        await integrity.judge_signal(tx, wrong, "dismissed", by=mod.id)
    await raised(db, subject=2)
    assert (await integrity.find_signal(db, wrong)).state == "dismissed"
    (health,) = await integrity.detector_health(db, since=0, by=mod.id)
    assert (health.detector, health.waiting, health.confirmed, health.dismissed) == ("made.up", 1, 1, 1)
    assert health.precision == 0.5
    assert [one.id for one in await integrity.list_signals(db, "made.up", "open", by=mod.id)] == [waiting]
    with pytest.raises(accounts.NotPermitted):
        await integrity.list_signals(db, "made.up", "open", by=member.id)
