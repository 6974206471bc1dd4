"""Statements about accounts of other servers."""

from __future__ import annotations

from sqlalchemy import bindparam, update

from dunnock.accounts.tables import accounts
from dunnock.foundation.db import Sql, insert_once

ADD = insert_once(
    accounts,
    "id",
    "username",
    "username_key",
    "domain",
    "kind",
    "display_name",
    "name_key",
    "bio",
    "bio_html",
    "fields",
    "locked",
    "discoverable",
    "indexable",
    "hide_collections",
    "attribution_domains",
    "url",
    "uri",
    "created_at",
    keys=["username_key", "domain"],
)
_the = accounts.c.id == bindparam("the")
URL = Sql(update(accounts).where(_the).values(url=bindparam("new_url", type_=accounts.c.url.type)))
