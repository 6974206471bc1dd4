"""E-mail addresses: shown to reach the member before they count. Mastodon: Devise's confirmable."""

from __future__ import annotations

from dunnock.accounts.access_changes import note_access
from dunnock.accounts.door_acts import note_member_act
from dunnock.accounts.doors import judge_newcomer
from dunnock.accounts.errors import (
    LinkOver,
    MailConfirmedAlready,
    MailImpossible,
    MemberMissing,
    OtherApp,
    SignUpRefused,
)
from dunnock.accounts.events import EmailChanged, MailConfirmed, MemberStateChanged
from dunnock.accounts.mail_job import SendMemberMail
from dunnock.accounts.mail_links import asking, check_link, mailing, use_link
from dunnock.accounts.member import Member, email_key
from dunnock.accounts.sign_up import canonical_email, email_fault, find_member, prove_password
from dunnock.accounts.store import mail as store
from dunnock.accounts.store import members as rows
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Conflict, Db, Reader, Tx

KEPT_UNCONFIRMED_MS = 7 * DAY
_CHUNK = 500


async def confirm(tx: Tx, token: str) -> Member:
    """Take an address as confirmed by the token of a mail to it; whose it is.

    Raises:
        LinkOver: no such link (any more), or the address is not theirs any more.
        SignUpRefused: somebody else has the address by now.
    """
    member_id, email = await use_link(tx, token, "confirm")
    member = await find_member(tx, member_id)
    if member is None:
        raise LinkOver(member_id)
    if member.new_email == email:
        try:
            async with tx.savepoint():
                await tx.run(store.TAKE_ADDRESS, the=member_id, held=email, address=email, new_key=email_key(email))
        except Conflict as error:
            raise _refusal("ERR_TAKEN", "has already been taken") from error
        await tx.run(store.END_LINKS, member=member_id, for_purpose="reset", at=tx.now)  # sent to the old one
        await tx.record(EmailChanged(member_id=member_id))
        await note_access(tx, member_id, "email")
    elif member.email != email:
        raise LinkOver(member_id)
    if member.unconfirmed:
        await confirmed(tx, member)
    else:
        await tx.run(store.REACHED, the=member_id, held=email)
    found = await find_member(tx, member_id)
    assert found is not None
    return found


async def check_confirmation(db: Db, token: str) -> None:
    """Is the link of a mail still good? Raises LinkOver."""
    await check_link(db, token, "confirm")


async def confirmed(tx: Tx, member: Member) -> None:
    """A new member's address is theirs: they may come in, unless they wait for approval."""
    await tx.run(store.CONFIRM, the=member.id)
    await tx.record(MailConfirmed(member_id=member.id, account_id=member.account_id, state=member.state.value))
    await tx.record(  # whoever remembers that they may not come in forgets it
        MemberStateChanged(member_id=member.id, account_id=member.account_id, state=member.state.value)
    )


async def confirm_again(
    db: Db, member_id: int, *, app_id: int | None, email: str | None, mail_possible: bool, address: str = ""
) -> None:
    """Send the mail for confirming once more, perhaps to another address. `app_id`: the app that asks for its member.

    Raises:
        OtherApp: they joined with another app.
        MailConfirmedAlready: there is nothing to confirm.
        MailImpossible: this server sends no mail (any more).
        SignUpRefused: the other address is none, blocked, or taken.
        TooManyTries: too many mails were asked for lately.
    """
    member = await find_member(db, member_id)
    if member is None:
        raise MemberMissing(member_id)
    if app_id is not None and await db.value(store.JOINED_WITH, id=member_id) != app_id:
        raise OtherApp(member_id)
    if not member.unconfirmed:
        raise MailConfirmedAlready(member_id)
    if not mail_possible:
        raise MailImpossible
    another = canonical_email(email) if email is not None and email.strip() else None
    if another is not None and another != member.email:
        await _check(db, member, another)
    else:
        another = None
    if address:
        asking.begin(f"address {address}")
    mailing.begin(f"member {member_id}", f"mail {email_key(another or member.email)}")
    async with db.begin() as tx:
        if another is not None:
            await _set(tx, member_id, another)
        await tx.enqueue(SendMemberMail(mail_id=tx.new_id(), member_id=member_id, what="confirm"))


async def ask_confirmation(db: Db, email: str, *, address: str = "") -> None:
    """Somebody says that the mail for confirming did not reach them. Nothing tells whether there is such a member.

    Raises:
        TooManyTries: too many mails were asked for lately.
    """
    await _ask(db, email, "confirm", address=address)


