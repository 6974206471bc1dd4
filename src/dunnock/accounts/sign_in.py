"""Signing in by name or e-mail address and password. Unknown and wrong are the same answer, in the same time."""

from __future__ import annotations

import hmac

import msgspec

from dunnock.accounts import passwords
from dunnock.accounts.errors import (
    FactorRefused,
    MailUnconfirmed,
    MemberDisabled,
    NotYetApproved,
    SecondFactorWrong,
    SecondStepNeeded,
    SignInRefused,
    StepOver,
)
from dunnock.accounts.factors import factors_of, use_code
from dunnock.accounts.mailed_code import ask_for_code, is_mailed_code, masked
from dunnock.accounts.passkeys import Site, check_passkey, new_challenge, options_for, passkeys_of, used_passkey
from dunnock.accounts.sessions import open_session
from dunnock.accounts.sign_up import find_member
from dunnock.accounts.steps import Step, begin_step, end_step, find_step
from dunnock.accounts.store import factors as factor_rows
from dunnock.accounts.store import members as store
from dunnock.accounts.tries import Tries
from dunnock.foundation import ids
from dunnock.foundation.clock import MINUTE
from dunnock.foundation.db import Db, Tx

TRIES, WINDOW_MS = 10, 5 * MINUTE
tries = Tries(TRIES, WINDOW_MS)
second_tries = Tries(TRIES, WINDOW_MS)  # who has the password must not guess codes in peace
passkey_tries = Tries(50, WINDOW_MS)


async def sign_in(
    db: Db,
    login: str,
    password: str,
    *,
    client: str,
    address: str = "",
    browser: str = "",
    mail_possible: bool = False,
) -> str:
    """Open a session; its token for the cookie. `login`: name or e-mail address; `client`: the User-Agent header.

    `address`: what shares one limit, such as an IPv4 address or an IPv6 network; empty: no limit by address. `browser`: see
    `open_session`. From a browser and a network that are both new a member without second factors is asked for a
    mailed code, where `mail_possible`.

    Raises:
        SignInRefused: unknown or wrong.
        TooManyTries: too many failures for this login, or from this address.
        MailUnconfirmed, NotYetApproved, MemberDisabled: the password is right, but the member may not come in.
        SecondStepNeeded: the password is right, and a second factor or a mailed code is to be shown.
    """
    member_id, hashed = await _check(db, login, password, address=address)
    step = ""
    async with db.begin() as tx:
        if (await factors_of(tx, member_id)).any:
            step = await begin_step(
                tx, "second", member_id=member_id, held=hashed, client=client, challenge=new_challenge()
            )
        else:
            if mail_possible:
                step = await ask_for_code(tx, member_id, held=hashed, client=client, browser=browser, address=address)
            if not step:
                return await _let_in(tx, member_id, hashed, client=client, browser=browser, address=address)
    raise SecondStepNeeded(member_id, step)


class SecondStep(msgspec.Struct, frozen=True):
    """What may be shown as a second factor. `options`: JSON for the browser's question to a passkey; empty: there is none.

    `mailed`: the address to which a code was sent, as far as it is shown; empty: none was.
    """

    totp: bool
    codes: bool
    options: str
    mailed: str = ""


async def second_step(db: Db, step: str, site: Site) -> SecondStep:
    """What to ask for now. Raises StepOver."""
    under_way = await find_step(db, step, "second")
    assert under_way.member_id is not None
    held = await factors_of(db, under_way.member_id)
    if not held.any:
        member = await find_member(db, under_way.member_id)
        return SecondStep(totp=False, codes=False, options="", mailed="" if member is None else masked(member.email))
    options = ""
    if held.passkeys and site.possible:
        keys = await passkeys_of(db, under_way.member_id)
        options = options_for(site, under_way.challenge, keys, alone=False)
    return SecondStep(held.totp, held.codes_left > 0, options)


