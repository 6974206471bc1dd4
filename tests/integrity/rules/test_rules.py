"""A rule's life: written, tried on the past, in a dry run, live, judged by people, ended, with all that it kept let go."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from dunnock import integrity, moderation, posts
from dunnock.accounts import Cursor, NotPermitted
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.integrity import observe, rules
from dunnock.integrity.model import Act
from dunnock.integrity.rules import letting_go, meet, trial
from dunnock.integrity.rules.tables import watch_rules
from dunnock.integrity.store import observations
from dunnock.moderation import second

PILLS = 'all(kind = post, text has "cheap pills")'
SAID = "Get CHEAP pills here #valley"


@pytest.fixture
async def house(db, tmp_path):
    settings = Settings(data=tmp_path, public_url="https://here.example")
    hears = {**rules.HEARS, posts.PostPublished: (observe.see_post, meet.meet_post)}
    made = SimpleNamespace(reactions=Reactions(db, hears), jobs=Jobs(db, rules.JOBS))
    await made.reactions.prepare()

    async def settle():
        await made.reactions.settle()
        await made.jobs.settle()

    async def do(use_case, *args, **named):
        async with db.begin() as tx:
            done = await use_case(tx, *args, **named)
        await settle()
        return done

    async def post(author, text=SAID, **more):
        draft = posts.Draft(text=text, **more)
        one = await do(posts.publish, draft, author_id=author.id, app_id=None, settings=settings)
        return one.id

    async def shown(post_id):
        return (await posts.find_living(db, post_id)).visibility

    async def live(words=PILLS, effect="limit", *, by, days=7):
        rule_id = await do(
            rules.write_rule, rules.Written(name="Pills", condition=words, effect=effect, days=days), by=by.id
        )
        await do(rules.start_dry, rule_id, by=by.id)
        assert await do(rules.start_live, rule_id, by=by.id) is None
        return rule_id

    made.settle, made.do, made.post, made.shown, made.live = settle, do, post, shown, live
    return made


@pytest.fixture
async def ada(make):
    return await make.member("ada", role="admin")


@pytest.fixture
async def seller(make):
    return await make.member("seller")


async def test_what_would_meet_much_of_all_is_started_only_when_that_is_meant(house, ada, make):
    wren = await make.account()
    for n in range(100):
        await house.post(wren, f"{SAID if n < 12 else 'Good morning'} {n}")
    written = rules.Written(name="Pills", condition=PILLS, effect="hold")
    rule_id = await house.do(rules.write_rule, written, by=ada.id)
    await house.do(rules.start_dry, rule_id, by=ada.id)
    with pytest.raises(rules.WatchRuleRefused) as refused:
        await house.do(rules.start_live, rule_id, by=ada.id)
    assert "It would meet 12% of all that is said" in refused.value.text
    assert await house.do(rules.start_live, rule_id, by=ada.id, sure=True) is None


async def test_a_rule_for_what_detectors_say_is_tried_on_what_they_said(db, house, ada, make):
    wren, robin = await make.account(), await make.account()
    await house.post(wren)
    for one, score in ((wren, 0.95), (robin, 0.5)):
        await house.do(integrity.raise_signal, "takeover.recalled", "account", one.id, score=score, evidence={})
    await house.do(integrity.raise_signal, "takeover.recalled", "link", name="x", score=0.95, evidence={})
    written = rules.Written(name="Taken", condition="all(kind = signal, signal:takeover.recalled > 0.9)")
    rule_id = await house.do(rules.write_rule, written, by=ada.id)
    found = rules.trial_of(await rules.show_rule(db, rule_id, by=ada.id))
    assert (found.looked, found.hits, found.accounts, found.whole) == (4, 2, 1, True)


async def test_nobody_starts_or_changes_what_somebody_else_changed_meanwhile(db, house, ada):
    written = rules.Written(name="Pills", condition=PILLS)
    rule_id = await house.do(rules.write_rule, written, by=ada.id)
    await house.do(
        rules.change_rule, rule_id, msgspec.structs.replace(written, condition="kind = reply"), by=ada.id, version=1
    )
    await house.do(rules.start_dry, rule_id, by=ada.id, version=2)
    for late in (
        house.do(rules.change_rule, rule_id, written, by=ada.id, version=1),
        house.do(rules.start_dry, rule_id, by=ada.id, version=1),
        house.do(rules.start_live, rule_id, by=ada.id, version=1),
    ):
        with pytest.raises(rules.WatchRuleRefused, match="2"):
            await late
    held = await rules.show_rule(db, rule_id, by=ada.id)
    assert (held.condition, held.state) == ("kind = reply", "dry")


async def test_from_a_draft_to_a_hit_and_back(db, house, ada, seller, make):
    before = await house.post(seller)
    rule_id = await house.do(rules.write_rule, rules.Written(name="Pills", condition=PILLS, effect="limit"), by=ada.id)
    held = await rules.show_rule(db, rule_id, by=ada.id)
    trial = rules.trial_of(held)
    assert (held.state, trial.looked, trial.hits, trial.accounts, trial.sample) == ("draft", 1, 1, 1, (str(before),))
    assert (trial.whole, trial.of) == (True, 1)
    await house.post(seller)
    assert await rules.hits_of(db, rule_id, "noted", by=ada.id) == [], "a draft does nothing"
    await house.do(rules.start_dry, rule_id, by=ada.id)
    dry = await house.post(seller)
    [noted] = await rules.hits_of(db, rule_id, "noted", by=ada.id)
    assert (noted.subject_id, noted.account_id, noted.limited) == (dry, seller.id, False)
    assert noted.told == {"kind": "post", "characters": len(SAID) + 1}
    assert await house.shown(dry) == "public"
    await house.do(rules.start_live, rule_id, by=ada.id)
    kept, fine = await house.post(seller), await house.post(seller, "Good morning")
    assert (await house.shown(kept), await house.shown(fine)) == ("unlisted", "public")
    [hit] = await rules.waiting_hits(db, by=ada.id)
    assert (hit.subject_id, hit.version, hit.state, hit.limited) == (kept, 1, "waiting", True)
    await house.do(rules.release_hits, [hit.id], by=ada.id, reason="A joke")
    assert await house.shown(kept) == "public"
    [hit] = await rules.hits_of(db, rule_id, "released", by=ada.id)
    assert (hit.reason, hit.judged_by, hit.limited) == ("A joke", ada.id, False)
    with pytest.raises(rules.HitRefused):
        await house.do(rules.release_hits, [hit.id], by=ada.id)
    acts = [one.act for one in await moderation.entries(db, Cursor(limit=10), by=ada.id)]
    assert acts[::-1] == ["watch_rule.write", "watch_rule.dry", "watch_rule.live", "watch_hit.release"]


async def test_set_apart_it_is_under_no_hashtag_and_back_it_is(db, house, ada, seller):
    await house.live(by=ada)
    kept = await house.post(seller)
    under = Sql(posts_under())
    assert await db.all(under) == []
    [hit] = await rules.waiting_hits(db, by=ada.id)
    await house.do(rules.release_hits, [hit.id], by=ada.id)
    assert [row[0] for row in await db.all(under)] == [kept]


def posts_under():
    from sqlalchemy import select

    from dunnock.posts.tables import hashtag_posts

    return select(hashtag_posts.c.post_id)


async def test_refused_is_a_decision_with_its_reason_that_an_objection_undoes(db, house, ada, seller, make):
    await house.live(by=ada)
    kept = await house.post(seller)
    [hit] = await rules.waiting_hits(db, by=ada.id)
    with pytest.raises(rules.HitRefused):
        await house.do(rules.refuse_hits, [hit.id], by=ada.id, reason=" ")
    await house.do(rules.refuse_hits, [hit.id], by=ada.id, reason="Advertising is not for here")
    [(decision, ended)] = await moderation.decisions_about(db, seller.id)
    assert (decision.text, ended, decision.actions) == ("Advertising is not for here", None, ("none",))
    assert str(kept) in decision.facts
    [hit] = await rules.hits_of(db, hit.rule_id, "refused", by=ada.id)
    assert hit.decision_id == decision.id
    await house.do(rules.end_rule, hit.rule_id, by=ada.id)
    assert await house.shown(kept) == "unlisted", "what a person judged stays when the rule ends"
    eve = await make.member("eve", role="admin")
    appeal = await house.do(moderation.file_appeal, decision.id, "It was a joke", account_id=seller.id)
    await house.do(moderation.decide_appeal, appeal, granted=True, by=eve.id)
    assert await house.shown(kept) == "public"


async def test_what_is_over_lets_go_by_itself(db, house, ada, seller):
    rule_id = await house.live(by=ada)
    kept = [await house.post(seller) for _ in range(3)]
    async with db.begin() as tx:
        await tx.run(Sql(watch_rules.update().values(expires_at=now_ms() - 1)))
    again = await house.post(seller)
    assert await house.shown(again) == "public", "a rule whose time is over does nothing, even before the job comes"
    await letting_go.end_watch_rules(db, letting_go.EndWatchRules())
    assert {await house.shown(one) for one in kept} == {"public"}
    assert (await rules.show_rule(db, rule_id, by=ada.id)).state == "ended"
    assert len(await rules.hits_of(db, rule_id, "lapsed", by=ada.id)) == 3
    [last] = await moderation.entries(db, Cursor(limit=1), by=ada.id)
    assert (last.act, last.by_account_id) == ("watch_rule.over", 0)


async def test_two_rules_that_keep_one_post_both_have_to_let_go(db, house, ada, seller):
    first, other = await house.live(by=ada), await house.live('text has "pills here"', by=ada)
    kept = await house.post(seller)
    assert len(await rules.waiting_hits(db, by=ada.id)) == 2
    await house.do(rules.end_rule, first, by=ada.id)
    assert await house.shown(kept) == "unlisted"
    await house.do(rules.end_rule, other, by=ada.id)
    assert await house.shown(kept) == "public"


async def test_review_shows_it_to_people_and_does_nothing_else(db, house, ada, seller, make):
    await house.live(effect="review", by=ada)
    kept = await house.post(seller)
    [hit] = await rules.waiting_hits(db, by=ada.id)
    assert (hit.subject_id, hit.limited, await house.shown(kept)) == (kept, False, "public")
    await house.do(rules.refuse_hits, [hit.id], by=ada.id, reason="Advertising")
    assert await house.shown(kept) == "unlisted"


async def test_protected_accounts_and_private_posts_are_left_alone(db, house, ada, make):
    await house.live(by=ada)
    bank = await make.member("bank", protected=True)
    open_, private = await house.post(bank), await house.post(bank, visibility="followers")
    assert (await house.shown(open_), await house.shown(private)) == ("public", "followers")
    [hit] = await rules.waiting_hits(db, by=ada.id)
    assert (hit.subject_id, hit.limited) == (open_, False)
    with pytest.raises(rules.HitRefused):
        await house.do(rules.refuse_hits, [hit.id], by=ada.id, reason="x")


async def test_an_unlisted_post_stays_what_it_was(db, house, ada, seller):
    await house.live(by=ada)
    kept = await house.post(seller, visibility="unlisted")
    [hit] = await rules.waiting_hits(db, by=ada.id)
    assert not hit.limited
    await house.do(rules.release_hits, [hit.id], by=ada.id)
    assert await house.shown(kept) == "unlisted"


async def test_boosts_signals_and_what_is_known_of_the_author(db, house, ada, seller, make):
    rule_id = await house.live(
        "any(all(kind = boost, age_days > 100, followers_here >= 1), all(kind = signal, signal:people.flood >= 0.9))",
        "review",
        by=ada,
    )
    fan, lonely = await make.member("fan"), await make.member("lonely")
    await make.follow(lonely, fan)
    said = await make.post(seller)
    boost = await house.do(posts.boost, said.id, by=fan.id)
    await house.do(posts.boost, said.id, by=lonely.id)
    await house.do(integrity.raise_signal, "people.flood", "account", seller.id, score=0.5, evidence={})
    grown = await house.do(integrity.raise_signal, "people.flood", "account", seller.id, score=0.95, evidence={})
    signal, boosted = await rules.hits_of(db, rule_id, "waiting", by=ada.id)
    assert (boosted.kind, boosted.subject_id, boosted.account_id) == ("boost", boost.id, fan.id)
    assert (signal.kind, signal.subject_id, signal.account_id) == ("signal", grown, seller.id)
    assert signal.told["signals"] == {"people.flood": 0.95}


async def test_how_many_posts_in_an_hour_and_what_detectors_say(db, house, ada, seller):
    rule_id = await house.live("all(posts_last_hour >= 3, signal:people.flood > 0)", "review", by=ada)
    for _ in range(3):
        await house.post(seller, "Good morning")
    assert await rules.waiting_hits(db, by=ada.id) == []
    signal = await house.do(integrity.raise_signal, "people.flood", "account", seller.id, score=0.5, evidence={})
    await house.post(seller, "Good morning")
    [hit] = await rules.hits_of(db, rule_id, "waiting", by=ada.id)
    assert hit.told == {"kind": "post", "posts_last_hour": 4, "signals": {"people.flood": 0.5}}
    await house.do(integrity.judge_signal, signal, "dismissed", by=ada.id)
    await house.post(seller, "Good morning")
    assert len(await rules.waiting_hits(db, by=ada.id)) == 1, "what people dismissed is not said any more"


async def test_a_rule_that_meets_too_much_stops_by_itself(db, house, ada, seller, monkeypatch):
    monkeypatch.setattr(meet, "MOST_AN_HOUR", 2)
    rule_id = await house.live(by=ada)
    for _ in range(4):
        await house.post(seller)
    assert (await rules.show_rule(db, rule_id, by=ada.id)).state == "dry"
    assert len(await rules.hits_of(db, rule_id, "waiting", by=ada.id)) == 3
    assert len(await rules.hits_of(db, rule_id, "noted", by=ada.id)) == 1


async def test_who_may_and_in_which_order(db, house, ada, make):
    mo, member = await make.member("mo", role="moderator"), await make.member("wren")
    written = rules.Written(name="Pills", condition=PILLS, effect="limit", days=90)
    with pytest.raises(NotPermitted):
        await house.do(rules.write_rule, written, by=member.id)
    for wrong in ({"days": 91}, {"days": 0}, {"name": " "}, {"effect": "delete"}):
        with pytest.raises(rules.WatchRuleRefused):
            await house.do(rules.write_rule, msgspec.structs.replace(written, **wrong), by=mo.id)
    with pytest.raises(rules.ConditionRefused):
        await house.do(rules.write_rule, msgspec.structs.replace(written, condition="x"), by=mo.id)
    rule_id = await house.do(rules.write_rule, written, by=mo.id)
    with pytest.raises(rules.WatchRuleRefused):
        await house.do(rules.start_live, rule_id, by=ada.id)
    await house.do(rules.start_dry, rule_id, by=mo.id)
    with pytest.raises(NotPermitted):
        await house.do(rules.start_live, rule_id, by=mo.id)
    await house.do(rules.change_rule, rule_id, msgspec.structs.replace(written, condition="kind = reply"), by=mo.id)
    held = await rules.show_rule(db, rule_id, by=mo.id)
    assert (held.state, held.version, held.tested) == ("draft", 2, 2)
    await house.do(rules.start_dry, rule_id, by=mo.id)
    await house.do(rules.start_live, rule_id, by=ada.id)
    with pytest.raises(rules.WatchRuleRefused):
        await house.do(rules.change_rule, rule_id, written, by=ada.id)
    with pytest.raises(rules.WatchRuleMissing):
        await house.do(rules.end_rule, 1, by=mo.id)
    for use in (rules.list_rules(db, by=member.id), rules.waiting_hits(db, by=member.id)):
        with pytest.raises(NotPermitted):
            await use


async def test_limiting_what_many_write_takes_two(db, house, ada, make):
    for _ in range(second.MOST_ALONE + 1):
        await house.post(await make.member())
    eve = await make.member("eve", role="admin")
    rule_id = await house.do(rules.write_rule, rules.Written(name="Pills", condition=PILLS, effect="limit"), by=ada.id)
    await house.do(rules.start_dry, rule_id, by=ada.id)
    asked = await house.do(rules.start_live, rule_id, by=ada.id)
    assert (await rules.show_rule(db, rule_id, by=ada.id)).state == "dry"
    request = await moderation.show_request(db, asked, by=eve.id)
    assert (request.said["condition"], request.said["accounts"]) == (PILLS, second.MOST_ALONE + 1)
    with pytest.raises(moderation.RequestRefused):
        await house.do(moderation.approve_request, asked, request.digest, by=ada.id, signed_in_at=now_ms())
    await house.do(moderation.approve_request, asked, request.digest, by=eve.id, signed_in_at=now_ms())
    held = await rules.show_rule(db, rule_id, by=ada.id)
    assert (held.state, held.live_by) == ("live", ada.id)


async def test_the_trial_says_who_is_in_good_standing(db, house, ada, seller, make):
    old = await make.member("old")
    await make.follow(seller, old)
    for n, one in enumerate((seller, old)):
        made = await make.post(one, SAID, at=now_ms() - HOUR + n)
        async with db.begin() as tx:
            await observe.see_post(tx, posts.PostPublished(made.id, one.id, "public"))
    rule_id = await house.do(rules.write_rule, rules.Written(name="P", condition="age_days > 1"), by=ada.id)
    trial = rules.trial_of(await rules.show_rule(db, rule_id, by=ada.id))
    assert (trial.hits, trial.accounts, trial.standing) == (2, 2, 1)


async def test_fifty_rules_at_most_are_in_force(db, house, ada, monkeypatch):
    monkeypatch.setattr("dunnock.integrity.rules.handle.MOST_IN_FORCE", 1)
    await house.live(by=ada)
    with pytest.raises(rules.WatchRuleRefused):
        await house.live(by=ada)
    assert [state for _, state in [(one.name, one.state) for one, _ in await rules.list_rules(db, by=ada.id)]] == [
        "draft",
        "live",
    ]
    assert (await rules.list_rules(db, by=ada.id))[1][1] == {}


async def test_an_edit_meets_it_too_and_is_judged_once(db, house, ada, seller):
    await house.live(by=ada)
    made = await house.post(seller, "Good morning")
    settings = Settings(data=Path("/nowhere"), public_url="https://here.example")

    async def edit(words):
        await house.do(posts.edit, made, posts.Changes(text=words), by=seller.id, settings=settings)

    await edit(SAID)
    assert await house.shown(made) == "unlisted", "who writes it afterwards gets no further"
    [hit] = await rules.waiting_hits(db, by=ada.id)
    await house.do(rules.release_hits, [hit.id], by=ada.id)
    await edit(f"{SAID} again")
    assert await house.shown(made) == "public", "what a person let go stays so"
    assert await rules.waiting_hits(db, by=ada.id) == []


async def test_what_a_poll_offers_is_what_a_post_says(db, house, ada, seller):
    await house.live(by=ada)
    made = await house.post(seller, "Which?", poll=posts.PollDraft(options=("cheap pills", "no"), expires_in=3600))
    assert await house.shown(made) == "unlisted"


async def test_a_link_of_another_server_counts_by_where_it_leads(db, house, ada, make):
    await house.live("link = pills.example", "review", by=ada)
    far = await make.account(domain="far.example")
    settings = Settings(data=Path("/nowhere"), public_url="https://here.example")
    said = '<p>Look <a href="https://eu.pills.example/x?a=1&amp;b=2" rel="nofollow">here</a></p>'
    named = '<p><a href="https://pills.example/@eve" class="u-url mention">@eve</a> hi</p>'
    for n, html in enumerate((said, named)):
        one = posts.RemotePost(
            uri=f"https://far.example/{n}",
            url=None,
            author_id=far.id,
            html=html,
            visibility="public",
            created_at=now_ms(),
        )
        await house.do(posts.receive, one, settings=settings)
    [hit] = await rules.waiting_hits(db, by=ada.id)
    assert hit.told["links"] == ["eu.pills.example"]


async def test_where_more_happened_than_is_looked_at_each_day_counts_as_much(db, house, ada, make, monkeypatch):
    now, seller = now_ms(), await make.member("seller")
    ids = {
        day: [(await make.post(seller, SAID, at=now - day * DAY - n * HOUR)).id for n in range(5)]
        for day in (0, 10, 29, 31)
    }
    async with db.begin() as tx:
        for some in ids.values():
            for one in some:
                await tx.run(observations.ADD, id=one, account_id=seller.id, act=Act.POST, target_id=None, object_id=None,
                             marks=b"")  # fmt: skip
    monkeypatch.setattr(trial, "MOST_ACTS", 60)
    rule_id = await house.do(rules.write_rule, rules.Written(name="Pills", condition=PILLS), by=ada.id)
    whole = rules.trial_of(await rules.show_rule(db, rule_id, by=ada.id))
    assert (whole.looked, whole.of, whole.hits, whole.whole) == (15, 15, 15, True)
    monkeypatch.setattr(trial, "MOST_ACTS", 14)
    rule_id = await house.do(rules.write_rule, rules.Written(name="Pills", condition=PILLS), by=ada.id)
    some = rules.trial_of(await rules.show_rule(db, rule_id, by=ada.id))
    assert (some.looked, some.of, some.hits, some.whole) == (3, 15, 3, False)
    assert some.sample == tuple(str(ids[day][0]) for day in (0, 10, 29)), "the newest of each day"


async def test_others_are_answered_while_a_rule_is_tried(db, house, ada, seller, monkeypatch):
    for _ in range(4):
        await house.post(seller)
    monkeypatch.setattr(trial, "_BREATH", 2)
    async with db.begin() as tx:
        rule_id = await rules.write_rule(tx, rules.Written(name="Pills", condition=PILLS), by=ada.id)
    looks = []
    one = trial._facts

    async def slowly(*given):
        looks.append("looked")
        return await one(*given)

    async def somebody():
        while looks.count("looked") < 4:
            await asyncio.sleep(0)
            looks.append("answered")

    monkeypatch.setattr(trial, "_facts", slowly)
    await asyncio.gather(trial.try_rule(db, trial.TryRule(rule_id, 1)), somebody())
    between = looks[looks.index("looked") : len(looks) - looks[::-1].index("looked")]
    assert "answered" in between


async def test_a_rule_that_got_more_time_meanwhile_goes_on(db, house, ada, seller, monkeypatch):
    rule_id = await house.live(by=ada)
    kept = await house.post(seller)
    stale = await db.all(letting_go.store.OVER, now=now_ms() + 8 * DAY, most=10)

    class Late:
        """Reads what was so a moment ago."""

        def __init__(self):
            self.begin, self.rows = db.begin, [stale]

        async def all(self, *_, **__):
            return self.rows.pop() if self.rows else []

    await letting_go.end_watch_rules(Late(), letting_go.EndWatchRules())
    assert (await rules.show_rule(db, rule_id, by=ada.id)).state == "live"
    assert await house.shown(kept) == "unlisted"


async def test_what_only_was_noted_is_forgotten_after_a_month(db, house, ada, seller, monkeypatch):
    rule_id = await house.do(rules.write_rule, rules.Written(name="Pills", condition=PILLS), by=ada.id)
    await house.do(rules.start_dry, rule_id, by=ada.id)
    await house.post(seller)
    await house.live(effect="review", by=ada)
    waiting = await house.post(seller)
    await letting_go.trim_hits(db, letting_go.TrimHits())
    assert (await rules.count_hits(db, rule_id, by=ada.id)) == {"noted": 2}
    monkeypatch.setattr(letting_go, "KEPT_MS", -1000)
    await letting_go.trim_hits(db, letting_go.TrimHits())
    assert await rules.count_hits(db, rule_id, by=ada.id) == {}
    assert [one.subject_id for one in await rules.waiting_hits(db, by=ada.id)] == [waiting]
