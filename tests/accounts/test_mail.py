"""Addresses that are confirmed, passwords that are replaced by mail: what opens, what ends, and what nobody is told."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from accounts.joining import PASSWORD, do, form, join, register, token_for
from dunnock import accounts
from dunnock.accounts import mail_links, tables
from dunnock.accounts.errors import TooManyTries
from dunnock.accounts.mails import mail_jobs_of
from dunnock.accounts.tokens import Tokens
from dunnock.foundation.clock import DAY, HOUR
from dunnock.foundation.db import Sql
from dunnock.foundation.db.tables import jobs
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.mail import Mailer
from dunnock.foundation.settings import Settings
from mail_server import MailServer, link_in, text_of

URL = "https://birds.example"
NEW = "another wren in the hedge"
OLDER = Sql(update(tables.mail_links).values(expires_at=1))
BODIES = Sql(select(jobs.c.kind, jobs.c.body))


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(mail_links, "mailing", mail_links.Tries(5, HOUR))
    for name in ("mailing", "asking"):
        monkeypatch.setattr(importlib.import_module("dunnock.accounts.confirm"), name, mail_links.Tries(5, HOUR))
    joined = importlib.import_module("dunnock.accounts.sign_up")
    monkeypatch.setattr(joined, "changing", joined.Tries(10, HOUR))


@pytest.fixture
async def post(db):
    """`await post()` sends what waits; `post.server` has it then."""
    server = await MailServer().start()
    mailer = Mailer(Settings(data=Path("/nowhere"), public_url=URL, title="Birds", smtp_url=server.url))
    works = Jobs(db, mail_jobs_of(mailer, public_url=URL))

    async def send(to: str = "") -> list:
        before = len(server.taken)
        await works.settle()
        sent = server.taken[before:]
        return [message for recipient, message in sent if recipient == to] if to else sent

    send.server = server
    yield send
    await server.stop()


def token_in(message, path: str) -> str:
    return link_in(message, path).partition("=")[2]


async def unconfirmed(db, username="wren", **more):
    return await accounts.sign_up(db, form(username), policy="open", confirm=True, **more)


async def test_a_new_member_confirms_and_is_in(db, post, events):
    member = await unconfirmed(db)
    assert member.unconfirmed
    with pytest.raises(accounts.MailUnconfirmed):
        await accounts.sign_in(db, "wren", PASSWORD, client="")
    app, _ = await register(db)
    raw = await token_for(db, app, member)
    tokens = Tokens(db)
    with pytest.raises(accounts.MailUnconfirmed) as refused:
        await tokens.find(raw.encode())
    assert refused.value.token.member_id == member.id
    assert not await tokens.holds(hashlib.sha256(raw.encode()).digest())
    [message] = await post("wren@mail.example")
    assert message["subject"] == "Confirm your e-mail address for Birds"
    assert "Hello @wren," in text_of(message)
    found = await do(db, accounts.confirm, token_in(message, "/auth/confirmation"))
    assert not found.unconfirmed
    assert (await tokens.find(raw.encode())).member_id == member.id
    await accounts.sign_in(db, "wren", PASSWORD, client="")
    assert accounts.MailConfirmed(member_id=member.id, account_id=member.account_id, state="active") in await events()
    with pytest.raises(accounts.LinkOver):  # once
        await do(db, accounts.confirm, token_in(message, "/auth/confirmation"))


async def test_a_session_opens_nothing_before_the_address_is_confirmed(db):
    """SC-133: what decides is on the server."""
    member = await unconfirmed(db)
    token = await do(db, accounts.open_session, member.id, client="")
    assert await accounts.find_session(db, token) is None


async def test_approval_is_still_waited_for(db, post):
    member = await accounts.sign_up(db, form("wren", reason="birds"), policy="approval", confirm=True)
    [message] = await post()
    found = await do(db, accounts.confirm, token_in(message[1], "/auth/confirmation"))
    assert found.state is accounts.State.PENDING
    with pytest.raises(accounts.NotYetApproved):
        await accounts.sign_in(db, "wren", PASSWORD, client="")
    assert member.id == found.id


async def test_no_secret_lies_in_the_database(db, post):
    await unconfirmed(db)
    bodies = " ".join(row[1] for row in await db.all(BODIES))
    assert "token" not in bodies
    [(_, message)] = await post()
    token = token_in(message, "/auth/confirmation")
    rows = await db.all(Sql(select(tables.mail_links.c.digest)))
    assert token not in [row[0] for row in rows]
    assert len(token) >= 40


async def test_links_end(db, post):
    await unconfirmed(db)
    [(_, message)] = await post()
    async with db.begin() as tx:
        await tx.run(OLDER)
    for token in (token_in(message, "/auth/confirmation"), "", "x", "\0", "é" * 100):
        with pytest.raises(accounts.LinkOver):
            await do(db, accounts.confirm, token)


async def test_a_link_is_for_one_purpose(db, post):
    member = await join(db, "wren")
    await accounts.ask_reset(db, member.email)
    [message] = await post(member.email)
    with pytest.raises(accounts.LinkOver):
        await do(db, accounts.confirm, token_in(message, "/auth/password/edit"))


async def test_again_and_to_another_address(db, post):
    app, _ = await register(db)
    member = await unconfirmed(db, app_id=app.id)
    [first] = await post("wren@mail.example")
    await accounts.confirm_again(db, member.id, app_id=app.id, email=" other@mail.example ", mail_possible=True)
    [second] = await post("other@mail.example")
    with pytest.raises(accounts.LinkOver):  # not theirs any more
        await do(db, accounts.confirm, token_in(first, "/auth/confirmation"))
    found = await do(db, accounts.confirm, token_in(second, "/auth/confirmation"))
    assert (found.email, found.unconfirmed) == ("other@mail.example", False)
    with pytest.raises(accounts.MailConfirmedAlready):
        await accounts.confirm_again(db, member.id, app_id=app.id, email=None, mail_possible=True)


async def test_who_may_ask_again(db, post):
    app, _ = await register(db)
    other, _ = await register(db)
    member = await unconfirmed(db, app_id=app.id)
    taken = await join(db, "robin")
    with pytest.raises(accounts.OtherApp):
        await accounts.confirm_again(db, member.id, app_id=other.id, email=None, mail_possible=True)
    for email in ("nonsense", "a@b\r\nc", taken.email.upper()):
        with pytest.raises(accounts.SignUpRefused):
            await accounts.confirm_again(db, member.id, app_id=app.id, email=email, mail_possible=True)
    with pytest.raises(accounts.MailImpossible):
        await accounts.confirm_again(db, member.id, app_id=app.id, email=None, mail_possible=False)


async def test_nobody_floods_others_with_mail(db, post):
    """SC-124: a limit for each address, for each member, and for where the wish comes from."""
    member = await unconfirmed(db)
    for _ in range(5):
        await accounts.confirm_again(db, member.id, app_id=None, email=None, mail_possible=True)
    with pytest.raises(TooManyTries):
        await accounts.confirm_again(db, member.id, app_id=None, email=None, mail_possible=True)
    with pytest.raises(TooManyTries):
        await accounts.ask_confirmation(db, "WREN@mail.example")
    for number in range(5):
        await accounts.ask_reset(db, f"x{number}@mail.example", address="198.51.100.7")
    with pytest.raises(TooManyTries):
        await accounts.ask_reset(db, "x5@mail.example", address="198.51.100.7")


async def test_a_forgotten_password(db, post, events):
    member = await join(db, "wren")
    app, _ = await register(db)
    raw = await token_for(db, app, member)
    session = await accounts.sign_in(db, "wren", PASSWORD, client="")
    await accounts.ask_reset(db, " WREN@mail.example ")
    await accounts.ask_reset(db, "wren@mail.example")
    first, second = await post("wren@mail.example")
    token, other = token_in(first, "/auth/password/edit"), token_in(second, "/auth/password/edit")
    with pytest.raises(accounts.SignUpRefused):
        await accounts.reset_password(db, token, "short")
    await accounts.reset_password(db, token, NEW)
    # SC-116: what the old password opened is over, and so are the other links.
    assert await accounts.find_session(db, session) is None
    assert await Tokens(db).find(raw.encode()) is None
    for over in (token, other):
        with pytest.raises(accounts.LinkOver):
            await accounts.reset_password(db, over, "yet another one")
    with pytest.raises(accounts.SignInRefused):
        await accounts.sign_in(db, "wren", PASSWORD, client="")
    await accounts.sign_in(db, "wren", NEW, client="")
    assert accounts.PasswordChanged(member_id=member.id, by_mail=True) in await events()


async def test_of_two_at_once_one_wins(db, post):
    member = await join(db, "wren")
    await accounts.ask_reset(db, member.email)
    [message] = await post(member.email)
    token = token_in(message, "/auth/password/edit")
    made = await asyncio.gather(
        *[accounts.reset_password(db, token, f"{NEW} {number}") for number in range(3)], return_exceptions=True
    )
    assert sum(isinstance(one, accounts.LinkOver) for one in made) == 2


async def test_nobody_learns_who_is_a_member(db, post, make):
    """SC-123: the same job, whether there is such a member or not."""
    await join(db, "wren")
    await accounts.ask_reset(db, "wren@mail.example")
    await accounts.ask_reset(db, "nobody@mail.example")
    rows = [row[1].replace("nobody", "wren") for row in await db.all(BODIES)]
    shapes = {re.sub(r'"mail_id":\d+', "", row) for row in rows}
    assert len(shapes) == 1
    assert [to for to, _ in await post()] == ["wren@mail.example"]


@pytest.mark.parametrize("barred", [{"state": "disabled"}, {"standing": "suspended"}])
async def test_who_is_shut_out_gets_no_mail(db, post, make, barred):
    one = await make.member("gone", **barred)
    await accounts.ask_reset(db, one.email)
    assert await post() == []


async def test_a_reset_shows_that_the_address_is_theirs(db, post):
    await unconfirmed(db)
    await post()
    await accounts.ask_reset(db, "wren@mail.example")
    [message] = await post("wren@mail.example")
    member = await accounts.reset_password(db, token_in(message, "/auth/password/edit"), NEW)
    assert not (await accounts.find_member(db, member.id)).unconfirmed


async def test_another_address(db, post, events):
    member = await join(db, "wren")
    await accounts.ask_reset(db, member.email)
    [reset] = await post(member.email)
    with pytest.raises(accounts.SignUpRefused):
        await accounts.change_email(db, member.id, "new@mail.example", password="wrong", mail_possible=True)
    assert await accounts.change_email(db, member.id, "new@mail.example", password=PASSWORD, mail_possible=True)
    held = await accounts.find_member(db, member.id)
    assert (held.email, held.new_email) == ("wren@mail.example", "new@mail.example")
    sent = dict(await post())
    assert "/auth/recall?recall_token=" in text_of(sent["wren@mail.example"])
    assert "new@mail.example" not in text_of(sent["wren@mail.example"])
    await accounts.sign_in(db, "wren@mail.example", PASSWORD, client="")
    await do(db, accounts.confirm, token_in(sent["new@mail.example"], "/auth/confirmation"))
    held = await accounts.find_member(db, member.id)
    assert (held.email, held.new_email) == ("new@mail.example", None)
    await accounts.sign_in(db, "NEW@mail.example", PASSWORD, client="")
    with pytest.raises(accounts.SignInRefused):
        await accounts.sign_in(db, "wren@mail.example", PASSWORD, client="")
    with pytest.raises(accounts.LinkOver):  # a link that lies in the old mailbox opens nothing
        await accounts.reset_password(db, token_in(reset, "/auth/password/edit"), NEW)
    assert accounts.EmailChanged(member_id=member.id) in await events()


async def test_an_address_that_somebody_took_meanwhile(db, post):
    member = await join(db, "wren")
    await accounts.change_email(db, member.id, "new@mail.example", password=PASSWORD, mail_possible=True)
    message = dict(await post())["new@mail.example"]
    await accounts.create_member(db, username="robin", email="new@mail.example", password=PASSWORD)
    with pytest.raises(accounts.SignUpRefused, match="email"):
        await do(db, accounts.confirm, token_in(message, "/auth/confirmation"))
    assert (await accounts.find_member(db, member.id)).email == "wren@mail.example"


async def test_taken_back(db, post):
    member = await join(db, "wren")
    await accounts.change_email(db, member.id, "new@mail.example", password=PASSWORD, mail_possible=True)
    message = dict(await post())["new@mail.example"]
    await accounts.change_email(db, member.id, member.email, password=PASSWORD, mail_possible=True)
    with pytest.raises(accounts.LinkOver):
        await do(db, accounts.confirm, token_in(message, "/auth/confirmation"))


async def test_without_mail_another_address_counts_at_once(db):
    member = await join(db, "wren")
    assert not await accounts.change_email(db, member.id, "new@mail.example", password=PASSWORD, mail_possible=False)
    assert (await accounts.find_member(db, member.id)).email == "new@mail.example"
    assert await db.all(BODIES) == []


async def test_a_blocked_provider(db):
    await do(db, accounts.doors.block_mail_domain, "evil.example", allow_with_approval=False)
    member = await join(db, "wren")
    with pytest.raises(accounts.SignUpRefused):
        await accounts.change_email(db, member.id, "a@sub.evil.example", password=PASSWORD, mail_possible=True)


async def test_domains_in_other_letters(db, post):
    member = await accounts.sign_up(db, form("wren", email="wren@Bücher.example"), policy="open", confirm=True)
    assert member.email == "wren@xn--bcher-kva.example"
    [(to, _)] = await post()
    assert to == "wren@xn--bcher-kva.example"
    with pytest.raises(accounts.SignUpRefused):
        await accounts.sign_up(db, form("robin", email="WREN@bücher.example"), policy="open")


async def test_an_address_that_takes_no_mail_is_marked(db, post):
    member = await join(db, "wren")
    post.server.answers["RCPT"] = ["550 no such user"]
    await accounts.ask_reset(db, member.email)
    assert await post() == []
    assert (await accounts.find_member(db, member.id)).mail_refused_at


async def test_who_never_came_is_forgotten(db, monkeypatch):
    confirm = importlib.import_module("dunnock.accounts.confirm")
    gone = await unconfirmed(db)
    app, _ = await register(db)
    await token_for(db, app, gone)
    kept = await join(db, "robin")
    await confirm.drop_unconfirmed(db)
    assert await accounts.find_member(db, gone.id)
    later = confirm.now_ms() + 8 * DAY
    monkeypatch.setattr(confirm, "now_ms", lambda: later)
    await accounts.sweep_access(db, accounts.SweepAccess())
    assert await accounts.find_member(db, gone.id) is None
    assert await accounts.find(db, kept.account_id)
    again = await unconfirmed(db)  # name and address are free
    assert again.username == "wren"
