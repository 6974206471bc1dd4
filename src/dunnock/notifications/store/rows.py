"""Rows of notifications: add, take back, read. What a group is of is in `groups`, what is kept back in `requests`."""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, or_, select, update

from dunnock.foundation.db import BigId, Db, Reader, Row, Sql, Tx, among, insert_once
from dunnock.notifications.events import Notified
from dunnock.notifications.model import GROUPED, MESSAGES, Filters, Notification, bucket_of
from dunnock.notifications.store import requests
from dunnock.notifications.store.others import accounts, follows
from dunnock.notifications.tables import notifications

_n = notifications.c
_to, _by = bindparam("to", type_=BigId), bindparam("by", type_=BigId)
_post, _kind = bindparam("post", type_=BigId), bindparam("the_kind", type_=_n.kind.type)
_the, _bucket = bindparam("the", type_=BigId), bindparam("the_bucket", type_=BigId)
_above, _below = bindparam("above", type_=BigId), bindparam("below", type_=BigId)

COLUMNS = (_n.id, _n.kind, _n.from_id, _n.post_id, _n.created_at, _n.bucket)
# What has to be known of a row that is gone: (account, kind, from, post, bucket, head, filtered).
_GONE = (_n.account_id, _n.kind, _n.from_id, _n.post_id, _n.bucket, _n.head, _n.filtered)

_ADD = insert_once(
    notifications, "id", "account_id", "kind", "from_id", "post_id", "created_at", "bucket", "filtered",
    keys=["account_id", "kind", "from_id", "post_id"],
)  # fmt: skip
_TOLD = Sql(
    select(_n.account_id).where(_n.kind == _kind, _n.from_id == _by, _n.post_id == _post, among(_n.account_id, "ids"))
)
_sort = and_(_n.account_id == _to, _n.kind == _kind, _n.post_id == _post)
_NEWEST_OF_SORT = Sql(
    select(_n.id, _n.bucket).where(_sort, _n.bucket > 0).order_by(_n.bucket.desc(), _n.id.desc()).limit(1)
)
_group = and_(_sort, _n.bucket == _bucket)
_BEHEAD = Sql(update(notifications).where(_n.id == _the, _n.head).values(head=False))
_BEHEAD_ALL = Sql(update(notifications).where(_group, _n.id != _the, _n.head).values(head=False))
_newest = select(func.max(_n.id)).where(_group).scalar_subquery()
_CROWN = Sql(update(notifications).where(_n.id == _newest).values(head=True))
_IN_GROUP = Sql(select(_n.id).where(_group).limit(1))
_heads = select(func.max(_n.id)).where(_n.account_id == _to, _n.bucket > 0).group_by(_n.kind, _n.post_id, _n.bucket)
_CROWN_ALL = Sql(update(notifications).where(_n.account_id == _to, _n.id.in_(_heads), ~_n.head).values(head=True))

_DROP_ACT = Sql(
    delete(notifications)
    .where(_n.account_id == _to, _n.kind == _kind, _n.from_id == _by, _n.post_id == _post)
    .returning(*_GONE)
)
_KEPT_BACK = Sql(select(_n.account_id, _n.from_id).where(_n.post_id == _post, _n.filtered).distinct())
_DROP_POST = Sql(delete(notifications).where(_n.post_id == _post))
_DROP_KEPT_BACK = Sql(
    delete(notifications).where(_n.account_id == _to, _n.post_id == _post, _n.filtered).returning(_n.from_id)
)
_DROP_OTHERS = Sql(
    delete(notifications).where(_n.post_id == _post, _n.kind == _kind, ~among(_n.account_id, "ids")).returning(*_GONE)
)
_DROP_OLDER = Sql(
    delete(notifications).where(_n.post_id == _post, _n.kind == _kind, _n.created_at < bindparam("at", type_=BigId))
)
_DROP_BY = Sql(delete(notifications).where(_n.account_id == _to, _n.from_id == _by, _n.from_id != _to))
_DROP_DOMAIN = Sql(
    delete(notifications).where(
        _n.account_id == _to,
        exists().where(accounts.c.id == _n.from_id, accounts.c.domain == bindparam("host")),
        ~exists().where(follows.c.follower_id == _to, follows.c.followed_id == _n.from_id, ~follows.c.requested),
    )
)
_DROP_SOME = Sql(delete(notifications).where(_n.account_id == _to, among(_n.id, "ids")).returning(*_GONE))
_DROP_GROUP = Sql(delete(notifications).where(_group))
_DROP_ALL = Sql(delete(notifications).where(_n.account_id == _to))

