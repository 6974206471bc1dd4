"""Raids: who goes from one member to the next is one raid with one case, and the next is protected at the fifth of them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dunnock import integrity, moderation, notifications, posts
from dunnock.accounts import NotPermitted
from dunnock.foundation.clock import DAY, MINUTE, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.ids import id_at
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.integrity import floods, raids, recompute
from dunnock.integrity.errors import RaidMissing
from dunnock.integrity.marks import marks_of_post
from dunnock.integrity.raids import early
from dunnock.integrity.raids import tables as rows
from dunnock.integrity.reactions import HEARS
from dunnock.integrity.store import clusters, observations
from dunnock.notifications import reactions as notices
from dunnock.notifications import request_page
from dunnock.posts.entries import Span

SETTINGS = Settings(data=Path("/nowhere"), public_url="https://here.example")
BANK = (
    "nobody wants you here and you know it, leave this place now",
    "you are a disgrace and everybody here is laughing at you",
)
CHEERS = ("happy birthday to the one and only queen of all pop", "we love you so much, come to our town one day soon")
WORDS = """river market morning bridge song paper window garden train letter winter candle harbour field story road
council budget school answer question mistake sorry really disagree""".split()  # noqa: SIM905 (readable)
FEWEST = 8
"""So many posts are a flood in these tests: they are as right with few."""


class Town:
    """Members here, people of this and other servers, and a way for them to write to each other."""

    def __init__(self, db, make):
        self.db, self.make, self.chance = db, make, random.Random(7)
        self.reactions = Reactions(db, {**HEARS, posts.HeldPostReleased: (notices.on_act,)})
        self.jobs = Jobs(db, {posts.ReleaseOfOrigin: posts.release_of_origin})

    async def of(self, domain, number):
        made = [await self.make.account(domain=domain) for _ in range(number)]
        if domain:
            return made
        return [await self.make.member() for _ in range(number)]

    async def answer(self, people, whom, says):
        """Each answers a new post of `whom`; what they wrote."""
        root, made = await self.make.post(whom), []
        for n, one in enumerate(people):
            async with self.db.begin() as tx:
                draft = posts.Draft(text=f"@{whom.username} {says(n)}", reply_to_id=root.id)
                post = await posts.publish(tx, draft, author_id=one.id, app_id=None, settings=SETTINGS)
                await notices.on_act(tx, posts.PostPublished(post.id, one.id, "public"))
            await self.reactions.settle()
            made.append(post)
        return made

    def bank(self, n):
        return BANK[n % 2]

    def cheers(self, n):
        return CHEERS[n % 2]

    def own(self, _):
        return " ".join(self.chance.choices(WORDS, k=14))

    async def shown(self, post):
        try:
            return (await posts.find_visible(self.db, post.id, None)).id == post.id
        except posts.PostMissing:
            return False

    async def raids(self):
        return await raids.list_raids(self.db, by=self.mo.id)

    async def open_cases(self, account):
        return [one.id for one in await moderation.cases_about(self.db, [account.id]) if not one.closed]

    async def early_signals(self, account):
        return [
            one
            for one in await integrity.signals_about(self.db, "account", account.id)
            if one.detector == early.DETECTOR
        ]


@pytest.fixture
async def town(db, make, monkeypatch):
    monkeypatch.setattr(floods, "FEWEST", FEWEST)
    made = Town(db, make)
    made.mo = await make.member("mo", role="moderator")
    made.anna, made.bert = await make.member("anna"), await make.member("bert")
    await made.reactions.prepare()
    return made


async def test_the_next_member_is_protected_at_the_fifth_of_them_and_it_is_one_case(db, town, make):
    raiders = await town.of("", 12)
    await town.answer(raiders[:FEWEST], town.anna, town.bank)
    [one] = await town.raids()
    assert one.accounts == FEWEST
    assert one.holds == [], "the first one is asked"
    friend = raiders[0]
    await make.follow(town.bert, friend)
    five = raiders[1:6]
    first = await town.answer(five[:4], town.bert, town.bank)
    assert await town.early_signals(town.bert) == [], "four may have met by chance"
    await town.answer(five[4:], town.bert, town.bank)
    [signal] = await town.early_signals(town.bert)
    assert recompute.raiders_score(signal.evidence) == pytest.approx(signal.score)
    assert signal.evidence["again"] == 5
    assert signal.evidence["members"] == 1
    [held] = await town.answer(raiders[6:7], town.bert, town.own)
    [passes] = await town.answer([friend], town.bert, town.own)
    [stranger] = await town.answer(await town.of("honest.example", 1), town.bert, town.own)
    assert [await town.shown(post) for post in (first[0], held, passes, stranger)] == [True, False, True, True]
    assert [row.from_id for row in await request_page(db, town.bert.id, Span())] == [raiders[6].id]
    assert (await notifications.quiet_of(db, town.bert.id)).offered_at is not None
    [one] = await town.raids()
    assert [(hit.account_id, hit.early) for hit in one.hits] == [(town.anna.id, False), (town.bert.id, True)]
    assert [hold.account_id for hold in one.holds] == [town.bert.id]
    assert await town.open_cases(town.anna) == await town.open_cases(town.bert) == [one.raid.case_id]
    assert (await moderation.find_case(db, one.raid.case_id)).title == f"Raid on @{town.anna.username} and 1 other"
    parts = await moderation.parts_of(db, one.raid.case_id, [town.anna.id, town.bert.id, *(who.id for who in five)])
    assert parts == {town.anna.id: "target", town.bert.id: "target", **dict.fromkeys((who.id for who in five), "core")}


async def test_quiet_begins_by_itself_where_the_member_chose_that_and_never_where_not(db, town, make):
    never = await make.member()
    async with db.begin() as tx:
        await notifications.choose_when_flooded(tx, town.bert.id, "begin")
        await notifications.choose_when_flooded(tx, never.id, "never")
    raiders = await town.of("", 8)
    await town.answer(raiders, town.anna, town.bank)
    await town.answer(raiders[:5], town.bert, town.bank)
    assert (await notifications.quiet_of(db, town.bert.id)).until is not None
    await town.answer(raiders[:5], never, town.bank)
    [seen] = await town.answer(raiders[5:6], never, town.bank)
    assert await town.shown(seen), "who wants nothing in a flood gets nothing"


async def test_three_members_and_those_who_raid_are_held_back_from_everybody(town, make):
    raiders = await town.of("", 10)
    await town.answer(raiders[:8], town.anna, town.bank)
    other = await make.member()
    await town.answer(raiders[:5], other, town.own)
    assert await town.early_signals(other) == [], "who raided one only, and writes in own words, may have met by chance"
    await town.answer(raiders[:5], town.bert, town.bank)
    [one] = await town.raids()
    assert len(one.hits) == 2
    await town.answer(raiders[:5], await make.member(), town.own)
    [one] = await town.raids()
    assert len(one.hits) == 3, "they did it to two already"
    assert None in [hold.account_id for hold in one.holds]
    [held] = await town.answer(raiders[5:6], await make.member(), town.own)
    assert not await town.shown(held)


async def test_the_same_words_or_servers_by_others_are_the_same_raid(town, make):
    await town.answer(await town.of("", 8), town.anna, town.bank)
    await town.answer(await town.of("", 8), town.bert, town.bank)
    [one] = await town.raids()
    assert [hit.account_id for hit in one.hits] == [town.anna.id, town.bert.id]
    assert one.hits[1].again == 0
    far = await make.member()
    await town.answer(
        await town.of("bad.example", 8), far, lambda n: f"{BANK[n % 2]} and {BANK[1 - n % 2]}, {far.username}"
    )
    other = await make.member()
    await town.answer(await town.of("bad.example", 8), other, town.cheers)
    found = await town.raids()
    [last] = [one for one in found if other.id in {hit.account_id for hit in one.hits}]
    assert far.id in {hit.account_id for hit in last.hits}, "it comes from the same server, which is its own"


async def test_a_quarrel_with_the_same_critics_is_no_raid(db, town):
    critics = await town.of("", 14)
    await town.answer(critics, town.anna, town.own)
    await town.answer(critics, town.bert, town.own)
    assert await town.raids() == []
    assert await town.early_signals(town.bert) == []
    assert await town.open_cases(town.anna) == await town.open_cases(town.bert) == []
    assert (await notifications.quiet_of(db, town.bert.id)).until is None


async def test_who_answers_between_raiders_in_their_own_words_does_not_take_part(town, monkeypatch):
    monkeypatch.setattr(floods, "_REST_MS", 0)
    raiders, bystanders = await town.of("", 8), await town.of("", 6)
    await town.answer([who for pair in zip(raiders, bystanders, strict=False) for who in pair], town.anna,
                      lambda n: town.bank(n // 2) if n % 2 == 0 else town.own(n))  # fmt: skip
    await town.answer(raiders[6:], town.anna, town.bank)
    [one] = await town.raids()
    who = {raider.account_id for raider in await raids.raiders_of(town.db, one.raid.id, by=town.mo.id)}
    assert who <= {raider.id for raider in raiders}
    await town.answer(bystanders, town.bert, town.own)
    assert await town.early_signals(town.bert) == []


async def test_fans_who_greet_several_are_no_more_than_a_busy_day(db, town, make):
    """They copy a greeting for one, and write to the next as they always do; to her as many write each day."""
    queen, king = await make.member("queen"), await make.member("king")
    fans = await town.of("", 12)
    await town.answer(fans[:8], queen, town.cheers)
    await town.answer(fans, king, town.own)
    assert await town.early_signals(king) == [], "in their own words"
    duke, busy = await make.member("duke"), now_ms() - 2 * DAY
    async with db.begin() as tx:
        for number in range(300):
            at = busy + number * MINUTE // 2
            await tx.run(
                observations.ADD, id=id_at(at) + number, account_id=duke.id, act=1, target_id=duke.id, object_id=None,
                marks=marks_of_post("x"),
            )  # fmt: skip
    await town.answer(fans, duke, town.cheers)
    assert await town.early_signals(duke) == [], "no more than in a busy time"
    [one] = await town.raids()
    assert [hit.account_id for hit in one.hits] == [queen.id]


async def test_staff_end_it_and_it_does_not_begin_again(db, town, make):
    raiders = await town.of("", 8)
    await town.answer(raiders, town.anna, town.bank)
    await town.answer(raiders[:6], town.bert, town.bank)
    [one] = await town.raids()
    held = await town.answer(raiders[6:], town.bert, town.bank)
    assert [await town.shown(post) for post in held] == [False, False]
    with pytest.raises(NotPermitted):
        await raids.list_raids(db, by=town.anna.id)
    with pytest.raises(NotPermitted):
        async with db.begin() as tx:
            await raids.end_raid(tx, one.raid.id, by=town.anna.id)
    async with db.begin() as tx:
        await raids.end_raid(tx, one.raid.id, by=town.mo.id)
        with pytest.raises(RaidMissing):
            await raids.end_raid(tx, one.raid.id, by=town.mo.id)
    await town.jobs.settle()
    await town.reactions.settle()
    assert [await town.shown(post) for post in held] == [True, True]
    await town.answer(raiders, await make.member(), town.bank)
    assert await town.raids() == []
    later = await town.answer(raiders[:1], town.bert, town.bank)
    assert await town.shown(later[0])


async def test_an_account_that_is_left_out_is_held_back_no_more(db, town, make):
    raiders = await town.of("", 8)
    await town.answer(raiders, town.anna, town.bank)
    await town.answer(raiders[:5], town.bert, town.bank)
    [one] = await town.raids()
    mine, theirs = await town.answer(raiders[5:7], town.bert, town.bank)
    async with db.begin() as tx:
        await raids.leave_out(tx, one.raid.id, raiders[5].id, by=town.mo.id)
        with pytest.raises(RaidMissing):
            await raids.leave_out(tx, one.raid.id, raiders[5].id, by=town.mo.id)
    await town.jobs.settle()
    await town.reactions.settle()
    assert [await town.shown(post) for post in (mine, theirs)] == [True, False]
    [again] = await town.answer(raiders[5:6], town.bert, town.bank)
    assert await town.shown(again)


async def test_it_is_over_after_two_weeks_and_forgotten_after_a_month_and_three(db, town, monkeypatch):
    raiders = await town.of("", 8)
    await town.answer(raiders, town.anna, town.bank)
    [one] = await town.raids()
    old = rows.raid_accounts.update().values(last_at=now_ms() - 15 * DAY)
    aged = rows.raids.update().values(last_at=now_ms() - 15 * DAY)
    async with db.begin() as tx:
        await tx.run(Sql(old))
        await tx.run(Sql(aged))
    await town.answer(raiders[:5], town.bert, town.bank)
    assert await town.early_signals(town.bert) == []
    assert await town.raids() == []
    await raids.trim_raids(db, raids.TrimRaids())
    assert len(await raids.raiders_of(db, one.raid.id, by=town.mo.id)) == 8
    monkeypatch.setattr("dunnock.integrity.raids.trim.ACCOUNTS_KEPT_MS", 14 * DAY)
    await raids.trim_raids(db, raids.TrimRaids())
    assert await raids.raiders_of(db, one.raid.id, by=town.mo.id) == []
    assert (await raids.show_raid(db, one.raid.id, by=town.mo.id)).hits[0].account_id == town.anna.id
    monkeypatch.setattr("dunnock.integrity.raids.trim.KEPT_MS", 14 * DAY)
    await raids.trim_raids(db, raids.TrimRaids())
    with pytest.raises(RaidMissing):
        await raids.show_raid(db, one.raid.id, by=town.mo.id)


async def test_what_people_dismiss_protects_nobody(db, town, monkeypatch):

    raiders = await town.of("", 8)
    await town.answer(raiders, town.anna, town.bank)
    await town.answer(raiders[:5], town.bert, town.bank)
    [signal] = await town.early_signals(town.bert)
    [one] = await town.raids()
    async with db.begin() as tx:
        await integrity.judge_signal(tx, signal.id, "dismissed", by=town.mo.id)
    monkeypatch.setattr(early, "_REST_MS", 0)
    before = one.hits[1]
    await town.answer(raiders[:2], town.bert, town.bank)
    [after] = [hit for hit in (await town.raids())[0].hits if hit.account_id == town.bert.id]
    assert after.last_at == before.last_at


@pytest.mark.parametrize(
    ("seen", "same"),
    [
        ({"again": 5}, True),
        ({"again": 4}, False),
        ({"said": 6}, True),
        ({"said": 5}, False),  # of 20: a line that others say, too
        ({"network": 5}, True),
        ({"network": 4}, False),
        ({"servers": ("bad.example",)}, True),
        ({}, False),
    ],
)
def test_what_makes_two_raids_one(seen, same):
    raid = raids.Raid(id=1, first_at=0, last_at=0, case_id=None, ended_at=None, ended_by=None)
    assert raids.belongs(raids.Kin(raid=raid, **seen), raiders=20, people=20) is same


def test_few_of_very_many_are_not_the_same_raid():
    raid = raids.Raid(id=1, first_at=0, last_at=0, case_id=None, ended_at=None, ended_by=None)
    assert not raids.belongs(raids.Kin(raid=raid, again=9, said=9), raiders=100, people=100)


async def test_a_network_that_is_in_both_makes_them_one(db, town, make):
    first, second = await town.of("", 8), await town.of("", 8)
    async with db.begin() as tx:
        await tx.run(clusters.ADD, id=9, score=20.0, size=16, summary="{}", first_at=0, last_at=0, split_from=None)
        await tx.many(
            clusters.PUT_MEMBER,
            [
                {"cluster_id": 9, "account_id": one.id, "role": "core", "score": 12.0, "evidence": "{}", "joined_at": 0,
                 "seen_at": 0}
                for one in [*first[:6], *second[:6]]
            ],
        )  # fmt: skip
    await town.answer(first, town.anna, town.bank)
    await town.answer(second, town.bert, town.cheers)
    [one] = await town.raids()
    assert [hit.account_id for hit in one.hits] == [town.anna.id, town.bert.id]
    await town.answer(await town.of("", 8), await make.member(), lambda n: f"{CHEERS[0][::-1]} {CHEERS[1][n % 2 :]}")
    assert len(await town.raids()) == 2, "others in other words are another raid"


async def test_who_says_its_words_between_two_looks_takes_part_and_friends_and_others_do_not(db, town, make):
    raiders, late, friends, others = [await town.of("", number) for number in (8, 3, 1, 2)]
    await make.follow(town.anna, friends[0])
    await town.answer(raiders, town.anna, town.bank)
    await town.answer([*late, *friends], town.anna, town.bank)
    await town.answer(others, town.anna, town.own)
    [one] = await town.raids()
    who = {raider.account_id for raider in await raids.raiders_of(db, one.raid.id, by=town.mo.id)}
    assert who == {account.id for account in [*raiders, *late]}
