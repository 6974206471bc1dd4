"""Rows of links in mails, and of the addresses that they go to."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from dunnock.accounts.tables import account_counts, accounts, grants, mail_links, members, recalls, sessions, tokens
from dunnock.foundation.db import BigId, Sql, among, insert_into

_l = mail_links.c
_the = members.c.id == bindparam("the", type_=BigId)

ADD_LINK = insert_into(mail_links, "digest", "member_id", "purpose", "email", "expires_at")
LINK = Sql(
    select(_l.member_id, _l.email).where(
        _l.digest == bindparam("digest"),
        _l.purpose == bindparam("purpose"),
        _l.used_at.is_(None),
        _l.expires_at > bindparam("now", type_=BigId),
    )
)
USE_LINK = Sql(
    update(mail_links)
    .where(
        _l.digest == bindparam("the"),
        _l.purpose == bindparam("for_purpose"),
        _l.used_at.is_(None),
        _l.expires_at > bindparam("now", type_=BigId),
    )
    .values(used_at=bindparam("now", type_=BigId))
)
END_LINKS = Sql(
    update(mail_links)
    .where(
        _l.member_id == bindparam("member", type_=BigId), _l.purpose == bindparam("for_purpose"), _l.used_at.is_(None)
    )
    .values(used_at=bindparam("at", type_=BigId))
)
OVER_LINKS = Sql(select(_l.digest).where(_l.expires_at < bindparam("before", type_=BigId)))
DROP_LINKS = Sql(delete(mail_links).where(among(_l.digest, "ids")))

WITH_ADDRESS = Sql(
    select(members.c.id)
    .join_from(members, accounts, accounts.c.id == members.c.account_id)
    .where(
        members.c.email_key == bindparam("key"),
        members.c.state != "disabled",
        accounts.c.standing != "suspended",
        accounts.c.standing != "deleted",
    )
)
CONFIRM = Sql(update(members).where(_the, members.c.unconfirmed).values(unconfirmed=False, mail_refused_at=None))
TAKE_ADDRESS = Sql(
    update(members)
    .where(_the, members.c.new_email == bindparam("held"))
    .values(
        email=bindparam("address"),
        email_key=bindparam("new_key"),
        new_email=None,
        unconfirmed=False,
        mail_refused_at=None,
    )
)
ASK_ADDRESS = Sql(update(members).where(_the).values(new_email=bindparam("address")))
SET_ADDRESS = Sql(
    update(members)
    .where(_the)
    .values(email=bindparam("address"), email_key=bindparam("new_key"), new_email=None, mail_refused_at=None)
)
REACHED = Sql(update(members).where(_the, members.c.email == bindparam("held")).values(mail_refused_at=None))
REFUSED = Sql(
    update(members)
    .where(_the, members.c.email == bindparam("held"), members.c.mail_refused_at.is_(None))
    .values(mail_refused_at=bindparam("at", type_=BigId))
)
JOINED_WITH = Sql(select(members.c.app_id).where(members.c.id == bindparam("id", type_=BigId)))

# Who never confirmed their address has done nothing here; their name and address are free again.
NEVER_CAME = Sql(
    select(members.c.id, members.c.account_id)
    .where(members.c.unconfirmed, members.c.created_at < bindparam("before", type_=BigId))
    .order_by(members.c.id)
)
_member = bindparam("member", type_=BigId)
DROP_MEMBER = (
    Sql(delete(mail_links).where(_l.member_id == _member)),
    Sql(delete(recalls).where(recalls.c.member_id == _member)),
    Sql(delete(grants).where(grants.c.member_id == _member)),
    Sql(delete(tokens).where(tokens.c.member_id == _member)),
    Sql(delete(sessions).where(sessions.c.member_id == _member)),
)
DROP_UNCONFIRMED = Sql(delete(members).where(members.c.id == _member, members.c.unconfirmed))
_account = bindparam("account", type_=BigId)
DROP_ACCOUNT = (
    Sql(delete(account_counts).where(account_counts.c.account_id == _account)),
    Sql(delete(accounts).where(accounts.c.id == _account)),
)
