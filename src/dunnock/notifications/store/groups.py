"""Rows of notifications as groups: which come next, and what is in them."""

from __future__ import annotations

import functools
from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from dunnock.foundation.db import BigId, Reader, Sql, among
from dunnock.notifications.model import GROUPED, Filters, Notification
from dunnock.notifications.store.rows import COLUMNS, of_somebody_shown, wanted
from dunnock.notifications.tables import notifications

SAMPLE = 8  # Source: Mastodon, NotificationGroup::SAMPLE_ACCOUNTS_SIZE

_n = notifications.c
_to = bindparam("to", type_=BigId)
_head, _member = notifications.alias("head"), notifications.alias("member")
_json = msgspec.json.decode


def _shape(filters: Filters, grouped: Collection[str]) -> dict[str, bool]:
    return {
        "kinds": filters.kinds is not None,
        "one": filters.from_id is not None,
        "filtered": filters.filtered,
        "some": grouped != GROUPED,
    }


def _stands_for_group(*, one: bool, some: bool) -> list[ColumnElement[bool]]:
    """Which rows stand for their group: its head. Of what is not to be grouped each; of one account each as well."""
    if one:
        return []
    return [or_(_n.head, ~among(_n.kind, "grouped")) if some else _n.head]


@functools.cache
def _page(*, up: bool, kinds: bool, one: bool, filtered: bool, some: bool) -> Sql:
    return Sql(
        select(*COLUMNS)
        .where(wanted(kinds=kinds, one=one, filtered=filtered), *_stands_for_group(one=one, some=some))
        .order_by(_n.id if up else _n.id.desc())
        .limit(bindparam("most"))
    )


@functools.cache
def _count(*, kinds: bool, one: bool, filtered: bool, some: bool) -> Sql:
    asked = wanted(kinds=kinds, one=one, filtered=filtered)
    stand = select(_n.id).where(asked, *_stands_for_group(one=one, some=some), of_somebody_shown)
    return Sql(select(func.count()).select_from(stand.limit(bindparam("most")).subquery()))


def _same_group(other: Any) -> ColumnElement[bool]:
    """Rows of `_member` that are of the group of a row of `other`, which is in one (its bucket is not 0)."""
    one, two = _member.c, other.c
    return and_(
        one.account_id == two.account_id,
        one.kind == two.kind,
        one.post_id == two.post_id,
        one.bucket == two.bucket,
    )


_before = (
    select(func.max(_member.c.id))
    .where(_same_group(_head), _member.c.id < bindparam("cut", type_=BigId))
    .correlate(_head)
    .scalar_subquery()
)
_moved = (
    select(_before.label("id"))
    .select_from(_head)
    .where(
        _head.c.account_id == _to,
        _head.c.head,
        ~_head.c.filtered,
        _head.c.bucket > 0,
        _head.c.id > bindparam("since", type_=BigId),
        among(_head.c.kind, "grouped"),
    )
    .subquery()
)


@functools.cache
def _grown(*, up: bool, kinds: bool) -> Sql:
    """Of groups that grew since: the row that was their head before."""
    return Sql(
        select(*COLUMNS)
        .join_from(notifications, _moved, _moved.c.id == _n.id)
        .where(wanted(kinds=kinds, one=False, filtered=True))
        .order_by(_n.id if up else _n.id.desc())
        .limit(bindparam("most"))
    )


_in_it = and_(_same_group(notifications), _member.c.id <= _n.id)


def _scalar(query: Select[Any]) -> Any:
    return query.where(_in_it).correlate(notifications).scalar_subquery()


def _contents(together: Any) -> Select[Any]:
    newest = (
        select(_member.c.from_id)
        .where(_in_it)
        .order_by(_member.c.id.desc())
        .limit(SAMPLE)
        .correlate(notifications)
        .subquery()
    )
    return select(
        _n.id,
        _scalar(select(func.count()).select_from(_member)),
        _scalar(select(func.min(_member.c.id)).where(_member.c.id >= bindparam("begin", type_=BigId))),
        select(together(newest.c.from_id)).correlate(notifications).scalar_subquery(),
    ).where(among(_n.id, "ids"))  # no account: the engine would read all rows of it instead


_CONTENTS = Sql(_contents(func.json_group_array), _contents(func.array_agg))
_group = and_(
    _n.account_id == _to,
    _n.kind == bindparam("the_kind", type_=_n.kind.type),
    _n.post_id == bindparam("post", type_=BigId),
    _n.bucket == bindparam("the_bucket", type_=BigId),
)
_of_group = select(*COLUMNS).where(
    _group, _n.id > bindparam("above", type_=BigId), _n.id < bindparam("below", type_=BigId)
)
_MEMBERS = {up: Sql(_of_group.order_by(_n.id if up else _n.id.desc()).limit(bindparam("most"))) for up in (False, True)}


class Contents(msgspec.Struct, frozen=True):
    """What a group holds up to the row that stands for it: how many, the first id on the page, who did the last ones."""

    count: int
    first_id: int
    from_ids: tuple[int, ...]


async def page(
    reader: Reader,
    to: int,
    *,
    above: int,
    below: int,
    up: bool,
    most: int,
    filters: Filters,
    grouped: Collection[str],
) -> list[Notification]:
    """The rows that stand for the next `most` groups between the ids, as they are now; `up`: the oldest first."""
    rows = await reader.all(
        _page(up=up, **_shape(filters, grouped)), to=to, above=above, below=below, most=most, kinds=filters.kinds,
        from_id=filters.from_id, grouped=sorted(grouped),
    )  # fmt: skip
    return [Notification(*row) for row in rows]


async def grown(
    reader: Reader,
    to: int,
    *,
    above: int,
    below: int,
    up: bool,
    most: int,
    filters: Filters,
    grouped: Collection[str],
    cut: int,
    since: int,
) -> list[Notification]:
    """The same of groups that grew beyond `since`: the rows that stood for them below `cut`."""
    if filters.from_id is not None or not grouped:
        return []
    rows = await reader.all(
        _grown(up=up, kinds=filters.kinds is not None), to=to, above=above, below=below, most=most, cut=cut, since=since,
        kinds=filters.kinds, grouped=sorted(grouped),
    )  # fmt: skip
    return [Notification(*row) for row in rows]


async def contents(reader: Reader, ids: Collection[int], *, begin: int) -> dict[int, Contents]:
    """What the groups hold for which these rows stand; `begin`: where their page begins. One query."""
    if not ids:
        return {}
    rows = await reader.all(_CONTENTS, ids=list(ids), begin=begin)
    return {
        row[0]: Contents(row[1], row[2] or row[0], tuple(_json(row[3]) if isinstance(row[3], str) else row[3]))
        for row in rows
    }


async def members(
    reader: Reader, to: int, kind: str, about_id: int, bucket: int, *, above: int, below: int, up: bool, most: int
) -> list[Notification]:
    """The next `most` of a group; `up`: the oldest first."""
    rows = await reader.all(
        _MEMBERS[up], to=to, the_kind=kind, post=about_id, the_bucket=bucket, above=above, below=below, most=most
    )
    return [Notification(*row) for row in rows]


async def count(reader: Reader, to: int, *, above: int, most: int, filters: Filters, grouped: Collection[str]) -> int:
    """How many groups have anything above the id, `most` at most."""
    number: int = await reader.value(
        _count(**_shape(filters, grouped)), to=to, above=above, below=2**63 - 1, most=most, kinds=filters.kinds,
        from_id=filters.from_id, grouped=sorted(grouped),
    )  # fmt: skip
    return number
