"""Rows of filters, keywords and filtered posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, delete, func, select, update

from dunnock.filters.model import Filter, FilteredPost, Keyword
from dunnock.filters.tables import filter_keywords, filter_posts, filters
from dunnock.foundation.db import BigId, Reader, Row, Sql, Tx, insert_into, insert_once
from dunnock.foundation.erase import Step, of, rows, some_of

_f, _k, _p = filters.c, filter_keywords.c, filter_posts.c
_owner, _filter = bindparam("owner", type_=BigId), bindparam("the_filter", type_=BigId)
_the = bindparam("the", type_=BigId)

_columns = (_f.id, _f.title, _f.contexts, _f.action, _f.expires_at)
_keyword_columns = (_k.id, _k.filter_id, _k.keyword, _k.whole_word)
_post_columns = (_p.id, _p.filter_id, _p.post_id)
_keywords = select(*_keyword_columns).join_from(filter_keywords, filters, _f.id == _k.filter_id)
_posts = select(*_post_columns).join_from(filter_posts, filters, _f.id == _p.filter_id)

_ALL = Sql(select(*_columns).where(_f.account_id == _owner).order_by(_f.id))
_ALL_KEYWORDS = Sql(_keywords.where(_f.account_id == _owner).order_by(_k.id))
_ALL_POSTS = Sql(_posts.where(_f.account_id == _owner).order_by(_p.id))
# Held on PostgreSQL, so that nobody fills a filter while it is being deleted (SQLite has one writer).
_HOLD = Sql(select(*_columns).where(_f.id == _filter, _f.account_id == _owner).with_for_update())
_ONE = Sql(select(*_columns).where(_f.id == _filter, _f.account_id == _owner))
_KEYWORDS = Sql(select(*_keyword_columns).where(_k.filter_id == _filter).order_by(_k.id))
_POSTS = Sql(select(*_post_columns).where(_p.filter_id == _filter).order_by(_p.id))
_KEYWORD = Sql(_keywords.where(_k.id == _the, _f.account_id == _owner))
_POST = Sql(_posts.where(_p.id == _the, _f.account_id == _owner))
_COUNT = Sql(select(func.count()).where(_f.account_id == _owner))
_COUNT_KEYWORDS = Sql(
    select(func.count())
    .select_from(filter_keywords.join(filters, _f.id == _k.filter_id))
    .where(_f.account_id == _owner)
)
_COUNT_POSTS = Sql(select(func.count()).where(_p.filter_id == _filter))
_ADD = insert_into(filters)
_CHANGE = Sql(
    update(filters)
    .where(_f.id == _filter)
    .values(
        title=bindparam("title"),
        contexts=bindparam("contexts"),
        action=bindparam("action"),
        expires_at=bindparam("expires_at", type_=BigId),
    )
)
_DROP = Sql(delete(filters).where(_f.id == _filter))
_DROP_KEYWORDS = Sql(delete(filter_keywords).where(_k.filter_id == _filter))
_DROP_POSTS = Sql(delete(filter_posts).where(_p.filter_id == _filter))
_ADD_KEYWORD = insert_into(filter_keywords)
_CHANGE_KEYWORD = Sql(
    update(filter_keywords)
    .where(_k.id == _the)
    .values(keyword=bindparam("new_keyword"), whole_word=bindparam("new_whole_word"))
)
_DROP_KEYWORD = Sql(delete(filter_keywords).where(_k.id == _the))
_ADD_POST = insert_once(filter_posts, keys=["filter_id", "post_id"])
_DROP_POST = Sql(delete(filter_posts).where(_p.id == _the))
_OWNERS_OF_POST = Sql(
    select(_f.account_id)
    .distinct()
    .join_from(filter_posts, filters, _f.id == _p.filter_id)
    .where(_p.post_id == _the)
    .order_by(_f.account_id)
)
_FORGET_POST = Sql(delete(filter_posts).where(_p.post_id == _the))


def _whole(row: Row, keywords: Iterable[Row], posts: Iterable[Row]) -> Filter:
    return Filter(
        row[0],
        row[1],
        tuple(row[2].split()),
        row[3],
        row[4],
        tuple([_keyword(one) for one in keywords]),
        tuple([FilteredPost(*one) for one in posts]),
    )


def _keyword(row: Row) -> Keyword:
    return Keyword(row[0], row[1], row[2], bool(row[3]))


async def all_of(reader: Reader, owner: int) -> list[Filter]:
    """The account's filters with all that is in them, oldest first. Three queries, one when there are none."""
    rows = await reader.all(_ALL, owner=owner)
    if not rows:
        return []
    keywords = await reader.all(_ALL_KEYWORDS, owner=owner)
    posts = await reader.all(_ALL_POSTS, owner=owner)
    return [
        _whole(row, [one for one in keywords if one[1] == row[0]], [one for one in posts if one[1] == row[0]])
        for row in rows
    ]


