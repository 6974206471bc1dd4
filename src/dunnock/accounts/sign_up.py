"""Joining: what a form must hold, who may come in, and the member that comes of it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec

from dunnock import text
from dunnock.accounts import passwords
from dunnock.accounts.access_changes import note_access
from dunnock.accounts.account import name_key
from dunnock.accounts.ages import is_old_enough, put_birth, read_birth
from dunnock.accounts.counts import start_counts
from dunnock.accounts.doors import count_try, judge_newcomer
from dunnock.accounts.errors import AgeRefused, MemberMissing, SignUpClosed, SignUpRefused
from dunnock.accounts.events import (
    AccountMade,
    AccountSettingsChanged,
    MemberSignedUp,
    MemberStateChanged,
    PasswordChanged,
    TokensRevoked,
)
from dunnock.accounts.invitations import find_invitation
from dunnock.accounts.mail_job import SendMemberMail
from dunnock.accounts.member import LOCALE_TAG, Member, Role, State, email_key
from dunnock.accounts.store import members as store
from dunnock.accounts.tries import Tries
from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db import Conflict, Db, Reader, Tx

Policy = Literal["open", "approval", "invitation", "closed"]
Details = dict[str, list[tuple[str, str]]]
LONGEST_REASON = 2_000
LONGEST_EMAIL = 254
# Nothing that two mailers could read as two addresses: no quotes, comments or address literals (SC-125).
# Source: RFC 5322, dot-atom; RFC 5321, lengths; RFC 1123, host names.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)*(?![0-9]+\Z){_LABEL}")
SIGN_UPS, SIGN_UPS_MS = 10, 30 * MINUTE
joining = Tries(SIGN_UPS, SIGN_UPS_MS)
changing = Tries(10, 5 * MINUTE)  # who found an open browser must not guess the password in peace


class SignUp(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody filled in."""

    username: str
    email: str
    password: str
    agreement: bool = False
    reason: str = ""
    invitation: str = ""
    locale: str = "en"
    date_of_birth: str = ""


async def sign_up(
    db: Db,
    form: SignUp,
    *,
    policy: Policy,
    address: str = "",
    origin: str = "",
    app_id: int | None = None,
    confirm: bool = False,
    min_age: int = 0,
    beside: Callable[[Tx, Member], Awaitable[None]] | None = None,
) -> Member:
    """Make a member; `pending` where the policy asks for approval (an invitation stands for approval), or a block does.

    `address`: what shares one limit, as for `sign_in`; empty: the caller sees to limits. `origin`: where the request came
    from, for blocks of networks; it is not kept. `app_id`: the app they join with.
    `confirm`: they may come in only after following the link of a mail. `min_age`: so old they must be, and have to say it;
    0: they need not. A date of birth that they give is not kept, only the band of age.
    `beside`: done in the same transaction.

    Raises:
        SignUpRefused: the form breaks rules, or the name or address is taken.
        SignUpClosed: nobody can join, or not without a valid invitation.
        TooManyTries: too many joined from this address lately.
    """
    if policy == "closed":
        raise SignUpClosed
    code = form.invitation.strip()
    invited = bool(code)
    if invited and await find_invitation(db, code) is None:
        raise _not_invited()
    if policy == "invitation" and not invited:
        raise SignUpClosed(say="This server can be joined with an invitation only")
    verdict = await judge_newcomer(db, canonical_email(form.email), origin)
    if verdict.refused:
        raise SignUpClosed(say="This server takes no new members from where you are")
    details = _faults(form, reason_needed=policy == "approval" and not invited)
    details |= _too_young(form, min_age)
    await _add_taken(db, form, details)
    if "email" not in details and (verdict.mail_refused or verdict.mail_taken):
        details["email"] = [_BLOCKED if verdict.mail_refused else _TAKEN]
    if verdict.mail_domain is not None:
        async with db.begin(durable=False) as tx:
            await count_try(tx, verdict.mail_domain)
    if details:
        raise _refusal(details)
    if address:
        joining.begin(address)
    hashed = await passwords.make_hash(form.password)  # before the transaction: it takes a while
    waits = verdict.needs_approval or (policy == "approval" and not invited)
    state = State.PENDING if waits else State.ACTIVE
    async with db.begin() as tx:
        if invited and not await tx.run(store.USE_INVITATION, the=code, now=tx.now):
            raise _not_invited()  # expired, used up, withdrawn, or who made it is shut out
        made = await _add(
            tx, form, hashed, role="member", state=state, invited_with=code, app_id=app_id, unconfirmed=confirm
        )
        if form.date_of_birth.strip():
            await put_birth(tx, made.account_id, read_birth(form.date_of_birth, now=tx.now))
        if confirm:
            await tx.enqueue(SendMemberMail(mail_id=tx.new_id(), member_id=made.id, what="confirm"))
        if beside is not None:
            await beside(tx, made)
        return made


