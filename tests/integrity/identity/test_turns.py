"""Accounts that become somebody else: badges wait, readers are told, staff give back (DISARM drill D02)."""

from __future__ import annotations

import pytest

from dunnock import accounts, moderation
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.errors import Missing
from dunnock.foundation.ids import id_at
from dunnock.integrity import identity
from dunnock.integrity.identity.shift import role_of, unlike, weigh
from dunnock.integrity.identity.turns import EndNotices, end_notices
from renames import BENIGN

URL = {"public_url": "https://x", "by_member_id": None}


def changed(*changes):
    return [
        accounts.Persona(id_at(1_000_000 + at, n + 1), field, old, new)
        for n, (at, field, old, new) in enumerate(changes)
    ]


def test_people_who_rename_themselves_are_left_alone():
    raised = 0
    for old, new in BENIGN:
        told = weigh(changed((0, "display_name", old, new)), now_called=new, followers=5_000, badge=False)
        raised += told is not None and told.serious
    assert raised == 0
    # Also those with a badge, who change their picture with it: at most one of thirty is looked at.
    for old, new in BENIGN:
        both = changed((0, "display_name", old, new), (9, "avatar", "a", "b"))
        raised += weigh(both, now_called=new, followers=5_000, badge=True).serious
    assert raised <= 1


def test_a_party_becomes_a_fact_checker():
    told = weigh(
        changed(
            (0, "display_name", "CCHQ Pressroom", "factcheckUK"),
            (60_000, "avatar", "a", "b"),
            (90_000, "header", "a", "b"),
            (120_000, "bio", "News of the party", "Fact checking the leaders"),
        ),
        now_called="factcheckUK",
        followers=75_000,
        badge=True,
    )
    assert told.serious
    assert (told.role, told.fields) == ("factcheck", ("avatar", "bio", "display_name", "header"))
    slow = changed((0, "avatar", "a", "b"), (700_000, "display_name", "Ann", "Bob"))
    assert weigh(slow, now_called="Bob", followers=0, badge=False).fields == ("display_name",)
    back = changed((0, "display_name", "Ann", "Bob"), (5, "display_name", "Bob", "Ann"))
    assert weigh(back, now_called="Ann", followers=0, badge=True) is None


def test_who_was_called_by_the_handle_becomes_somebody_too_where_there_was_something_to_take_along():
    first = changed((0, "display_name", "", "Election News"), (9, "avatar", "a", "b"), (9, "bio", "", "Results"))
    given = {"now_called": "Election News", "handle": "mariafromthefarm"}
    for followers, badge in ((10_000, False), (3, True)):
        told = weigh(first, followers=followers, badge=badge, **given)
        assert (told.old, told.serious) == ("mariafromthefarm", True)
    assert weigh(first, followers=3, badge=False, **given) is None, "newcomers take a first name"
    moved = changed((0, "username", "oldfarm", "news24"), (1, "display_name", "", "Election News"))
    assert weigh(moved, now_called="Election News", followers=3, badge=True, handle="news24").old == "oldfarm"
    near = changed((0, "display_name", "", "Maria from the Farm"), (9, "avatar", "a", "b"), (9, "bio", "", "News"))
    told = weigh(near, now_called="Maria from the Farm", followers=10_000, badge=True, handle="mariafromthefarm")
    assert not told.turned


def test_what_is_unlike_and_what_is_a_role():
    assert [unlike("Anna Berg", other) for other in ("Anna Müller", "ANNA BERG", "factcheckUK")] == [False, False, True]
    assert role_of("Daily News", "a baker") == "news"
    assert role_of("Daily News", "news of the town") == ""
    assert role_of("Newsome", "") == ""


async def turn(house, one):
    await house.do(accounts.change_profile, one.id, display_name="factcheckUK", **URL)
    await house.do(accounts.change_profile, one.id, bio="Fact checking the leaders", avatar='{"a":1}', **URL)


