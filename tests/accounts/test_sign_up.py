"""Joining, on both engines through the face."""

from __future__ import annotations

import asyncio
import importlib

import pytest

from accounts.joining import PASSWORD, do, form, join
from dunnock import accounts
from dunnock.accounts import passwords
from dunnock.foundation.clock import now_ms

joining = importlib.import_module("dunnock.accounts.sign_up")  # the face has a function of this name


async def test_open(db, events):
    made = await accounts.sign_up(db, form("Ada", locale="de-AT", reason=" why "), policy="open")
    assert (made.username, made.state, made.role) == ("Ada", accounts.State.ACTIVE, "member")
    assert (made.email, made.locale, made.reason) == ("Ada@mail.example", "de-AT", "why")
    assert await accounts.member_named(db, "@ADA") == made == await accounts.member_of(db, made.account_id)
    assert (await accounts.counts_of(db, [made.account_id]))[made.account_id].posts == 0
    assert await events() == [
        accounts.AccountMade(account_id=made.account_id),
        accounts.MemberSignedUp(member_id=made.id, account_id=made.account_id, state="active"),
    ]


@pytest.mark.parametrize(
    ("values", "field", "why"),
    [
        ({"username": ""}, "username", ("ERR_BLANK", "can't be blank")),
        ({"username": "a b"}, "username", ("ERR_INVALID", "must contain only letters, numbers and underscores")),
        ({"username": "a" * 31}, "username", ("ERR_TOO_LONG", "is too long (maximum is 30 characters)")),
        ({"username": "Admin"}, "username", ("ERR_RESERVED", "is reserved")),
        ({"username": "_support_"}, "username", ("ERR_RESERVED", "is reserved")),
        ({"username": "TAKEN"}, "username", ("ERR_TAKEN", "has already been taken")),
        ({"email": ""}, "email", ("ERR_BLANK", "can't be blank")),
        ({"email": " Taken@MAIL.example "}, "email", ("ERR_TAKEN", "has already been taken")),
        ({"password": ""}, "password", ("ERR_BLANK", "can't be blank")),
        ({"password": "short"}, "password", ("ERR_TOO_SHORT", "is too short (minimum is 8 characters)")),
        ({"password": "x" * 1_000_000}, "password", ("ERR_TOO_LONG", "is too long (maximum is 256 characters)")),
        ({"agreement": False}, "agreement", ("ERR_ACCEPTED", "must be accepted")),
        ({"locale": "<script>"}, "locale", ("ERR_INCLUSION", "is not included in the list")),
        ({"reason": "x" * 2001}, "reason", ("ERR_TOO_LONG", "is too long (maximum is 2000 characters)")),
    ],
)
async def test_refused(db, events, values, field, why):
    await join(db, "taken")
    before = await events()
    with pytest.raises(accounts.SignUpRefused) as refused:
        await accounts.sign_up(db, form(**({"username": "ada", "email": "ada@mail.example"} | values)), policy="open")
    assert refused.value.details == {field: [why]}
    assert refused.value.text.startswith("Validation failed: ")
    assert why[1] in refused.value.text
    assert await events() == before


@pytest.mark.parametrize(
    "email",
    [
        "a", "@b.example", "a@", "a@@b.example", "a b@c.example", '"a"@b.example', "a.@b.example", ".a@b.example",
        "a..b@c.example", "a@b..example", "a@-b.example", "a@b-.example", "a@[127.0.0.1]", "a@127.0.0.1",
        "a@b.example>c@d.example", "a(x)@b.example", "a@b.example\nBcc: c@d.example", "a@b\uff55cher.example", "a@bücher",
        "ä@b.example",
        f"{'a' * 65}@b.example", f"a@{'b' * 64}.example", f"a@{'b.' * 130}example", "a,b@c.example", "a@b.example.",
    ],
)  # fmt: skip
def test_no_address(email):
    """SC-125: nothing that two mailers could read as two addresses."""
    assert "email" in joining._faults(form(email=email))


@pytest.mark.parametrize(
    "email",
    ["a@b.example", "A.b+c_d'e@sub.b-c.example", " a@localhost ", "a@xn--bcher-kva.example", "a@bücher.example"],
)
def test_an_address(email):
    assert joining._faults(form(email=email)) == {}


async def test_policies(db):
    with pytest.raises(accounts.SignUpClosed):
        await accounts.sign_up(db, form(), policy="closed")
    with pytest.raises(accounts.SignUpClosed):
        await accounts.sign_up(db, form(), policy="invitation")
    with pytest.raises(accounts.SignUpRefused) as refused:
        await accounts.sign_up(db, form(), policy="approval")
    assert refused.value.details == {"reason": [("ERR_BLANK", "can't be blank")]}
    waits = await accounts.sign_up(db, form(reason="birds"), policy="approval")
    assert (waits.state, waits.locale) == (accounts.State.PENDING, "en")
    assert await accounts.members(db, state=accounts.State.PENDING) == [waits]
    with pytest.raises(accounts.NotYetApproved):
        await accounts.sign_in(db, "ada", PASSWORD, client="")
    assert await do(db, accounts.change_state, waits.id, accounts.State.ACTIVE)
    assert not await do(db, accounts.change_state, waits.id, accounts.State.ACTIVE)
    assert await accounts.sign_in(db, "ada", PASSWORD, client="")


