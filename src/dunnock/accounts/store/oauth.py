"""Rows of apps, authorisation codes and tokens."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, func, select, update

from dunnock.accounts.tables import accounts, apps, grants, members, tokens
from dunnock.foundation.db import Sql, insert_into

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
USE_GRANT = Sql(
    update(grants)
    .where(grants.c.code_digest == bindparam("the"), grants.c.used_at.is_(None))
    .values(used_at=bindparam("at"), token_id=bindparam("new_token"))
)

ADD_TOKEN = insert_into(tokens, "id", "digest", "app_id", "member_id", "account_id", "scopes", "created_at")
TOKEN = Sql(
    select(
        tokens.c.id, tokens.c.app_id, tokens.c.member_id, tokens.c.account_id, tokens.c.scopes, tokens.c.used_at,
        members.c.state, accounts.c.standing,
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
TOKEN_OF_APP = Sql(
    select(tokens.c.id, tokens.c.member_id).where(
        tokens.c.digest == bindparam("digest"), tokens.c.app_id == bindparam("app_id"), _alive
    )
)
END_APP_OF = Sql(
    update(tokens)
    .where(tokens.c.member_id == bindparam("member"), tokens.c.app_id == bindparam("app"), _alive)
    .values(revoked_at=bindparam("at"))
)
APPS_OF = Sql(
    select(
        apps.c.id, apps.c.name, apps.c.website, func.min(tokens.c.created_at), func.max(tokens.c.used_at),
        func.count(), func.max(tokens.c.scopes),
    )
    .join_from(tokens, apps, apps.c.id == tokens.c.app_id)
    .where(and_(tokens.c.member_id == bindparam("member_id"), _alive))
    .group_by(apps.c.id, apps.c.name, apps.c.website)
    .order_by(func.min(tokens.c.created_at).desc())
)  # fmt: skip