async def create_member(
    db: Db, *, username: str, email: str, password: str, role: Role = "member", locked: bool = False,
    beside: Callable[[Tx, Member], Awaitable[None]] | None = None,
) -> Member:  # fmt: skip
    """Make a member at once, whatever the policy (for commands); reserved names are allowed to staff.

    `beside`: done in the same transaction.

    Raises:
        SignUpRefused: the values break rules, or the name or address is taken.
    """
    form = SignUp(username=username, email=email, password=password, agreement=True)
    details = _faults(form, reserved_too=role != "member")
    await _add_taken(db, form, details)
    if details:
        raise _refusal(details)
    hashed = await passwords.make_hash(password)
    async with db.begin() as tx:
        made = await _add(tx, form, hashed, role=role, state=State.ACTIVE, locked=locked)
        if beside is not None:
            await beside(tx, made)
        return made


async def _add(
    tx: Tx,
    form: SignUp,
    password_hash: str,
    *,
    role: Role,
    state: State,
    locked: bool = False,
    invited_with: str = "",
    app_id: int | None = None,
    unconfirmed: bool = False,
) -> Member:
    try:
        async with tx.savepoint():
            return await _add_rows(
                tx,
                form,
                password_hash,
                role=role,
                state=state,
                locked=locked,
                invited_with=invited_with,
                app_id=app_id,
                unconfirmed=unconfirmed,
            )
    except Conflict as conflict:  # somebody was faster: asked in the transaction, which sees what is not committed yet
        details: Details = {}
        await _add_taken(tx, form, details)
        raise _refusal(details or {"username": [_TAKEN]}) from conflict


async def _add_rows(
    tx: Tx,
    form: SignUp,
    password_hash: str,
    *,
    role: Role,
    state: State,
    locked: bool,
    invited_with: str,
    app_id: int | None,
    unconfirmed: bool,
) -> Member:
    account_id, member_id = tx.new_id(), tx.new_id()
    invitation = await find_invitation(tx, invited_with) if invited_with else None
    await tx.run(
        store.ADD_ACCOUNT,
        id=account_id,
        username=form.username,
        username_key=text.handle_key(form.username),
        domain="",
        display_name="",
        name_key=name_key(""),
        locked=locked,
        created_at=tx.now,
    )
    await start_counts(tx, account_id)
    await tx.run(
        store.ADD_MEMBER,
        id=member_id,
        account_id=account_id,
        email=canonical_email(form.email),
        email_key=email_key(canonical_email(form.email)),
        password_hash=password_hash,
        role=role,
        state=state.value,
        locale=form.locale,
        reason=form.reason.strip(),
        invitation_id=None if invitation is None else invitation.id,
        app_id=app_id,
        created_at=tx.now,
        unconfirmed=unconfirmed,
    )
    await tx.record(AccountMade(account_id=account_id))
    await tx.record(MemberSignedUp(member_id=member_id, account_id=account_id, state=state.value))
    member = await find_member(tx, member_id)
    assert member is not None
    return member


async def find_member(reader: Reader, member_id: int) -> Member | None:
    """A member by id; None when there is none."""
    return _member(await reader.one(store.MEMBER, id=member_id))


async def member_of(reader: Reader, account_id: int) -> Member | None:
    """Who signs in to an account; None: nobody."""
    return _member(await reader.one(store.MEMBER_OF, account_id=account_id))


async def member_named(reader: Reader, username: str) -> Member:
    """A member by the name of their account.

    Raises:
        MemberMissing: there is none.
    """
    member = _member(await reader.one(store.MEMBER_NAMED, key=username.removeprefix("@").casefold()))
    if member is None:
        raise MemberMissing(say=f"There is no member called {username}")
    return member


async def members(reader: Reader, *, state: State | None = None, after: int = 0, most: int = 100) -> list[Member]:
    """Members in the order in which they joined, from behind id `after`; `state` None: all."""
    if state is None:
        rows = await reader.all(store.ANY, after=after, most=most)
    else:
        rows = await reader.all(store.IN_STATE, state=state.value, after=after, most=most)
    return [one for row in rows if (one := _member(row)) is not None]


