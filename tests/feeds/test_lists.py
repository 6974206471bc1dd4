from __future__ import annotations

import asyncio

import pytest

from dunnock import accounts
from dunnock.feeds import ListChanged, ListMissing, lists
from dunnock.feeds.reactions import HEARS, on_unfollowed
from dunnock.foundation.reactions import Reactions


@pytest.fixture
def do(db):
    async def one(use_case, *args, **named):
        async with db.begin() as tx:
            return await use_case(tx, *args, **named)

    return one


async def members(db, owner, made, **cursor):
    return list((await lists.members_of(db, owner.id, made.id, accounts.Cursor(**cursor))).ids)


async def test_make_change_and_delete(db, make, do, events):
    anna = await make.member()
    made = await do(lists.make_list, anna.id, title="  Friends ")
    assert made == lists.List(made.id, "Friends", "list", exclusive=False)
    again = await do(lists.change_list, anna.id, made.id, title="Friends")
    assert again == made
    changed = await do(lists.change_list, anna.id, made.id, replies="none", exclusive=True)
    assert (
        changed == await lists.find_list(db, anna.id, made.id) == lists.List(made.id, "Friends", "none", exclusive=True)
    )
    await do(lists.delete_list, anna.id, made.id)
    assert await lists.lists_of(db, anna.id) == []
    assert await events() == [ListChanged(list_id=made.id, account_id=anna.id)] * 3


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"title": " \t"}, "blank"),
        ({"title": "x" * 257}, "too long"),
        ({"title": "x", "replies": "everybody"}, "replies_policy"),
    ],
)
async def test_what_a_list_cannot_be(make, do, events, given, says):
    anna = await make.member()
    made = await make.list(anna)
    for refused in (do(lists.make_list, anna.id, **given), do(lists.change_list, anna.id, made.id, **given)):
        with pytest.raises(lists.ListRefused) as error:
            await refused
        assert says in error.value.text
    assert await events() == []


async def test_no_more_lists_than_allowed(make, do):
    anna = await make.member()
    for _ in range(lists.MOST_LISTS):
        await make.list(anna)
    with pytest.raises(lists.ListRefused, match=str(anna.id)):
        await do(lists.make_list, anna.id, title="one more")


async def test_others_lists_are_missing(db, make, do):
    anna, bob = await make.member(), await make.member()
    made = await make.list(anna)
    for use_case in (
        do(lists.change_list, bob.id, made.id, title="mine"),
        do(lists.delete_list, bob.id, made.id),
        do(lists.add_to_list, bob.id, made.id, [bob.id]),
        do(lists.remove_from_list, bob.id, made.id, [bob.id]),
        lists.find_list(db, bob.id, made.id),
        lists.members_of(db, bob.id, made.id, accounts.Cursor()),
    ):
        with pytest.raises(ListMissing):
            await use_case


async def test_only_those_one_follows_or_asked_to_and_oneself(db, make, do, events):
    anna = await make.member()
    followed, asked, stranger, gone = [await make.account() for _ in range(3)] + [
        await make.account(standing="suspended")
    ]
    await make.follow(anna, followed)
    await make.follow(anna, asked, requested=True)
    await make.follow(anna, gone)
    made = await make.list(anna)
    for refused in (stranger.id, gone.id, 12345):
        with pytest.raises(lists.NotFollowed):
            await do(lists.add_to_list, anna.id, made.id, [followed.id, refused])
    assert await members(db, anna, made) == []
    await do(lists.add_to_list, anna.id, made.id, [followed.id, asked.id, anna.id, followed.id])
    assert await members(db, anna, made) == [anna.id, asked.id, followed.id]
    with pytest.raises(lists.ListRefused) as error:
        await do(lists.add_to_list, anna.id, made.id, [followed.id])
    assert error.value.text == "Validation failed: Account has already been taken"
    assert await lists.lists_with(db, anna.id, member=asked.id) == [lists.List(made.id, "A list")]
    await do(lists.remove_from_list, anna.id, made.id, [asked.id, stranger.id])
    await do(lists.remove_from_list, anna.id, made.id, [asked.id])
    assert await members(db, anna, made) == [anna.id, followed.id]
    assert await events() == [ListChanged(list_id=made.id, account_id=anna.id)] * 2


async def test_pages_of_members(db, make):
    anna = await make.member()
    others = [await make.account() for _ in range(5)]
    for one in others:
        await make.follow(anna, one)
    unfollowed = await make.account()
    made = await make.list(anna, of=(*others, unfollowed))
    assert await lists.lists_with(db, anna.id, member=unfollowed.id) == [], "nobody yet heard of the unfollow"
    everybody = [one.id for one in reversed(others)]
    assert await members(db, anna, made, limit=0) == everybody
    first = await lists.members_of(db, anna.id, made.id, accounts.Cursor(limit=2))
    assert list(first.ids) == everybody[:2]
    second = await lists.members_of(db, anna.id, made.id, accounts.Cursor(limit=2, max_id=first.oldest))
    assert list(second.ids) == everybody[2:4]
    back = await lists.members_of(db, anna.id, made.id, accounts.Cursor(limit=2, min_id=second.newest))
    assert list(back.ids) == everybody[:2]


async def test_unfollowing_removes_from_lists(db, make, do):
    anna, bob = await make.member(), await make.member()
    await make.follow(anna, bob)
    made, other = await make.list(anna, of=(bob,)), await make.list(anna, of=(bob, anna))
    reactions = Reactions(db, HEARS)
    await reactions.prepare()
    await do(accounts.unfollow, follower=anna.id, followed=bob.id)
    await reactions.settle()
    assert await members(db, anna, made) == []
    assert await members(db, anna, other) == [anna.id]
    # Heard late, after the follow is back: then it stays.
    await do(accounts.follow, follower=anna.id, followed=bob.id)
    await do(lists.add_to_list, anna.id, made.id, [bob.id])
    await do(on_unfollowed, accounts.Unfollowed(follower_id=anna.id, followed_id=bob.id))
    assert await members(db, anna, made) == [bob.id]


async def test_adding_while_deleting_leaves_nothing_half_made(db, make, do):
    anna = await make.member()
    made = await make.list(anna)
    done = await asyncio.gather(
        do(lists.delete_list, anna.id, made.id), do(lists.add_to_list, anna.id, made.id, [anna.id]),
        return_exceptions=True,
    )  # fmt: skip
    assert done[0] is None
    assert done[1] is None or isinstance(done[1], ListMissing)
    assert await lists.lists_with(db, anna.id, member=anna.id) == []
