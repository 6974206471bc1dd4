"""Second factors: what opens with them, what no longer opens without, and what opens once only."""

from __future__ import annotations

import asyncio
import importlib
import json

import pyotp
import pytest
from sqlalchemy import select, update

from accounts.joining import PASSWORD, do, join
from authenticator import Authenticator
from dunnock import accounts
from dunnock.accounts import factors, tables
from dunnock.foundation.clock import MINUTE, SECOND
from dunnock.foundation.db import Sql

sign_in = importlib.import_module("dunnock.accounts.sign_in")
SITE = accounts.Site("https://birds.example", "Birds")


async def with_app(db, username="ada"):
    """A member with an app for codes: (member, the app, recovery codes, the step of the code that was used)."""
    member = await join(db, username)
    secret = await do(db, accounts.plan_totp, member.id)
    async with db.begin() as tx:
        step = tx.now // SECOND // 30
        codes = await accounts.confirm_totp(tx, member.id, pyotp.HOTP(secret).at(step))
    return member, pyotp.HOTP(secret), codes, step


async def begin(db, login="ada") -> str:
    with pytest.raises(accounts.SecondStepNeeded) as needed:
        await accounts.sign_in(db, login, PASSWORD, client="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
    return needed.value.step


async def test_a_password_alone_opens_nothing_any_more(db):
    member, app, codes, step = await with_app(db)
    assert len(codes) == len(set(codes)) == 10
    under_way = await begin(db)
    assert await accounts.sessions_of(db, member.id) == []
    with pytest.raises(accounts.SecondFactorWrong):
        await accounts.finish_sign_in(db, under_way, SITE, code="000000")
    token = await accounts.finish_sign_in(db, under_way, SITE, code=f" {app.at(step + 1)[:3]} {app.at(step + 1)[3:]} ")
    session = await accounts.find_session(db, token)
    assert (session.member_id, session.client) == (member.id, "Firefox on Linux")
    with pytest.raises(accounts.StepOver):  # once
        await accounts.finish_sign_in(db, under_way, SITE, code=codes[0])


async def test_a_code_is_right_once(db):
    """SC-132: neither the code that set the app up, nor one that signed somebody in, nor any before it."""
    _, app, _, step = await with_app(db)
    for used in (step, step - 1):
        with pytest.raises(accounts.SecondFactorWrong):
            await accounts.finish_sign_in(db, await begin(db), SITE, code=app.at(used))
    await accounts.finish_sign_in(db, await begin(db), SITE, code=app.at(step + 1))
    with pytest.raises(accounts.SecondFactorWrong):
        await accounts.finish_sign_in(db, await begin(db), SITE, code=app.at(step + 1))


async def test_of_two_with_the_same_code_one_comes_in(db):
    _, app, _, step = await with_app(db)
    steps = [await begin(db), await begin(db)]
    made = await asyncio.gather(
        *[accounts.finish_sign_in(db, one, SITE, code=app.at(step + 1)) for one in steps], return_exceptions=True
    )
    assert sum(isinstance(one, accounts.SecondFactorWrong) for one in made) == 1


@pytest.mark.parametrize(("drift", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_one_step(drift, good):
    secret, now = pyotp.random_base32(32), 1_800_000_000_000
    step = now // SECOND // 30
    found = factors._step_of(secret, pyotp.HOTP(secret).at(step + drift), now)
    assert found == (step + drift if good else None)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "12345",
        "1234567",
        "\uff11\uff12\uff13\uff14\uff15\uff16",
        "abcdef",
        "\0",
        "x" * 10**6,
        "aaaa-bbbb-cccc-dddd",
    ],
)
async def test_what_is_no_code(db, code):
    await with_app(db)
    with pytest.raises(accounts.SecondFactorWrong):
        await accounts.finish_sign_in(db, await begin(db), SITE, code=code)


async def test_recovery_codes(db):
    member, _, codes, _ = await with_app(db)
    assert (await accounts.factors_of(db, member.id)).codes_left == 10
    await accounts.finish_sign_in(db, await begin(db), SITE, code=codes[0].upper().replace("-", " "))
    assert (await accounts.factors_of(db, member.id)).codes_left == 9
    with pytest.raises(accounts.SecondFactorWrong):
        await accounts.finish_sign_in(db, await begin(db), SITE, code=codes[0])
    other, _, theirs, _ = await with_app(db, "eve")
    with pytest.raises(accounts.SecondFactorWrong):  # somebody else's
        await accounts.finish_sign_in(db, await begin(db), SITE, code=theirs[0])
    fresh_codes = await do(db, accounts.replace_codes, member.id)
    with pytest.raises(accounts.SecondFactorWrong):
        await accounts.finish_sign_in(db, await begin(db), SITE, code=codes[1])
    await accounts.finish_sign_in(db, await begin(db), SITE, code=fresh_codes[0])
    stored = [row[0] for row in await db.all(Sql(select(tables.recovery_codes.c.digest)))]
    assert not {one.replace("-", "") for one in [*codes, *fresh_codes, *theirs]} & set(stored)
    assert all(len(one) == 64 for one in stored)
    assert other.id != member.id


async def test_guessing_is_limited(db):
    """SC-120: for the member, whatever sign-in it is, and for the address."""
    await with_app(db)
    _, app, _, step = await with_app(db, "eve")
    for _ in range(sign_in.TRIES):
        with pytest.raises(accounts.SecondFactorWrong):
            await accounts.finish_sign_in(db, await begin(db), SITE, code="000000", address="198.51.100.7")
    with pytest.raises(accounts.TooManyTries):
        await accounts.finish_sign_in(db, await begin(db), SITE, code="000000")
    with pytest.raises(accounts.TooManyTries):
        await accounts.finish_sign_in(db, await begin(db, "eve"), SITE, code=app.at(step + 1), address="198.51.100.7")
    await accounts.finish_sign_in(db, await begin(db, "eve"), SITE, code=app.at(step + 1), address="203.0.113.9")


async def test_a_password_that_changes_ends_what_is_under_way(db):
    member, app, _, step = await with_app(db)
    under_way = await begin(db)
    await accounts.change_password(db, member.id, "another wren in the hedge", old=PASSWORD)
    with pytest.raises(accounts.StepOver):
        await accounts.finish_sign_in(db, under_way, SITE, code=app.at(step + 1))
    assert await accounts.sessions_of(db, member.id) == []


async def test_who_is_shut_out_meanwhile_does_not_come_in(db):
    member, app, _, step = await with_app(db)
    under_way = await begin(db)
    await do(db, accounts.change_state, member.id, accounts.State.DISABLED)
    with pytest.raises(accounts.SignInRefused):
        await accounts.finish_sign_in(db, under_way, SITE, code=app.at(step + 1))


async def test_a_step_ends(db):
    _, app, _, step = await with_app(db)
    under_way = await begin(db)
    async with db.begin() as tx:
        await tx.run(Sql(update(tables.sign_in_steps).values(expires_at=1)))
    for one in (under_way, "", "x"):
        with pytest.raises(accounts.StepOver):
            await accounts.finish_sign_in(db, one, SITE, code=app.at(step + 1))
    await accounts.sweep_access(db, accounts.SweepAccess())
    assert await db.all(Sql(select(tables.sign_in_steps.c.digest))) == []


async def test_an_app_is_none_before_its_first_code(db, events):
    member = await join(db)
    first = await do(db, accounts.plan_totp, member.id)
    second = await do(db, accounts.plan_totp, member.id)
    assert first != second
    assert await accounts.planned_totp(db, member.id) == second
    await accounts.sign_in(db, "ada", PASSWORD, client="")
    with pytest.raises(accounts.SecondFactorWrong):
        await do(db, accounts.confirm_totp, member.id, pyotp.TOTP(first).now())
    assert not (await accounts.factors_of(db, member.id)).any
    address = accounts.totp_address(second, name="ada@birds.example", server="Birds: of a feather")
    assert address.startswith("otpauth://totp/Birds%20%20of%20a%20feather:ada%40birds.example?secret=")


async def test_only_one_app(db):
    member, *_ = await with_app(db)
    with pytest.raises(accounts.FactorRefused):
        await do(db, accounts.plan_totp, member.id)
    await do(db, accounts.remove_totp, member.id)
    assert await accounts.factors_of(db, member.id) == accounts.Factors(totp=False, passkeys=False, codes_left=0)
    await accounts.sign_in(db, "ada", PASSWORD, client="")


async def test_staff_take_factors_away(db, events):
    member, *_ = await with_app(db)
    assert await do(db, accounts.reset_factors, member.id)
    assert not await do(db, accounts.reset_factors, member.id)
    await accounts.sign_in(db, "ada", PASSWORD, client="")
    changes = [one.what for one in await events() if isinstance(one, accounts.SecondFactorsChanged)]
    assert changes == ["totp_on", "reset"]


# Passkeys --------------------------------------------------------------------------------------------------------------


async def with_passkey(db, username="ada", **how):
    member = await join(db, username)
    key = Authenticator(SITE.public_url, **how)
    step, options = await do(db, accounts.ask_new, SITE, member)
    made, codes = await accounts.add_passkey(
        db, SITE, step, member_id=member.id, credential=key.create(options), name="  my   phone "
    )
    assert made.name == "my phone"
    assert len(codes) == 10
    return member, key, codes


async def test_a_passkey_alone_signs_in(db):
    member, key, _ = await with_passkey(db)
    step, options = await accounts.ask_passkey(db, SITE, client="")
    asked = json.loads(options)
    assert asked["rpId"] == "birds.example"
    assert asked["userVerification"] == "required"
    assert asked["allowCredentials"] == []
    told = key.get(options)
    token = await accounts.sign_in_by_passkey(db, step, SITE, credential=told)
    assert (await accounts.find_session(db, token)).member_id == member.id
    with pytest.raises(accounts.StepOver):  # what was heard on the way is worth nothing
        await accounts.sign_in_by_passkey(db, step, SITE, credential=told)
    other, _ = await accounts.ask_passkey(db, SITE, client="")
    with pytest.raises(accounts.SecondFactorWrong):  # another question
        await accounts.sign_in_by_passkey(db, other, SITE, credential=told)


async def test_alone_it_has_to_verify_its_owner(db):
    _, key, _ = await with_passkey(db, verifies=False)
    step, options = await accounts.ask_passkey(db, SITE, client="")
    with pytest.raises(accounts.SecondFactorWrong):
        await accounts.sign_in_by_passkey(db, step, SITE, credential=key.get(options))
    under_way = await begin(db)  # beside a password it need not
    asked = await accounts.second_step(db, under_way, SITE)
    assert (asked.totp, asked.codes) == (False, True)
    assert len(json.loads(asked.options)["allowCredentials"]) == 1
    await accounts.finish_sign_in(db, under_way, SITE, credential=key.get(asked.options))


async def test_as_a_second_factor(db):
    _, key, codes = await with_passkey(db)
    _, others, _ = await with_passkey(db, "eve")
    under_way = await begin(db)
    options = (await accounts.second_step(db, under_way, SITE)).options
    with pytest.raises(accounts.SecondFactorWrong):
        await accounts.finish_sign_in(db, under_way, SITE, credential=others.get(options))
    await accounts.finish_sign_in(db, under_way, SITE, credential=key.get(options))
    await accounts.finish_sign_in(db, await begin(db), SITE, code=codes[0])


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://birds.example"},
        {"type": "webauthn.create"},
        {"challenge": "AAAA"},
    ],
)
async def test_said_elsewhere_or_about_something_else(db, changed):
    _, key, _ = await with_passkey(db)
    step, options = await accounts.ask_passkey(db, SITE, client="")
    with pytest.raises(accounts.SecondFactorWrong):
        await accounts.sign_in_by_passkey(db, step, SITE, credential=key.get(options, **changed))


