"""Rows of notifications: add, take back, read."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, bindparam, delete, exists, func, or_, select

from dunnock.foundation.db import BigId, Db, Reader, Row, Sql, Tx, among, insert_once
from dunnock.notifications.events import Notified
from dunnock.notifications.model import Notification
from dunnock.notifications.store.others import accounts, follows
from dunnock.notifications.tables import notifications

_n = notifications.c
_to, _by = bindparam("to", type_=BigId), bindparam("by", type_=BigId)
_post, _kind = bindparam("post", type_=BigId), bindparam("the_kind", type_=_n.kind.type)
_above, _below = bindparam("above", type_=BigId), bindparam("below", type_=BigId)

_ADD = insert_once(notifications, keys=["account_id", "kind", "from_id", "post_id"])
_TOLD = Sql(
    select(_n.account_id).where(_n.kind == _kind, _n.from_id == _by, _n.post_id == _post, among(_n.account_id, "ids"))
)
_DROP_ACT = Sql(
    delete(notifications).where(_n.account_id == _to, _n.kind == _kind, _n.from_id == _by, _n.post_id == _post)
)
_DROP_POST = Sql(delete(notifications).where(_n.post_id == _post))
_DROP_OTHERS = Sql(delete(notifications).where(_n.post_id == _post, _n.kind == _kind, ~among(_n.account_id, "ids")))
_DROP_OLDER = Sql(
    delete(notifications).where(_n.post_id == _post, _n.kind == _kind, _n.created_at < bindparam("at", type_=BigId))
)
_DROP_BY = Sql(delete(notifications).where(_n.account_id == _to, _n.from_id == _by))
_DROP_DOMAIN = Sql(
    delete(notifications).where(
        _n.account_id == _to,
        exists().where(accounts.c.id == _n.from_id, accounts.c.domain == bindparam("host")),
        ~exists().where(follows.c.follower_id == _to, follows.c.followed_id == _n.from_id, ~follows.c.requested),
    )
)
_DROP_ONE = Sql(delete(notifications).where(_n.account_id == _to, _n.id == bindparam("the", type_=BigId)))
_DROP_ALL = Sql(delete(notifications).where(_n.account_id == _to))

_from = bindparam("from_id", type_=BigId)
_wanted = and_(
    _n.account_id == _to, _n.id > _above, _n.id < _below, among(_n.kind, "kinds"), or_(_from == 0, _n.from_id == _from)
)
_page = select(_n.id, _n.kind, _n.from_id, _n.post_id, _n.created_at).where(_wanted).limit(bindparam("most"))
_PAGE = {False: Sql(_page.order_by(_n.id.desc())), True: Sql(_page.order_by(_n.id))}
_ONE = Sql(
    select(_n.id, _n.kind, _n.from_id, _n.post_id, _n.created_at).where(
        _n.account_id == _to, _n.id == bindparam("the", type_=BigId)
    )
)
_some = select(_n.id).where(_wanted).limit(bindparam("most")).subquery()
_COUNT = Sql(select(func.count()).select_from(_some))
_CROWDED = Sql(select(_n.account_id).group_by(_n.account_id).having(func.count() > bindparam("most", type_=BigId)))
_EDGE = Sql(
    select(_n.id).where(_n.account_id == _to).order_by(_n.id.desc()).limit(1).offset(bindparam("most", type_=BigId))
)
_OLD = select(_n.id).where(_n.account_id == _to, _n.id <= bindparam("edge", type_=BigId)).limit(bindparam("chunk"))
_DROP_OLD = Sql(delete(notifications).where(_n.id.in_(_OLD)))


async def tell(tx: Tx, ids: Collection[int], kind: str, *, by: int, post_id: int, at: int) -> None:
    """A notification for each of the accounts, unless there is one already; each new one is announced."""
    row = {"kind": kind, "from_id": by, "post_id": post_id, "created_at": at}
    if len(ids) == 1:
        (one,), new_id = ids, tx.new_id()
        if await tx.run(_ADD, id=new_id, account_id=one, **row):
            await tx.record(Notified(account_id=one, notification_id=new_id, of_kind=kind))
    elif ids:
        known = {told for (told,) in await tx.all(_TOLD, ids=list(ids), the_kind=kind, by=by, post=post_id)}
        new = [(tx.new_id(), one) for one in ids if one not in known]
        await tx.many(_ADD, [{"id": new_id, "account_id": one, **row} for new_id, one in new])
        for new_id, one in new:
            await tx.record(Notified(account_id=one, notification_id=new_id, of_kind=kind))


async def take_back(tx: Tx, to: int, kind: str, *, by: int, post_id: int = 0) -> None:
    """No notification of this act."""
    await tx.run(_DROP_ACT, to=to, the_kind=kind, by=by, post=post_id)


async def drop_post(tx: Tx, post_id: int) -> None:
    """No notification about the post."""
    await tx.run(_DROP_POST, post=post_id)


async def drop_others(tx: Tx, post_id: int, kind: str, keep: Collection[int]) -> None:
    """No notification of the kind about the post, but for these accounts."""
    await tx.run(_DROP_OTHERS, post=post_id, the_kind=kind, ids=list(keep))


async def drop_older(tx: Tx, post_id: int, kind: str, at: int) -> None:
    """No notification of the kind about the post from before `at`."""
    await tx.run(_DROP_OLDER, post=post_id, the_kind=kind, at=at)


async def drop_by(tx: Tx, to: int, by: int) -> None:
    """No notification for one account by the other."""
    await tx.run(_DROP_BY, to=to, by=by)


async def drop_domain(tx: Tx, to: int, domain: str) -> None:
    """No notification by accounts of a server, but those that `to` follows."""
    await tx.run(_DROP_DOMAIN, to=to, host=domain)


async def drop_one(tx: Tx, to: int, notification_id: int) -> bool:
    """Remove one; False when there was none."""
    return await tx.run(_DROP_ONE, to=to, the=notification_id) == 1


async def drop_all(tx: Tx, to: int) -> None:
    """Remove all."""
    await tx.run(_DROP_ALL, to=to)


async def page(
    reader: Reader, to: int, *, above: int, below: int, up: bool, most: int, kinds: Collection[str], from_id: int
) -> list[Notification]:
    """The next `most` between the ids; `up`: the oldest first. `from_id` 0: by anybody."""
    rows = await reader.all(_PAGE[up], to=to, above=above, below=below, most=most, kinds=list(kinds), from_id=from_id)
    return [_notification(row) for row in rows]


async def find(reader: Reader, to: int, notification_id: int) -> Notification | None:
    """One of the account's own."""
    row = await reader.one(_ONE, to=to, the=notification_id)
    return None if row is None else _notification(row)


async def count(reader: Reader, to: int, *, above: int, most: int, kinds: Collection[str], from_id: int) -> int:
    """How many there are above the id, `most` at most."""
    number: int = await reader.value(
        _COUNT, to=to, above=above, below=2**63 - 1, most=most, kinds=list(kinds), from_id=from_id
    )
    return number


async def crowded(db: Db, most: int) -> list[int]:
    """Accounts with more than `most`. A slow question."""
    return [row[0] for row in await db.slow(_CROWDED, most=most)]


async def drop_oldest(tx: Tx, to: int, *, most: int, chunk: int) -> bool:
    """Remove up to `chunk` of those beyond the newest `most`; whether there may be more."""
    edge = await tx.value(_EDGE, to=to, most=most)
    return edge is not None and await tx.run(_DROP_OLD, to=to, edge=edge, chunk=chunk) == chunk


def _notification(row: Row) -> Notification:
    return Notification(row[0], row[1], row[2], row[3] or None, row[4])
