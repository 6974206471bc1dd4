"""Rows of collections and of who is in them."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, delete, exists, func, literal_column, or_, select

from dunnock.discovery.store.others import accounts
from dunnock.discovery.tables import brought_by, collection_follows, collection_items, collections, dismissals
from dunnock.foundation.db import BigId, Sql, among, insert_into, insert_once, upsert

_COLUMNS = (
    collections.c.id,
    collections.c.account_id,
    collections.c.name,
    collections.c.description,
    collections.c.language,
    collections.c.tag,
    collections.c.sensitive,
    collections.c.discoverable,
    collections.c.created_at,
    collections.c.updated_at,
    collections.c.starter_at,
)
_the = collections.c.id == bindparam("id")
FIND = Sql(select(*_COLUMNS).where(_the))
SOME = Sql(select(*_COLUMNS).where(among(collections.c.id, "ids")))
HOLD = Sql(select(*_COLUMNS).where(_the).with_for_update())
COUNT_OF = Sql(select(func.count()).select_from(collections).where(collections.c.account_id == bindparam("owner")))
_viewer = bindparam("viewer", type_=BigId)
_shown = or_(collections.c.discoverable, collections.c.account_id == _viewer)
BY = Sql(
    select(*_COLUMNS)
    .where(collections.c.account_id == bindparam("owner"), _shown)
    .order_by(collections.c.id.desc())
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
WITH = Sql(
    select(*_COLUMNS)
    .join_from(
        collections,
        collection_items,
        and_(
            collection_items.c.collection_id == collections.c.id,
            collection_items.c.account_id == bindparam("account"),
            collection_items.c.state == "accepted",
        ),
    )
    # Who is in a collection sees it, whoever else may.
    .where(or_(_shown, _viewer == bindparam("account")))
    .order_by(collections.c.id.desc())
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
ADD = insert_into(collections)
CHANGE = Sql(
    collections.update()
    .where(collections.c.id == bindparam("the"))
    .values(
        **{
            name: bindparam(name, type_=collections.c[name].type)
            for name in ("name", "description", "language", "tag", "sensitive", "discoverable", "updated_at")
        }
    )
)
STARTERS = Sql(
    select(collections.c.id)
    .where(collections.c.starter_at.is_not(None))
    .order_by(collections.c.starter_at, collections.c.id)
    .limit(bindparam("most"))
)
MARK_STARTER = Sql(
    collections.update()
    .where(collections.c.id == bindparam("the"))
    .values(starter_at=bindparam("at", type_=collections.c.starter_at.type))
)
DROP = Sql(delete(collections).where(_the))
DROP_ITEMS = Sql(delete(collection_items).where(collection_items.c.collection_id == bindparam("id")))

DROP_FOLLOWS = Sql(delete(collection_follows).where(collection_follows.c.collection_id == bindparam("id")))
DROP_BROUGHT = Sql(delete(brought_by).where(brought_by.c.collection_id == bindparam("id")))

# Who follows all of one ---------------------------------------------------------------------------------------------

_follow = select(
    collection_follows.c.waiting,
    collection_follows.c.followed,
    collection_follows.c.asked,
    collection_follows.c.left_out,
).where(
    collection_follows.c.account_id == bindparam("account", type_=BigId),
    collection_follows.c.collection_id == bindparam("collection", type_=BigId),
)
FOLLOWING = Sql(_follow)
HOLD_FOLLOWING = Sql(_follow.with_for_update())
PUT_FOLLOWING = upsert(
    collection_follows,
    ["account_id", "collection_id"],
    "account_id",
    "collection_id",
    "waiting",
    "followed",
    "asked",
    "left_out",
)
SENSITIZED = Sql(select(accounts.c.id).where(among(accounts.c.id, "ids"), accounts.c.sensitized))
"""Those of some accounts whose posts are all shown as sensitive."""

_ITEM = (
    collection_items.c.id,
    collection_items.c.collection_id,
    collection_items.c.account_id,
    collection_items.c.state,
)
ITEMS = Sql(
    select(*_ITEM)
    .where(among(collection_items.c.collection_id, "ids"), collection_items.c.state == "accepted")
    .order_by(collection_items.c.collection_id, collection_items.c.id)
)
ITEM = Sql(
    select(*_ITEM).where(
        collection_items.c.id == bindparam("id"), collection_items.c.collection_id == bindparam("collection")
    )
)
ITEM_OF = Sql(
    select(*_ITEM).where(
        collection_items.c.collection_id == bindparam("collection"),
        collection_items.c.account_id == bindparam("account"),
    )
)
COUNT_ITEMS = Sql(
    select(func.count())
    .select_from(collection_items)
    .where(collection_items.c.collection_id == bindparam("id"), collection_items.c.state == "accepted")
)
ADD_ITEM = insert_once(
    collection_items, "id", "collection_id", "account_id", "state", keys=["collection_id", "account_id"]
)
DROP_ITEM = Sql(delete(collection_items).where(collection_items.c.id == bindparam("id")))
REVOKE = Sql(
    collection_items.update().where(collection_items.c.id == bindparam("id")).values(state=literal_column("'revoked'"))
)
PART = Sql(
    delete(collection_items).where(
        collection_items.c.account_id == bindparam("account"),
        exists().where(
            collections.c.id == collection_items.c.collection_id, collections.c.account_id == bindparam("owner")
        ),
    )
)

# Everything of an account that is gone
_gone = bindparam("account", type_=BigId)
FORGET: tuple[Sql, ...] = (
    Sql(delete(brought_by).where(brought_by.c.account_id == _gone)),
    Sql(delete(collection_follows).where(collection_follows.c.account_id == _gone)),
    Sql(
        delete(collection_items).where(
            or_(
                collection_items.c.account_id == _gone,
                exists().where(collections.c.id == collection_items.c.collection_id, collections.c.account_id == _gone),
            )
        )
    ),
    Sql(delete(collections).where(collections.c.account_id == _gone)),
    Sql(delete(dismissals).where(or_(dismissals.c.account_id == _gone, dismissals.c.target_id == _gone))),
)