async def test_a_copy_is_told_by_its_count(db):
    _, key, _ = await with_passkey(db)
    for count in (5, 3):
        key.count = count - 1
        step, options = await accounts.ask_passkey(db, SITE, client="")
        if count == 5:
            await accounts.sign_in_by_passkey(db, step, SITE, credential=key.get(options))
        else:
            with pytest.raises(accounts.SecondFactorWrong):
                await accounts.sign_in_by_passkey(db, step, SITE, credential=key.get(options))


@pytest.mark.parametrize(
    "told", ["", "x", "{}", "[]", "null", '{"id":1}', '{"id":"a","rawId":"a","response":{}}', "x" * 10**6, "\0"]
)
async def test_nonsense(db, told):
    member, *_ = await with_passkey(db)
    step, _ = await accounts.ask_passkey(db, SITE, client="")
    with pytest.raises(accounts.SecondFactorWrong):
        await accounts.sign_in_by_passkey(db, step, SITE, credential=told)
    step, _ = await do(db, accounts.ask_new, SITE, member)
    with pytest.raises(accounts.FactorRefused):
        await accounts.add_passkey(db, SITE, step, member_id=member.id, credential=told, name="")


async def test_nobody_adds_a_passkey_to_somebody_else(db):
    ada, eve = await join(db), await join(db, "eve")
    key = Authenticator(SITE.public_url)
    step, options = await do(db, accounts.ask_new, SITE, ada)
    told = key.create(options)
    with pytest.raises(accounts.FactorRefused):
        await accounts.add_passkey(db, SITE, step, member_id=eve.id, credential=told, name="")
    with pytest.raises(accounts.FactorRefused):
        await accounts.add_passkey(
            db, SITE, step, member_id=ada.id, credential=key.create(options, origin="https://evil.example"), name=""
        )
    await accounts.add_passkey(db, SITE, step, member_id=ada.id, credential=told, name="")
    with pytest.raises(accounts.StepOver):
        await accounts.add_passkey(db, SITE, step, member_id=ada.id, credential=told, name="")
    step, options = await do(db, accounts.ask_new, SITE, eve)
    with pytest.raises(accounts.FactorRefused):  # the same key again
        await accounts.add_passkey(db, SITE, step, member_id=eve.id, credential=key.create(options), name="")


