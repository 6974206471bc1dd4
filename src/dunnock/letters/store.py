"""Every statement about letters."""

from __future__ import annotations

import msgspec
from sqlalchemy import Boolean, bindparam, column, delete, exists, or_, select, table, update

from dunnock.foundation import ids
from dunnock.foundation.db import BigId, Db, Reader, Sql, Tx, insert_once
from dunnock.letters.model import WANTED_AT_FIRST, Wishes
from dunnock.letters.tables import letter_wishes

# Columns of others that these statements look at; named here, never imported.
_members = table(
    "members",
    column("id", BigId),
    column("account_id", BigId),
    column("email"),
    column("role"),
    column("state"),
    column("created_at", BigId),
    column("last_sign_in_at", BigId),
    column("unconfirmed", Boolean),
    column("mail_refused_at", BigId),
)
_accounts = table("accounts", column("id", BigId), column("username"), column("standing"))
_sessions = table(
    "sessions",
    column("id", BigId),
    column("member_id", BigId),
    column("seen_at", BigId),
    column("client"),
    column("created_at", BigId),
    column("revoked_at", BigId),
)
_tokens = table("tokens", column("member_id", BigId), column("used_at", BigId))

_w = letter_wishes.c
_member = bindparam("member", type_=BigId)
_reads_mail = (
    _members.c.state == "active",
    ~_members.c.unconfirmed,
    _members.c.mail_refused_at.is_(None),
    _accounts.c.standing != "suspended",
    _accounts.c.standing != "deleted",
)
_READER = Sql(
    select(
        _members.c.id, _members.c.account_id, _members.c.email, _accounts.c.username, _members.c.role,
        _w.secret, _w.wanted, _w.always, _w.told_id, _w.told_at, _w.digest_at,
    )
    .select_from(
        _members.join(_accounts, _accounts.c.id == _members.c.account_id).outerjoin(
            letter_wishes, _w.member_id == _members.c.id
        )
    )
    .where(_members.c.id == _member)
)  # fmt: skip
_WISHES = Sql(select(_w.wanted, _w.always, _w.secret).where(_w.member_id == _member))
_ADD = insert_once(letter_wishes, "member_id", "secret", keys=["member_id"])
_CHANGE = Sql(
    update(letter_wishes)
    .where(_w.member_id == _member)
    .values(wanted=bindparam("now_wanted"), always=bindparam("now_always"))
)
_TOLD = Sql(
    update(letter_wishes)
    .where(_w.member_id == _member, _w.told_id < bindparam("newest", type_=BigId))
    .values(told_id=bindparam("newest", type_=BigId), told_at=bindparam("at", type_=BigId))
)
_PLAN = Sql(
    update(letter_wishes)
    .where(_w.member_id == _member, _w.planned_at <= bindparam("now", type_=BigId))
    .values(planned_at=bindparam("at", type_=BigId))
)
_TAKEN_UP = Sql(update(letter_wishes).where(_w.member_id == _member, _w.planned_at > 0).values(planned_at=0))
_TOLD_AT = Sql(select(_w.told_at).where(_w.member_id == _member))
_DIGESTED = Sql(update(letter_wishes).where(_w.member_id == _member).values(digest_at=bindparam("at", type_=BigId)))
_MEMBER_OF = Sql(
    select(_members.c.id)
    .join_from(_members, _accounts, _accounts.c.id == _members.c.account_id)
    .where(_members.c.account_id == bindparam("account", type_=BigId), *_reads_mail)
)
_READS = Sql(
    select(_members.c.id)
    .join_from(_members, _accounts, _accounts.c.id == _members.c.account_id)
    .where(_members.c.id == _member, *_reads_mail)
)
_since, _today = bindparam("since", type_=BigId), bindparam("today", type_=BigId)
_ABOUT = Sql(
    select(
        or_(
            exists().where(
                _sessions.c.member_id == _member, _sessions.c.seen_at >= _since, _sessions.c.revoked_at.is_(None)
            ),
            exists().where(_tokens.c.member_id == _member, _tokens.c.used_at >= _today),
        )
    )
)
_before, _not_before = bindparam("before", type_=BigId), bindparam("not_before", type_=BigId)
_AWAY = Sql(
    select(_members.c.id)
    .select_from(
        _members.join(_accounts, _accounts.c.id == _members.c.account_id).outerjoin(
            letter_wishes, _w.member_id == _members.c.id
        )
    )
    .where(
        _members.c.id > bindparam("after", type_=BigId),
        *_reads_mail,
        or_(_w.digest_at.is_(None), _w.digest_at < _before),
        _members.c.created_at < _before,
        or_(_members.c.last_sign_in_at.is_(None), _members.c.last_sign_in_at < _before),
        ~exists().where(_sessions.c.member_id == _members.c.id, _sessions.c.seen_at >= _before),
        ~exists().where(_tokens.c.member_id == _members.c.id, _tokens.c.used_at >= _before),
        or_(
            _members.c.last_sign_in_at >= _not_before,
            _members.c.created_at >= _not_before,
            exists().where(_sessions.c.member_id == _members.c.id, _sessions.c.seen_at >= _not_before),
            exists().where(_tokens.c.member_id == _members.c.id, _tokens.c.used_at >= _not_before),
        ),
    )
    .order_by(_members.c.id)
    .limit(bindparam("most"))
)
_STAFF = Sql(
    select(_members.c.id)
    .join_from(_members, _accounts, _accounts.c.id == _members.c.account_id)
    .where(_members.c.role != "member", *_reads_mail)
    .order_by(_members.c.id)
)
_SESSION = Sql(
    select(_sessions.c.client, _sessions.c.created_at).where(_sessions.c.id == bindparam("the", type_=BigId))
)


