"""Rows of what brought who joined."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from dunnock.discovery.tables import brought_by
from dunnock.foundation.db import BigId, Sql, insert_once

_account = brought_by.c.account_id == bindparam("account", type_=BigId)
KEEP = insert_once(brought_by, "account_id", "collection_id", keys=["account_id"])
OF = Sql(select(brought_by.c.collection_id).where(_account))
FORGET = Sql(delete(brought_by).where(_account))
FOLLOWED = Sql(delete(brought_by).where(_account, brought_by.c.collection_id == bindparam("collection", type_=BigId)))
