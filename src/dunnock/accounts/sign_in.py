"""Signing in by name or e-mail address and password. Unknown and wrong are the same answer, in the same time."""

from __future__ import annotations

from dunnock.accounts import passwords
from dunnock.accounts.errors import MailUnconfirmed, MemberDisabled, NotYetApproved, SignInRefused
from dunnock.accounts.sessions import open_session
from dunnock.accounts.store import members as store
from dunnock.accounts.tries import Tries
from dunnock.foundation.clock import MINUTE
from dunnock.foundation.db import Db

TRIES, WINDOW_MS = 10, 5 * MINUTE
tries = Tries(TRIES, WINDOW_MS)


async def sign_in(db: Db, login: str, password: str, *, client: str, address: str = "") -> str:
    """Open a session; its token for the cookie. `login`: name or e-mail address; `client`: the User-Agent header.

    `address`: what shares one limit, such as an IPv4 address or an IPv6 network; empty: no limit by address.

    Raises:
        SignInRefused: unknown or wrong.
        TooManyTries: too many failures for this login, or from this address.
        MailUnconfirmed, NotYetApproved, MemberDisabled: the password is right, but the member may not come in.
    """
    member_id, hashed = await _check(db, login, password, address=address)
    async with db.begin() as tx:
        # Under the row's lock: a password or state that changed since the check lets nobody in.
        if not await tx.run(store.SIGNED_IN, the=member_id, held=hashed, at=tx.now):
            raise SignInRefused(member_id)
        return await open_session(tx, member_id, client=client)


async def check_password(db: Db, login: str, password: str, *, address: str = "") -> int:
    """The id of the active member with this login and password. Raises as `sign_in`."""
    member_id, _ = await _check(db, login, password, address=address)
    return member_id


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
    if unconfirmed:
        raise MailUnconfirmed(member_id)
    if state == "pending":
        raise NotYetApproved(member_id)
    if state != "active" or standing in {"suspended", "deleted"}:
        raise MemberDisabled(member_id)
    if old_fashioned:
        anew = await passwords.make_hash(password)
        async with db.begin() as tx:
            if not await tx.run(store.REPLACE_PASSWORD, the=member_id, held=hashed, new_hash=anew):
                raise SignInRefused(member_id)  # changed at this very moment
        hashed = anew
    return member_id, hashed
