"""Commands about members: entries of the log, and none gets around the second person of the staff."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from dunnock import accounts, moderation
from dunnock.cli import Refused, members
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import open_db

WORD = "a good long one"
ABOUT_NOBODY = {"list": "reads", "create": "of a new name"}
DO = {
    "token": lambda at: members.token("star", scopes="read write", data=at),
    "approve": lambda at: members.approve("star", data=at),
    "disable": lambda at: members.disable("star", data=at),
    "role": lambda at: members.change_role("star", "admin", data=at),
    "password": lambda at: members.change_password("star", password="another long one", data=at),
    "reset-2fa": lambda at: members.reset_second_factors("star", data=at),
    "revoke": lambda at: members.revoke("star", data=at),
    "delete": lambda at: members.delete("star", yes=True, data=at),
}


@contextmanager
def rows(at) -> Iterator[sqlite3.Connection]:
    conn = sqlite3.connect(at / "dunnock.db")
    try:
        with conn:
            yield conn
    finally:
        conn.close()


def use(at, use_case: Any, *args: Any, **named: Any) -> Any:
    async def done() -> Any:
        db = await open_db(f"sqlite:///{at}/dunnock.db", pool=1)
        try:
            async with db.begin() as tx:
                return await use_case(tx, *args, **named)
        finally:
            await db.close()

    return asyncio.run(done())


def state(at) -> list[Any]:
    with rows(at) as conn:
        return [
            conn.execute("SELECT id, role, state, password_hash FROM members ORDER BY id").fetchall(),
            conn.execute("SELECT id, standing, protected FROM accounts ORDER BY id").fetchall(),
            conn.execute("SELECT count(*), count(revoked_at) FROM tokens").fetchall(),
            conn.execute("SELECT count(*) FROM deletions").fetchall(),
        ]


def log(at) -> list[tuple[str, int]]:
    with rows(at) as conn:
        return conn.execute("SELECT act, by_account_id FROM staff_log ORDER BY number").fetchall()


@pytest.fixture(scope="module")
def owned(tmp_path_factory):
    """A data directory with an owner: the first is made by a command alone."""
    made = tmp_path_factory.mktemp("owned")
    members.create("boss", email="b@mail.example", password=WORD, role="owner", data=made)
    return made


@pytest.fixture
def lone(owned, tmp_path):
    """The same, to do things to."""
    shutil.copy(owned / "dunnock.db", tmp_path / "dunnock.db")
    return tmp_path


@pytest.fixture
def place(lone, capsys):
    """An owner, an admin, and a protected account."""
    for name in ("ada", "star"):
        members.create(name, email=f"{name}@mail.example", password=WORD, data=lone)
    with rows(lone) as conn:
        conn.execute("UPDATE members SET role = 'admin' WHERE email = 'ada@mail.example'")
        conn.execute("UPDATE accounts SET protected = 1 WHERE username = 'star'")
    capsys.readouterr()
    return lone


def agree(at, name):
    with rows(at) as conn:
        who = conn.execute("SELECT id FROM accounts WHERE username = ?", (name,)).fetchone()[0]
        request, digest = conn.execute("SELECT id, digest FROM staff_requests WHERE verdict = ''").fetchone()
    use(at, moderation.approve_request, request, digest, by=who, signed_in_at=now_ms())


def test_every_command_is_thought_of():
    named = {name for name in members.app if not name.startswith("-")}
    assert named == set(DO) | set(ABOUT_NOBODY)


def test_no_command_gets_around_the_second_person(place):
    before = state(place)
    for do in DO.values():
        with pytest.raises(Refused, match="second person"):
            do(place)
    with pytest.raises(Refused, match="second person"):
        members.create("evil", email="e@mail.example", password=WORD, role="owner", data=place)
    after = state(place)
    assert [row for row in after[0] if row in before[0]] == before[0]
    assert after[1][: len(before[1])] == before[1]
    assert after[2:] == before[2:]
    with rows(place) as conn:
        assert conn.execute("SELECT role FROM members WHERE email = 'e@mail.example'").fetchone() == ("member",)
        assert conn.execute("SELECT count(*) FROM staff_requests WHERE verdict = ''").fetchone() == (len(DO) + 1,)
    acts = [act for act, _ in log(place)]
    assert acts.count("request.ask") == len(DO) + 1
    assert acts.count("request.alarm") >= 1
    assert not {"account.password", "account.reset_factors", "account.token", "account.role"} & set(acts)


def test_once_somebody_agreed_it_is_done_once(place, capsys):
    for _ in range(2):
        with pytest.raises(Refused, match="second person"):
            DO["password"](place)
    agree(place, "ada")
    DO["password"](place)
    assert "star has a new password" in capsys.readouterr().out
    assert log(place)[-1] == ("account.password", 0)
    with pytest.raises(Refused, match="second person"):
        DO["password"](place)
    agree(place, "ada")
    with rows(place) as conn:
        conn.execute("UPDATE staff_requests SET decided_at = 1")
    with pytest.raises(Refused, match="second person"):
        DO["password"](place)


def test_nobody_agrees_to_what_is_about_themselves_nor_an_admin_to_an_owner(place):
    for name, role in (("star", "owner"), ("ada", "member")):
        with pytest.raises(Refused):
            members.change_role(name, role, data=place)
        with pytest.raises(moderation.RequestRefused):
            agree(place, "ada")
        agree(place, "boss")
        members.change_role(name, role, data=place)
    with rows(place) as conn:
        found = conn.execute("SELECT role FROM members ORDER BY id").fetchall()
    assert found == [("owner",), ("member",), ("owner",)], "boss, ada, star"


def test_a_lone_owner_comes_back_in_and_it_stands_in_the_log(lone):
    members.change_password("boss", password="another long one", data=lone)
    members.reset_second_factors("boss", data=lone)
    members.token("boss", scopes="read admin:read", data=lone)
    assert [act for act, by in log(lone) if by == 0] == [
        "account.create", "account.password", "account.reset_factors", "account.token",
    ]  # fmt: skip
    assert use(lone, accounts.others_with, accounts.Power.MANAGE_ACCESS, but=0) == 1