async def how_many(reader: Reader, state: State, *, most: int) -> int:
    """How many members are in a state, counted up to `most`."""
    return int(await reader.value(store.HOW_MANY_IN_STATE, state=state.value, most=most))


async def staff(reader: Reader) -> list[Member]:
    """Active members who decide about others."""
    return [one for row in await reader.all(store.STAFF) if (one := _member(row)) is not None]


async def change_state(tx: Tx, member_id: int, state: State) -> bool:
    """Approve (`active`), refuse or disable (`disabled`) a member; False when nothing changed. Disabling shuts them out.

    Raises:
        MemberMissing: there is no such member.
    """
    member = await find_member(tx, member_id)
    if member is None:
        raise MemberMissing(member_id)
    if not await tx.run(store.SET_STATE, the=member_id, new_state=state.value):
        return False
    await tx.record(
        MemberStateChanged(member_id=member_id, account_id=member.account_id, state=state.value, was=member.state.value)
    )
    if state is not State.ACTIVE:
        await shut_out(tx, member_id)
    return True


async def change_role(tx: Tx, member_id: int, role: Role) -> None:
    """Give a member another role. Raises MemberMissing."""
    if not await tx.run(store.SET_ROLE, the=member_id, new_role=role):
        raise MemberMissing(member_id)
    account_id: int = await tx.value(store.ACCOUNT_OF, the=member_id)
    await tx.record(AccountSettingsChanged(account_id=account_id))  # whoever shows the account shows the role
    await tx.record(TokensRevoked(member_id=member_id))  # sessions remember the role: have them read again


async def change_password(
    db: Db, member_id: int, new: str, *, old: str | None, keep_session: int | None = None,
    beside: Callable[[Tx], Awaitable[None]] | None = None,
) -> None:  # fmt: skip
    """Set a password and end every session (but `keep_session`) and every token (SC-116). `old` None: by a command.

    `beside`: done in the same transaction.

    Raises:
        SignUpRefused: the new one is not accepted, or the old one is wrong.
        TooManyTries: `old` was wrong too often lately.
        MemberMissing: there is no such member.
    """
    member = await find_member(db, member_id)
    if member is None:
        raise MemberMissing(member_id)
    held = await prove_password(db, member_id, old)
    fault = passwords.fault(new, username=member.username, email=member.email)
    if fault is not None:
        raise _refusal({"password": [fault]})
    hashed = await passwords.make_hash(new)
    async with db.begin() as tx:
        if beside is not None:
            await beside(tx)
        if old is None:
            await tx.run(store.SET_PASSWORD, the=member_id, new_hash=hashed)
        elif not await tx.run(store.REPLACE_PASSWORD, the=member_id, held=held, new_hash=hashed):
            raise _refusal(_NOT_YOURS)  # another change was faster
        await end_everything(tx, member_id, keep_session=keep_session)
        await tx.record(PasswordChanged(member_id=member_id))
        await note_access(tx, member_id, "password")


async def prove_password(db: Db, member_id: int, password: str | None) -> str:
    """The hash of the member's password, of which `password` is shown to be the one; None proves nothing and is believed.

    Raises:
        SignUpRefused: it is wrong.
        TooManyTries: it was wrong too often lately.
    """
    held: str = await db.value(store.PASSWORD_OF, id=member_id)
    if password is not None:
        changing.begin(str(member_id))
        right, _ = await passwords.check(held, password)
        if not right:
            raise _refusal(_NOT_YOURS)
        changing.take_back(str(member_id))
    return held


async def shut_out(tx: Tx, member_id: int) -> None:
    """End a member's sessions and unused codes. Their tokens open nothing while they may not come in, and are good again
    when that is taken back: apps say why, and do not sign their users out for good. Change the row first, as below.
    """
    await tx.run(store.END_GRANTS, member=member_id, at=tx.now)
    await tx.run(store.END_OTHER_SESSIONS, member=member_id, but=0, at=tx.now)


async def end_everything(tx: Tx, member_id: int, *, keep_session: int | None = None) -> None:
    """End all sessions (but `keep_session`), tokens and unused codes of a member, and have everybody forget them.

    A sign-in or an exchange of a code under way at the same moment holds the row of the member or of the code: change
    the member's row before calling this. Codes end first, so that a token made from one just now is seen.
    """
    await tx.run(store.END_GRANTS, member=member_id, at=tx.now)
    await tx.run(store.END_OTHER_SESSIONS, member=member_id, but=keep_session or 0, at=tx.now)
    await tx.run(store.END_TOKENS, member=member_id, at=tx.now)
    await tx.record(TokensRevoked(member_id=member_id))


