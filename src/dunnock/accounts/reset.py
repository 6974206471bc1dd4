"""Another password for who forgot theirs and gets mail."""

from __future__ import annotations

from dunnock.accounts import passwords
from dunnock.accounts.access_changes import note_access
from dunnock.accounts.confirm import confirmed
from dunnock.accounts.errors import LinkOver, SignUpRefused
from dunnock.accounts.events import PasswordChanged
from dunnock.accounts.known_networks import forget_networks
from dunnock.accounts.mail_links import check_link, use_link
from dunnock.accounts.member import Member
from dunnock.accounts.sign_up import end_everything, find_member
from dunnock.accounts.store import mail as store
from dunnock.accounts.store import members as rows
from dunnock.foundation.db import Db


async def resetting(db: Db, token: str) -> Member:
    """Whose password the link of a mail opens. Raises LinkOver."""
    member_id, email = await check_link(db, token, "reset")
    member = await find_member(db, member_id)
    if member is None or member.email != email:
        raise LinkOver(member_id)
    return member


async def reset_password(db: Db, token: str, new: str) -> Member:
    """Set a password by the link of a mail, and end every session and token (SC-116). A second factor stays.

    That the mail was read shows that the address is the member's.

    Raises:
        LinkOver: no such link (any more).
        SignUpRefused: the password is not accepted; the link stays good.
    """
    member = await resetting(db, token)
    fault = passwords.fault(new, username=member.username, email=member.email)
    if fault is not None:
        raise SignUpRefused("password", say=f"Validation failed: Password {fault[1]}", details={"password": [fault]})
    hashed = await passwords.make_hash(new)
    async with db.begin() as tx:
        await use_link(tx, token, "reset")
        await tx.run(rows.SET_PASSWORD, the=member.id, new_hash=hashed)
        await tx.run(store.END_LINKS, member=member.id, for_purpose="reset", at=tx.now)
        await end_everything(tx, member.id)
        await forget_networks(tx, member.id)
        await tx.record(PasswordChanged(member_id=member.id, by_mail=True))
        await note_access(tx, member.id, "password_by_mail")
        present = await find_member(tx, member.id)
        if present is None or present.email != member.email:
            raise LinkOver(member.id)  # the address changed at this very moment
        if present.unconfirmed:
            await confirmed(tx, present)
    return member
