"""Accounts that become somebody else step by step, and people who change a little at a time (DISARM drill D02)."""

from __future__ import annotations

import itertools
import time

import pytest

from dunnock import accounts, media
from dunnock.accounts import GivenUp
from dunnock.foundation.clock import DAY, HOUR
from dunnock.integrity import identity
from dunnock.integrity.identity.shift import role_of, unlike, weigh_steps
from dunnock.integrity.signals import signals_about
from renames import BENIGN

URL = {"public_url": "https://x", "by_member_id": None}
PARTY, BIO = "Northern Party", "The press office of the Northern Party"
NAME, OTHER = {"display_name": "factcheckUK"}, {"display_name": "Truth Watch"}
AVATAR, HEADER = {"avatar": '{"a":1}'}, {"header": '{"b":1}'}
ABOUT = {"bio": "We look at what the leaders claim tonight"}
CHAIN = [{"display_name": one} for one in ("Northern Party Facts", "Party Facts Check", "Facts Check Live")]
WAYS = {
    "name first": [NAME, AVATAR, ABOUT, HEADER],
    "name last": [HEADER, ABOUT, AVATAR, NAME],
    "no word of a role": [OTHER, AVATAR, ABOUT],
    "a step between that is none": [AVATAR, {}, AVATAR, ABOUT, {}, OTHER],
    "and back and forth": [OTHER, {"display_name": PARTY}, AVATAR, {"avatar": None}, OTHER, AVATAR, ABOUT],
    "each name like the one before": [*CHAIN, AVATAR, ABOUT],
}
STEPS = (HOUR, 6 * HOUR, DAY, 3 * DAY)


@pytest.fixture
def clock(monkeypatch):
    """`clock(ms)`: so much time passes."""
    real, ahead = time.time_ns, [0]
    monkeypatch.setattr(time, "time_ns", lambda: real() + ahead[0])

    def passes(ms):
        ahead[0] += ms * 1_000_000

    return passes


async def party(house, make, name, *, since):
    one = await make.member(name, display_name=PARTY, bio=BIO)
    await house.do(accounts.put_label, [one.id], "official", "A party")
    since(DAY)
    return one


def pictured(*bits):
    found = f"{sum(1 << bit for bit in bits):064x}"
    return media.write_picture(media.Picture(original=media.File("a", 1, 1, 1, "image/png"), prints=(found,)))


