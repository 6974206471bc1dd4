"""Rows of members, sessions and invitations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, func, or_, select, update

from dunnock.accounts.tables import accounts, grants, invitations, members, sessions, tokens
from dunnock.foundation.db import BigId, Sql, among, insert_into

_member = (
    select(
        members.c.id,
        members.c.account_id,
        accounts.c.username,
        members.c.email,
        members.c.role,
        members.c.state,
        members.c.locale,
        members.c.reason,
        members.c.created_at,
        members.c.last_sign_in_at,
        members.c.unconfirmed,
        members.c.new_email,
        members.c.mail_refused_at,
    )
    .join_from(members, accounts, accounts.c.id == members.c.account_id)
    .order_by(members.c.id)
)
_the = members.c.id == bindparam("the")

ADD_ACCOUNT = insert_into(
    accounts, "id", "username", "username_key", "domain", "display_name", "name_key", "locked", "created_at"
)
ADD_MEMBER = insert_into(
    members,
    "id",
    "account_id",
    "email",
    "email_key",
    "password_hash",
    "role",
    "state",
    "locale",
    "reason",
    "invitation_id",
    "app_id",
    "created_at",
    "unconfirmed",
)
MEMBER = Sql(_member.where(members.c.id == bindparam("id")))
MEMBER_OF = Sql(_member.where(members.c.account_id == bindparam("account_id")))
MEMBER_NAMED = Sql(_member.where(accounts.c.username_key == bindparam("key"), accounts.c.domain == ""))
IN_STATE = Sql(
    _member.where(members.c.state == bindparam("state"), members.c.id > bindparam("after")).limit(bindparam("most"))
)
_in_state: Select[Any] = select(members.c.id).where(members.c.state == bindparam("state")).limit(bindparam("most"))
HOW_MANY_IN_STATE = Sql(select(func.count()).select_from(_in_state.subquery()))
ANY = Sql(_member.where(members.c.id > bindparam("after")).limit(bindparam("most")))
STAFF = Sql(_member.where(members.c.role != "member", members.c.state == "active"))
ROLE_OF = Sql(
    select(members.c.id, members.c.role).where(
        members.c.account_id == bindparam("account_id"), members.c.state == "active"
    )
)
STAFF_ROLES = Sql(
    select(members.c.account_id, members.c.role)
    .join_from(members, accounts, accounts.c.id == members.c.account_id)
    .where(members.c.role != "member", members.c.state == "active", accounts.c.standing == "active")
)
NAME_TAKEN = Sql(select(accounts.c.id).where(accounts.c.username_key == bindparam("key"), accounts.c.domain == ""))
EMAIL_TAKEN = Sql(select(members.c.id).where(members.c.email_key == bindparam("key")))
FOR_SIGN_IN = Sql(
    select(members.c.id, members.c.password_hash, members.c.state, accounts.c.standing, members.c.unconfirmed)
    .join_from(members, accounts, accounts.c.id == members.c.account_id)
    .where(
        or_(
            members.c.email_key == bindparam("login"),
            and_(accounts.c.username_key == bindparam("login"), accounts.c.domain == ""),
        )
    )
    .order_by(members.c.id)
    .limit(1)
)
PASSWORD_OF = Sql(select(members.c.password_hash).where(members.c.id == bindparam("id")))
SET_STATE = Sql(
    update(members).where(_the, members.c.state != bindparam("new_state")).values(state=bindparam("new_state"))
)
ACCOUNT_OF = Sql(select(members.c.account_id).where(_the))
CHOOSE_LOCALE = Sql(update(members).where(_the).values(locale=bindparam("tag")))
CHOOSE_PAGES = Sql(update(members).where(_the).values(page_choices=bindparam("words")))
SET_ROLE = Sql(update(members).where(_the).values(role=bindparam("new_role")))
SET_PASSWORD = Sql(update(members).where(_the).values(password_hash=bindparam("new_hash")))
_unchanged = and_(_the, members.c.password_hash == bindparam("held"))
REPLACE_PASSWORD = Sql(update(members).where(_unchanged).values(password_hash=bindparam("new_hash")))
SIGNED_IN = Sql(update(members).where(_unchanged, members.c.state == "active").values(last_sign_in_at=bindparam("at")))

ADD_SESSION = insert_into(
    sessions, "id", "token_digest", "member_id", "client", "created_at", "seen_at", "proven_at", "doubted"
)
_session = (
    select(
        sessions.c.id,
        sessions.c.member_id,
        members.c.account_id,
        members.c.role,
        sessions.c.client,
        sessions.c.created_at,
        sessions.c.seen_at,
        sessions.c.proven_at,
        members.c.locale,
        members.c.page_choices,
    )
    .join_from(sessions, members, members.c.id == sessions.c.member_id)
    .where(sessions.c.revoked_at.is_(None), sessions.c.seen_at > bindparam("idle_since"))
)
_came = sessions.alias("came")
_doubts = (  # browsers never seen before, with which somebody signed in since this session began
    select(func.count())
    .where(
        _came.c.member_id == sessions.c.member_id, _came.c.doubted, _came.c.created_at > sessions.c.created_at,
        _came.c.created_at > bindparam("doubted_since", type_=BigId),
    )
    .scalar_subquery()
)  # fmt: skip
SESSION = Sql(
    _session.add_columns(_doubts)
    .join(accounts, accounts.c.id == members.c.account_id)
    .where(
        sessions.c.token_digest == bindparam("digest"),
        members.c.state == "active",
        ~members.c.unconfirmed,
        accounts.c.standing != "suspended",
        accounts.c.standing != "deleted",
    )
)
SESSIONS_OF = Sql(
    _session.where(sessions.c.member_id == bindparam("member_id")).order_by(sessions.c.seen_at.desc(), sessions.c.id)
)
SEEN = Sql(update(sessions).where(sessions.c.id == bindparam("the")).values(seen_at=bindparam("at")))
_mine = and_(sessions.c.member_id == bindparam("member"), sessions.c.revoked_at.is_(None))
END_SESSION = Sql(update(sessions).where(_mine, sessions.c.id == bindparam("the")).values(revoked_at=bindparam("at")))
END_OTHER_SESSIONS = Sql(
    update(sessions).where(_mine, sessions.c.id != bindparam("but")).values(revoked_at=bindparam("at"))
)
END_GRANTS = Sql(
    update(grants)
    .where(grants.c.member_id == bindparam("member"), grants.c.used_at.is_(None))
    .values(used_at=bindparam("at"))
)
END_TOKENS = Sql(
    update(tokens)
    .where(tokens.c.member_id == bindparam("member"), tokens.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)

_invitation = select(
    invitations.c.id,
    invitations.c.code,
    invitations.c.by_member_id,
    invitations.c.most_uses,
    invitations.c.uses,
    invitations.c.expires_at,
    invitations.c.revoked_at,
)
ADD_INVITATION = insert_into(invitations, "id", "code", "by_member_id", "most_uses", "expires_at")
INVITATION = Sql(_invitation.where(invitations.c.code == bindparam("code")))
INVITATIONS_BY = Sql(
    _invitation.where(invitations.c.by_member_id == bindparam("member_id")).order_by(invitations.c.id.desc()).limit(200)
)
INVITATIONS = Sql(
    _invitation.where(
        invitations.c.id > bindparam("above", type_=BigId), invitations.c.id < bindparam("below", type_=BigId)
    )
    .order_by(invitations.c.id.desc())
    .limit(bindparam("most"))
)
END_INVITATION = Sql(
    update(invitations)
    .where(invitations.c.id == bindparam("the", type_=BigId), invitations.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at", type_=BigId))
)
USE_INVITATION = Sql(
    update(invitations)
    .where(
        invitations.c.code == bindparam("the"),
        invitations.c.revoked_at.is_(None),
        or_(invitations.c.expires_at.is_(None), invitations.c.expires_at > bindparam("now")),
        or_(invitations.c.most_uses.is_(None), invitations.c.uses < invitations.c.most_uses),
        or_(
            invitations.c.by_member_id.is_(None),
            select(members.c.id)
            .where(members.c.id == invitations.c.by_member_id, members.c.state == "active")
            .correlate(invitations)
            .exists(),
        ),
    )
    .values(uses=invitations.c.uses + 1)
)
REVOKE_INVITATION = Sql(
    update(invitations)
    .where(
        invitations.c.id == bindparam("the"),
        invitations.c.by_member_id == bindparam("member"),
        invitations.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("at"))
)

OVER_SESSIONS = Sql(
    select(sessions.c.id).where(
        or_(sessions.c.revoked_at < bindparam("ended_before"), sessions.c.seen_at < bindparam("idle_since"))
    )
)
DROP_SESSIONS = Sql(delete(sessions).where(among(sessions.c.id, "ids")))
