"""Taking an account back: everything that let somebody else in is over, and the owner chooses another password by mail."""

from __future__ import annotations

import pyotp
import pytest
from sqlalchemy import select

from accounts.joining import PASSWORD, do, join, register, token_for
from dunnock import accounts
from dunnock.accounts.factors import confirm_totp, plan_totp
from dunnock.accounts.tables import personas, recalls
from dunnock.accounts.tokens import Tokens
from dunnock.foundation.db import Sql
from dunnock.foundation.db.tables import jobs

URL = "https://here.example"
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
    await accounts.recall(db, token, public_url=URL)
    assert await accounts.find_session(db, session) is None
    assert await Tokens(db).find(raw.encode()) is None
    with pytest.raises(accounts.SignInRefused):
        await accounts.sign_in(db, "wren", PASSWORD, client="")
    held = await accounts.find_member(db, member.id)
    assert held.email == "wren@mail.example"
    assert not (await accounts.factors_of(db, member.id)).any
    [recalled] = [one for one in await events() if isinstance(one, accounts.AccountRecalled)]
    assert (recalled.member_id, recalled.account_id) == (member.id, member.account_id)
    assert recalled.since < member.created_at, "an hour before the mail"
    ((kind, body),) = [row for row in await db.all(JOBS) if '"reset"' in row[1]]
    assert (kind, str(member.id) in body) == ("SendMemberMail", True)
    for over in (token, "", "nonsense"):
        with pytest.raises(accounts.LinkOver):
            await accounts.recall(db, over, public_url=URL)
    changes = await accounts.access_changes(db, member.id, member.account_id, most=10)
    assert "recalled" in [one.what for one in changes]


async def test_an_address_that_is_somebody_elses_now(db):
    member = await join(db, "wren")
    token = await do(db, accounts.make_recall, member.id, "robin@mail.example")
    await join(db, "robin")
    with pytest.raises(accounts.LinkOver):
        await accounts.recall(db, token, public_url=URL)
    await accounts.sign_in(db, "wren", PASSWORD, client="")


PICTURE = '{"original":{"path":"%s.png","width":1,"height":1,"bytes":1,"mime":"image/png"}}'


async def test_the_account_looks_as_it_did_before(db):
    member = await join(db, "wren")
    mine, theirs = PICTURE % ("1" * 64), PICTURE % ("2" * 64)
    change = {"public_url": URL, "by_member_id": member.id}
    looks = {"display_name": "Wren", "bio": "Birds #song", "fields": [("Home", "https://wren.example")]}
    await do(
        db, accounts.change_profile, member.account_id, avatar=mine, avatar_description="A wren", **looks, **change
    )
    async with db.begin() as tx:  # all of that was long before
        await tx.run(Sql(personas.delete()))
        token = await accounts.make_recall(tx, member.id, member.email)
    stolen = {"display_name": "Free coins", "bio": "Send me coins", "fields": [], "bot": True, "header": theirs}
    await do(db, accounts.change_profile, member.account_id, avatar=theirs, **stolen, **change)
    await do(db, accounts.change_profile, member.account_id, display_name="More free coins", **change)
    await accounts.recall(db, token, public_url=URL)
    held = await accounts.find(db, member.account_id)
    assert (held.display_name, held.bio, held.kind) == ("Wren", "Birds #song", "person")
    assert (held.avatar, held.avatar_description, held.header) == (mine, "A wren", None)
    assert [(line.name, line.value) for line in held.fields] == [("Home", "https://wren.example")]
    assert "/tags/song" in held.bio_html
    history = await accounts.personas(db, member.account_id, accounts.Cursor(limit=40))
    assert "Free coins" in [one.old for one in history], "nothing of it is lost"
    recalled = await accounts.last_recall(db, member.id)
    assert recalled.since < recalled.at


async def test_what_the_owner_changed_long_before_stays(db):
    member = await join(db, "wren")
    await do(
        db, accounts.change_profile, member.account_id, display_name="Wren", public_url=URL, by_member_id=member.id
    )
    async with db.begin() as tx:
        token = await accounts.make_recall(tx, member.id, member.email)
        await tx.run(Sql(recalls.update().values(since=tx.now + 1)))
    await accounts.recall(db, token, public_url=URL)
    assert (await accounts.find(db, member.account_id)).display_name == "Wren"
    assert (await accounts.last_recall(db, member.id + 1)) is None