@pytest.mark.parametrize("state", ["pending", "disabled"])
async def test_a_passkey_lets_nobody_in_who_may_not(db, state):
    member, key, _ = await with_passkey(db)
    await do(db, accounts.change_state, member.id, accounts.State(state))
    step, options = await accounts.ask_passkey(db, SITE, client="")
    with pytest.raises((accounts.NotYetApproved, accounts.MemberDisabled)):
        await accounts.sign_in_by_passkey(db, step, SITE, credential=key.get(options))


async def test_named_and_removed(db, make):
    member, key, _ = await with_passkey(db)
    [held] = await accounts.passkeys_of(db, member.id)
    eve = await join(db, "eve")
    for use_case, more in ((accounts.rename_passkey, {"name": "x"}), (accounts.remove_passkey, {})):
        with pytest.raises(accounts.FactorMissing):
            await do(db, use_case, held.id, member_id=eve.id, **more)
    await do(db, accounts.rename_passkey, held.id, member_id=member.id, name="y" * 100)
    assert [one.name for one in await accounts.passkeys_of(db, member.id)] == ["y" * 60]
    await do(db, accounts.remove_passkey, held.id, member_id=member.id)
    step, options = await accounts.ask_passkey(db, SITE, client="")
    with pytest.raises(accounts.SecondFactorWrong):
        await accounts.sign_in_by_passkey(db, step, SITE, credential=key.get(options))
    await accounts.sign_in(db, "ada", PASSWORD, client="")


