"""Taking an account back: its owner says by the link of a mail that what the mail tells of was not they (DISARM drill D04).

Everybody is signed out at once, the password is worth nothing any more, the address is the one that the mail went to, second
factors that were added since are gone, the account looks as it did before, and a mail to choose another password is on its
way. What was posted since stays for its owner to look at: they delete it at once where it was not they.
"""

from __future__ import annotations

import contextlib

import msgspec

from dunnock.accounts import passwords
from dunnock.accounts.access_changes import note_access
from dunnock.accounts.errors import LinkOver, ProfileInvalid
from dunnock.accounts.events import AccountRecalled, EmailChanged, PasswordChanged, SecondFactorsChanged
from dunnock.accounts.factors import tidy
from dunnock.accounts.mail_job import SendMemberMail
from dunnock.accounts.member import Member, email_key
from dunnock.accounts.restore_looks import restore_looks
from dunnock.accounts.sign_up import end_everything, find_member
from dunnock.accounts.store import factors, recalls
from dunnock.accounts.store import mail as store
from dunnock.accounts.store import members as rows
from dunnock.foundation import ids
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Conflict, Db, Reader, Tx

LASTS_MS = 7 * DAY
_BEFORE_MS = HOUR
"""What was added so long before the mail goes, too: whoever breaks in changes several things."""


async def make_recall(tx: Tx, member_id: int, email: str) -> str:
    """The token of a link by which whoever reads mail at that address takes the account back; good once, for a week."""
    token = ids.secret()
    await tx.run(
        recalls.ADD, digest=ids.digest(token), member_id=member_id, email=email, since=tx.now - _BEFORE_MS,
        expires_at=tx.now + LASTS_MS,
    )  # fmt: skip
    return token


async def recalling(reader: Reader, token: str) -> Member:
    """Whose account the link takes back. Raises LinkOver."""
    row = await reader.one(recalls.FIND, digest=ids.digest(token), now=now_ms()) if token else None
    member = None if row is None else await find_member(reader, row[0])
    if member is None:
        raise LinkOver
    return member


class Recalled(msgspec.Struct, frozen=True):
    """An owner took the account back at this moment; since when somebody else may have been in. Unix milliseconds."""

    since: int
    at: int


async def last_recall(reader: Reader, member_id: int) -> Recalled | None:
    """The last time that the owner took the account back, while the link would still be good; None: they did not."""
    row = await reader.one(recalls.LAST_USED, member=member_id)
    return None if row is None else Recalled(*row)


async def recall(db: Db, token: str, *, public_url: str) -> Member:
    """Take it back. `public_url`: this server's address, for the links of a bio.

    Raises:
        LinkOver: no such link (any more), or the address is somebody else's by now.
    """
    await recalling(db, token)
    hashed = await passwords.make_hash(ids.secret())
    async with db.begin() as tx:
        row = await tx.one(recalls.FIND, digest=ids.digest(token), now=tx.now)
        if row is None or not await tx.run(recalls.USE, the=ids.digest(token), now=tx.now):
            raise LinkOver
        member_id, email, since = int(row[0]), str(row[1]), int(row[2])
        member = await find_member(tx, member_id)
        if member is None:
            raise LinkOver(member_id)
        await tx.run(rows.SET_PASSWORD, the=member_id, new_hash=hashed)
        try:
            async with tx.savepoint():
                await tx.run(store.SET_ADDRESS, the=member_id, address=email, new_key=email_key(email))
        except Conflict as error:
            raise LinkOver(member_id) from error
        if member.email != email:
            await tx.record(EmailChanged(member_id=member_id))
            await note_access(tx, member_id, "email")
        gone = [
            await tx.run(sql, member=member_id, since=since)
            for sql in (factors.DROP_TOTP_SINCE, factors.DROP_PASSKEYS_SINCE)
        ]
        if any(gone):
            await tidy(tx, member_id)
            await tx.record(SecondFactorsChanged(member_id=member_id, what="reset"))
        for purpose in ("confirm", "reset"):
            await tx.run(store.END_LINKS, member=member_id, for_purpose=purpose, at=tx.now)
        await _restore_looks(tx, member.account_id, since=since, public_url=public_url)
        await end_everything(tx, member_id)
        await note_access(tx, member_id, "recalled")
        await tx.record(PasswordChanged(member_id=member_id, by_mail=True))
        await tx.record(AccountRecalled(member_id=member_id, account_id=member.account_id, since=since))
        await tx.enqueue(SendMemberMail(mail_id=tx.new_id(), member_id=member_id, what="reset"))
    return member


async def _restore_looks(tx: Tx, account_id: int, *, since: int, public_url: str) -> None:
    """Taking the account back never fails because its old looks may not be any more."""
    with contextlib.suppress(ProfileInvalid):
        await restore_looks(tx, account_id, since=since, public_url=public_url)
