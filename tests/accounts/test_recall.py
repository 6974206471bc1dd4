"""Taking an account back: everything that let somebody else in is over, and the owner chooses another password by mail."""

from __future__ import annotations

import pyotp
import pytest
from sqlalchemy import select

from accounts.joining import PASSWORD, do, join, register, token_for
from dunnock import accounts
from dunnock.accounts.factors import confirm_totp, plan_totp
from dunnock.accounts.tokens import Tokens
from dunnock.foundation.db import Sql
from dunnock.foundation.db.tables import jobs

JOBS = Sql(select(jobs.c.kind, jobs.c.body))


async def test_the_owner_takes_it_back(db, events):
    member = await join(db, "wren")
    token = await do(db, accounts.make_recall, member.id, member.email)  # in the mail that a new browser signed in
    app, _ = await register(db)
    raw = await token_for(db, app, member)
    session = await accounts.sign_in(db, "wren", PASSWORD, client="")
    await accounts.change_email(db, member.id, "thief@mail.example", password=PASSWORD, mail_possible=False)
    secret = await do(db, plan_totp, member.id)
    await do(db, confirm_totp, member.id, pyotp.TOTP(secret).now())
    assert (await accounts.recalling(db, token)).username == "wren", "looking does nothing"
    assert await accounts.find_session(db, session) is not None
    await accounts.recall(db, token)
    assert await accounts.find_session(db, session) is None
    assert await Tokens(db).find(raw.encode()) is None
    with pytest.raises(accounts.SignInRefused):
        await accounts.sign_in(db, "wren", PASSWORD, client="")
    held = await accounts.find_member(db, member.id)
    assert held.email == "wren@mail.example"
    assert not (await accounts.factors_of(db, member.id)).any
    assert accounts.AccountRecalled(member_id=member.id, account_id=member.account_id) in await events()
    ((kind, body),) = [row for row in await db.all(JOBS) if '"reset"' in row[1]]
    assert (kind, str(member.id) in body) == ("SendMemberMail", True)
    for over in (token, "", "nonsense"):
        with pytest.raises(accounts.LinkOver):
            await accounts.recall(db, over)
    changes = await accounts.access_changes(db, member.id, member.account_id, most=10)
    assert "recalled" in [one.what for one in changes]


async def test_an_address_that_is_somebody_elses_now(db):
    member = await join(db, "wren")
    token = await do(db, accounts.make_recall, member.id, "robin@mail.example")
    await join(db, "robin")
    with pytest.raises(accounts.LinkOver):
        await accounts.recall(db, token)
    await accounts.sign_in(db, "wren", PASSWORD, client="")