async def test_however_slowly_a_badge_is_taken_along_it_waits_and_staff_look(house, make, staff, clock):
    turned = []
    for n, ((way, steps), step) in enumerate(itertools.product(WAYS.items(), STEPS)):
        one = await party(house, make, f"party{n}", since=clock)
        for change in steps:
            clock(step)
            await house.do(accounts.change_profile, one.id, **change, **URL)
        said = await signals_about(house.db, "account", one.id)
        turned.append((way, step // HOUR, await house.labels(one), [each.detector for each in said]))
    missed = [one for one in turned if one[2:] != ({"renamed": PARTY}, ["identity.shift"])]
    assert missed == []
    assert len(turned) == len(WAYS) * len(STEPS)


async def test_people_who_change_over_a_week_open_no_case(house, make, staff, clock):
    """Thirty with a badge take another name among other things: bring a bio up to date, show another picture."""
    raised, marked = [], []
    people = [await make.member(display_name=old, bio="I bake bread in Leeds and run slowly") for old, _ in BENIGN]
    await house.do(accounts.put_label, [one.id for one in people], "official", "A councillor")
    steps = ({"bio": "I bake bread and cakes in Leeds, and run slowly"}, {"avatar": pictured(1, 2)})
    for day in range(3):
        clock(2 * DAY)
        for n, (one, (_, new)) in enumerate(zip(people, BENIGN, strict=True)):
            own = [*steps]
            own.insert(n % 3, {"display_name": new})
            await house.do(accounts.change_profile, one.id, **own[day], **URL)
    for one in people:
        raised += await signals_about(house.db, "account", one.id)
        marked += ["renamed" in await house.labels(one)]
    assert (raised, sum(marked)) == ([], 4), "those whose new name has nothing of the old one, as in minutes"


async def test_a_notice_lasts_from_the_last_step_and_what_staff_said_holds(house, make, staff, clock, db):
    one = await party(house, make, "party", since=clock)
    for change in (NAME, AVATAR):
        await house.do(accounts.change_profile, one.id, **change, **URL)
        clock(10 * DAY)
    (found,) = await identity.list_turns(db, "suspended", by=staff.id, below=2**62)
    await house.do(accounts.change_profile, one.id, bio=f"{BIO}, London", **URL)
    (again,) = await identity.list_turns(db, "suspended", by=staff.id, below=2**62)
    assert again.until == found.until, "a bio brought up to date is no step"
    await house.do(identity.settle_turn, found.id, restore=True, by=staff.id)
    clock(DAY)
    await house.do(accounts.change_profile, one.id, bio="Checks", avatar='{"c":1}', **URL)
    assert await house.labels(one) == {"official": "A party"}, "staff saw the name"
    await house.do(accounts.drop_label, [one.id], "official")
    await house.do(accounts.change_profile, one.id, bio="More checks", **URL)
    assert await house.labels(one) == {}, "and what they said holds without the badge"


async def test_a_badge_is_of_the_name_that_staff_saw_however_long_each_step_stood(house, make, clock):
    one = await party(house, make, "party", since=clock)
    for name in ("Northern Facts", "Daily Facts"):
        clock(40 * DAY)
        await house.do(accounts.change_profile, one.id, display_name=name, **URL)
    assert await house.labels(one) == {"renamed": PARTY}


def step(field, old, new, *, day=1):
    return GivenUp(field, old, new, day * DAY, (day + 5) * DAY)


NAMED = step("display_name", "Maria from the Farm", "Crypto King")


@pytest.mark.parametrize(
    ("given_up", "followers", "turned"),
    [
        ([NAMED, step("avatar", "a", "b"), step("bio", "We keep goats", "Get rich with coins")], 10_000, True),
        ([NAMED, step("avatar", "a", "b"), step("bio", "We keep goats", "Get rich with coins")], 40, False),
        ([NAMED, step("avatar", "a", "b"), step("bio", "We keep goats", "We keep goats, and sheep")], 10_000, False),
        ([NAMED, step("avatar", pictured(1, 9), pictured(1)), step("header", "", "b")], 10_000, False),
        ([NAMED, step("avatar", "a", "b"), step("fields", "", '[{"name":"Shop","value":"x"}]')], 10_000, False),
        ([NAMED, step("avatar", pictured(*range(99)), pictured(1)), step("header", "", "b")], 10_000, True),
        ([step("bio", "We keep goats", "Get rich"), step("avatar", "a", "b"), step("header", "a", "b")], 10_000, False),
    ],
    ids=[
        "a following",
        "nothing to take along",
        "the bio is left",
        "a picture encoded anew",
        "a line more",
        "another picture",
        "one name",
    ],
)
def test_what_counts_of_slow_steps_without_a_badge(given_up, followers, turned):
    called = "Crypto King" if given_up[0] is NAMED else "Maria"
    told = weigh_steps(given_up, now_called=called, followers=followers, badge=False, vouched=False, now=9 * DAY)
    assert (told is not None and told.turned) == turned
    assert told is None or not told.serious


def test_names_and_roles_in_other_letters():
    assert not unlike("田中花子", "佐藤花子")
    assert unlike("北部の党", "事実確認室")
    assert [role_of(name, "") for name in ("毎日ニュース", "Новости дня", "الأخبار اليوم", "F\u0430ctcheck")] == [
        "ニュース", "новости", "أخبار", "factcheck",
    ]  # fmt: skip
