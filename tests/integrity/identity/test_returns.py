"""Suspended accounts that come back: a made world with people of the same interests beside them (DISARM drill D14)."""

from __future__ import annotations

import random

import msgspec
from sqlalchemy import update

from dunnock.accounts.tables import accounts
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Sql
from dunnock.integrity import signals_about
from dunnock.integrity.identity.likeness import Crowd, Traits, compare
from dunnock.integrity.identity.returns import LookForReturns, look_for_returns

SAYINGS = (
    "birds and long walks by the sea", "truth about the towers they hide", "mother of two and baker of bread",
    "trains are a way of life", "speaking for those who cannot speak", "old maps and older books",
    "the harbour belongs to the people", "running in the rain again", "gardener with too many tomatoes",
    "no step back for our valley", "chess on rainy sundays only", "the news they will not print",
)  # fmt: skip
FIRST = ("Ann", "Bo", "Cai", "Dee", "Eli", "Fay", "Gus", "Hal", "Ida", "Jon", "Kim", "Lou", "Mia", "Ned", "Ole", "Pia")
LAST = ("North", "Field", "Brook", "Stone")


def person(rng, an_id, scene):
    """Somebody of one of the scenes, whose people follow much of the same; many are called alike."""
    common = rng.sample(range(scene * 60, scene * 60 + 60), 12)
    own = rng.sample(range(10_000, 60_000), 10)
    handle = f"{rng.choice(FIRST)}{rng.choice(('_', ''))}{rng.choice(LAST)}{rng.randrange(9_999)}".lower()
    return Traits(
        account_id=an_id,
        handle=handle,
        name=f"{rng.choice(FIRST)} {rng.choice(LAST)}",
        bio=f"{rng.choice(SAYINGS)} {rng.choice(SAYINGS)}",
        avatar=f"picture {an_id}",
        mail="",
        inviter=0,
        follows=frozenset(common + own),
        assets=frozenset(),
    )


def back(rng, an_id, old):
    """The same person under another name: part of whom they followed, and of the rest each with some chance."""
    kept = rng.sample(sorted(old.follows), int(len(old.follows) * rng.uniform(0.35, 0.8)))
    bio = old.bio if rng.random() < 0.4 else f"{old.bio} back again" if rng.random() < 0.5 else rng.choice(SAYINGS)
    again = f"{old.handle}_{rng.choice(('2', 'again', 'returns'))}"
    return Traits(
        account_id=an_id,
        handle=again if rng.random() < 0.5 else f"new{rng.randrange(9_999)}",
        name=old.name if rng.random() < 0.5 else "Somebody",
        bio=bio,
        avatar=old.avatar if rng.random() < 0.5 else "another",
        mail="",
        inviter=0,
        follows=frozenset(kept + rng.sample(range(10_000, 60_000), 8)),
        assets=frozenset(),
    )


def test_who_comes_back_is_linked_to_who_they_were():
    rng = random.Random(14)
    former = [person(rng, n, n % 8) for n in range(100)]
    returned = {1_000 + n: back(rng, 1_000 + n, former[n]) for n in range(60)}
    others = [person(rng, 2_000 + n, n % 8) for n in range(300)]
    everybody = [*former, *returned.values(), *others]
    popularity = dict.fromkeys(range(480), 0.05) | dict.fromkeys(range(10_000, 60_000), 0.001)
    crowd = Crowd(everybody, popularity, former=len(former))
    best = [
        max((compare(one, old, crowd) for old in former), key=lambda pair: pair.nats)
        for one in (*returned.values(), *others)
    ]
    linked = [one for one in best if one.enough]
    right = [one for one in linked if one.former_id == one.account_id - 1_000]
    assert len(right) >= 0.8 * len(returned)
    assert len(right) >= 0.95 * len(linked)


async def test_staff_see_the_link(house, make, db):
    rare = [await make.account() for _ in range(6)]
    old = await make.member(
        "nightowl", standing="suspended", display_name="Night Owl", bio="no step back for our valley"
    )
    new = await make.member("nightowl_2", display_name="Night Owl", bio="no step back for our valley, again")
    other = await make.member("robin", display_name="Robin", bio="gardener with too many tomatoes")
    for number in range(40):
        await make.member(f"somebody{number}")
    for one in rare:
        for who in (old, new):
            await make.follow(who, one)
    async with db.begin() as tx:
        await tx.run(Sql(update(accounts).values(created_at=now_ms())))
    await look_for_returns(db, LookForReturns())
    (told,) = await signals_about(db, "account", new.id)
    assert told.detector == "identity.return"
    assert told.evidence["former_id"] == str(old.id)
    assert set(told.evidence["shares"]) >= {"handle", "name", "bio", "follows"}
    assert await signals_about(db, "account", other.id) == []


def test_a_picture_that_was_encoded_anew_is_the_same():
    rng = random.Random(3)
    old, other = person(rng, 1, 0), person(rng, 2, 1)
    told = f"{rng.getrandbits(256):064x}"
    near = f"{int(told, 16) ^ 0b1011:064x}"
    old, new = msgspec.structs.replace(old, avatar=told), msgspec.structs.replace(other, avatar=near)
    crowd = Crowd([old, new], {}, former=2)
    assert compare(new, old, crowd).shares["picture"] > 0
    assert (
        "picture" not in compare(msgspec.structs.replace(new, avatar=f"{rng.getrandbits(256):064x}"), old, crowd).shares
    )
    assert "picture" not in compare(msgspec.structs.replace(new, avatar="a file"), old, crowd).shares