_ONE = Sql(select(*COLUMNS).where(_n.account_id == _to, _n.id == _the))
_most, _edge = bindparam("most", type_=BigId), bindparam("edge", type_=BigId)
_sides = {False: ~_n.filtered, True: _n.filtered}  # told, kept back
_CROWDED = {
    side: Sql(select(_n.account_id).where(of_it).group_by(_n.account_id).having(func.count() > _most))
    for side, of_it in _sides.items()
}
_EDGE = {
    side: Sql(select(_n.id).where(_n.account_id == _to, of_it).order_by(_n.id.desc()).limit(1).offset(_most))
    for side, of_it in _sides.items()
}
_DROP_OLD = {
    side: Sql(
        delete(notifications).where(
            _n.id.in_(
                select(_n.id)
                .where(_n.account_id == _to, of_it, _n.id <= _edge)
                .order_by(_n.id)
                .limit(bindparam("chunk"))
            )
        )
    )
    for side, of_it in _sides.items()
}


def wanted(*, kinds: bool, one: bool, filtered: bool) -> ColumnElement[bool]:
    """What a reader asks for; only conditions that say something, because they cost each row their time."""
    conditions = [_n.account_id == _to, _n.id > _above, _n.id < _below]
    if kinds:
        conditions.append(among(_n.kind, "kinds"))
    if one:
        conditions.append(_n.from_id == bindparam("from_id", type_=BigId))
    if not filtered:
        conditions.append(~_n.filtered)
    return and_(*conditions)


@functools.cache
def _page(*, up: bool, kinds: bool, one: bool, filtered: bool) -> Sql:
    return Sql(
        select(*COLUMNS)
        .where(wanted(kinds=kinds, one=one, filtered=filtered))
        .order_by(_n.id if up else _n.id.desc())
        .limit(bindparam("most"))
    )


of_somebody_shown = or_(
    _n.from_id == _to,
    ~exists().where(
        accounts.c.id == _n.from_id, or_(accounts.c.standing == "suspended", accounts.c.standing == "deleted")
    ),
)
"""By the reader, or an account that is not suspended: others are skipped when they are shown, so they do not count."""


@functools.cache
def _count(*, kinds: bool, one: bool, filtered: bool) -> Sql:
    some = (
        select(_n.id)
        .where(wanted(kinds=kinds, one=one, filtered=filtered), of_somebody_shown)
        .limit(bindparam("most"))
        .subquery()
    )
    return Sql(select(func.count()).select_from(some))


async def tell(
    tx: Tx, ids: Collection[int], kind: str, *, by: int, post_id: int, at: int, filtered: bool = False
) -> None:
    """A notification for each of the accounts, unless there is one already; each new one is announced.

    `filtered`: keep it back instead. Of the messages among those a request tells.
    """
    if kind in GROUPED and not filtered:
        for one in ids:
            await _tell_in_group(tx, one, kind, by=by, post_id=post_id, at=at)
        return
    row = {"kind": kind, "from_id": by, "post_id": post_id, "created_at": at, "bucket": 0, "filtered": filtered}
    if len(ids) == 1:
        (one,), new_id = ids, tx.new_id()
        new = [(new_id, one)] if await tx.run(_ADD, id=new_id, account_id=one, **row) else []
    elif ids:
        known = {told for (told,) in await tx.all(_TOLD, ids=list(ids), the_kind=kind, by=by, post=post_id)}
        new = [(tx.new_id(), one) for one in ids if one not in known]
        await tx.many(_ADD, [{"id": new_id, "account_id": one, **row} for new_id, one in new])
    else:
        return
    if filtered:
        if kind in MESSAGES:
            await requests.note(tx, [one for _, one in new], by=by)
        return
    for new_id, one in new:
        await tx.record(Notified(account_id=one, notification_id=new_id, of_kind=kind))


async def _tell_in_group(tx: Tx, to: int, kind: str, *, by: int, post_id: int, at: int) -> None:
    before = await tx.one(_NEWEST_OF_SORT, to=to, the_kind=kind, post=post_id)
    new_id, bucket = tx.new_id(), bucket_of(at, before[1] if before else 0)
    row = {"kind": kind, "from_id": by, "post_id": post_id, "created_at": at, "bucket": bucket, "filtered": False}
    if not await tx.run(_ADD, id=new_id, account_id=to, **row):
        return
    if before is not None and before[1] == bucket and not await tx.run(_BEHEAD, the=before[0]):
        # Somebody put the head away at this moment, and another became it.
        await tx.run(_BEHEAD_ALL, to=to, the_kind=kind, post=post_id, the_bucket=bucket, the=new_id)
    await tx.record(Notified(account_id=to, notification_id=new_id, of_kind=kind))


async def take_back(tx: Tx, to: int, kind: str, *, by: int, post_id: int = 0) -> None:
    """No notification of this act."""
    await _after(tx, await tx.all(_DROP_ACT, to=to, the_kind=kind, by=by, post=post_id))


