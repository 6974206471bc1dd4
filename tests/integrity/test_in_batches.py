"""Handed many posts at once, integrity sees, counts and finds what it does when each comes by itself."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select, update

from dunnock import posts
from dunnock.app.subscriptions import HEARS, TOGETHER
from dunnock.foundation.db import Sql
from dunnock.foundation.ids import id_at, ms_of
from dunnock.foundation.reactions import in_batches
from dunnock.integrity import rules
from dunnock.integrity.coaction.near import fingerprint
from dunnock.integrity.identity.tables import lookalikes
from dunnock.integrity.meetings.tables import watch_hits
from dunnock.integrity.money.tables import asset_uses, assets
from dunnock.integrity.raids import store as raid_rows
from dunnock.integrity.raids.model import names_of
from dunnock.integrity.raids.tables import raid_accounts, raid_hits, raid_marks
from dunnock.integrity.rules.tables import watch_rules
from dunnock.integrity.tables import observations, rhythms, signals
from dunnock.posts.tables import posts as rows_of_posts

PILLS = "get your CHEAP pills here before they are gone, all of them, today"
BATCHES = {
    kind: [
        one for one in HEARS[kind] if one.__module__.startswith("dunnock.integrity.") and isinstance(one, in_batches)
    ]
    for kind in (posts.PostPublished, posts.PostBoosted)
}
RULES = (
    ('all(kind = post, text has "cheap pills", age_days < 9000)', "limit"),
    ("any(link = shop.example, hashtag = sale)", "review"),
    ("all(followers_here < 3, posts_last_hour > 4, origin = here)", "limit"),
    ("all(kind = boost, followers_here < 9)", "review"),
)
_o, _h, _a, _u, _s = observations.c, watch_hits.c, assets.c, asset_uses.c, signals.c
_ra = raid_accounts.c
KEPT = (
    select(*observations.columns).order_by(_o.id),
    select(*rhythms.columns).order_by(rhythms.c.account_id),
    select(_h.rule_id, _h.kind, _h.subject_id, _h.account_id, _h.told, _h.state, _h.limited).order_by(
        _h.rule_id, _h.kind, _h.subject_id
    ),
    select(_a.key, _a.kind, _a.site).order_by(_a.key),
    select(_a.key, _u.account_id, _u.post_id, _u.at, _u.protected)
    .join_from(asset_uses, assets, _a.id == _u.asset_id)
    .order_by(_a.key, _u.account_id, _u.post_id),
    select(_s.detector, _s.kind, _s.subject_id, _s.times).order_by(_s.detector, _s.subject_id),
    select(watch_rules.c.id, watch_rules.c.state).order_by(watch_rules.c.id),
    select(_ra.account_id, _ra.waves, _ra.last_target_id).order_by(_ra.account_id),
    select(lookalikes.c.account_id, lookalikes.c.state).order_by(lookalikes.c.account_id),
    select(rows_of_posts.c.id, rows_of_posts.c.visibility).order_by(rows_of_posts.c.id),
)


def test_every_reaction_to_a_post_or_boost_takes_them_in_batches_in_one_transaction():
    for kind, found in BATCHES.items():
        assert any(set(found) <= set(some) for some in TOGETHER)
        assert len(found) == len([one for one in HEARS[kind] if one.__module__.startswith("dunnock.integrity.")]) >= 3


@pytest.mark.parametrize("most", [3, 500])
async def test_at_once_or_each_by_itself_makes_no_difference(db, make, monkeypatch, most):
    """Also when a rule meets more than it may in the middle of a batch, and is stopped there."""
    monkeypatch.setattr("dunnock.integrity.rules.meet.MOST_AN_HOUR", most)
    monkeypatch.setattr("dunnock.integrity.floods.FEWEST", 6)
    monkeypatch.setattr("dunnock.integrity.floods.FEWEST_PEOPLE", 3)
    made = await scene(db, make)
    kept = []
    for at_once in (False, True):
        with pytest.raises(Undone):
            await hand(db, made, kept, at_once=at_once)
    alone, together = kept
    assert alone == together
    for table, name in ((0, "acts"), (1, "rhythms"), (2, "hits"), (4, "assets"), (5, "signals")):
        assert alone[table], f"no {name}: the scene shows nothing"
    assert any(row[1] == "dry" for row in alone[6]) == (most == 3)
    assert len(alone[7]) > 2, "nobody joined the raid"


class Undone(Exception):
    """So that the next takes the same posts as they were."""


async def hand(db, made, kept, *, at_once):
    async with db.begin() as tx:
        for kind, hears in BATCHES.items():
            events = [event for event in made if isinstance(event, kind)]
            for one in hears:
                for batch in [events] if at_once else [[event] for event in events]:
                    await one.at_once(tx, batch)
        kept.append([await tx.all(Sql(table)) for table in KEPT])
        raise Undone


async def scene(db, make):
    """Eighty posts and some boosts of some people, in the order of the log."""
    chance = random.Random(7)
    people = [await make.account(f"p{n}") for n in range(6)]
    people += [await make.account("far", domain="far.example")]
    star = await make.account("star")
    events, before = [], []
    now = ms_of(db.new_id())
    for n in range(80):
        who = chance.choice(people)
        text = chance.choice(
            [
                f"a quiet morning by the harbour, number {n}, with some tea and a good book",
                PILLS,
                f"see https://shop.example/{n % 3} and tell me",
                "pay me at https://paypal.me/wren or with 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                "short",
            ]
        )
        visibility = chance.choice(["public", "public", "public", "unlisted", "followers"])
        asked = chance.choice(before) if before and chance.random() < 0.4 else None
        named = (star,) if asked is None and chance.random() < 0.5 else ()
        post = await make.post(
            who, text, visibility=visibility, reply_to=asked, mentions=named, at=now - 60_000 + n * 500,
            hashtags=chance.choice([(), ("sale",), ("tea", "Bird")]),
        )  # fmt: skip
        if who.domain:
            async with db.begin() as tx:
                html = f'<p>{text} <a href="https://ko-fi.com/far">me</a></p>'
                await tx.run(Sql(update(rows_of_posts).where(rows_of_posts.c.id == post.id).values(text="", html=html)))
        before.append(post)
        events.append(
            posts.PostPublished(
                post.id, who.id, visibility, reply_to_id=asked.id if asked else None,
                reply_to_author_id=asked.author_id if asked else None,
            )
        )  # fmt: skip
    for n in range(12):
        shown = chance.choice([one for one in before if one.visibility == "public"])
        boost_id = id_at(now - 1_000 + n, n)
        events.append(posts.PostBoosted(boost_id, shown.id, chance.choice(people).id, "public"))
    await raid(db, make, at=star, by=people[:2], others=people[2])
    async with db.begin() as tx:
        for condition, effect in RULES:
            rule = tx.new_id()
            told = {"id": rule, "name": "x", "effect": effect, "version": 1, "made_by": star.id, "expires_at": 2**60}
            await tx.run(rules.store.ADD, condition=condition, **told)
            await tx.run(rules.store.SET_STATE, the=rule, new_state="live", who=star.id, ended=None)
    return events


async def raid(db, make, *, at, by, others):
    """Two took part in a raid on somebody, which is at one member now; whoever says its words to them takes part, too."""
    now = ms_of(db.new_id())
    async with db.begin() as tx:
        one = tx.new_id()
        await tx.run(raid_rows.ADD, id=one, first_at=now, last_at=now)
    for who in by:
        await make.row(
            raid_accounts, raid_id=one, account_id=who.id, domain="", waves=1, last_target_id=others.id, last_at=now
        )  # fmt: skip
    await make.row(
        raid_hits, raid_id=one, account_id=at.id, first_at=now, last_at=now, people=9, posts=9, again=0, early=False, signal_id=1
    )  # fmt: skip
    for word in names_of(fingerprint(PILLS.lower())):
        await make.row(raid_marks, raid_id=one, kind="word", mark=word)