_ERASE = Sql(
    delete(letter_wishes).where(
        _w.member_id.in_(select(_members.c.id).where(_members.c.account_id == bindparam("account", type_=BigId)))
    )
)


class Recipient(msgspec.Struct, frozen=True):
    """A member as letters see them. `secret` None: they have no row yet."""

    member_id: int
    account_id: int
    email: str
    username: str
    role: str
    secret: str | None
    wishes: Wishes
    told_id: int
    told_at: int
    digest_at: int


async def recipient(reader: Reader, member_id: int) -> Recipient | None:
    """A member, whatever their state."""
    row = await reader.one(_READER, member=member_id)
    if row is None:
        return None
    an_id, account_id, email, username, role, secret, wanted, always, *heard = row
    wishes = _wishes(wanted, always)
    return Recipient(an_id, account_id, email, username, role, secret, wishes, *[one or 0 for one in heard])


async def wishes(reader: Reader, member_id: int) -> tuple[Wishes, str | None]:
    """What they want, and their secret."""
    row = await reader.one(_WISHES, member=member_id)
    return (Wishes(), None) if row is None else (_wishes(row[0], row[1]), row[2])


async def secret_of(tx: Tx, member_id: int) -> str:
    """Their secret, made now if there is none."""
    await tx.run(_ADD, member_id=member_id, secret=ids.secret())
    row = await tx.one(_WISHES, member=member_id)
    assert row is not None
    found: str = row[2]
    return found


async def change(tx: Tx, member_id: int, new: Wishes) -> None:
    """Want this from now on."""
    await secret_of(tx, member_id)
    await tx.run(_CHANGE, member=member_id, now_wanted=" ".join(sorted(new.wanted)), now_always=new.always)


async def told(tx: Tx, member_id: int, newest: int) -> None:
    """They were told of notifications up to this one."""
    await tx.run(_TOLD, member=member_id, newest=newest, at=tx.now)


async def told_at(reader: Reader, member_id: int) -> int:
    """When they were last told of notifications; 0: never."""
    return await reader.value(_TOLD_AT, member=member_id) or 0


async def plan(tx: Tx, member_id: int, at: int) -> bool:
    """Have the next mail about notifications at this moment or later; False: one is under way that will tell."""
    await secret_of(tx, member_id)
    return bool(await tx.run(_PLAN, member=member_id, at=at, now=tx.now))


async def taken_up(tx: Tx, member_id: int) -> None:
    """The planned mail is being made: what comes from now on is for another one."""
    await tx.run(_TAKEN_UP, member=member_id)


async def digested(tx: Tx, member_id: int) -> None:
    """They got a digest now."""
    await tx.run(_DIGESTED, member=member_id, at=tx.now)


async def member_of(reader: Reader, account_id: int) -> int | None:
    """Who reads mail for an account."""
    found: int | None = await reader.value(_MEMBER_OF, account=account_id)
    return found


async def reads_mail(reader: Reader, member_id: int) -> bool:
    """May they come in, and does mail reach them?"""
    return await reader.one(_READS, member=member_id) is not None


async def about(reader: Reader, member_id: int, *, since: int, today: int) -> bool:
    """Did they look at pages since, or use an app today?"""
    return bool(await reader.value(_ABOUT, member=member_id, since=since, today=today))


async def away(db: Db, *, after: int, before: int, not_before: int, most: int) -> list[int]:
    """Members who were here last between these moments, and got no digest since `before`; a page by id."""
    return [row[0] for row in await db.slow(_AWAY, after=after, before=before, not_before=not_before, most=most)]


async def staff(reader: Reader) -> list[int]:
    """Members who decide about others."""
    return [row[0] for row in await reader.all(_STAFF)]


async def session(reader: Reader, session_id: int) -> tuple[str, int] | None:
    """The browser of a sign-in, and when it was."""
    row = await reader.one(_SESSION, the=session_id)
    return None if row is None else (row[0], row[1])


async def erase(tx: Tx, account_id: int) -> int:
    """Forget all about an account's member; how many rows."""
    return await tx.run(_ERASE, account=account_id)


def _wishes(wanted: str | None, always: object) -> Wishes:
    return Wishes(WANTED_AT_FIRST if wanted is None else frozenset(wanted.split()), bool(always))
