"""Bearer tokens: made, found at every request, revoked. Only digests are stored and remembered."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from hashlib import sha256

import msgspec

from dunnock.accounts.activity import note_active
from dunnock.accounts.apps import App
from dunnock.accounts.errors import MailUnconfirmed, MemberDisabled, NotYetApproved
from dunnock.accounts.events import MemberStateChanged, StandingChanged, TokensRevoked
from dunnock.accounts.store import oauth as store
from dunnock.foundation import ids
from dunnock.foundation.cache import Cache
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Busy, Db, Tx
from dunnock.foundation.events import Logged

KEPT = 10_000


class Token(msgspec.Struct, frozen=True):
    """What a token lets its bearer do. `member_id` and `account_id` None: the app itself. `used_at`: to the day."""

    id: int
    app_id: int
    member_id: int | None
    account_id: int | None
    scopes: frozenset[str]
    used_at: int | None


class Tokens:
    """The tokens that were used lately in one process."""

    def __init__(self, db: Db) -> None:
        """Listens to `db`'s events from now on."""
        self._db = db
        self.kept: Cache[bytes, Token] = Cache(KEPT)
        self._forgotten = 0  # how often everything was
        self._day_ends = 0
        db.listen(self._heard)

    async def find(self, raw: bytes) -> Token | None:
        """The token; None when it is unknown, revoked, or its member's account is gone.

        Raises:
            MailUnconfirmed: its member has not shown yet that mail reaches them.
            NotYetApproved: its member's sign-up has not been looked at.
            MemberDisabled: its member may not come in for now: disabled or suspended, which staff can take back.
        """
        self._db.sync()
        if now_ms() >= self._day_ends:  # read all anew, which notes that they are in use
            self._day_ends = (now_ms() // DAY + 1) * DAY
            self.kept.clear()
        key = sha256(raw).digest()
        token = self.kept.young.get(key)
        if token is not None:
            return token
        token = self.kept.get(key)
        return token if token is not None else await self._read(key)

    async def holds(self, key: bytes) -> bool:
        """Does the token with this digest (SHA-256 of the secret) still let its bearer in?"""
        self._db.sync()
        token = self.kept.get(key)
        try:
            return token is not None or await self._read(key) is not None
        except (MailUnconfirmed, MemberDisabled, NotYetApproved):
            return False

    async def _read(self, key: bytes) -> Token | None:
        known = self._forgotten
        row = await self._db.one(store.TOKEN, digest=key.hex())
        if row is None:
            return None
        an_id, app_id, member_id, account_id, scopes, used_at, state, standing, unconfirmed = row
        token = Token(an_id, app_id, member_id, account_id, frozenset(scopes.split()), used_at)
        if standing == "deleted":
            return None
        if state == "disabled" or standing == "suspended":
            # Said as it is (403), not as a bad token (401): apps would sign their user out for good.
            raise MemberDisabled(member_id, say="Your login is currently disabled")
        if unconfirmed:
            raise MailUnconfirmed(member_id, token=token)
        if state == "pending":
            raise NotYetApproved(member_id, say="Your login is currently pending approval")
        if known == self._forgotten:  # else something ended while we read, perhaps this
            self.kept.put(key, token)
        today = now_ms() // DAY * DAY
        if used_at is None or used_at < today:
            with contextlib.suppress(Busy):  # a note that can wait must not turn anybody away
                async with self._db.begin() as tx:
                    if member_id is not None:
                        await note_active(tx, member_id)
                    await tx.run(store.USED, the=an_id, at=today)
        return token

    def _heard(self, logged: Sequence[Logged]) -> None:
        # Rare events: forgetting all costs one look-up for each token that comes again.
        if any(type(one.event) in _ENDING for one in logged):
            self._forgotten += 1
            self.kept.clear()


_ENDING = frozenset((TokensRevoked, MemberStateChanged, StandingChanged))


async def make_token(
    tx: Tx, app: App, *, scopes: str, member_id: int | None, account_id: int | None, token_id: int | None = None
) -> tuple[int, str]:
    """A new token: its id (`token_id`, when that was decided before), and the secret itself, which is never stored."""
    token_id, raw = tx.new_id() if token_id is None else token_id, ids.secret()
    await tx.run(
        store.ADD_TOKEN,
        id=token_id,
        digest=ids.digest(raw),
        app_id=app.id,
        member_id=member_id,
        account_id=account_id,
        scopes=scopes,
        created_at=tx.now,
    )
    return token_id, raw