async def ask_reset(db: Db, email: str, *, address: str = "") -> None:
    """Somebody forgot their password. Nothing tells whether there is such a member (SC-123).

    Raises:
        TooManyTries: too many mails were asked for lately.
    """
    await _ask(db, email, "reset", address=address)


async def _ask(db: Db, email: str, what: str, *, address: str) -> None:
    to = canonical_email(email)
    fault = email_fault(to)
    if fault is not None:
        raise _refusal(*fault)
    keys = [f"address {address}"] if address else []
    asking.begin(*keys)
    mailing.begin(f"mail {email_key(to)}")
    async with db.begin() as tx:  # the same for everybody: who it is for, the job finds out
        await tx.enqueue(
            SendMemberMail(mail_id=tx.new_id(), what="reset" if what == "reset" else "confirm", to=email_key(to))
        )


async def change_email(db: Db, member_id: int, new: str, *, password: str, mail_possible: bool) -> bool:
    """Ask for another address: it takes the old one's place when it is confirmed (True), or at once without mail (False).

    The old address is told.

    Raises:
        SignUpRefused: the password is wrong, or the address is none, blocked, or taken.
        TooManyTries: the password was wrong, or an address was asked for, too often lately.
    """
    member = await find_member(db, member_id)
    if member is None:
        raise MemberMissing(member_id)
    await prove_password(db, member_id, password)
    email = canonical_email(new)
    if email == member.email:
        if member.new_email is not None:  # back to what it is
            async with db.begin() as tx:
                await tx.run(store.ASK_ADDRESS, the=member_id, address=None)
        return False
    await _check(db, member, email)
    if mail_possible:
        mailing.begin(f"member {member_id}", f"mail {email_key(email)}")
    async with db.begin() as tx:
        await note_member_act(tx, member_id, "email", "", member.email)
        if not mail_possible:
            await _set(tx, member_id, email)
            await tx.record(EmailChanged(member_id=member_id))
            await note_access(tx, member_id, "email")
            return False
        await tx.run(store.ASK_ADDRESS, the=member_id, address=email)
        await tx.enqueue(SendMemberMail(mail_id=tx.new_id(), member_id=member_id, what="confirm_new"))
        await tx.enqueue(SendMemberMail(mail_id=tx.new_id(), member_id=member_id, what="changing", to=member.email))
    return True


async def drop_unconfirmed(db: Db) -> None:
    """Forget those who never confirmed their address in a week: their name and address are free again."""
    over = await db.slow(store.NEVER_CAME, before=now_ms() - KEPT_UNCONFIRMED_MS)
    for member_id, account_id in over:
        try:
            async with db.begin() as tx:
                await _drop(tx, member_id, account_id)
        except (Conflict, MailConfirmedAlready):
            continue  # something holds on to them, or they came after all


async def drop_links(db: Db) -> None:
    """Forget links that were over a day ago."""
    over = [row[0] for row in await db.slow(store.OVER_LINKS, before=now_ms() - DAY)]
    for start in range(0, len(over), _CHUNK):
        async with db.begin() as tx:
            await tx.run(store.DROP_LINKS, ids=over[start : start + _CHUNK])


async def _drop(tx: Tx, member_id: int, account_id: int) -> None:
    for sql in store.DROP_MEMBER:
        await tx.run(sql, member=member_id)
    if not await tx.run(store.DROP_UNCONFIRMED, member=member_id):
        raise MailConfirmedAlready(member_id)
    for sql in store.DROP_ACCOUNT:
        await tx.run(sql, account=account_id)


async def _check(reader: Reader, member: Member, email: str) -> None:
    fault = email_fault(email)
    if fault is not None:
        raise _refusal(*fault)
    verdict = await judge_newcomer(reader, email, "")
    if verdict.mail_refused:
        raise _refusal("ERR_BLOCKED", "uses a disallowed e-mail provider")
    holder = await reader.value(rows.EMAIL_TAKEN, key=email_key(email))
    if verdict.mail_taken or (holder is not None and holder != member.id):
        raise _refusal("ERR_TAKEN", "has already been taken")


async def _set(tx: Tx, member_id: int, email: str) -> None:
    try:
        async with tx.savepoint():
            await tx.run(store.SET_ADDRESS, the=member_id, address=email, new_key=email_key(email))
    except Conflict as error:
        raise _refusal("ERR_TAKEN", "has already been taken") from error


def _refusal(slug: str, why: str) -> SignUpRefused:
    return SignUpRefused("email", say=f"Validation failed: Email {why}", details={"email": [(slug, why)]})
