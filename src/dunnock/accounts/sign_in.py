"""Signing in by name or e-mail address and password. Unknown and wrong are the same answer, in the same time."""

from __future__ import annotations

from dunnock.accounts import passwords
from dunnock.accounts.errors import MemberDisabled, NotYetApproved, SignInRefused, TooManyTries
from dunnock.accounts.sessions import open_session
from dunnock.accounts.store import members as store
from dunnock.foundation.cache import Cache
from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db import Db

TRIES, WINDOW_MS = 10, 5 * MINUTE


class Tries:
    """Counts failed tries per name and per address, in this process."""

    def __init__(self) -> None:
        """Nobody has failed yet."""
        self._failed: Cache[str, list[int]] = Cache(20_000)

    def check(self, *keys: str) -> None:
        """Let a try pass.

        Raises:
            TooManyTries: ten failed within five minutes for one of `keys`.
        """
        now = now_ms()
        for key in keys:
            failed = [at for at in self._failed.get(key) or () if at > now - WINDOW_MS]
            if len(failed) >= TRIES:
                raise TooManyTries(retry_at=failed[0] + WINDOW_MS)

    def failed(self, *keys: str) -> None:
        """Note a failure."""
        now = now_ms()
        for key in keys:
            self._failed.put(key, [*(at for at in self._failed.get(key) or () if at > now - WINDOW_MS), now])


tries = Tries()


async def sign_in(db: Db, login: str, password: str, *, client: str, address: str = "") -> str:
    """Open a session; its token for the cookie. `login`: name or e-mail address; `client`: the User-Agent header.

    Raises:
        SignInRefused: unknown or wrong.
        TooManyTries: too many failures for this login, or from this address.
        NotYetApproved, MemberDisabled: the password is right, but the member may not come in.
    """
    member_id = await check_password(db, login, password, address=address)
    async with db.begin() as tx:
        await tx.run(store.SIGNED_IN, the=member_id, at=tx.now)
        return await open_session(tx, member_id, client=client)


async def check_password(db: Db, login: str, password: str, *, address: str = "") -> int:
    """The id of the active member with this login and password. Raises as `sign_in`."""
    key = login.strip().removeprefix("@").casefold()
    keys = [f"login {key}", *([f"address {address}"] if address else [])]
    tries.check(*keys)
    row = await db.one(store.FOR_SIGN_IN, login=key)
    right, old_fashioned = await passwords.check(None if row is None else row[2], password)
    if not right or row is None:
        tries.failed(*keys)
        raise SignInRefused
    member_id, _, _, state, standing = row
    if state == "pending":
        raise NotYetApproved(member_id)
    if state != "active" or standing == "deleted":
        raise MemberDisabled(member_id)
    if old_fashioned:
        hashed = await passwords.make_hash(password)
        async with db.begin() as tx:
            await tx.run(store.SET_PASSWORD, the=member_id, new_hash=hashed)
    found: int = member_id
    return found
