"""Whose posts a list or a home feed is made of."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from dunnock.feeds.store.lists import KEPT
from dunnock.feeds.tables import list_members, lists
from dunnock.foundation.db import Sql

OF_LIST = Sql(
    select(list_members.c.account_id)
    .join_from(list_members, lists, lists.c.id == list_members.c.list_id)
    .where(lists.c.id == bindparam("list_id"), lists.c.account_id == bindparam("owner"), KEPT)
)
REPLIES_OF = Sql(
    select(lists.c.replies).where(lists.c.id == bindparam("list_id"), lists.c.account_id == bindparam("owner"))
)
LEFT_OUT_OF_HOME = Sql(
    select(list_members.c.account_id)
    .join_from(list_members, lists, lists.c.id == list_members.c.list_id)
    .where(lists.c.account_id == bindparam("owner"), lists.c.exclusive)
)
