"""Bearer tokens as a running server remembers them: what ends is gone at once, whoever ended it."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest
from sqlalchemy import select

from accounts.joining import PASSWORD, do, join, register, token_for
from dunnock import accounts
from dunnock.accounts import tokens as module
from dunnock.accounts.sign_up import end_everything
from dunnock.accounts.tables import tokens as table
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Sql, open_db


@pytest.fixture
async def ada(db):
    return await join(db)


@pytest.fixture
async def app(db):
    return (await register(db))[0]


async def is_gone(tokens, raw: str) -> bool:
    try:
        return await tokens.find(raw.encode()) is None
    except accounts.MemberDisabled:
        return True


async def until_gone(tokens, raw: str) -> None:
    """SQLite is asked before each answer; PostgreSQL tells by itself, within milliseconds."""
    for _ in range(200):
        if await is_gone(tokens, raw):
            return
        await asyncio.sleep(0.005)
    raise AssertionError("the token is still good")


async def test_found_and_remembered(db, app, ada):
    tokens, raw = accounts.Tokens(db), await token_for(db, app, ada, "read write:media")
    found = await tokens.find(raw.encode())
    assert (found.app_id, found.member_id, found.account_id) == (app.id, ada.id, ada.account_id)
    assert found.scopes == {"read", "write:media"}
    assert await tokens.find(raw.encode()) is found
    for wrong in (b"", b"x", raw.encode() + b"x", raw.encode().lower(), b"\xff\x00" * 5000):
        assert await tokens.find(wrong) is None
    stored = await db.value(Sql(select(table.c.digest)))
    assert await tokens.find(stored.encode()) is None
    assert len(tokens.kept) == 1


async def revoke_all(db, one):
    for held in await accounts.apps_of(db, one.id):
        await do(db, accounts.revoke_app, held.app_id, member_id=one.id)


ENDINGS = {
    "password": lambda db, one: accounts.change_password(db, one.id, "eight wrens here", old=PASSWORD),
    "password by staff": lambda db, one: accounts.change_password(db, one.id, "eight wrens here", old=None),
    "deleted": lambda db, one: do(db, accounts.change_standing, {one.account_id: accounts.Standing.DELETED}),
    "everything": lambda db, one: do(db, end_everything, one.id),
    "app": revoke_all,
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("elsewhere", [False, True])
async def test_gone_at_once(db, database_url, app, ada, *, ending, elsewhere):
    """SC-113, SC-116, SC-131. `elsewhere`: by another process, such as the command line."""
    bea = await join(db, "bea")
    tokens = accounts.Tokens(db)
    raws = [await token_for(db, app, ada) for _ in range(2)]
    theirs = await token_for(db, app, bea)
    await asyncio.sleep(0.1)  # PostgreSQL: the server listens by now
    for raw in (*raws, theirs):
        assert await tokens.find(raw.encode())
    other = await open_db(database_url, pool=1) if elsewhere else db
    try:
        await ENDINGS[ending](other, ada)
        for raw in raws:
            if elsewhere and db.engine == "postgresql":
                await until_gone(tokens, raw)
            else:
                assert await is_gone(tokens, raw)
        assert await tokens.find(theirs.encode())
    finally:
        if elsewhere:
            await other.close()


async def test_what_ends_while_it_is_read_is_not_remembered(db, app, ada, monkeypatch):
    """The row is read, then it ends and everybody forgets, then the reader goes on: it must not put it back."""
    tokens, raw = accounts.Tokens(db), await token_for(db, app, ada)
    real = db.one

    async def one(sql, **params):
        row = await real(sql, **params)
        monkeypatch.setattr(db, "one", real)
        await do(db, end_everything, ada.id)
        return row

    monkeypatch.setattr(db, "one", one)
    assert await tokens.find(raw.encode())  # it was good when it was read
    assert await tokens.find(raw.encode()) is None


async def test_pending_is_told(db, app):
    one = await accounts.sign_up(
        db,
        accounts.SignUp(username="bea", email="b@c.example", password=PASSWORD, agreement=True, reason="x"),
        policy="approval",
    )
    tokens, raw = accounts.Tokens(db), await token_for(db, app, one)
    with pytest.raises(accounts.NotYetApproved):
        await tokens.find(raw.encode())
    await do(db, accounts.change_state, one.id, accounts.State.ACTIVE)
    assert await tokens.find(raw.encode())


SHUT_OUT = {
    "disabled": (
        lambda db, one: do(db, accounts.change_state, one.id, accounts.State.DISABLED),
        lambda db, one: do(db, accounts.change_state, one.id, accounts.State.ACTIVE),
    ),
    "suspended": (
        lambda db, one: do(db, accounts.change_standing, {one.account_id: accounts.Standing.SUSPENDED}),
        lambda db, one: do(db, accounts.change_standing, {one.account_id: accounts.Standing.ACTIVE}),
    ),
}


@pytest.mark.parametrize("how", SHUT_OUT)
async def test_shut_out_until_it_is_taken_back(db, app, ada, how):
    """SC-114: nothing is open meanwhile, and apps hear why; they need no new sign-in afterwards."""
    tokens, raw, theirs = (
        accounts.Tokens(db),
        await token_for(db, app, ada),
        await token_for(db, app, await join(db, "bea")),
    )
    assert await tokens.find(raw.encode())
    begin, end = SHUT_OUT[how]
    await begin(db, ada)
    await asyncio.sleep(0.1)  # PostgreSQL: the server has heard
    for held in (tokens, accounts.Tokens(db)):
        with pytest.raises(accounts.MemberDisabled) as told:
            await held.find(raw.encode())
        assert told.value.text == "Your login is currently disabled"
        assert not await held.holds(sha256(raw.encode()).digest())
    assert await tokens.find(theirs.encode())
    await end(db, ada)
    await asyncio.sleep(0.1)
    assert await tokens.find(raw.encode())


async def test_use_is_noted_to_the_day(db, app, ada, monkeypatch):
    tokens, raw = accounts.Tokens(db), await token_for(db, app, ada)
    used = Sql(select(table.c.used_at))
    assert await db.value(used) is None
    today = now_ms() // DAY * DAY
    for _ in range(3):
        await tokens.find(raw.encode())
    assert await db.value(used) == today
    later = today + 3 * DAY + 5
    monkeypatch.setattr(module, "now_ms", lambda: later)
    assert await tokens.find(raw.encode())  # also one that is in memory all the time
    assert await db.value(used) == today + 3 * DAY
    (shown,) = await accounts.apps_of(db, ada.id)
    assert shown.used_at == today + 3 * DAY


async def test_a_busy_database_turns_nobody_away(db, app, ada, monkeypatch):
    from dunnock.foundation.db import Busy

    tokens, raw = accounts.Tokens(db), await token_for(db, app, ada)

    def begin():
        raise Busy

    monkeypatch.setattr(db, "begin", begin)
    assert await tokens.find(raw.encode())
