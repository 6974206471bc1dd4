"""Rows of followed hashtags."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, column, delete, func, select, table

from dunnock.feeds.tables import followed_tags
from dunnock.foundation.db import BigId, Sql, among, insert_once

# Columns of other domains, named here and never imported, as foreign keys are.
_hashtags = table("hashtags", column("id", BigId), column("key"), column("name"))

_t = followed_tags.c
_owner = bindparam("owner", type_=BigId)

ADD = insert_once(followed_tags, keys=["account_id", "hashtag_id"])
DROP = Sql(delete(followed_tags).where(_t.account_id == _owner, _t.hashtag_id == bindparam("tag", type_=BigId)))
DROP_ALL = Sql(delete(followed_tags).where(_t.account_id == _owner))
COUNT = Sql(select(func.count()).where(_t.account_id == _owner))
AMONG = Sql(select(_t.hashtag_id).where(_t.account_id == _owner, among(_t.hashtag_id, "tags")))
OF = Sql(
    select(_hashtags.c.id, _hashtags.c.key)
    .join_from(followed_tags, _hashtags, _hashtags.c.id == _t.hashtag_id)
    .where(_t.account_id == _owner)
)


def _page(*, up: bool) -> Any:
    return (
        select(_t.id, _hashtags.c.id, _hashtags.c.key, _hashtags.c.name)
        .join_from(followed_tags, _hashtags, _hashtags.c.id == _t.hashtag_id)
        .where(
            _t.account_id == _owner, _t.id > bindparam("above", type_=BigId), _t.id < bindparam("below", type_=BigId)
        )
        .order_by(_t.id if up else _t.id.desc())
        .limit(bindparam("most"))
    )


PAGE = (Sql(_page(up=False)), Sql(_page(up=True)))
