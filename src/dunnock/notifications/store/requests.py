"""Rows of requests, policies, permissions and settings, and what is kept back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import and_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dunnock.foundation.db import BigId, Reader, Row, Sql, Tx, among, upsert
from dunnock.notifications.model import MESSAGES, FromWhom
from dunnock.notifications.tables import (
    notification_permissions,
    notification_policies,
    notification_requests,
    notification_settings,
    notifications,
    quiet_times,
)

MOST_COUNTED = 100  # Source: Mastodon, NotificationRequest::MAX_MEANINGFUL_COUNT

_n, _r, _p = notifications.c, notification_requests.c, notification_permissions.c
_to, _by = bindparam("to", type_=BigId), bindparam("by", type_=BigId)
_chunk, _until = bindparam("chunk", type_=BigId), bindparam("until", type_=BigId)
_message = or_(*[_n.kind == one for one in sorted(MESSAGES)])
_messages_of_request = and_(_n.account_id == _r.account_id, _n.from_id == _r.from_id, _n.filtered, _message)

_fresh = {
    name: bindparam(name, type_=_r[name].type) for name in ("id", "account_id", "from_id", "created_at", "updated_at")
}
_NOTE = Sql(
    *[
        engine.insert(notification_requests)
        .values(_fresh)
        .on_conflict_do_update(
            index_elements=["account_id", "from_id"], set_={"updated_at": bindparam("updated_at", type_=BigId)}
        )
        for engine in (sqlite, postgresql)
    ]
)
_empty = ~exists().where(_messages_of_request)
_RECONSIDER = Sql(delete(notification_requests).where(_r.from_id == _by, among(_r.account_id, "ids"), _empty))
_RECONSIDER_ALL = Sql(delete(notification_requests).where(_r.account_id == _to, _empty))

_some_messages = select(_n.id).where(_messages_of_request).correlate(notification_requests).limit(MOST_COUNTED)
_counted = select(func.count()).select_from(_some_messages.subquery()).correlate(notification_requests)
_last_post = select(func.max(_n.post_id)).where(_messages_of_request).correlate(notification_requests)
_columns = (
    _r.id, _r.from_id, _r.created_at, _r.updated_at, _counted.scalar_subquery(), _last_post.scalar_subquery(),
)  # fmt: skip
_page = (
    select(*_columns)
    .where(_r.account_id == _to, _r.id > bindparam("above", type_=BigId), _r.id < bindparam("below", type_=BigId))
    .limit(bindparam("most"))
)
_PAGE = {False: Sql(_page.order_by(_r.id.desc())), True: Sql(_page.order_by(_r.id))}
_SOME = Sql(select(_r.id, _r.from_id).where(_r.account_id == _to, among(_r.id, "ids")).order_by(_r.id))
_ONE = Sql(select(*_columns).where(_r.account_id == _to, _r.id == bindparam("the", type_=BigId)))
_DROP = Sql(delete(notification_requests).where(_r.account_id == _to, among(_r.id, "ids")))
_waiting = (
    select(_counted.scalar_subquery().label("number"))
    .select_from(notification_requests)
    .where(_r.account_id == _to)
    .limit(MOST_COUNTED)
    .subquery()
)
_SUMMARY = Sql(select(func.count(), func.coalesce(func.sum(_waiting.c.number), 0)).select_from(_waiting))

_PERMIT = upsert(notification_permissions, ["account_id", "from_id"], "account_id", "from_id", "merging")
_MERGED = Sql(update(notification_permissions).where(_p.account_id == _to, _p.from_id == _by).values(merging=0))
_MERGING = Sql(select(_p.from_id).where(_p.account_id == _to, _p.merging != 0).limit(1))
_kept_back = (
    select(_n.id)
    .where(_n.account_id == _to, _n.from_id == _by, _n.filtered, _n.id <= _until)
    .order_by(_n.id)
    .limit(_chunk)
)
_RELEASE = Sql(update(notifications).where(_n.id.in_(_kept_back)).values(filtered=False))
_of_sender = and_(_n.account_id == _to, _n.from_id == _by, _n.filtered, _message)
_MESSAGES = Sql(
    select(_n.post_id).where(_of_sender, _n.post_id.is_not(None)).order_by(_n.id.desc()).limit(bindparam("most"))
)
_RELEASE_ONE = Sql(
    update(notifications)
    .where(_of_sender, _n.post_id == bindparam("post", type_=BigId))
    .values(filtered=False)
    .returning(_n.id, _n.kind)
)
_DISCARD = Sql(delete(notifications).where(_n.id.in_(_kept_back)))

POLICY_COLUMNS = ("not_following", "not_followers", "new_accounts", "private_mentions", "limited_accounts", "bots")
_POLICY = Sql(
    select(*[notification_policies.c[name] for name in POLICY_COLUMNS]).where(notification_policies.c.account_id == _to)
)
_SET_POLICY = upsert(notification_policies, ["account_id"])
_q = quiet_times.c
BE_QUIET = upsert(quiet_times, ["account_id"], "account_id", "until", "since_id", "offered_at")
BE_QUIET_NO_MORE = Sql(update(quiet_times).where(_q.account_id == _to).values(until=0, offered_at=0))
CHOOSE = upsert(quiet_times, ["account_id"], "account_id", "when_flooded", "until")
OFFER = upsert(quiet_times, ["account_id"], "account_id", "until", "since_id", "offered_at")
QUIET = Sql(select(_q.until, _q.since_id, _q.when_flooded, _q.offered_at).where(_q.account_id == _to))
_s = notification_settings.c
_SETTINGS = Sql(select(_s.kind, _s.from_whom).where(_s.account_id == _to))
_SET = upsert(notification_settings, ["account_id", "kind"])
_UNSET = Sql(delete(notification_settings).where(_s.account_id == _to, among(_s.kind, "kinds")))


async def note(tx: Tx, ids: Iterable[int], *, by: int) -> None:
    """A request of `by` to each of the accounts, or the one that there is brought up to date."""
    rows = [
        {"id": tx.new_id(), "account_id": one, "from_id": by, "created_at": tx.now, "updated_at": tx.now} for one in ids
    ]
    if rows:
        await tx.many(_NOTE, rows)


async def reconsider(tx: Tx, pairs: Iterable[tuple[int, int]]) -> None:
    """Forget those requests, of (account, from), of which no message is left."""
    by_sender: dict[int, set[int]] = defaultdict(set)
    for to, by in pairs:
        by_sender[by].add(to)
    for by, ids in by_sender.items():
        await tx.run(_RECONSIDER, by=by, ids=sorted(ids))


async def reconsider_all(tx: Tx, to: int) -> None:
    """The same for all requests to an account."""
    await tx.run(_RECONSIDER_ALL, to=to)


async def page(reader: Reader, to: int, *, above: int, below: int, up: bool, most: int) -> list[Row]:
    """(id, from, created, updated, messages, last post) of the next requests; `up`: the oldest first."""
    return await reader.all(_PAGE[up], to=to, above=above, below=below, most=most)


async def find(reader: Reader, to: int, request_id: int) -> Row | None:
    """One of the account's own."""
    return await reader.one(_ONE, to=to, the=request_id)


