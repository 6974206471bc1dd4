"""A browser's sign-in: found, listed, ended, swept."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from accounts.joining import CALLBACK, code_for, do, exchange, join, register, token_for
from dunnock import accounts
from dunnock.accounts import oauth, sessions, sweep
from dunnock.accounts.tables import grants
from dunnock.accounts.tables import sessions as table
from dunnock.accounts.tables import tokens as token_table
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Sql


async def opened(db, member):
    return await do(db, accounts.open_session, member.id, client="curl/8")


async def test_list_and_end(db, events):
    one, other = await join(db), await join(db, "bea")
    first, _ = await opened(db, one), await opened(db, one)
    here = await accounts.find_session(db, first)
    assert here.account_id == one.account_id
    assert len(await accounts.sessions_of(db, one.id)) == 2
    for stranger in (other.id, 5):
        with pytest.raises(accounts.MemberMissing):
            await do(db, accounts.end_session, here.id, member_id=stranger)
    assert await accounts.find_session(db, first)
    await do(db, accounts.end_session, here.id, member_id=one.id)
    assert await accounts.find_session(db, first) is None
    assert (await events())[-1] == accounts.TokensRevoked(member_id=one.id)
    with pytest.raises(accounts.MemberMissing):
        await do(db, accounts.end_session, here.id, member_id=one.id)
    assert len(await accounts.sessions_of(db, one.id)) == 1


async def test_unknown(db):
    for token in ("", "x", "x" * 100_000):
        assert await accounts.find_session(db, token) is None


async def test_only_the_digest_is_stored(db):
    token = await opened(db, await join(db))
    stored = await db.value(Sql(select(table.c.token_digest)))
    assert token not in stored
    assert await accounts.find_session(db, stored) is None


async def test_idle_ones_end(db, monkeypatch):
    token = await opened(db, await join(db))
    soon = now_ms() + 2 * HOUR
    monkeypatch.setattr(sessions, "now_ms", lambda: soon)
    assert await accounts.find_session(db, token)
    assert (await accounts.find_session(db, token)).seen_at == soon
    monkeypatch.setattr(sessions, "now_ms", lambda: soon + sessions.IDLE_MS + 1)
    assert await accounts.find_session(db, token) is None


@pytest.mark.parametrize("standing", ["suspended", "deleted"])
async def test_no_session_for_who_is_shut_out(db, make, standing):
    row = await make.member(standing=standing)
    token = await do(db, accounts.open_session, row.member_id, client="")
    assert await accounts.find_session(db, token) is None


async def test_disabling_ends_sessions_and_codes(db):
    one = await join(db)
    app, _ = await register(db)
    session, token, code = await opened(db, one), await token_for(db, app, one), await code_for(db, app, one)
    held = accounts.Tokens(db)
    assert await held.find(token.encode())
    await do(db, accounts.change_state, one.id, accounts.State.DISABLED)
    assert await accounts.find_session(db, session) is None
    with pytest.raises(accounts.MemberDisabled):
        await accounts.Tokens(db).find(token.encode())
    await do(db, accounts.change_state, one.id, accounts.State.ACTIVE)
    assert await accounts.find_session(db, session) is None
    assert await accounts.Tokens(db).find(token.encode())
    with pytest.raises(accounts.OAuthRefused):
        await exchange(db, app, code)


async def test_sweep(db):
    one = await join(db)
    app, _ = await register(db)
    now = now_ms()
    old = now - sweep.ENDED_KEPT_MS - 1
    kept, ended, idle = [await opened(db, one) for _ in range(3)]
    found = {token: (await accounts.find_session(db, token)).id for token in (kept, ended, idle)}
    alive, revoked = await token_for(db, app, one), await token_for(db, app, one)
    code = await code_for(db, app, one)
    issued = await exchange(db, app, code)
    stale = await code_for(db, app, one)

    async def put(statement):
        await do(db, lambda tx: tx.run(Sql(statement)))

    await put(update(table).where(table.c.id == found[ended]).values(revoked_at=old))
    await put(update(table).where(table.c.id == found[idle]).values(seen_at=now - sessions.IDLE_MS - 1))
    await put(update(token_table).where(token_table.c.digest == oauth.ids.digest(revoked)).values(revoked_at=old))
    await put(update(grants).where(grants.c.code_digest == oauth.ids.digest(stale)).values(expires_at=now - 2 * DAY))
    for _ in range(2):
        await accounts.sweep_access(db, accounts.SweepAccess())
    counted = [await db.value(Sql(select(func.count()).select_from(one))) for one in (table, token_table, grants)]
    assert counted == [1, 2, 1]
    assert await accounts.find_session(db, kept)
    held = accounts.Tokens(db)
    assert await held.find(alive.encode())
    with pytest.raises(accounts.OAuthRefused):  # the used code is still known, and ends what was made from it
        await exchange(db, app, code, redirect_uri=CALLBACK)
    assert await held.find(issued.access_token.encode()) is None


def test_the_sweep_is_on_the_schedule():
    from dunnock.app.subscriptions import EVERY

    assert [every.period_ms for every in EVERY if every.job == accounts.SweepAccess()] == [DAY]


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("", "A browser"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("<script>" * 10_000, "A browser"),
    ],
)
def test_client_name(agent, name):
    assert sessions.client_name(agent) == name