_BLOCKED = ("ERR_BLOCKED", "uses a disallowed e-mail provider")
_TAKEN = ("ERR_TAKEN", "has already been taken")
_NOT_YOURS: Details = {"old_password": [("ERR_INVALID", "is not your password")]}
_LABELS = {
    "username": "Username",
    "email": "Email",
    "password": "Password",
    "old_password": "Current password",
    "agreement": "Agreement",
    "date_of_birth": "Date of birth",
    "reason": "Reason",
    "locale": "Locale",
    "invite_code": "Invitation",
}


def _not_invited() -> SignUpRefused:
    return _refusal({"invite_code": [("ERR_INVALID", "is not valid (any more)")]})


def _refusal(details: Details) -> SignUpRefused:
    told = ", ".join(f"{_LABELS[field]} {why}" for field, faults in details.items() for _, why in faults)
    return SignUpRefused(tuple(details), say=f"Validation failed: {told}", details=details)


def canonical_email(asked: str) -> str:
    """The address as mail servers take it: spaces around it gone, a domain in other letters in its ASCII form."""
    name, at, domain = asked.strip().rpartition("@")
    if domain.isascii():
        return f"{name}{at}{domain}"
    try:
        return f"{name}{at}{text.canonical_domain(domain)}"
    except text.BadDomain:
        return f"{name}{at}{domain}"


def email_fault(email: str) -> tuple[str, str] | None:
    """Why this can be nobody's address, as (reason slug, text of sign-up forms); None: it can."""
    if not email:
        return "ERR_BLANK", "can't be blank"
    if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        return "ERR_INVALID", "is invalid"
    return None


def _faults(form: SignUp, *, reason_needed: bool = False, reserved_too: bool = False) -> Details:
    details: Details = {}
    try:
        text.check_username(form.username)
    except text.BadUsername as error:
        faults = [
            one for one in (error.details or {}).get("username", []) if not (reserved_too and one[0] == "ERR_RESERVED")
        ]
        if faults:
            details["username"] = faults
    email = canonical_email(form.email)
    wrong = email_fault(email)
    if wrong is not None:
        details["email"] = [wrong]
    fault = passwords.fault(form.password, username=form.username, email=email)
    if fault is not None:
        details["password"] = [fault]
    if not form.agreement:
        details["agreement"] = [("ERR_ACCEPTED", "must be accepted")]
    if not LOCALE_TAG.fullmatch(form.locale):
        details["locale"] = [("ERR_INCLUSION", "is not included in the list")]
    if reason_needed and not form.reason.strip():
        details["reason"] = [("ERR_BLANK", "can't be blank")]
    elif len(form.reason) > LONGEST_REASON:
        details["reason"] = [("ERR_TOO_LONG", f"is too long (maximum is {LONGEST_REASON} characters)")]
    return details


def _too_young(form: SignUp, min_age: int) -> Details:
    """Source: Mastodon, DateOfBirthValidator."""
    if not form.date_of_birth.strip():
        return {"date_of_birth": [("ERR_BLANK", "can't be blank")]} if min_age else {}
    try:
        born = read_birth(form.date_of_birth, now=now_ms())
    except AgeRefused:
        return {"date_of_birth": [("ERR_INVALID", "is invalid")]}
    if is_old_enough(born, min_age, now=now_ms()):
        return {}
    return {"date_of_birth": [("ERR_BELOW_LIMIT", "is below the age limit")]}


async def _add_taken(reader: Reader, form: SignUp, details: Details) -> None:
    if "username" not in details and await reader.one(store.NAME_TAKEN, key=text.handle_key(form.username)):
        details["username"] = [_TAKEN]
    if "email" not in details and await reader.one(store.EMAIL_TAKEN, key=email_key(canonical_email(form.email))):
        details["email"] = [_TAKEN]


def _member(row: tuple[object, ...] | None) -> Member | None:
    if row is None:
        return None
    an_id, account_id, username, email, role, state, locale, reason, created_at, last, unconfirmed, new, refused = row
    return msgspec.convert(
        {
            "id": an_id, "account_id": account_id, "username": username, "email": email, "role": role, "state": state,
            "locale": locale, "reason": reason, "created_at": created_at, "last_sign_in_at": last,
            "unconfirmed": bool(unconfirmed), "new_email": new, "mail_refused_at": refused,
        },
        Member,
    )  # fmt: skip
