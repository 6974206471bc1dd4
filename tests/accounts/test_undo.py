"""What somebody else did through their session is undone when the owner takes the account back; what the owner did stays."""

from __future__ import annotations

import pyotp
import pytest
from sqlalchemy import select, update

from accounts.joining import CALLBACK, PASSWORD, code_for, do, exchange, join, register
from dunnock import accounts
from dunnock.accounts.door_acts import KEPT_MS
from dunnock.accounts.factors import confirm_totp, held_factors, plan_totp, remove_totp
from dunnock.accounts.sweep import SweepAccess
from dunnock.accounts.tables import door_acts, sessions
from dunnock.accounts.tokens import Tokens
from dunnock.filters import KeywordChange, change_filter, delete_filter, filters_of, make_filter
from dunnock.filters.reactions import on_recalled
from dunnock.foundation.acting import begin_acting
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.ids import id_at

URL = "https://here.example"


class Way:
    """Through one session or app of a member."""

    def __init__(self, db, member, door):
        self.db, self.member, self.door = db, member, door

    async def __call__(self, use_case, *args, **named):
        begin_acting().come_in(self.door, member_id=self.member.id, account_id=self.member.account_id)
        try:
            return await do(self.db, use_case, *args, **named)
        finally:
            begin_acting()


async def signs_in(db, member, browser):
    token = await accounts.sign_in(db, "wren", PASSWORD, client="Firefox on Linux", browser=browser)
    return Way(db, member, (await accounts.find_session(db, token)).id), token


@pytest.fixture
async def wren(db):
    return await join(db, "wren")


async def relations(db, wren, others):
    found = await accounts.relationships(db, wren.account_id, [one.id for one in others])
    return [(one.following, one.boosts, one.notify, one.blocking, one.muting) for one in found]


async def test_follows_blocks_and_mutes(db, make, wren):
    ada, bea, cat, dan, eve, fay = [await make.account() for _ in range(6)]
    me = wren.account_id
    owner, _ = await signs_in(db, wren, "hers")
    await owner(accounts.follow, follower=me, followed=ada.id, boosts=False, notify=True)
    await owner(accounts.follow, follower=me, followed=eve.id)
    await owner(accounts.mute, me, target=bea.id)
    await owner(accounts.block, me, target=cat.id)
    before = await relations(db, wren, (ada, bea, cat, dan, eve))
    thief, _ = await signs_in(db, wren, "theirs")
    await thief(accounts.block, me, target=ada.id)  # which ends the follow
    await thief(accounts.unmute, me, target=bea.id)
    await thief(accounts.unblock, me, target=cat.id)
    await thief(accounts.follow, follower=me, followed=cat.id)
    await thief(accounts.follow, follower=me, followed=dan.id)
    await thief(accounts.mute, me, target=dan.id)
    await thief(accounts.unfollow, follower=me, followed=eve.id)
    await thief(accounts.follow, follower=me, followed=eve.id, notify=True)
    await thief(accounts.follow, follower=me, followed=fay.id)
    await thief(accounts.block_domain, me, domain="away.example")
    await owner(accounts.follow, follower=me, followed=fay.id, notify=True)  # she likes it so
    await do(db, accounts.follow, follower=dan.id, followed=me)  # what others do is theirs
    token = await do(db, accounts.make_recall, wren.id, wren.email)
    await accounts.recall(db, token, public_url=URL)
    assert await relations(db, wren, (ada, bea, cat, dan, eve)) == before
    assert await relations(db, wren, (fay,)) == [(True, True, True, False, False)]
    assert await accounts.blocked_domains(db, me, accounts.Cursor(limit=9)) == []
    assert (await accounts.counts_of(db, [me]))[me].following == 3


