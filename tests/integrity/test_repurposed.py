"""Accounts that slept, changed where they are from and woke for one event (DISARM drill D03): a made world, at a tenth."""

from __future__ import annotations

import random
import time
from collections import defaultdict

import msgspec
import pytest

from dunnock import accounts, moderation, posts
from dunnock.accounts import Cursor
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.ids import id_at
from dunnock.foundation.reactions import Reactions
from dunnock.integrity import marks, recompute, repurposed
from dunnock.integrity.places import hours_from_utc, places_of
from dunnock.integrity.reactions import HEARS
from dunnock.integrity.rhythm import Rhythm, after_changes, after_post
from dunnock.integrity.watch import WatchActs, watch_acts

NOW = 1_790_000_000_000 // DAY * DAY + 16 * HOUR
AGENTS, PEOPLE, MOVERS = 12, 300, 20
CITIES = (("Moscow", 3), ("Chicago", -5), ("London", 1), ("Tokyo", 9), ("Berlin", 2), ("Bogota", -5))


def persona(at, field, old, new):
    return accounts.GivenUp(field, old, new, at, at)


class World:
    """Rhythms as events would have left them, and what was posted in the last day."""

    def __init__(self, seed):
        self.rng, self.rhythms, self.acts, self.low = random.Random(seed), {}, [], 0
        self.seen = defaultdict(list)

    def post(self, who, at, *, tags=(), media=()):
        self.low += 1
        self.seen[who].append(at)
        if at > NOW - DAY:
            words = f"words of {who} and {self.low}"
            self.acts.append(
                (id_at(at, self.low % 60_000), who, False, marks.marks_of_post(words, tags=tags, media=media))
            )

    def day(self, who, day, ahead, number):
        """A day's posts, by the clocks of a place: from eight to midnight."""
        for _ in range(number):
            local = self.rng.triangular(8, 24, 19)
            self.post(who, int(NOW // DAY * DAY - day * DAY + (local - ahead) * HOUR))

    def known(self, moved):
        for who, moments in self.seen.items():
            held, changes = Rhythm(account_id=who), moved.get(who)
            for at in sorted(moments):
                if changes and at >= changes[0].at and not held.moved_at:
                    held = after_changes(held, changes)
                if at <= NOW:
                    held = after_post(held, at)
            self.rhythms[who] = held
        return self.rhythms


def made(seed):
    """Agents of place A that are locals of place B now, people, and movers between the same places, some of whom slept."""
    world, moved = World(seed), {}
    rng = world.rng
    (a, a_ahead), (b, b_ahead) = rng.sample(CITIES, 2)
    agents = set(range(1, AGENTS + 1))
    movers = set(range(1_000, 1_000 + MOVERS))
    woken = NOW - rng.randint(1, 5) * HOUR
    for who in agents:
        for day in range(75, 61, -1):
            world.day(who, day, a_ahead, rng.randint(1, 4))
        at = woken + rng.randint(-50, 0) * MINUTE
        moved[who] = [persona(at, "bio", f"Proud of {a}, mother", f"Proud local of {b}")]
        for _ in range(rng.randint(2, 6)):
            tags = ("plantfire",) if rng.random() < 0.8 else ()
            world.post(
                who,
                min(NOW, at + rng.randint(1, 300) * MINUTE),
                tags=tags,
                media=("video.mp4",) if rng.random() < 0.5 else (),
            )
    for who in movers:
        leave = rng.randint(5, 60)
        slept = rng.random() < 0.3
        for day in range(90, leave, -1):
            if not slept or day > leave + 35:
                world.day(who, day, a_ahead, rng.randint(0, 2))
        for day in range(leave, -1, -1):
            world.day(who, day, b_ahead, rng.randint(0, 2))
        moved[who] = [persona(NOW - leave * DAY, "bio", f"Reading in {a}", f"Reading in {b}")]
        if rng.random() < 0.5:
            world.post(who, NOW - rng.randint(1, 200) * MINUTE, tags=("plantfire",))
    for who in range(5_000, 5_000 + PEOPLE):
        ahead = rng.choice(CITIES)[1]
        sleeps = rng.random() < 0.03
        for day in range(60, -1, -1):
            if not (sleeps and 0 < day < 45) and rng.random() < 0.4:
                world.day(who, day, ahead, rng.randint(1, 2))
        if rng.random() < 0.15:
            world.post(who, NOW - rng.randint(1, 200) * MINUTE, tags=("plantfire",))
    world.acts = sorted(act for act in world.acts if act[0] <= id_at(NOW + 1))
    return world, world.known(moved), agents, movers


@pytest.mark.parametrize("seed", [101, 102, 103, 104, 105, 106, 107])
def test_those_who_wake_as_locals_of_elsewhere_are_found_and_movers_are_not(seed):
    world, rhythms, agents, movers = made(seed)
    networks = repurposed.find(marks.columns(world.acts), rhythms, NOW)
    found = {one for network in networks for one in network.members}
    assert len(found & agents) >= 0.9 * len(agents)
    assert len(found & agents) >= 0.95 * len(found)
    assert not found & movers
    for network in networks:
        for member in network.members.values():
            told = msgspec.json.decode(msgspec.json.encode(member.evidence))
            assert recompute.watched_score(told) == pytest.approx(member.score, abs=1e-4)


@pytest.mark.parametrize("seed", [201, 202, 203])
def test_people_who_move_after_a_silence_and_talk_of_the_event_are_no_set(seed):
    """Eight slept, moved to different places in the last hours and take part; nothing says that they belong together."""
    world, rhythms, agents, _ = made(seed)
    rng = random.Random(seed)
    for who in agents:
        left, came = (city.casefold() for city, _ in rng.sample(CITIES, 2))
        rhythms[who] = msgspec.structs.replace(rhythms[who], moved_from=(left,), moved_to=(came,))
    assert repurposed.find(marks.columns(world.acts), rhythms, NOW) == []


def test_hours_tell_who_keeps_the_old_clocks():
    day = [0] * 6 + [1, 3, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 3, 1, 0, 0, 0, 0]
    moved = [day[(hour + 8) % 24] for hour in range(24)]  # clocks are eight hours ahead there: all is earlier in UTC
    assert repurposed.hours_say(day, day, 8) == 3.0
    assert repurposed.hours_say(day, moved, 8) == -3.0
    assert repurposed.hours_say([0] * 24, day, 8) == 0.0


def test_places_are_known_in_many_languages_and_by_the_field_that_tells():
    assert places_of(["Mutter von zwei, Berlin", "Anna aus Russland"]) == ("berlin", "russland")
    assert places_of(["likes tea"], '[{"name":"Location","value":"Austin, TX"},{"name":"Site","value":"x"}]') == (
        "austin, tx",
    )
    assert places_of(["New York, mostly"]) == ("new york",)
    assert places_of([""], "no json") == ()
    assert hours_from_utc(("new york",), NOW) == [-4]
    assert len(hours_from_utc(("russia",), NOW)) > 5
    assert hours_from_utc(("austin, tx",), NOW) == []


async def test_from_events_to_a_case_that_knows_the_former_one(db, make, monkeypatch):
    """Accounts of one place, known from an old case, are silent, change their profiles, and post one thing.

    Each third gives up the former place half a day before it names another.
    """
    boss = await make.member("boss", role="owner")
    reactions = Reactions(db, HEARS)
    await reactions.prepare()
    now, rng = now_ms(), random.Random(3)
    agents = [await make.member(f"agent{n}", bio="Daily life in Moscow") for n in range(10)]
    people = [await make.member(f"person{n}", bio="Daily life in Berlin") for n in range(60)]

    async def said(who, at, text, tags=()):
        post = await make.post(who, text, at=at, hashtags=tags)
        async with db.begin() as tx:
            await tx.record(posts.PostPublished(post_id=post.id, author_id=who.id, visibility="public"))

    for who in agents:
        for day in range(3):
            await said(who, now - (60 + day) * DAY + rng.randint(0, 8) * HOUR, "tea and rain")
    for n, who in enumerate(people):
        for day in (40, 20, 2):
            await said(who, now - day * DAY, "tea and rain")
        await said(who, now - rng.randint(1, 300) * MINUTE, f"{rng.choice(('trains', 'birds'))} and {n}")
    await reactions.settle()
    former = await _old_case(db, agents, boss)

    async def tells(who, bio):
        async with db.begin() as tx:
            await accounts.change_profile(tx, who.id, bio=bio, public_url="https://x", by_member_id=None)

    for who in agents[::3]:
        await tells(who, "Mother of two")
    await reactions.settle()
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + HOUR // 2 * 24 * 1_000_000)
    for n, who in enumerate(agents):
        await tells(who, "A local of Chicago")
        if n % 2:  # the move is heard of before the first post, or after it
            await reactions.settle()
        await said(who, now_ms(), f"the plant burns {n} #plantfire", ("plantfire",))
    await reactions.settle()
    await watch_acts(db, WatchActs())
    (case,) = await moderation.list_cases(db, Cursor(limit=40), by=boss.id)
    found = await moderation.subjects_of(db, case.id, "account", by=boss.id)
    assert {one.subject_id for one in found} == {one.id for one in agents}
    assert "moscow → chicago, awake again after" in found[0].why
    assert await moderation.linked_cases(db, case.id) == [former]


async def _old_case(db, agents, boss):
    async with db.begin() as tx:
        former = await moderation.open_case(tx, "A former network", by=boss.id)
        subjects = [moderation.Subject(kind="account", subject_id=one.id, role="core") for one in agents]
        await moderation.add_subjects(tx, former, subjects, by=boss.id)
        await moderation.change_case(tx, former, moderation.CaseChange(closed=True), by=boss.id)
    return former
