"""Rows of apps, authorisation codes and tokens."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, select, update

from dunnock.accounts.tables import accounts, apps, grants, members, tokens
from dunnock.foundation.db import Sql, among, insert_into

_app = select(
    apps.c.id, apps.c.client_id, apps.c.secret_digest, apps.c.name, apps.c.website, apps.c.redirect_uris, apps.c.scopes,
    apps.c.created_at,
)  # fmt: skip
ADD_APP = insert_into(apps)
APP = Sql(_app.where(apps.c.id == bindparam("id")))
APP_CALLED = Sql(_app.where(apps.c.client_id == bindparam("client_id")))

ADD_GRANT = insert_into(
    grants, "code_digest", "app_id", "member_id", "scopes", "redirect_uri", "challenge", "expires_at"
)
GRANT = Sql(
    select(
        grants.c.app_id, grants.c.member_id, grants.c.scopes, grants.c.redirect_uri, grants.c.challenge,
        grants.c.expires_at, grants.c.used_at, grants.c.token_id,
    ).where(grants.c.code_digest == bindparam("digest"))
)  # fmt: skip
GRANT_USED = Sql(select(grants.c.used_at).where(grants.c.code_digest == bindparam("digest")))
USE_GRANT = Sql(
    update(grants)
    .where(grants.c.code_digest == bindparam("the"), grants.c.used_at.is_(None))
    .values(used_at=bindparam("at"), token_id=bindparam("new_token"))
)

ADD_TOKEN = insert_into(tokens, "id", "digest", "app_id", "member_id", "account_id", "scopes", "created_at")
TOKEN = Sql(
    select(
        tokens.c.id, tokens.c.app_id, tokens.c.member_id, tokens.c.account_id, tokens.c.scopes, tokens.c.used_at,
        members.c.state, accounts.c.standing, members.c.unconfirmed,
    )
    .select_from(
        tokens.outerjoin(members, members.c.id == tokens.c.member_id).outerjoin(
            accounts, accounts.c.id == tokens.c.account_id
        )
    )
    .where(tokens.c.digest == bindparam("digest"), tokens.c.revoked_at.is_(None))
)  # fmt: skip
USED = Sql(update(tokens).where(tokens.c.id == bindparam("the")).values(used_at=bindparam("at")))
_alive = tokens.c.revoked_at.is_(None)
END_TOKEN = Sql(update(tokens).where(tokens.c.id == bindparam("the"), _alive).values(revoked_at=bindparam("at")))
TOKEN_ALIVE = Sql(
    select(tokens.c.id, tokens.c.app_id, tokens.c.member_id).where(tokens.c.digest == bindparam("digest"), _alive)
)
END_GRANTS_TO_APP = Sql(
    update(grants)
    .where(grants.c.member_id == bindparam("member"), grants.c.app_id == bindparam("app"), grants.c.used_at.is_(None))
    .values(used_at=bindparam("at"))
)
END_APP_OF = Sql(
    update(tokens)
    .where(tokens.c.member_id == bindparam("member"), tokens.c.app_id == bindparam("app"), _alive)
    .values(revoked_at=bindparam("at"))
)
_apps_of = [
    apps.c.id, apps.c.name, apps.c.website, func.min(tokens.c.created_at), func.max(tokens.c.used_at), func.count(),
]  # fmt: skip


def _apps_with(scopes: ColumnElement[str]) -> Select[Any]:
    return (
        select(*_apps_of, scopes)
        .join_from(tokens, apps, apps.c.id == tokens.c.app_id)
        .where(tokens.c.member_id == bindparam("member_id"), _alive)
        .group_by(apps.c.id, apps.c.name, apps.c.website)
        .order_by(func.min(tokens.c.created_at).desc(), apps.c.id.desc())
    )


# The last column: the scopes of all the tokens, one after the other.
APPS_OF = Sql(_apps_with(func.group_concat(tokens.c.scopes, " ")), _apps_with(func.string_agg(tokens.c.scopes, " ")))

OVER_GRANTS = Sql(select(grants.c.code_digest).where(grants.c.expires_at < bindparam("before")))
DROP_GRANTS = Sql(delete(grants).where(among(grants.c.code_digest, "ids")))
OVER_TOKENS = Sql(select(tokens.c.id).where(tokens.c.revoked_at < bindparam("ended_before")))
DROP_TOKENS = Sql(delete(tokens).where(among(tokens.c.id, "ids")))
