"""Rows of custom feeds and of who reads them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, and_, bindparam, column, delete, exists, func, or_, select, table, update

from dunnock.feeds.tables import custom_feed_orders, custom_feed_readers, custom_feed_reports, custom_feeds
from dunnock.foundation.db import BigId, Sql, among, insert_into, insert_once, upsert

# Columns of other domains, named here and never imported, as foreign keys are.
_accounts = table("accounts", column("id", BigId), column("standing"), column("discoverable", Boolean))
_blocks = table("blocks", column("account_id", BigId), column("target_id", BigId))

_f, _r = custom_feeds.c, custom_feed_readers.c
_the, _owner = bindparam("the", type_=BigId), bindparam("owner", type_=BigId)
_subscribed = exists().where(_r.feed_id == _f.id, _r.account_id == _owner)
_columns = (
    _f.id,
    _f.account_id,
    _f.title,
    _f.text,
    _f.shared,
    _subscribed.label("subscribed"),
    _f.listed,
    _f.readers,
    _f.removed_at,
    _f.removed_because,
)
_open = or_(
    _f.account_id == _owner,
    and_(
        _f.shared,
        _f.removed_at.is_(None),
        exists().where(
            _accounts.c.id == _f.account_id, or_(_accounts.c.standing == "active", _accounts.c.standing == "limited")
        ),
        ~exists().where(_blocks.c.account_id == _f.account_id, _blocks.c.target_id == _owner),
        ~exists().where(_blocks.c.account_id == _owner, _blocks.c.target_id == _f.account_id),
    ),
)
"""May the account read the feed? Its own; of others what is shared, unless one blocks the other or the author is gone."""

_in_directory = and_(
    _f.listed,
    _f.shared,
    _f.removed_at.is_(None),
    exists().where(_accounts.c.id == _f.account_id, _accounts.c.standing == "active", _accounts.c.discoverable),
    ~exists().where(_blocks.c.account_id == _f.account_id, _blocks.c.target_id == _owner),
    ~exists().where(_blocks.c.account_id == _owner, _blocks.c.target_id == _f.account_id),
)
FIND_LISTED = Sql(select(*_columns).where(_f.id == _the, _in_directory))
LISTED = Sql(
    select(*_columns)
    .where(
        _in_directory,
        *(_f.words.like(bindparam(f"word{n}"), escape="\\") for n in range(3)),
        or_(_f.languages == "", _f.languages.like(bindparam("language"), escape="\\")),
        _f.tags.like(bindparam("tag"), escape="\\"),
    )
    .order_by(_f.readers.desc(), _f.id.desc())
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
READERS = Sql(select(_r.account_id).where(_r.feed_id == _the).order_by(_r.id).limit(bindparam("most")))
SET_READERS = Sql(update(custom_feeds).where(_f.id == _the).values(readers=bindparam("count", type_=BigId)))
READ_FEEDS = Sql(
    select(_f.id)
    .where(_f.id > bindparam("after", type_=BigId), _f.listed, _f.readers > 0)
    .order_by(_f.id)
    .limit(bindparam("most"))
)

FIND = Sql(select(*_columns).where(_f.id == _the, _open))
_read = select(_r.feed_id).where(_r.account_id == _owner)
ALL = Sql(
    select(*_columns)
    .where(or_(_f.account_id == _owner, _f.id.in_(_read.scalar_subquery())), _open)
    .order_by(_f.account_id != _owner, _f.id)
)
COUNT = Sql(select(func.count()).where(_f.account_id == _owner))
COUNT_READ = Sql(select(func.count()).where(_r.account_id == _owner))
OWN_IDS = Sql(select(_f.id).where(_f.account_id == _owner).order_by(_f.id))
ADD = insert_into(custom_feeds, "id", "account_id", "title", "text", "shared", "listed", "words", "languages", "tags")
CHANGE = Sql(
    update(custom_feeds)
    .where(_f.id == _the)
    .values(
        title=bindparam("new_title"),
        text=bindparam("new_text"),
        shared=bindparam("new_shared"),
        listed=bindparam("new_listed"),
        words=bindparam("new_words"),
        languages=bindparam("new_languages"),
        tags=bindparam("new_tags"),
    )
)
DROP = Sql(delete(custom_feeds).where(_f.id == _the))
DROP_READERS = Sql(delete(custom_feed_readers).where(_r.feed_id == _the))
DROP_REPORTS = Sql(delete(custom_feed_reports).where(custom_feed_reports.c.feed_id == _the))
SUBSCRIBE = insert_once(custom_feed_readers, keys=["feed_id", "account_id"])
UNSUBSCRIBE = Sql(delete(custom_feed_readers).where(_r.feed_id == _the, _r.account_id == _owner))
UNSUBSCRIBE_ALL = Sql(delete(custom_feed_readers).where(_r.account_id == _owner))

_o = custom_feed_orders.c
_file: Any = bindparam("file")
HOLD_ORDER = upsert(custom_feed_orders, ["account_id", "file"])
ORDER = Sql(select(_o.at, _o.held).where(_o.account_id == _owner, _o.file == _file))
ORDERS_OF = Sql(select(_o.file).where(_o.account_id == _owner).order_by(_o.at.desc(), _o.file))
OLD_ORDERS = Sql(
    select(_o.account_id, _o.file).where(_o.at < bindparam("before", type_=BigId)).limit(bindparam("most"))
)
DROP_ORDER = Sql(delete(custom_feed_orders).where(_o.account_id == _owner, _o.file == _file))
FORGET_ORDERS = Sql(delete(custom_feed_orders).where(_o.account_id == _owner))

_c = custom_feed_reports.c
_at: Any = bindparam("at", type_=BigId)
COMPLAIN = upsert(custom_feed_reports, ["feed_id", "account_id"])
OPEN_COMPLAINTS = Sql(
    select(_c.feed_id, _c.account_id, _c.comment, _c.id)
    .where(_c.closed_at.is_(None))
    .order_by(_c.id.desc())
    .limit(bindparam("most"))
)
CLOSE_COMPLAINTS = Sql(
    update(custom_feed_reports).where(_c.feed_id == _the, _c.closed_at.is_(None)).values(closed_at=_at)
)
REMOVED = Sql(
    select(_f.id).where(_f.removed_at.is_not(None)).order_by(_f.removed_at.desc(), _f.id).limit(bindparam("most"))
)
OF_IDS = Sql(select(*_columns).where(among(_f.id, "ids")))
SET_REMOVED = Sql(update(custom_feeds).where(_f.id == _the).values(removed_at=_at, removed_because=bindparam("words")))