@pytest.mark.parametrize(
    ("url", "possible"),
    [
        ("https://birds.example", True), ("http://birds.example", False), ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", False), ("https://192.0.2.7", False), ("https://[::1]", False),
    ],
)  # fmt: skip
async def test_where_passkeys_work(db, url, possible):
    site = accounts.Site(url, "Birds")
    assert site.possible is possible
    if not possible:
        with pytest.raises(accounts.FactorRefused):
            await accounts.ask_passkey(db, site, client="")


# Browsers, and proving who one is --------------------------------------------------------------------------------------


async def test_a_browser_that_was_never_seen(db, events):
    member = await join(db)
    for browser in ("first", "first", "second", "second", "first"):
        await accounts.sign_in(db, "ada", PASSWORD, client="Firefox on Linux", browser=browser)
    seen = [one for one in await events() if isinstance(one, accounts.SignedInAnew)]
    assert [one.member_id for one in seen] == [member.id]
    assert len({row[0] for row in await db.all(Sql(select(tables.browsers.c.digest)))}) == 2


async def test_the_password_is_asked_for_again(db):
    await join(db)
    token = await accounts.sign_in(db, "ada", PASSWORD, client="")
    assert accounts.fresh(await accounts.find_session(db, token))
    async with db.begin() as tx:
        await tx.run(Sql(update(tables.sessions).values(proven_at=tx.now - 16 * MINUTE)))
    session = await accounts.find_session(db, token)
    assert not accounts.fresh(session)
    with pytest.raises(accounts.SignUpRefused):
        await accounts.prove(db, session, "wrong")
    await accounts.prove(db, session, PASSWORD)
    assert accounts.fresh(await accounts.find_session(db, token))
