"""Blocks, mutes, domain blocks, private notes, and how a viewer stands to others."""

from __future__ import annotations

import pytest

from dunnock import accounts, text
from dunnock.foundation.clock import now_ms

PAGE = accounts.Cursor(limit=40)


async def do(db, use_case, *args, **named):
    async with db.begin() as tx:
        return await use_case(tx, *args, **named)


async def stands(db, viewer, other):
    (one,) = await accounts.relationships(db, viewer.id, [other.id])
    return one


async def test_a_block_ends_what_was_between(db, make, events):
    one, other = await make.account(locked=True), await make.account()
    await make.follow(one, other)
    await make.follow(other, one, requested=True)
    for _ in range(2):
        await do(db, accounts.block, one.id, target=other.id)
    assert await events() == [
        accounts.Unfollowed(follower_id=one.id, followed_id=other.id),
        accounts.Unfollowed(follower_id=other.id, followed_id=one.id, requested=True),
        accounts.Blocked(account_id=one.id, target_id=other.id),
    ]
    counts = await accounts.counts_of(db, [one.id, other.id])
    assert [(found.followers, found.following) for found in counts.values()] == [(0, 0), (0, 0)]
    assert (await stands(db, one, other)).blocking
    assert (await stands(db, other, one)).blocked_by
    assert (await accounts.blocked(db, one.id, PAGE)).ids == (other.id,)
    for _ in range(2):
        await do(db, accounts.unblock, one.id, target=other.id)
    assert (await events())[3:] == [accounts.Unblocked(account_id=one.id, target_id=other.id)]
    assert not (await stands(db, one, other)).blocking


@pytest.mark.parametrize("use_case", [accounts.block, accounts.mute])
async def test_nobody_does_it_to_themselves_or_to_nobody(db, make, events, use_case):
    one = await make.account()
    with pytest.raises(accounts.RelationRefused):
        await do(db, use_case, one.id, target=one.id)
    with pytest.raises(accounts.AccountMissing):
        await do(db, use_case, one.id, target=77)
    assert await events() == []


async def test_a_mute(db, make, events):
    one, other = await make.account(), await make.account()
    for _ in range(2):
        await do(db, accounts.mute, one.id, target=other.id)
    found = await stands(db, one, other)
    assert (found.muting, found.muting_notifications, found.mute_expires_at) == (True, True, None)
    await do(db, accounts.mute, one.id, target=other.id, notifications=False, duration=3600)
    found = await stands(db, one, other)
    assert not found.muting_notifications
    assert abs(found.mute_expires_at - now_ms() - 3_600_000) < 60_000
    assert (await accounts.muted(db, one.id, PAGE)).ids == (other.id,)
    assert await accounts.mute_ends(db, one.id, [other.id]) == {other.id: found.mute_expires_at}
    await do(db, accounts.mute, one.id, target=other.id, duration=10**15)
    for _ in range(2):
        await do(db, accounts.unmute, one.id, target=other.id)
    muted = accounts.Muted(account_id=one.id, target_id=other.id)
    assert await events() == [muted, muted, muted, accounts.Unmuted(account_id=one.id, target_id=other.id)]


async def test_a_mute_whose_time_is_over_does_not_count(db, make, events):
    one, over, lasting, ever = [await make.account() for _ in range(4)]
    await make.mute(one, over, expires_at=now_ms() - 1)
    await make.mute(one, lasting, expires_at=now_ms() + 60_000)
    await make.mute(one, ever)
    assert [found.muting for found in await accounts.relationships(db, one.id, [over.id, lasting.id, ever.id])] == [
        False,
        True,
        True,
    ]
    assert set((await accounts.muted(db, one.id, PAGE)).ids) == {lasting.id, ever.id}
    for _ in range(2):
        await accounts.end_mutes(db, accounts.EndMutes())
    assert await events() == [accounts.Unmuted(account_id=one.id, target_id=over.id)]
    assert set((await accounts.muted(db, one.id, PAGE)).ids) == {lasting.id, ever.id}


async def test_a_domain_block_ends_follows_across(db, make, events):
    one, near = await make.account(), await make.account()
    far, farther, elsewhere = [
        await make.account(domain=name) for name in ("else.example", "else.example", "third.example")
    ]
    await make.follow(one, far)
    await make.follow(farther, one)
    await make.follow(one, elsewhere)
    await make.follow(one, near)
    for _ in range(2):
        await do(db, accounts.block_domain, one.id, domain=" ELSE.example. ")
    told = await events()
    assert told[-2] == accounts.DomainBlocked(account_id=one.id, domain="else.example")
    assert isinstance(told[-1], accounts.FollowsSevered)
    assert {(event.follower_id, event.followed_id) for event in told[:-2]} == {(one.id, far.id), (farther.id, one.id)}
    counts = await accounts.counts_of(db, [one.id])
    assert (counts[one.id].followers, counts[one.id].following) == (0, 2)
    assert (await stands(db, one, far)).domain_blocking
    assert not (await stands(db, one, elsewhere)).domain_blocking
    assert [name for _, name in await accounts.blocked_domains(db, one.id, PAGE)] == ["else.example"]
    for _ in range(2):
        await do(db, accounts.unblock_domain, one.id, domain="else.example")
    assert (await events())[4:] == [accounts.DomainUnblocked(account_id=one.id, domain="else.example")]
    for nonsense in ("", "no domain", "a/b", "user@host.example"):
        with pytest.raises(text.BadDomain):
            await do(db, accounts.block_domain, one.id, domain=nonsense)


async def test_private_notes(db, make, events):
    one, other = await make.account(), await make.account()
    await do(db, accounts.write_note, one.id, target=other.id, note="met in Kassel ")
    assert (await stands(db, one, other)).note == "met in Kassel"
    assert (await stands(db, other, one)).note == ""
    with pytest.raises(accounts.ProfileInvalid):
        await do(db, accounts.write_note, one.id, target=other.id, note="x" * 2001)
    assert (await stands(db, one, other)).note == "met in Kassel"
    await do(db, accounts.write_note, one.id, target=other.id, note="")
    assert (await stands(db, one, other)).note == ""
    with pytest.raises(accounts.AccountMissing):
        await do(db, accounts.write_note, one.id, target=5, note="x")
    assert await events() == []


async def test_relationships_come_in_the_order_asked_for_by_one_query(db, make, monkeypatch):
    viewer, *others = [await make.account() for _ in range(4)]
    gone = await make.account(standing="suspended")
    asked = []
    real = type(db).all

    async def counting(self, sql, **params):
        asked.append(sql)
        return await real(self, sql, **params)

    monkeypatch.setattr(type(db), "all", counting)
    ids = [others[2].id, 99, gone.id, others[0].id, others[2].id, viewer.id]
    found = await accounts.relationships(db, viewer.id, ids)
    assert [one.id for one in found] == [others[2].id, gone.id, others[0].id, viewer.id]
    assert len(asked) == 1
    found = await accounts.relationships(db, viewer.id, ids, with_suspended=False)
    assert gone.id not in [one.id for one in found]
    assert await accounts.relationships(db, viewer.id, []) == []
