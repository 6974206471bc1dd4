"""What is kept out of trends by many accounts is told to staff, once, with who they are."""

from __future__ import annotations

from dunnock import discovery, moderation
from dunnock.discovery.store import trend_facts as kept
from dunnock.foundation.reactions import Reactions
from dunnock.integrity import find_signal, held_trends, judge_signal, signals_about
from dunnock.integrity.held_trends import CASE_FROM, score

TAG = 77


async def held_back(db, accounts, *, took_part):
    async with db.begin() as tx:
        rows = [{"account_id": one.id, "kind": "tag", "subject_id": TAG, "at": tx.now} for one in took_part]
        await tx.many(kept.TOOK_PART, rows)
        await tx.record(
            discovery.TrendHeldBack(
                what="tag", subject_id=TAG, reason="acted_together", accounts=accounts, effective=accounts**0.5
            )
        )


async def test_a_signal_and_for_many_a_case(db, make):
    reactions = Reactions(db, held_trends.HEARS)
    await reactions.prepare()
    crowd = [await make.account(f"bot{at}") for at in range(CASE_FROM)]
    await held_back(db, 1000, took_part=crowd[:10])
    await reactions.settle()
    (told,) = await signals_about(db, "hashtag", TAG)
    assert told.detector == "trends.held"
    assert told.evidence["account_ids"] == sorted(str(one.id) for one in crowd[:10])
    assert told.score == score(1000, 1000**0.5) > 0.9
    assert told.case_id is None

    await held_back(db, 1000, took_part=crowd)
    await reactions.settle()
    (told,) = await signals_about(db, "hashtag", TAG)
    assert told.times == 2
    assert told.case_id is not None
    row = await moderation.find_case(db, told.case_id)
    assert row.opened_by is None


async def test_what_people_dismissed_opens_nothing(db, make):
    reactions = Reactions(db, held_trends.HEARS)
    await reactions.prepare()
    admin = await make.member("admin", role="owner")
    await held_back(db, 500, took_part=[])
    await reactions.settle()
    (told,) = await signals_about(db, "hashtag", TAG)
    async with db.begin() as tx:
        await judge_signal(tx, told.id, "dismissed", by=admin.id)
    await held_back(db, 500, took_part=[await make.account(f"bot{at}") for at in range(CASE_FROM)])
    await reactions.settle()
    assert (await find_signal(db, told.id)).case_id is None


def test_the_score_is_the_part_that_does_not_count():
    assert score(100, 10) == 0.9
    assert score(10, 10) == 0
    assert score(0, 0) == 1
