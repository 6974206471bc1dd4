"""Taking an account back: its owner says by the link of a mail that what the mail tells of was not they (DISARM drill D04).

Everybody is signed out at once, the password is worth nothing any more, the address is the one that the mail went to, second
factors, follows, blocks, mutes and filters are what they were before somebody else came (`undo_acts.py`), the account looks as
it did, and a mail to choose another password is on its way. What was posted since stays for its owner to look at: they delete
it at once where it was not they.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import msgspec

from dunnock.accounts import passwords
from dunnock.accounts.access_changes import note_access
from dunnock.accounts.door_acts import DoorAct, acts_to_undo, doors_to_access
from dunnock.accounts.errors import LinkOver, ProfileInvalid
from dunnock.accounts.events import AccountRecalled, EmailChanged, PasswordChanged, SecondFactorsChanged
from dunnock.accounts.factors import Held, put_back, tidy
from dunnock.accounts.known_networks import forget_networks
from dunnock.accounts.mail_job import SendMemberMail
from dunnock.accounts.member import Member, email_key
from dunnock.accounts.restore_looks import restore_looks
from dunnock.accounts.sessions import Session, doubted_sessions
from dunnock.accounts.sign_up import end_everything, find_member
from dunnock.accounts.store import factors, recalls
from dunnock.accounts.store import mail as store
from dunnock.accounts.store import members as rows
from dunnock.accounts.undo_acts import undo_acts
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
        doors = await _their_doors(tx, member, since=since, own=0)
        await _put_back(tx, member, email=email, since=since, doors=doors, public_url=public_url)
        await tx.run(rows.SET_PASSWORD, the=member_id, new_hash=hashed)
        await forget_networks(tx, member_id)
        await end_everything(tx, member_id)
        await tx.record(PasswordChanged(member_id=member_id, by_mail=True))
        await tx.enqueue(SendMemberMail(mail_id=tx.new_id(), member_id=member_id, what="reset"))
    return member


async def take_back(db: Db, session: Session, *, public_url: str) -> bool:
    """The same by who is signed in and says of browsers that came since that these were not they. The password stays.

    Every other browser and all apps are signed out. False: nobody came with a browser that was never seen before, so nothing
    is undone.
    """
    async with db.begin() as tx:
        member = await find_member(tx, session.member_id)
        if member is None:
            raise LinkOver(session.member_id)
        came = [one for one in await doubted_sessions(tx, session) if one.created_at > session.created_at]
        if came:
            since = min(one.created_at for one in came)
            doors = await _their_doors(tx, member, since=since, own=session.id)
            token = ids.secret()
            await tx.run(
                recalls.ADD, digest=ids.digest(token), member_id=member.id, email=member.email, since=since,
                expires_at=tx.now + LASTS_MS,
            )  # fmt: skip
            await tx.run(recalls.USE, the=ids.digest(token), now=tx.now)
            await _put_back(tx, member, email=None, since=since, doors=doors, public_url=public_url)
        await end_everything(tx, member.id, keep_session=session.id)
    return bool(came)


async def _their_doors(tx: Tx, member: Member, *, since: int, own: int) -> frozenset[int]:
    """Through which sessions somebody else came: browsers never seen before; else those that changed a way in."""
    came = {int(row[0]) for row in await tx.all(factors.DOUBTED, member=member.id, since=since)} - {own}
    if not came:
        came = await doors_to_access(tx, member.account_id, since=since) - {own}
    return frozenset(came)


async def _put_back(
    tx: Tx, member: Member, *, email: str | None, since: int, doors: frozenset[int], public_url: str
) -> None:
    acts = await acts_to_undo(tx, member.account_id, since=since, doors=doors)
    await _put_back_factors(tx, member.id, acts, since=since)
    await _put_back_address(tx, member, email or _address_before(acts) or member.email)
    for purpose in ("confirm", "reset"):
        await tx.run(store.END_LINKS, member=member.id, for_purpose=purpose, at=tx.now)
    await undo_acts(tx, member.account_id, acts)
    await _restore_looks(tx, member.account_id, since=since, public_url=public_url)
    await tx.run(factors.SETTLED, member=member.id)
    await tx.run(factors.FORGET_BROWSERS_SINCE, member=member.id, since=since)
    await note_access(tx, member.id, "recalled")
    told = " ".join(map(str, sorted(doors)))
    await tx.record(AccountRecalled(member_id=member.id, account_id=member.account_id, since=since, doors=told))


async def _put_back_factors(tx: Tx, member_id: int, acts: Sequence[DoorAct], *, since: int) -> None:
    """Those of before; where that is not known, those that were added since go."""
    changed = next((one for one in acts if one.kind == "factors"), None)
    if changed is not None:
        await put_back(tx, member_id, msgspec.json.decode(changed.was, type=Held))
        await note_access(tx, member_id, "put_back")
        return
    gone = [
        await tx.run(sql, member=member_id, since=since)
        for sql in (factors.DROP_TOTP_SINCE, factors.DROP_PASSKEYS_SINCE)
    ]
    if any(gone):
        await tidy(tx, member_id)
        await tx.record(SecondFactorsChanged(member_id=member_id, what="reset"))


def _address_before(acts: Sequence[DoorAct]) -> str | None:
    return next((msgspec.json.decode(one.was, type=str) for one in acts if one.kind == "email"), None)


async def _put_back_address(tx: Tx, member: Member, email: str) -> None:
    try:
        async with tx.savepoint():
            await tx.run(store.SET_ADDRESS, the=member.id, address=email, new_key=email_key(email))
    except Conflict as error:
        raise LinkOver(member.id) from error
    if member.email != email:
        await tx.record(EmailChanged(member_id=member.id))
        await note_access(tx, member.id, "email")


async def _restore_looks(tx: Tx, account_id: int, *, since: int, public_url: str) -> None:
    """Taking the account back never fails because its old looks may not be any more."""
    with contextlib.suppress(ProfileInvalid):
        await restore_looks(tx, account_id, since=since, public_url=public_url)
