"""Rules that hold a post of a member before it is published: nobody sees it, nothing of it goes out, nothing is lost."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from api import consistency
from dunnock import accounts, moderation, posts
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.integrity import observe, rules
from dunnock.integrity.rules import letting_go, meet
from dunnock.integrity.rules.tables import watch_rules

PILLS = 'text has "cheap pills"'
SAID = "Get cheap pills here #valley"


@pytest.fixture
async def house(db, tmp_path, events):
    settings = Settings(data=tmp_path, public_url="https://here.example")
    hears = {**rules.HEARS, posts.PostPublished: (observe.see_post, meet.meet_post)}
    made = SimpleNamespace(reactions=Reactions(db, hears), jobs=Jobs(db, rules.JOBS), settings=settings)
    await made.reactions.prepare()

    async def do(use_case, *args, **named):
        async with db.begin() as tx:
            done = await use_case(tx, *args, **named)
        for _ in range(2):  # what is let out is published by a reaction, and heard by others
            await made.reactions.settle()
        await made.jobs.settle()
        return done

    async def post(author, text=SAID, **more):
        draft = posts.Draft(text=text, **more)
        return await do(posts.publish, draft, author_id=author.id, app_id=None, settings=settings)

    async def live(words=PILLS, effect="hold", *, by):
        rule_id = await do(rules.write_rule, rules.Written(name="Pills", condition=words, effect=effect), by=by.id)
        await do(rules.start_dry, rule_id, by=by.id)
        assert await do(rules.start_live, rule_id, by=by.id) is None
        return rule_id

    async def sees(viewer, post_id):
        try:
            return (await posts.find_visible(db, post_id, None if viewer is None else viewer.id)).id == post_id
        except posts.PostMissing:
            return False

    async def published():
        return [one.post_id for one in await events() if isinstance(one, posts.PostPublished)]

    made.do, made.post, made.live, made.sees, made.published = do, post, live, sees, published
    return made


@pytest.fixture
async def ada(make):
    return await make.member("ada", role="admin")


@pytest.fixture
async def seller(make):
    return await make.member("seller")


async def hits(db, ada):
    return await rules.waiting_hits(db, by=ada.id)


async def test_what_meets_it_waits_and_what_meets_none_goes_out(db, house, ada, seller, make):
    await house.live(by=ada)
    fine, held = await house.post(seller, "Good morning"), await house.post(seller)
    assert await house.published() == [fine.id]
    assert [await house.sees(who, held.id) for who in (None, ada, seller)] == [False, False, True]
    assert await house.sees(None, fine.id)
    [hit] = await hits(db, ada)
    assert (hit.subject_id, hit.held, hit.limited, hit.told["kind"]) == (held.id, True, False, "post")
    assert await consistency.faults(db) == []
    counts = await accounts.counts.counts_of(db, [seller.id])
    assert counts[seller.id].posts == 1


async def test_released_it_is_published_with_all_that_follows(db, house, ada, seller, make):
    await house.live(by=ada)
    root = await make.post(ada)
    held = await house.post(seller, f"@ada {SAID}", reply_to_id=root.id)
    assert (await posts.counts_of(db, root.id))[0] == 0
    [hit] = await hits(db, ada)
    await house.do(rules.release_hits, [hit.id], by=ada.id)
    assert await house.published() == [held.id]
    assert await house.sees(None, held.id)
    assert (await posts.counts_of(db, root.id))[0] == 1
    assert await hits(db, ada) == [], "what was let go is not held again"
    assert await consistency.faults(db) == []


async def test_refused_it_stays_unseen_and_an_objection_publishes_it(db, house, ada, seller, make):
    await house.live(by=ada)
    held = await house.post(seller)
    [hit] = await hits(db, ada)
    await house.do(rules.refuse_hits, [hit.id], by=ada.id, reason="Advertising is not for here")
    [(decision, _)] = await moderation.decisions_about(db, seller.id)
    assert "is not published" in decision.facts
    await house.do(rules.end_rule, hit.rule_id, by=ada.id)
    assert (await house.published(), await house.sees(seller, held.id)) == ([], True)
    eve = await make.member("eve", role="admin")
    appeal = await house.do(moderation.file_appeal, decision.id, "It was a joke", account_id=seller.id)
    await house.do(moderation.decide_appeal, appeal, granted=True, by=eve.id)
    assert await house.published() == [held.id]
    assert await house.sees(None, held.id)


async def test_when_the_rule_is_over_it_is_published(db, house, ada, seller):
    await house.live(by=ada)
    held = await house.post(seller)
    async with db.begin() as tx:
        await tx.run(Sql(watch_rules.update().values(expires_at=now_ms() - 1)))
    await letting_go.end_watch_rules(db, letting_go.EndWatchRules())
    assert await house.published() == [held.id]
    await house.post(seller)
    assert len(await house.published()) == 2, "and nothing waits any more"


async def test_its_author_deletes_it_and_changes_nothing_of_it(db, house, ada, seller, events):
    await house.live(by=ada)
    held = await house.post(seller)
    with pytest.raises(posts.PostWaiting):
        await house.do(posts.edit, held.id, posts.Changes(text="Hello"), by=seller.id, settings=house.settings)
    with pytest.raises(posts.PostWaiting):
        await house.do(posts.change_policies, held.id, by=seller.id, quote_policy="nobody")
    for act in (posts.boost, posts.pin, posts.favourite):
        with pytest.raises(posts.PostMissing):
            await house.do(act, held.id, by=seller.id)
    await house.do(posts.delete, held.id, by=seller.id)
    gone = [one for one in await events() if isinstance(one, posts.PostDeleted)]
    assert [one.unpublished for one in gone] == [True]
    assert await consistency.faults(db) == []
    [hit] = await hits(db, ada)
    await house.do(rules.release_hits, [hit.id], by=ada.id)
    assert await house.published() == []


async def test_what_goes_on_with_it_is_held_with_it(db, house, ada, seller):
    rule_id = await house.live(by=ada)
    thread = [posts.Draft(text=SAID), posts.Draft(text="and more")]
    first, second = await house.do(
        posts.publish_thread, thread, author_id=seller.id, app_id=None, settings=house.settings
    )
    late = await house.post(seller, "and even more", reply_to_id=first.id)
    assert await house.published() == []
    assert {one.subject_id for one in await hits(db, ada)} == {first.id, second.id, late.id}
    await house.do(rules.end_rule, rule_id, by=ada.id)
    assert sorted(await house.published()) == sorted([first.id, second.id, late.id])
    assert (await posts.counts_of(db, first.id))[0] == 2
    assert await consistency.faults(db) == []


async def test_private_posts_protected_accounts_and_other_servers_are_not_held(db, house, ada, seller, make):
    await house.live(by=ada)
    bank, far = await make.member("bank", protected=True), await make.account(domain="far.example")
    private, officially = await house.post(seller, visibility="followers"), await house.post(bank)
    remote = posts.RemotePost(
        uri="https://far.example/1", url=None, author_id=far.id, html=f"<p>{SAID}</p>", visibility="public",
        created_at=now_ms(),
    )  # fmt: skip
    theirs = await house.do(posts.receive, remote, settings=house.settings)
    assert await house.published() == [private.id, officially.id, theirs.id]
    assert (await posts.find_living(db, theirs.id)).visibility == "unlisted", "what is out already is shown to fewer"
    assert {one.subject_id: (one.held, one.limited) for one in await hits(db, ada)} == {
        officially.id: (False, False), theirs.id: (False, True),
    }  # fmt: skip


async def test_staff_hold_what_one_account_writes(db, house, ada, seller, make):
    await house.live("account = Seller", by=ada)
    held, fine = await house.post(seller, "Anything"), await house.post(await make.member("wren"), "Anything")
    assert await house.published() == [fine.id]
    [hit] = await hits(db, ada)
    assert (hit.subject_id, hit.told["account"]) == (held.id, "seller")


async def test_two_rules_that_hold_one_both_have_to_let_go(db, house, ada, seller):
    first, other = await house.live(by=ada), await house.live('text has "pills here"', by=ada)
    held = await house.post(seller)
    await house.do(rules.end_rule, first, by=ada.id)
    assert await house.published() == []
    await house.do(rules.end_rule, other, by=ada.id)
    assert await house.published() == [held.id]


async def test_a_look_that_fails_silences_nobody(db, house, ada, seller, monkeypatch):
    await house.live(by=ada)
    async with db.begin() as tx:
        lost = await posts.publish(
            tx, posts.Draft(text="Good morning"), author_id=seller.id, app_id=None, settings=house.settings
        )
    await letting_go.end_watch_rules(db, letting_go.EndWatchRules())
    assert await house.published() == [], "it may be looked at yet"
    monkeypatch.setattr(letting_go, "FORGOTTEN_MS", -1_000)
    await letting_go.end_watch_rules(db, letting_go.EndWatchRules())
    assert await house.published() == [lost.id]


async def test_no_door_for_strangers_shows_what_waits(db, house, ada, seller, make):
    await house.live(by=ada)
    root = await make.post(seller)
    held = await house.post(seller, reply_to_id=root.id)
    assert await posts.find_living(db, held.id) is None
    assert held.id not in await posts.replies(db, root.id, above=0, most=10)
    assert [one.id for one in await posts.outbox(db, seller.id, below=2**62, most=10)] == [root.id]
    assert held.id not in (await posts.thread(db, root.id, None)).descendants
    assert held.id in (await posts.thread(db, root.id, seller.id)).descendants


async def test_its_author_is_told_what_is_kept_and_says_why_that_is_wrong(db, house, ada, seller, make):
    await house.live(by=ada)
    await house.live('text has "more pills"', "limit", by=ada)
    await house.live('text has "cheap pills"', "review", by=ada)
    held, limited = await house.post(seller), await house.post(seller, "more pills")
    told = await rules.kept_of(db, seller.id)
    assert [(one.hit.subject_id, one.hit.held, one.hit.limited, one.rule) for one in told] == [
        (limited.id, False, True, "Pills"), (held.id, True, False, "Pills"),
    ]  # fmt: skip
    assert await rules.kept_of(db, ada.id) == []
    hit = told[1].hit.id
    wren = await make.member("wren")
    for words, by in ((" ", seller), ("x" * 1_001, seller), ("No", wren)):
        with pytest.raises(rules.HitRefused):
            await house.do(rules.object_to_hit, hit, words, account_id=by.id)
    await house.do(rules.object_to_hit, hit, " It is a quote ", account_id=seller.id)
    with pytest.raises(rules.HitRefused):
        await house.do(rules.object_to_hit, hit, "Again", account_id=seller.id)
    assert [one.objection for one in await hits(db, ada) if one.id == hit] == ["It is a quote"]
    await house.do(rules.refuse_hits, [hit], by=ada.id, reason="It is none")
    await house.do(rules.release_hits, [told[0].hit.id], by=ada.id)
    [left] = await rules.kept_of(db, seller.id)
    assert (left.hit.state, left.hit.reason, left.hit.objection) == ("refused", "It is none", "It is a quote")


async def test_the_same_key_gives_the_post_that_waits(db, house, ada, seller):
    await house.live(by=ada)
    said = {"author_id": seller.id, "app_id": None, "settings": house.settings, "key": "once"}
    first = await house.do(posts.publish, posts.Draft(text=SAID), **said)
    assert (await house.do(posts.publish, posts.Draft(text=SAID), **said)).id == first.id
    assert len(await hits(db, ada)) == 1
