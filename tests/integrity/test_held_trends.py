"""What is kept out of trends by many accounts is told to staff, once, with who they are."""

from __future__ import annotations

from dunnock import discovery, moderation
from dunnock.discovery.store import trend_facts as kept
from dunnock.discovery.trend_engine import Why
from dunnock.foundation.reactions import Reactions
from dunnock.integrity import Summary, find_signal, held_trends, judge_signal, signals_about, watch
from dunnock.integrity.coaction import Trace
from dunnock.integrity.held_trends import CASE_FROM, score
from dunnock.integrity.story import topics_of

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
    assert told.score == score(1000, round(1000**0.5, 2)) > 0.9
    assert told.case_id is None

    await held_back(db, 1000, took_part=crowd)
    await reactions.settle()
    (told,) = await signals_about(db, "hashtag", TAG)
    assert told.times == 2
    assert told.case_id is not None
    row = await moderation.find_case(db, told.case_id)
    assert row.opened_by is None


async def test_it_goes_on_in_the_case_about_the_same_accounts(db, make):
    reactions = Reactions(db, held_trends.HEARS)
    await reactions.prepare()
    crowd = [await make.account(f"bot{at}") for at in range(CASE_FROM)]
    async with db.begin() as tx:
        case_id = await moderation.open_case_by_server(
            tx, "They act together", hypothesis="Found first.", severity=2, techniques=["T0084.001"],
            subjects=[moderation.Subject(kind="account", subject_id=one.id, role="core") for one in crowd[:30]],
        )  # fmt: skip
    await held_back(db, 1000, took_part=crowd)
    await reactions.settle()
    (told,) = await signals_about(db, "hashtag", TAG)
    assert told.case_id == case_id
    case = await moderation.find_case(db, case_id)
    assert case.severity == 2
    assert case.techniques == ("T0084.001", "T0049.002")
    assert case.hypothesis.startswith("Found first.\n\nFound by the server: 1000 accounts")
    assert await moderation.parts_of(db, case_id, [one.id for one in crowd]) == {
        one.id: "core" if at < 30 else "" for at, one in enumerate(crowd)
    }


async def test_the_watch_gives_parts_to_those_who_had_none_but_not_to_whom_a_person_brought_in(db, make):
    boss = await make.member("boss", role="owner")
    first, second = await make.account("first"), await make.account("second")
    async with db.begin() as tx:
        case_id = await moderation.open_case_by_server(
            tx, "One", hypothesis="", severity=1, techniques=[],
            subjects=[moderation.Subject(kind="account", subject_id=first.id)],
        )  # fmt: skip
        await moderation.add_subjects(
            tx, case_id, [moderation.Subject(kind="account", subject_id=second.id)], by=boss.id
        )
        both = [moderation.Subject(kind="account", subject_id=one.id, role="core") for one in (first, second)]
        await moderation.tell_more_by_server(tx, case_id, "More.", severity=0, techniques=[], subjects=both)
        await moderation.tell_more_by_server(tx, case_id, "More.", severity=0, techniques=[], subjects=both)
    assert await moderation.parts_of(db, case_id, [first.id, second.id]) == {first.id: "core", second.id: ""}
    case = await moderation.find_case(db, case_id)
    assert (case.hypothesis, case.severity) == ("More.", 1)
    async with db.begin() as tx:
        await moderation.change_case(tx, case_id, moderation.CaseChange(closed=True), by=boss.id)
        await moderation.tell_more_by_server(tx, case_id, "Too late.", severity=3, techniques=[], subjects=both)
    assert (await moderation.find_case(db, case_id)).hypothesis == "More."


async def test_what_a_story_is_about(db, make):
    author = await make.account("author")
    ids = [(await make.post(author, hashtags=names)).id for names in (("Harbour",), ("harbour", "tea"), ("tea",), ())]
    assert await topics_of(db, {1: ids, 2: ids[2:], 3: ids[:1] + ids[2:], 4: []}) == {1: "Harbour", 2: "tea"}


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


def test_cases_say_in_words_what_was_in_common_and_why_it_was_held():
    assert held_trends._REASONS.keys() == {str(one) for one in Why}
    assert watch._IN_COMMON.keys() == {one.name.lower() for one in Trace}
    said = watch._hypothesis(Summary(how="script", traces={"near_text": 9}, shared=0.9, usual=0.1, posts=()))
    assert "(9 times nearly the same text)" in said
