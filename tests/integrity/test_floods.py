"""Floods: a raid is seen at the 20th stranger and becomes a case; a crowd with its own words is not; friends are no flood."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dunnock import integrity, moderation, notifications, posts
from dunnock.foundation.clock import DAY, MINUTE, now_ms
from dunnock.foundation.ids import id_at
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.integrity import floods, recompute
from dunnock.integrity.marks import marks_of_post
from dunnock.integrity.reactions import HEARS
from dunnock.integrity.store import observations

SETTINGS = Settings(data=Path("/nowhere"), public_url="https://here.example")
BANK = (
    "nobody wants you here and you know it, leave this place now",
    "you are a disgrace and everybody here is laughing at you",
)
WORDS = """river market morning bridge song paper window garden train letter winter candle harbour field story road
council budget school answer question mistake sorry really disagree""".split()  # noqa: SIM905 (readable)


class Flood:
    """A member, and people who answer her."""

    def __init__(self, db, make, anna, root):
        self.db, self.make, self.anna, self.root = db, make, anna, root
        self.rng = random.Random(5)
        self.reactions = Reactions(db, HEARS)

    async def answers(self, people, says):
        made = []
        for number, one in enumerate(people):
            async with self.db.begin() as tx:
                draft = posts.Draft(text=says(number), reply_to_id=self.root.id)
                made.append(await posts.publish(tx, draft, author_id=one.id, app_id=None, settings=SETTINGS))
            await self.reactions.settle()
        return made

    def own_words(self, _):
        return " ".join(self.rng.choices(WORDS, k=14))

    def from_a_bank(self, number):
        return BANK[number % 2]

    async def people(self, number, **given):
        return [await self.make.member(**given) for _ in range(number)]

    async def signals(self):
        return [
            one
            for one in await integrity.signals_about(self.db, "account", self.anna.id)
            if one.detector == floods.DETECTOR
        ]

    async def quiet(self):
        return await notifications.quiet_of(self.db, self.anna.id)


@pytest.fixture
async def flood(db, make):
    anna = await make.member()
    made = Flood(db, make, anna, await make.post(anna))
    await made.reactions.prepare()
    return made


async def cases_of(db, account_id):
    async with db.begin() as tx:
        return await moderation.cases_about(tx, [account_id])


async def test_a_raid_is_told_at_the_20th_stranger_and_asks_first(db, flood):
    raiders = await flood.people(20)
    await flood.answers(raiders[:19], flood.from_a_bank)
    assert await flood.signals() == []
    await flood.answers(raiders[19:], flood.from_a_bank)
    (signal,) = await flood.signals()
    assert signal.evidence["replies"] == 20
    assert floods.is_raid(signal.evidence)
    assert recompute.flood_score(signal.evidence) == pytest.approx(signal.score)
    quiet = await flood.quiet()
    assert quiet.until is None, "who chose nothing is asked"
    assert quiet.offered_at is not None
    assert len(await cases_of(db, flood.anna.id)) == 1
    later = (await flood.answers(raiders[:1], flood.from_a_bank))[0]
    assert (await posts.find_visible(db, later.id, None)).id == later.id, "nothing is held before the member says so"


async def test_it_becomes_quiet_by_itself_where_the_member_chose_that(db, flood):
    follower = (await flood.people(1))[0]
    await flood.make.follow(follower, flood.anna)
    async with db.begin() as tx:
        await notifications.choose_when_flooded(tx, flood.anna.id, "begin")
    raiders = await flood.people(22)
    await flood.answers(raiders[:20], flood.from_a_bank)
    assert (await flood.quiet()).until is not None
    held = (await flood.answers(raiders[20:], flood.from_a_bank))[0]
    with pytest.raises(posts.PostMissing):
        await posts.find_visible(db, held.id, None)
    passes = (await flood.answers([follower], flood.own_words))[0]
    assert (await posts.find_visible(db, passes.id, None)).id == passes.id


async def test_a_crowd_with_its_own_words_opens_no_case_and_begins_nothing(db, flood):
    async with db.begin() as tx:
        await notifications.choose_when_flooded(tx, flood.anna.id, "begin")
    await flood.answers(await flood.people(30), flood.own_words)
    (signal,) = await flood.signals()
    assert not floods.is_raid(signal.evidence)
    quiet = await flood.quiet()
    assert quiet.until is None
    assert quiet.offered_at is not None
    assert await cases_of(db, flood.anna.id) == []


async def test_what_many_people_say_by_themselves_is_no_raid(db, flood):
    """Short words alike: "happy birthday"; a bank of abuse is longer, or comes from new accounts of few servers."""
    async with db.begin() as tx:
        await notifications.choose_when_flooded(tx, flood.anna.id, "begin")
    wishes = ("Happy birthday!", "Congratulations", "happy birthday")
    fans = [await flood.make.account(domain=f"s{n}.example") for n in range(20)]
    await flood.answers(fans, lambda n: wishes[n % 3])
    (signal,) = await flood.signals()
    assert signal.evidence["same_words"] == 20
    assert not floods.is_raid(signal.evidence)
    assert (await flood.quiet()).until is None
    assert await cases_of(db, flood.anna.id) == []
    assert floods.is_raid({**signal.evidence, "new": 15}), "new accounts"
    assert floods.is_raid({**signal.evidence, "origins": {"a.example": 20, "": 2}}), "of one server"


async def test_a_slow_raid_is_told_within_hours(db, flood, monkeypatch):
    """Ten in twenty minutes are never a flood in minutes; sixty in hours are one, though they raise what is usual."""
    raiders = await flood.people(20)
    at = now_ms() - 300 * MINUTE
    for n in range(59):
        async with db.begin() as tx:
            await tx.run(
                observations.ADD, id=id_at(at + n * 5 * MINUTE), account_id=raiders[n % 20].id, act=1,
                target_id=flood.anna.id, object_id=flood.root.id, marks=marks_of_post(BANK[n % 2]),
            )  # fmt: skip
    assert await flood.signals() == []
    await flood.answers(raiders[:1], flood.from_a_bank)
    (signal,) = await flood.signals()
    assert (signal.evidence["replies"], signal.evidence["minutes"]) == (60, 360)
    assert floods.is_raid(signal.evidence)
    assert recompute.flood_score(signal.evidence) == pytest.approx(signal.score)
    assert len(await cases_of(db, flood.anna.id)) == 1


async def test_who_quotes_or_names_another_first_is_counted_too(db, flood):
    """Neither a quote nor a decoy put before the target hides a raid."""
    decoy, quoted = await flood.make.member(), await flood.make.post(flood.anna, quote_policy="public")
    raiders, mentions = await flood.people(48), set()
    for n, one in enumerate(raiders):
        async with db.begin() as tx:
            said = BANK[n % 2] if n % 2 else f"@{decoy.username} @{flood.anna.username} {BANK[0]}"
            draft = posts.Draft(text=said, quoted_id=quoted.id if n % 2 else None)
            made = await posts.publish(tx, draft, author_id=one.id, app_id=None, settings=SETTINGS)
        mentions |= set() if n % 2 else {str(made.id)}
        await flood.reactions.settle()
    (signal,) = await flood.signals()
    assert signal.evidence["replies"] >= 20
    named = {post for post, _ in signal.evidence["posts"]}
    assert 0 < len(named & mentions) < len(named), "by quotes and by names"


async def test_who_wants_nothing_is_offered_nothing(db, flood):
    async with db.begin() as tx:
        await notifications.choose_when_flooded(tx, flood.anna.id, "never")
    await flood.answers(await flood.people(20), flood.from_a_bank)
    assert (await flood.quiet()).offered_at is None


async def test_followers_are_no_flood(flood):
    friends = await flood.people(25)
    for one in friends:
        await flood.make.follow(flood.anna, one)
    await flood.answers(friends, flood.own_words)
    assert await flood.signals() == []


async def test_what_usually_comes_is_no_flood(db, flood):
    busy = now_ms() - 2 * DAY
    async with db.begin() as tx:
        for number in range(200):
            at = busy + number * MINUTE // 2
            await tx.run(
                observations.ADD, id=id_at(at) + number, account_id=flood.anna.id, act=1, target_id=flood.anna.id,
                object_id=None, marks=marks_of_post("x"),
            )  # fmt: skip
    await flood.answers(await flood.people(25), flood.own_words)
    assert await flood.signals() == []


def test_few_servers_and_new_accounts_are_a_raid_without_shared_words():
    told = {"replies": 40, "people": 40, "same_words": 0, "origins": {"a.example": 20, "b.example": 18, "": 2}}
    assert floods.is_raid({**told, "new": 30})
    assert not floods.is_raid({**told, "new": 3})
    assert not floods.is_raid({**told, "origins": {f"{n}.example": 1 for n in range(40)}, "new": 30})


async def test_a_choice_that_there_is_not(db, flood):
    async with db.begin() as tx:
        with pytest.raises(notifications.ChoiceUnknown):
            await notifications.choose_when_flooded(tx, flood.anna.id, "always")


async def test_a_raid_after_its_case_is_closed_is_put_before_people_again(db, flood, make, monkeypatch):
    mo = await make.member(role="moderator")
    monkeypatch.setattr(floods, "_REST_MS", 0)
    raiders = await flood.people(22)
    await flood.answers(raiders[:20], flood.from_a_bank)
    ((first),) = await cases_of(db, flood.anna.id)
    async with db.begin() as tx:
        await moderation.change_case(tx, first.id, moderation.CaseChange(closed=True), by=mo.id)
    await flood.answers(raiders[20:], flood.from_a_bank)
    again = [one for one in await cases_of(db, flood.anna.id) if not one.closed]
    assert len(again) == 1
    assert first.id in await moderation.linked_cases(db, again[0].id)


async def test_what_was_no_raid_once_silences_no_later_one(db, flood, make, monkeypatch):
    mo = await make.member(role="moderator")
    raiders = await flood.people(22)
    await flood.answers(raiders[:20], flood.from_a_bank)
    (signal,) = await flood.signals()
    async with db.begin() as tx:
        await integrity.judge_signal(tx, signal.id, "dismissed", by=mo.id)
    monkeypatch.setattr(floods, "_REST_MS", 0)
    await flood.answers(raiders[20:21], flood.from_a_bank)
    assert [one.state for one in await flood.signals()] == ["dismissed"], "the same flood is not told of twice"
    monkeypatch.setattr(floods, "EPISODE_MS", 0)
    monkeypatch.setattr(floods, "iso", lambda _: "2031-01-01")
    await flood.answers(raiders[21:], flood.from_a_bank)
    assert sorted(one.state for one in await flood.signals()) == ["dismissed", "open"]