async def drop_post(tx: Tx, post_id: int) -> None:
    """No notification about the post. Groups about it go whole."""
    kept_back = await tx.all(_KEPT_BACK, post=post_id)
    await tx.run(_DROP_POST, post=post_id)
    await requests.reconsider(tx, [(row[0], row[1]) for row in kept_back])


async def drop_kept_back(tx: Tx, to: int, post_id: int) -> bool:
    """Nothing about the post is kept back from the account; was there anything?"""
    gone = await tx.all(_DROP_KEPT_BACK, to=to, post=post_id)
    await requests.reconsider(tx, [(to, row[0]) for row in gone])
    return bool(gone)


async def drop_others(tx: Tx, post_id: int, kind: str, keep: Collection[int]) -> bool:
    """No notification of the kind about the post, but for these accounts; was there any?"""
    gone = await tx.all(_DROP_OTHERS, post=post_id, the_kind=kind, ids=list(keep))
    await _after(tx, gone)
    return bool(gone)


async def drop_older(tx: Tx, post_id: int, kind: str, at: int) -> None:
    """No notification of the kind about the post from before `at`."""
    await tx.run(_DROP_OLDER, post=post_id, the_kind=kind, at=at)


async def drop_by(tx: Tx, to: int, by: int) -> None:
    """No notification for one account by the other."""
    if await tx.run(_DROP_BY, to=to, by=by):
        await tx.run(_CROWN_ALL, to=to)
        await requests.reconsider(tx, [(to, by)])


async def drop_domain(tx: Tx, to: int, domain: str) -> None:
    """No notification by accounts of a server, but those that `to` follows."""
    if await tx.run(_DROP_DOMAIN, to=to, host=domain):
        await tx.run(_CROWN_ALL, to=to)
        await requests.reconsider_all(tx, to)


async def drop_some(tx: Tx, to: int, ids: Collection[int]) -> int:
    """Remove those of them that there are; how many."""
    gone = await tx.all(_DROP_SOME, to=to, ids=list(ids))
    await _after(tx, gone)
    return len(gone)


async def drop_group(tx: Tx, to: int, kind: str, post_id: int, bucket: int) -> int:
    """Remove a whole group; how many there were in it."""
    return await tx.run(_DROP_GROUP, to=to, the_kind=kind, post=post_id, the_bucket=bucket)


async def drop_all(tx: Tx, to: int) -> None:
    """Remove all."""
    await tx.run(_DROP_ALL, to=to)
    await requests.reconsider_all(tx, to)


async def _after(tx: Tx, gone: Sequence[Row]) -> None:
    """Give each group that lost its head another one, and forget requests that tell of nothing any more."""
    for to, kind, _, post_id, bucket, head, _ in gone:
        if bucket and head:
            group = {"to": to, "the_kind": kind, "post": post_id, "the_bucket": bucket}
            # Until it holds: on PostgreSQL the newest may go while we look.
            while not await tx.run(_CROWN, **group) and await tx.one(_IN_GROUP, **group) is not None:
                pass
    await requests.reconsider(tx, [(row[0], row[2]) for row in gone if row[6] and row[1] in MESSAGES])


async def page(
    reader: Reader, to: int, *, above: int, below: int, up: bool, most: int, filters: Filters
) -> list[Notification]:
    """The next `most` between the ids; `up`: the oldest first."""
    sql = _page(up=up, kinds=filters.kinds is not None, one=filters.from_id is not None, filtered=filters.filtered)
    rows = await reader.all(
        sql, to=to, above=above, below=below, most=most, kinds=filters.kinds, from_id=filters.from_id
    )
    return [Notification(*row) for row in rows]


async def find(reader: Reader, to: int, notification_id: int) -> Notification | None:
    """One of the account's own."""
    row = await reader.one(_ONE, to=to, the=notification_id)
    return None if row is None else Notification(*row)


async def count(reader: Reader, to: int, *, above: int, most: int, filters: Filters) -> int:
    """How many there are above the id, `most` at most."""
    sql = _count(kinds=filters.kinds is not None, one=filters.from_id is not None, filtered=filters.filtered)
    number: int = await reader.value(
        sql, to=to, above=above, below=2**63 - 1, most=most, kinds=filters.kinds, from_id=filters.from_id
    )
    return number


async def crowded(db: Db, most: int, *, kept_back: bool) -> list[int]:
    """Accounts with more than `most` that are told, or kept back. A slow question."""
    return [row[0] for row in await db.slow(_CROWDED[kept_back], most=most)]


async def drop_oldest(tx: Tx, to: int, *, kept_back: bool, most: int, chunk: int) -> bool:
    """Remove up to `chunk` of those beyond the newest `most`; whether there may be more."""
    edge = await tx.value(_EDGE[kept_back], to=to, most=most)
    more = edge is not None and await tx.run(_DROP_OLD[kept_back], to=to, edge=edge, chunk=chunk) == chunk
    if kept_back and not more:
        await requests.reconsider_all(tx, to)
    return more