async def test_second_factors_and_address(db, wren):
    owner, mine = await signs_in(db, wren, "hers")
    secret = await owner(plan_totp, wren.id)
    await owner(confirm_totp, wren.id, pyotp.TOTP(secret).now())
    was = await held_factors(db, wren.id)
    async with db.begin() as tx:  # all of that was long before
        await tx.run(Sql(update(door_acts).values(id=door_acts.c.id - id_at(30 * DAY))))
        thief_token = await accounts.open_session(tx, wren.id, client="", browser="theirs")
    thief = Way(db, wren, (await accounts.find_session(db, thief_token)).id)
    await thief(remove_totp, wren.id)
    begin_acting().come_in(thief.door, member_id=wren.id, account_id=wren.account_id)
    await accounts.change_email(db, wren.id, "thief@mail.example", password=PASSWORD, mail_possible=False)
    begin_acting()
    assert not (await accounts.factors_of(db, wren.id)).any
    held = await accounts.find_session(db, mine)
    assert [one.id for one in await accounts.doubted_sessions(db, held)] == [thief.door]
    assert await accounts.take_back(db, held, public_url=URL)
    assert await held_factors(db, wren.id) == was
    assert (await accounts.find_member(db, wren.id)).email == "wren@mail.example"
    assert await accounts.find_session(db, mine) is not None
    assert await accounts.find_session(db, thief_token) is None
    assert not await accounts.take_back(db, held, public_url=URL), "once"


async def test_apps_that_they_let_in_are_doors_too(db, make, wren):
    ada = await make.account()
    _, mine = await signs_in(db, wren, "hers")
    thief, _ = await signs_in(db, wren, "theirs")
    app, _ = await register(db)
    begin_acting().come_in(thief.door, member_id=wren.id, account_id=wren.account_id)
    code = await code_for(db, app, wren)
    begin_acting()
    issued = await exchange(db, app, code, redirect_uri=CALLBACK)
    token = await Tokens(db).find(issued.access_token.encode())
    await Way(db, wren, token.id)(accounts.follow, follower=wren.account_id, followed=ada.id)
    await accounts.take_back(db, await accounts.find_session(db, mine), public_url=URL)
    assert await relations(db, wren, (ada,)) == [(False, False, False, False, False)]


async def test_filters(db, wren):
    me = wren.account_id
    owner, mine = await signs_in(db, wren, "hers")
    word, other = KeywordChange(keyword="spoilers"), KeywordChange(keyword="wrens")
    kept = await owner(make_filter, me, title="Film", contexts=["home"], keywords=[word])
    lost = await owner(make_filter, me, title="Gone", contexts=["home"], keywords=[other])
    before = await filters_of(db, me)
    thief, _ = await signs_in(db, wren, "theirs")
    await thief(change_filter, me, kept.id, title="Owner", keywords=[KeywordChange(keyword="police")])
    await thief(delete_filter, me, lost.id)
    await thief(make_filter, me, title="Theirs", contexts=["home"])
    await accounts.take_back(db, await accounts.find_session(db, mine), public_url=URL)
    async with db.begin() as tx:
        since = now_ms() - DAY
        await on_recalled(
            tx, accounts.AccountRecalled(member_id=wren.id, account_id=me, since=since, doors=str(thief.door))
        )
    assert await filters_of(db, me) == before


async def test_two_strangers_do_not_vouch_for_each_other(db, wren):
    _, mine = await signs_in(db, wren, "hers")
    _, one = await signs_in(db, wren, "one")
    _, two = await signs_in(db, wren, "two")
    for token in (one, two):
        with pytest.raises(accounts.NotPermitted):
            await do(db, accounts.trust_sessions, await accounts.find_session(db, token))
    held = await accounts.find_session(db, mine)
    assert len(await accounts.doubted_sessions(db, held)) == 2
    await do(db, accounts.trust_sessions, held)
    assert not await accounts.doubted_sessions(db, held)


async def test_nothing_is_kept_of_others_and_nothing_for_ever(db, make, wren):
    ada = await make.account()
    owner, _ = await signs_in(db, wren, "hers")
    begin_acting().come_in(owner.door, member_id=wren.id, account_id=wren.account_id)
    await do(db, accounts.follow, follower=ada.id, followed=wren.account_id)
    begin_acting()
    await do(db, accounts.follow, follower=wren.account_id, followed=ada.id)  # by a command, or a job
    assert await db.all(Sql(select(door_acts.c.id))) == []
    await owner(accounts.mute, wren.account_id, target=ada.id)
    await accounts.sweep_access(db, SweepAccess())
    assert len(await db.all(Sql(select(door_acts.c.id)))) == 1
    async with db.begin() as tx:
        await tx.run(Sql(update(door_acts).values(id=door_acts.c.id - id_at(KEPT_MS + DAY))))
    await accounts.sweep_access(db, SweepAccess())
    assert await db.all(Sql(select(door_acts.c.id))) == []
    assert not await db.all(Sql(select(sessions.c.id).where(sessions.c.doubted)))
