"""Invitations: used once, by one, and worth nothing when who made them is shut out."""

from __future__ import annotations

import asyncio

import pytest

from accounts.joining import do, form, join
from dunnock import accounts
from dunnock.foundation.clock import now_ms


async def invited(db, code, name="ada", policy="invitation"):
    return await accounts.sign_up(db, form(name, invitation=code), policy=policy)


@pytest.mark.parametrize("policy", ["invitation", "approval", "open"])
async def test_joins(db, policy):
    made = await do(db, accounts.invite, by_member_id=None)
    member = await invited(db, f" {made.code} ", policy=policy)
    assert member.state is accounts.State.ACTIVE
    held = await accounts.find_invitation(db, made.code)
    assert held.uses == 1
    assert not held.usable(now_ms())


async def test_not_where_nobody_can_join(db):
    made = await do(db, accounts.invite, by_member_id=None)
    with pytest.raises(accounts.SignUpClosed):
        await invited(db, made.code, policy="closed")


@pytest.mark.parametrize("policy", ["invitation", "approval", "open"])
async def test_bad_ones(db, events, policy):
    owner, other = await join(db, "owner_one", role="owner"), await join(db, "other_one", role="owner")
    late = await do(db, accounts.invite, by_member_id=owner.id, expires_at=now_ms() - 1)
    used = await do(db, accounts.invite, by_member_id=owner.id, most_uses=0)
    withdrawn = await do(db, accounts.invite, by_member_id=owner.id, most_uses=None)
    assert not await do(db, accounts.revoke_invitation, withdrawn.id, by_member_id=other.id)
    assert await do(db, accounts.revoke_invitation, withdrawn.id, by_member_id=owner.id)
    assert not await do(db, accounts.revoke_invitation, withdrawn.id, by_member_id=owner.id)
    orphan = await do(db, accounts.invite, by_member_id=other.id, most_uses=None)
    await do(db, accounts.change_state, other.id, accounts.State.DISABLED)
    before = await events()
    for code in (late.code, used.code, withdrawn.code, orphan.code, "never-was"):
        with pytest.raises(accounts.SignUpRefused) as refused:
            await invited(db, code, policy=policy)
        assert refused.value.details == {"invite_code": [("ERR_INVALID", "is not valid (any more)")]}
    assert await events() == before
    assert {one.id for one in await accounts.invitations_by(db, owner.id)} == {late.id, used.id, withdrawn.id}


async def test_one_use_two_people(db):
    made = await do(db, accounts.invite, by_member_id=None, most_uses=1)
    done = await asyncio.gather(
        *(invited(db, made.code, name) for name in ("ada", "bea", "cleo")), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["Member", "SignUpRefused", "SignUpRefused"]
    assert (await accounts.find_invitation(db, made.code)).uses == 1


async def test_a_refused_form_uses_nothing(db):
    await join(db)
    made = await do(db, accounts.invite, by_member_id=None)
    with pytest.raises(accounts.SignUpRefused):
        await invited(db, made.code, "ada")
    assert (await accounts.find_invitation(db, made.code)).uses == 0