async def finish_sign_in(
    db: Db, step: str, site: Site, *, code: str = "", credential: str = "", address: str = "", browser: str = ""
) -> str:
    """Show a second factor: `code` of an app, of a mail or for recovery, or what a passkey signed. As `sign_in` otherwise.

    Raises:
        StepOver: it took too long, or the password changed since.
        SecondFactorWrong: as it says; may be tried again.
        TooManyTries: it was wrong too often lately.
    """
    under_way = await find_step(db, step, "second")
    member_id = under_way.member_id
    assert member_id is not None
    keys = [f"member {member_id}", *([f"address {address}"] if address else [])]
    second_tries.begin(*keys)
    shown = None
    if credential:
        shown = await check_passkey(db, site, under_way.challenge, credential, alone=False)
        if shown[0].member_id != member_id:
            raise SecondFactorWrong(member_id)
    async with db.begin() as tx:
        if shown is not None:
            await used_passkey(tx, *shown)
        elif not await _is_right(tx, member_id, step, under_way, code):
            raise SecondFactorWrong(member_id)
        await end_step(tx, step)
        hashed: str = await tx.value(store.PASSWORD_OF, id=member_id)
        if not hmac.compare_digest(ids.digest(hashed), under_way.held):
            raise StepOver(member_id)
        token = await _let_in(tx, member_id, hashed, client=under_way.client, browser=browser, address=address)
    second_tries.take_back(*keys)
    return token


async def _is_right(tx: Tx, member_id: int, step: str, under_way: Step, code: str) -> bool:
    if (await factors_of(tx, member_id)).any:
        return await use_code(tx, member_id, code)
    return is_mailed_code(step, under_way, code)


async def ask_passkey(db: Db, site: Site, *, client: str, address: str = "") -> tuple[str, str]:
    """(step, options as JSON) to sign in with a passkey instead of name and password.

    Raises:
        FactorRefused: not here.
        TooManyTries: too often from this address lately.
    """
    if not site.possible:
        raise FactorRefused(say="Passkeys need an address that begins with https://.")
    if address:
        passkey_tries.begin(f"address {address}")
    challenge = new_challenge()
    async with db.begin(durable=False) as tx:
        step = await begin_step(tx, "passkey", member_id=None, client=client, challenge=challenge)
    return step, options_for(site, challenge, (), alone=True)


async def sign_in_by_passkey(
    db: Db, step: str, site: Site, *, credential: str, address: str = "", browser: str = ""
) -> str:
    """Open a session for whose passkey signed; it verified its owner, so nothing else is asked.

    Raises:
        StepOver: it took too long.
        SecondFactorWrong: it is nobody's, did not verify its owner, or is a copy.
        MailUnconfirmed, NotYetApproved, MemberDisabled: the member may not come in.
    """
    under_way = await find_step(db, step, "passkey")
    key, count = await check_passkey(db, site, under_way.challenge, credential, alone=True)
    row = await db.one(factor_rows.FOR_PASSKEY, member=key.member_id)
    if row is None:
        raise SecondFactorWrong(key.member_id)
    _, hashed, state, standing, unconfirmed = row
    _may_come_in(key.member_id, state, standing, unconfirmed=bool(unconfirmed))
    async with db.begin() as tx:
        await end_step(tx, step)
        await used_passkey(tx, key, count)
        return await _let_in(tx, key.member_id, hashed, client=under_way.client, browser=browser, address=address)


async def _let_in(tx: Tx, member_id: int, hashed: str, *, client: str, browser: str, address: str = "") -> str:
    # Under the row's lock: a password or state that changed since the check lets nobody in.
    if not await tx.run(store.SIGNED_IN, the=member_id, held=hashed, at=tx.now):
        raise SignInRefused(member_id)
    return await open_session(tx, member_id, client=client, browser=browser, address=address)


async def _check(db: Db, login: str, password: str, *, address: str) -> tuple[int, str]:
    """The member, and the hash that was found right."""
    key = login.strip().removeprefix("@").casefold()
    keys = [f"login {key}", *([f"address {address}"] if address else [])]
    tries.begin(*keys)
    row = await db.one(store.FOR_SIGN_IN, login=key)
    try:
        right, old_fashioned = await passwords.check(None if row is None else row[1], password)
    except passwords.TooManySignIns:
        tries.take_back(*keys)
        raise
    if not right or row is None:
        raise SignInRefused
    tries.take_back(*keys)
    member_id, hashed, state, standing, unconfirmed = row
    _may_come_in(member_id, state, standing, unconfirmed=bool(unconfirmed))
    if old_fashioned:
        anew = await passwords.make_hash(password)
        async with db.begin() as tx:
            if not await tx.run(store.REPLACE_PASSWORD, the=member_id, held=hashed, new_hash=anew):
                raise SignInRefused(member_id)  # changed at this very moment
        hashed = anew
    return member_id, hashed


def _may_come_in(member_id: int, state: str, standing: str, *, unconfirmed: bool) -> None:
    if unconfirmed:
        raise MailUnconfirmed(member_id)
    if state == "pending":
        raise NotYetApproved(member_id)
    if state != "active" or standing in {"suspended", "deleted"}:
        raise MemberDisabled(member_id)
