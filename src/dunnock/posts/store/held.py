"""Rows of what is held back, and who is a stranger to whom."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, literal_column, or_, select, union_all

from dunnock.foundation.db import BigId, Reader, Sql, Tx, among, insert_once
from dunnock.posts.store.others import accounts, follows, members, permissions, quiet_times, raid_accounts
from dunnock.posts.tables import held_posts, mentions, origin_holds, posts

LOOKED_AT = 200
"""Of what addresses a stranger, the latest: was any of it by the member?"""

_h, _q = held_posts.c, quiet_times.c
_said = posts.alias("said")
_by, _now = bindparam("by", type_=BigId), bindparam("now", type_=BigId)
_to = bindparam("to", type_=BigId)


def _knows(account: ColumnElement[int], other: ColumnElement[int], since: ColumnElement[int]) -> ColumnElement[bool]:
    """Does the account follow the other, or let it through? Or, before `since`, did the other follow it, or it write to them?"""
    addressed = (
        select(mentions.c.post_id)
        .where(mentions.c.account_id == other)
        .order_by(mentions.c.post_id.desc())
        .limit(LOOKED_AT)
        .correlate_except(mentions)
    )
    return or_(
        exists().where(follows.c.follower_id == account, follows.c.followed_id == other, ~follows.c.requested),
        exists().where(
            follows.c.follower_id == other, follows.c.followed_id == account, ~follows.c.requested, follows.c.id < since
        ),
        exists().where(permissions.c.account_id == account, permissions.c.from_id == other),
        exists().where(
            _said.c.id.in_(addressed), _said.c.author_id == account, _said.c.deleted_at.is_(None), _said.c.id < since
        ),
    )


_o, _m, _r = origin_holds.c, members.c, raid_accounts.c
_quiet = select(_q.account_id, literal_column("0").label("origin_hold_id")).where(
    among(_q.account_id, "ids"), _q.until > _now, _q.account_id != _by, ~_knows(_q.account_id, _by, _q.since_id)
)
_flooded = or_(_o.account_id == _m.account_id, _o.account_id.is_(None))
_holds = (
    among(_m.account_id, "ids"),
    _o.until > _now,
    _o.ended_at.is_(None),
    ~exists().where(quiet_times.c.account_id == _m.account_id, quiet_times.c.when_flooded == "never"),
    ~_knows(_m.account_id, _by, _o.since_id),
)
_from_origin = (
    select(_m.account_id, _o.id.label("origin_hold_id"))
    .select_from(
        accounts.join(origin_holds, and_(_o.domain == accounts.c.domain, _o.raid_id.is_(None))).join(members, _flooded)
    )
    .where(accounts.c.id == _by, *_holds)
)
_from_raid = (
    select(_m.account_id, _o.id.label("origin_hold_id"))
    .select_from(raid_accounts.join(origin_holds, _o.raid_id == _r.raid_id).join(members, _flooded))
    .where(_r.account_id == _by, ~_r.left_out, *_holds)
)
_HOLDERS = Sql(union_all(_quiet, _from_origin, _from_raid).order_by("account_id", "origin_hold_id"))
_KNOWN = Sql(
    select(posts.c.author_id)
    .where(among(posts.c.id, "ids"), _knows(_to, posts.c.author_id, bindparam("since", type_=BigId)))
    .distinct()
)
_ROOT_AUTHOR = Sql(select(posts.c.author_id).where(posts.c.id == bindparam("thread", type_=BigId)))
_HOLD = insert_once(
    held_posts, "post_id", "account_id", "author_id", "hides", "origin_hold_id", keys=["post_id", "account_id"]
)
_waiting = (
    select(_h.post_id)
    .where(_h.account_id == _to, _h.author_id == _by, _h.post_id <= bindparam("until", type_=BigId))
    .order_by(_h.post_id)
    .limit(bindparam("most"))
)
_of_origin = (
    select(_h.post_id)
    .where(_h.origin_hold_id == bindparam("the", type_=BigId), or_(_by == 0, _h.author_id == _by))
    .order_by(_h.post_id)
    .limit(bindparam("most"))
)
_RELEASE_OF_ORIGIN = Sql(
    delete(held_posts)
    .where(and_(_h.origin_hold_id == bindparam("the", type_=BigId), _h.post_id.in_(_of_origin)))
    .returning(_h.post_id, _h.account_id, _h.hides)
)
_DROP = Sql(delete(held_posts).where(_h.post_id == bindparam("post", type_=BigId)).returning(_h.hides))
_LET_OUT = Sql(
    delete(held_posts).where(_h.post_id == bindparam("post", type_=BigId), _h.account_id == _by, _h.author_id == _by)
)
_RELEASE_ONE = Sql(
    delete(held_posts)
    .where(_h.post_id == bindparam("post", type_=BigId), _h.account_id == _to, _h.author_id != _to)
    .returning(_h.hides)
)
_all_waiting = select(_h.post_id).where(_h.account_id == _to).order_by(_h.post_id).limit(bindparam("most"))
_RELEASE_ALL = Sql(
    delete(held_posts).where(and_(_h.account_id == _to, _h.post_id.in_(_all_waiting))).returning(_h.post_id, _h.hides)
)
_RELEASE = Sql(
    delete(held_posts).where(and_(_h.account_id == _to, _h.post_id.in_(_waiting))).returning(_h.post_id, _h.hides)
)


async def holders(reader: Reader, ids: Collection[int], *, by: int, now: int) -> dict[int, int | None]:
    """Those of the accounts that hold back what `by`, a stranger to them, writes now; and because of which origin hold.

    None: the account is quiet, whatever else holds.
    """
    found: dict[int, int | None] = {}
    for account_id, origin_hold_id in await reader.all(_HOLDERS, ids=list(ids), by=by, now=now):
        found.setdefault(account_id, origin_hold_id or None)
    return found


async def known(reader: Reader, post_ids: Collection[int], *, to: int, since: int) -> set[int]:
    """The authors of these posts who were no strangers to the account before the id `since`."""
    return {row[0] for row in await reader.all(_KNOWN, ids=list(post_ids), to=to, since=since)}


async def root_author(reader: Reader, thread_id: int) -> int | None:
    """Who began the conversation."""
    found: int | None = await reader.value(_ROOT_AUTHOR, thread=thread_id)
    return found


async def hold(
    tx: Tx, post_id: int, account_id: int, *, author_id: int, hides: bool, origin_hold_id: int | None = None
) -> bool:
    """Hold it back; False: it was held already."""
    row = {"post_id": post_id, "account_id": account_id, "author_id": author_id, "hides": hides}
    return bool(await tx.run(_HOLD, **row, origin_hold_id=origin_hold_id))


async def let_out(tx: Tx, post_id: int, author_id: int) -> bool:
    """It waits for a look no longer; False: it did not."""
    return bool(await tx.run(_LET_OUT, post=post_id, by=author_id))


async def drop(tx: Tx, post_id: int) -> bool:
    """Forget that a post is held, for it is gone; was it hidden?"""
    return any(row[0] for row in await tx.all(_DROP, post=post_id))


async def release_one(tx: Tx, to: int, post_id: int) -> bool | None:
    """Let one post through: was it hidden? None: the account does not hold it."""
    rows = await tx.all(_RELEASE_ONE, to=to, post=post_id)
    return bool(rows[0][0]) if rows else None


async def release_all(tx: Tx, to: int, *, most: int) -> list[tuple[int, bool]]:
    """Let up to `most` posts through, whoever wrote them; which, and whether each was hidden."""
    return [(row[0], bool(row[1])) for row in await tx.all(_RELEASE_ALL, to=to, most=most)]


async def release_of_origin(tx: Tx, origin_hold_id: int, *, by: int, most: int) -> list[tuple[int, int, bool]]:
    """Let up to `most` posts through that were held because of it alone: (post, account, whether it was hidden).

    `by`: those of one author; 0: all of them.
    """
    rows = await tx.all(_RELEASE_OF_ORIGIN, the=origin_hold_id, by=by, most=most)
    return [(row[0], row[1], bool(row[2])) for row in rows]


async def release(tx: Tx, to: int, by: int, *, until: int, most: int) -> list[tuple[int, bool]]:
    """Let up to `most` posts of `by` through, the oldest first; which, and whether each was hidden."""
    rows = await tx.all(_RELEASE, to=to, by=by, until=until, most=most)
    return [(row[0], bool(row[1])) for row in rows]