async def some(reader: Reader, to: int, ids: Collection[int]) -> dict[int, int]:
    """Those of the requests that are the account's: id -> from."""
    return {row[0]: row[1] for row in await reader.all(_SOME, to=to, ids=list(ids))}


async def drop(tx: Tx, to: int, ids: Collection[int]) -> None:
    """Remove requests."""
    await tx.run(_DROP, to=to, ids=list(ids))


async def summary(reader: Reader, to: int) -> tuple[int, int]:
    """How many requests and messages wait; both are counted up to a limit."""
    row = await reader.one(_SUMMARY, to=to)
    assert row is not None
    return row[0], int(row[1])


async def permit(tx: Tx, to: int, by: int) -> None:
    """Let `by` through from now on; what was kept back is to be told."""
    await tx.run(_PERMIT, account_id=to, from_id=by, merging=1)


async def merged(tx: Tx, to: int, by: int) -> None:
    """All that was kept back is told."""
    await tx.run(_MERGED, to=to, by=by)


async def merging(reader: Reader, to: int) -> bool:
    """Is anything accepted, but not told yet?"""
    return await reader.one(_MERGING, to=to) is not None


async def release(tx: Tx, to: int, by: int, *, until: int, chunk: int) -> int:
    """Tell up to `chunk` of what was kept back; how many that were."""
    return await tx.run(_RELEASE, to=to, by=by, until=until, chunk=chunk)


async def messages(reader: Reader, to: int, by: int, *, most: int) -> list[int]:
    """The posts of the messages that are kept back, the newest first."""
    return [row[0] for row in await reader.all(_MESSAGES, to=to, by=by, most=most)]


async def release_one(tx: Tx, to: int, by: int, post_id: int) -> list[tuple[int, str]]:
    """Tell what was kept back about one post: (notification, kind)."""
    return [(row[0], row[1]) for row in await tx.all(_RELEASE_ONE, to=to, by=by, post=post_id)]


async def discard(tx: Tx, to: int, by: int, *, until: int, chunk: int) -> int:
    """Remove up to `chunk` of what was kept back; how many that were."""
    return await tx.run(_DISCARD, to=to, by=by, until=until, chunk=chunk)


async def policy(reader: Reader, to: int) -> Row | None:
    """The account's answers in the order of `POLICY_COLUMNS`; None: it never chose."""
    return await reader.one(_POLICY, to=to)


async def set_policy(tx: Tx, to: int, answers: Mapping[str, str]) -> None:
    """Keep the answers, by column."""
    await tx.run(_SET_POLICY, account_id=to, **answers)


async def settings(reader: Reader, to: int) -> dict[str, FromWhom]:
    """Kind -> of whom, for kinds that are not heard of from everyone."""
    return {row[0]: row[1] for row in await reader.all(_SETTINGS, to=to)}


async def set_settings(tx: Tx, to: int, chosen: Mapping[str, str]) -> None:
    """Keep of whom each kind is heard."""
    await tx.run(_UNSET, to=to, kinds=[kind for kind, whom in chosen.items() if whom == "everyone"])
    rows = [{"account_id": to, "kind": kind, "from_whom": whom} for kind, whom in chosen.items() if whom != "everyone"]
    await tx.many(_SET, rows)
