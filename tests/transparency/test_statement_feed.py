"""Statements of reasons: one for each account, naming nobody, withdrawn when the decision is taken back."""

from __future__ import annotations

from dunnock import moderation, transparency
from dunnock.transparency import statement_feed
from dunnock.transparency.schema import faults_of


async def test_each_account_has_one_that_names_nobody(db, make):
    mo, ada = await make.member("mo", role="moderator"), await make.member("ada", role="admin")
    birds = [await make.member(f"bird{number}") for number in range(3)]
    async with db.begin() as tx:
        judgement = moderation.Judgement(
            action="suspend", also=("sensitive",), account_ids=tuple(one.id for one in birds), ground="law",
            category="scams", facts="As @bird1 and @bird2@else.example did", text="Dear bird, you lied",
        )  # fmt: skip
        decided = await moderation.decide(tx, judgement, by=mo.id)
    job = statement_feed.StateReasons(decision_id=decided.id)
    for _ in range(2):
        await statement_feed.state_reasons(db, job)
    found = await transparency.stated(db)
    assert len({one.content["puid"] for one in found}) == len(found) == 3
    for one in found:
        assert faults_of(one.content) == []
        assert one.content["decision_account"] == "DECISION_ACCOUNT_SUSPENDED"
        assert one.content["source_type"] == "SOURCE_VOLUNTARY"
        whole = str(one.content)
        assert "bird" not in whole, "neither the names nor the letter"
        assert not any(str(bird.id) in whole for bird in birds)
    assert [one.id for one in await transparency.stated(db, before=found[0].id, most=1)] == [found[1].id]
    async with db.begin() as tx:
        appeal = await moderation.file_appeal(tx, decided.id, "No", account_id=birds[0].id)
        await moderation.decide_appeal(tx, appeal, granted=True, by=ada.id)
        await statement_feed.withdraw(tx, moderation.DecisionReversed(decision_id=decided.id, account_id=birds[0].id))
    assert len([one for one in await transparency.stated(db) if one.withdrawn_at]) == 1


async def test_a_warning_has_none_and_a_report_is_a_notice(db, make):
    mo, wren, owl = await make.member("mo", role="moderator"), await make.member("wren"), await make.member("owl")
    async with db.begin() as tx:
        complaint = moderation.Complaint(target_id=wren.id, category="spam")
        report = await moderation.file_report(tx, complaint, by=owl.id)
        warned = await moderation.decide(tx, moderation.Judgement(action="none", account_ids=(wren.id,)), by=mo.id)
        limited = await moderation.decide(
            tx, moderation.Judgement(action="limit", account_ids=(wren.id,), report_id=report.id), by=mo.id
        )
    for one in (warned, limited):
        await statement_feed.state_reasons(db, statement_feed.StateReasons(decision_id=one.id))
    (stated,) = await transparency.stated(db)
    assert stated.content["source_type"] == "SOURCE_ARTICLE_16"
    assert stated.content["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_DEMOTED"]