async def find(reader: Reader, owner: int, filter_id: int, *, hold: bool = False) -> Filter | None:
    """One filter with all that is in it. `hold`: nobody else changes it before this transaction ends."""
    row = await reader.one(_HOLD if hold else _ONE, the_filter=filter_id, owner=owner)
    if row is None:
        return None
    keywords = await reader.all(_KEYWORDS, the_filter=filter_id)
    return _whole(row, keywords, await reader.all(_POSTS, the_filter=filter_id))


async def find_keyword(reader: Reader, owner: int, keyword_id: int) -> Keyword | None:
    """A keyword of one of the account's filters."""
    row = await reader.one(_KEYWORD, the=keyword_id, owner=owner)
    return None if row is None else _keyword(row)


async def find_post(reader: Reader, owner: int, filtered_id: int) -> FilteredPost | None:
    """A post in one of the account's filters."""
    row = await reader.one(_POST, the=filtered_id, owner=owner)
    return None if row is None else FilteredPost(*row)


async def count(tx: Tx, owner: int) -> int:
    """How many filters the account has."""
    found: int = await tx.value(_COUNT, owner=owner)
    return found


async def count_keywords(tx: Tx, owner: int) -> int:
    """How many keywords all of the account's filters have."""
    found: int = await tx.value(_COUNT_KEYWORDS, owner=owner)
    return found


async def count_posts(tx: Tx, filter_id: int) -> int:
    """How many posts the filter has."""
    found: int = await tx.value(_COUNT_POSTS, the_filter=filter_id)
    return found


async def add(tx: Tx, owner: int, one: Filter) -> None:
    """A new filter, without what is in it."""
    await tx.run(
        _ADD,
        id=one.id,
        account_id=owner,
        title=one.title,
        contexts=" ".join(one.contexts),
        action=one.action,
        expires_at=one.expires_at,
    )


async def change(tx: Tx, one: Filter) -> None:
    """Write the filter, without what is in it."""
    await tx.run(
        _CHANGE,
        the_filter=one.id,
        title=one.title,
        contexts=" ".join(one.contexts),
        action=one.action,
        expires_at=one.expires_at,
    )


async def drop(tx: Tx, filter_id: int) -> None:
    """Remove the filter with all that is in it."""
    for sql in (_DROP_KEYWORDS, _DROP_POSTS, _DROP):
        await tx.run(sql, the_filter=filter_id)


async def add_keywords(tx: Tx, keywords: Sequence[Keyword]) -> None:
    """New keywords."""
    await tx.many(
        _ADD_KEYWORD,
        [
            {"id": one.id, "filter_id": one.filter_id, "keyword": one.keyword, "whole_word": one.whole_word}
            for one in keywords
        ],
    )


async def change_keyword(tx: Tx, one: Keyword) -> None:
    """Write the keyword."""
    await tx.run(_CHANGE_KEYWORD, the=one.id, new_keyword=one.keyword, new_whole_word=one.whole_word)


async def drop_keyword(tx: Tx, keyword_id: int) -> None:
    """Remove the keyword."""
    await tx.run(_DROP_KEYWORD, the=keyword_id)


async def add_post(tx: Tx, one: FilteredPost) -> bool:
    """Put a post into a filter; False when it is there already."""
    return await tx.run(_ADD_POST, id=one.id, filter_id=one.filter_id, post_id=one.post_id) == 1


async def drop_post(tx: Tx, filtered_id: int) -> None:
    """Take a post out of a filter."""
    await tx.run(_DROP_POST, the=filtered_id)


async def forget_post(tx: Tx, post_id: int) -> list[int]:
    """Take a post out of all filters; whose filters they were."""
    owners = [row[0] for row in await tx.all(_OWNERS_OF_POST, the=post_id)]
    if owners:
        await tx.run(_FORGET_POST, the=post_id)
    return owners


_of_owner = select(filters.c.id).where(of(filters.c.account_id)).scalar_subquery()
FILTERS_OF: Step = rows(
    some_of(filter_keywords, filter_keywords.c.filter_id.in_(_of_owner), filter_keywords.c.id),
    some_of(filter_posts, filter_posts.c.filter_id.in_(_of_owner), filter_posts.c.id),
    some_of(filters, of(filters.c.account_id), filters.c.id),
)
"""Deletes the filters of an account."""