@pytest.mark.parametrize("same", ["name", "address"])
async def test_two_at_once(db, events, same, monkeypatch):
    """Both have found the name and the address free before either writes."""
    met, real = asyncio.Barrier(2), passwords.make_hash

    async def make_hash(password):
        hashed = await real(password)
        await met.wait()
        return hashed

    monkeypatch.setattr(passwords, "make_hash", make_hash)
    forms = [form("ada"), form("ADA", email="b@mail.example")] if same == "name" else [form("ada"), form("b")]
    if same == "address":
        forms = [form("ada", email="x@mail.example"), form("bea", email="X@mail.example")]
    done = await asyncio.gather(*(accounts.sign_up(db, one, policy="open") for one in forms), return_exceptions=True)
    refused = [one for one in done if isinstance(one, accounts.SignUpRefused)]
    assert len(refused) == 1, done
    field = "username" if same == "name" else "email"
    assert refused[0].details == {field: [("ERR_TAKEN", "has already been taken")]}
    assert [one.kind for one in await events()] == ["AccountMade", "MemberSignedUp"]


async def test_joining_from_one_address_has_a_limit(db, monkeypatch):
    monkeypatch.setattr(joining, "joining", joining.Tries(1, 60_000))
    await accounts.sign_up(db, form("ada"), policy="open", address="192.0.2.1")
    with pytest.raises(accounts.TooManyTries):
        await accounts.sign_up(db, form("bea"), policy="open", address="192.0.2.1")
    await accounts.sign_up(db, form("bea"), policy="open", address="192.0.2.2")


async def test_staff_may_have_reserved_names(db):
    owner = await join(db, "admin", role="owner", locked=True)
    assert (owner.role, owner.is_staff) == ("owner", True)
    assert [one.id for one in await accounts.staff(db)] == [owner.id]
    with pytest.raises(accounts.SignUpRefused):
        await join(db, "moderator")


async def test_change_password(db):
    one = await join(db)
    with pytest.raises(accounts.SignUpRefused) as refused:
        await accounts.change_password(db, one.id, "eight wrens", old="wrong")
    assert list(refused.value.details) == ["old_password"]
    with pytest.raises(accounts.SignUpRefused) as refused:
        await accounts.change_password(db, one.id, "short", old=PASSWORD)
    assert list(refused.value.details) == ["password"]
    here, there = [await accounts.sign_in(db, "ada", PASSWORD, client="") for _ in range(2)]
    kept = await accounts.find_session(db, here)
    await accounts.change_password(db, one.id, "eight wrens", old=PASSWORD, keep_session=kept.id)
    assert await accounts.find_session(db, here)
    assert await accounts.find_session(db, there) is None
    with pytest.raises(accounts.SignInRefused):
        await accounts.sign_in(db, "ada", PASSWORD, client="")
    await accounts.change_password(db, one.id, "nine wrens", old=None)
    assert await accounts.find_session(db, here) is None
    with pytest.raises(accounts.MemberMissing):
        await accounts.change_password(db, 5, "nine wrens", old=None)


async def test_two_changes_at_once_leave_one_password(db):
    one = await join(db)
    words = ["eight wrens here", "nine wrens here"]
    done = await asyncio.gather(
        *(accounts.change_password(db, one.id, word, old=PASSWORD) for word in words), return_exceptions=True
    )
    assert sum(isinstance(result, accounts.SignUpRefused) for result in done) == 1, done
    good = words[done.index(None)]
    assert await accounts.sign_in(db, "ada", good, client="")


async def test_the_old_password_can_not_be_guessed(db, monkeypatch):
    one = await join(db)
    monkeypatch.setattr(joining, "changing", joining.Tries(1, 60_000))
    with pytest.raises(accounts.SignUpRefused):
        await accounts.change_password(db, one.id, "eight wrens", old="wrong")
    with pytest.raises(accounts.TooManyTries) as refused:
        await accounts.change_password(db, one.id, "eight wrens", old=PASSWORD)
    assert refused.value.retry_at > now_ms()


async def test_role(db, events):
    one = await join(db)
    await do(db, accounts.change_role, one.id, "admin")
    assert (await accounts.find_member(db, one.id)).role == "admin"
    assert (await events())[-1] == accounts.TokensRevoked(member_id=one.id)
    with pytest.raises(accounts.MemberMissing):
        await do(db, accounts.change_role, 5, "admin")
    with pytest.raises(accounts.MemberMissing):
        await do(db, accounts.change_state, 5, accounts.State.DISABLED)