async def test_a_badge_waits_until_staff_looked(house, make, staff):
    line = '[{"name":"Site","value":"https://party.example","html":"x","verified_at":1}]'
    one = await make.member("party", display_name="Party Pressroom", fields=line)
    await house.do(accounts.put_label, [one.id], "official", "A party")
    await turn(house, one)
    assert await house.labels(one) == {"renamed": "Party Pressroom"}
    assert (await accounts.find(house.db, one.id)).fields[0].verified_at is None
    (found,) = await identity.list_turns(house.db, "suspended", by=staff.id, below=2**62)
    assert (found.former, [label.text for label in found.held]) == ("Party Pressroom", ["A party"])
    await house.do(accounts.change_profile, one.id, display_name="Breaking UK", **URL)
    assert await house.labels(one) == {"renamed": "Party Pressroom"}, "the name that it had before all of it"
    await house.do(identity.settle_turn, found.id, restore=True, by=staff.id)
    assert await house.labels(one) == {"official": "A party"}
    assert await identity.list_turns(house.db, "suspended", by=staff.id, below=2**62) == []


async def test_badges_of_a_protected_account_need_two(house, make, staff):
    """Whoever turned an official account into another can't have it pass as official by one person's word."""
    other = await make.member("second", role="admin")
    one = await make.member("party", display_name="Party Pressroom")
    await house.do(accounts.put_label, [one.id], "official", "A party")
    await turn(house, one)
    (found,) = await identity.list_turns(house.db, "suspended", by=staff.id, below=2**62)

    async def agree(request):
        await house.do(moderation.approve_request, request.id, request.digest, by=other.id, signed_in_at=now_ms())

    request_id = await house.do(identity.settle_turn, found.id, restore=True, by=staff.id)
    assert await house.labels(one) == {"renamed": "Party Pressroom"}
    (request,) = await moderation.open_requests(house.db, by=other.id)
    assert (request.id, request.said["badges"]) == (request_id, ["official: A party"])
    await house.do(accounts.change_profile, one.id, display_name="Breaking UK", **URL)
    with pytest.raises(Missing):
        await agree(request)
    again = await house.do(identity.settle_turn, found.id, restore=True, by=staff.id)
    await agree(next(one for one in await moderation.open_requests(house.db, by=other.id) if one.id == again))
    assert await house.labels(one) == {"official": "A party"}


async def test_a_badge_is_given_to_what_stood_there_then(house, make):
    """Who sets up the profile, is labelled, and turns within ten minutes does not pass for somebody who had no name before."""
    one = await make.member("party", display_name="")
    await house.do(accounts.change_profile, one.id, display_name="Party Pressroom", bio="The press office", **URL)
    await house.do(accounts.put_label, [one.id], "official", "A party")
    await turn(house, one)
    assert await house.labels(one) == {"renamed": "Party Pressroom"}


async def test_a_notice_ends_with_the_name_or_after_30_days(house, make, staff, db, monkeypatch):
    one, other = await make.member(display_name="Jolly Baker"), await make.member(display_name="Jolly Baker")
    for each in (one, other):
        await turn(house, each)
        assert await house.labels(each) == {"renamed": "Jolly Baker"}
    await house.do(accounts.change_profile, one.id, display_name="Jolly Baker", **URL)
    assert await house.labels(one) == {}
    await end_notices(db, EndNotices())
    assert await house.labels(other) == {"renamed": "Jolly Baker"}
    now = (await identity.list_turns(db, "noticed", by=staff.id, below=2**62))[0].until
    monkeypatch.setattr("dunnock.integrity.identity.turns.now_ms", lambda: now + DAY)
    await end_notices(db, EndNotices())
    assert await house.labels(other) == {}
    assert await identity.list_turns(db, "noticed", by=staff.id, below=2**62) == []


@pytest.mark.parametrize("name", ["Anna Müller", "Anna 🌻"])
async def test_a_badge_stays_with_its_person(house, make, name):
    one = await make.member(display_name="Anna Berg")
    await house.do(accounts.put_label, [one.id], "official", "A mayor")
    await house.do(accounts.change_profile, one.id, display_name=name, bio="new", avatar='{"a":1}', **URL)
    assert await house.labels(one) == {"official": "A mayor"}
