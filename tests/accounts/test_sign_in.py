"""Signing in: one answer for all that is wrong, limits that hold, nothing that survives a change of password."""

from __future__ import annotations

import asyncio
import importlib

import pytest

from accounts.joining import PASSWORD, do, join
from dunnock import accounts
from dunnock.accounts import passwords, tries
from dunnock.foundation.clock import MINUTE

sign_in = importlib.import_module("dunnock.accounts.sign_in")  # the face has a function of this name


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    held = tries.Tries(sign_in.TRIES, sign_in.WINDOW_MS)
    monkeypatch.setattr(sign_in, "tries", held)
    return held


@pytest.mark.parametrize("login", ["ada", " @ADA ", "ada@mail.example", "ADA@MAIL.example"])
async def test_by_name_or_address(db, login):
    one = await join(db, "Ada")
    token = await accounts.sign_in(db, login, PASSWORD, client="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
    session = await accounts.find_session(db, token)
    assert (session.member_id, session.client) == (one.id, "Firefox on Linux")
    assert (await accounts.find_member(db, one.id)).last_sign_in_at


async def test_unknown_and_wrong_are_one_answer(db):
    await join(db)
    told = set()
    for login, password in (
        ("ada", "wrong"),
        ("nobody", PASSWORD),
        ("", ""),
        ("ada", PASSWORD + "x"),
        ("x" * 10**6, "y"),
    ):
        with pytest.raises(accounts.SignInRefused) as refused:
            await accounts.sign_in(db, login, password, client="")
        told.add((refused.value.text, refused.value.code, refused.value.kind))
    assert len(told) == 1


@pytest.mark.parametrize("state", ["pending", "disabled"])
async def test_who_may_not_come_in_is_told_only_with_the_right_password(db, state):
    one = await join(db)
    await do(db, accounts.change_state, one.id, accounts.State(state))
    with pytest.raises(accounts.SignInRefused):
        await accounts.sign_in(db, "ada", "wrong", client="")
    with pytest.raises(accounts.NotYetApproved if state == "pending" else accounts.MemberDisabled):
        await accounts.sign_in(db, "ada", PASSWORD, client="")


async def test_a_limit_for_each_login(db):
    await join(db)
    for number in range(sign_in.TRIES):
        with pytest.raises(accounts.SignInRefused):
            await accounts.sign_in(db, "ada", "wrong", client="", address=f"192.0.2.{number}")
    with pytest.raises(accounts.TooManyTries):
        await accounts.sign_in(db, " @Ada", PASSWORD, client="", address="192.0.2.99")


async def test_a_limit_for_each_address(db):
    await join(db)
    for number in range(sign_in.TRIES):
        with pytest.raises(accounts.SignInRefused):
            await accounts.sign_in(db, f"name{number}", "wrong", client="", address="192.0.2.1")
    with pytest.raises(accounts.TooManyTries):
        await accounts.sign_in(db, "ada", PASSWORD, client="", address="192.0.2.1")
    assert await accounts.sign_in(db, "ada", PASSWORD, client="", address="192.0.2.2")


async def test_guesses_at_one_moment_count_too(db):
    """SC-120: a burst of parallel requests gets no more guesses than one after the other."""
    await join(db)
    done = await asyncio.gather(
        *(accounts.sign_in(db, "ada", "wrong", client="") for _ in range(3 * sign_in.TRIES)), return_exceptions=True
    )
    assert sum(isinstance(one, accounts.SignInRefused) for one in done) == sign_in.TRIES
    assert sum(isinstance(one, accounts.TooManyTries) for one in done) == 2 * sign_in.TRIES


async def test_right_ones_do_not_count(db):
    await join(db)
    for _ in range(sign_in.TRIES + 2):
        await accounts.sign_in(db, "ada", PASSWORD, client="", address="192.0.2.1")


def test_the_window_moves(monkeypatch):
    now = 1_000_000
    monkeypatch.setattr(tries, "now_ms", lambda: now)
    held = tries.Tries(2, MINUTE)
    held.begin("a")
    now += MINUTE // 2
    held.begin("a", "b")
    with pytest.raises(accounts.TooManyTries) as refused:
        held.begin("b", "a")
    assert refused.value.retry_at == 1_000_000 + MINUTE
    now += MINUTE // 2
    held.begin("b", "a")  # the refused one did not count for b
    held.take_back("b", "never")
    held.begin("b")


def test_memory_is_bounded():
    held = tries.Tries(10, MINUTE)
    for number in range(100_000):
        held.begin(f"{number}" * 50)
    assert len(held) <= 40_000


async def test_old_hashes_are_made_anew(db):
    from argon2 import PasswordHasher

    from dunnock.accounts.store import members as store

    one = await join(db)
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    await do(db, lambda tx: tx.run(store.SET_PASSWORD, the=one.id, new_hash=old))
    assert await accounts.sign_in(db, "ada", PASSWORD, client="")
    stored = await db.value(store.PASSWORD_OF, id=one.id)
    assert stored != old
    assert await passwords.check(stored, PASSWORD) == (True, False)


@pytest.mark.parametrize("old_hash", [False, True])
async def test_a_password_that_changes_during_the_check_lets_nobody_in(db, monkeypatch, old_hash):
    """SC-116: neither a session nor the old password comes back."""
    one = await join(db)
    real = passwords.check

    async def slow(stored, password):
        found = await real(stored, password)
        monkeypatch.setattr(passwords, "check", real)
        await accounts.change_password(db, one.id, "eight wrens here", old=None)
        return found[0], old_hash

    monkeypatch.setattr(passwords, "check", slow)
    with pytest.raises(accounts.SignInRefused):
        await accounts.sign_in(db, "ada", PASSWORD, client="")
    assert await accounts.sessions_of(db, one.id) == []
    assert await accounts.sign_in(db, "ada", "eight wrens here", client="")
