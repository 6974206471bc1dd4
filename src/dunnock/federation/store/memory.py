"""Statements about what is remembered of activities: taken in, undone before they came, names of follows."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from dunnock.federation.tables import received, remote_follows, remote_likes, undone
from dunnock.foundation.db import BigId, Reader, Sql, Tx, insert_once, upsert
from dunnock.foundation.ids import digest

_TAKE = insert_once(received, keys=["digest"])
_TAKEN = Sql(select(received.c.at).where(received.c.digest == bindparam("the")))
_UNDO = insert_once(undone, keys=["digest"])
_WAS_UNDONE = Sql(select(undone.c.at).where(undone.c.digest == bindparam("the")))
_FORGET = tuple(Sql(one.delete().where(one.c.at < bindparam("before", type_=BigId))) for one in (received, undone))
_PUT_FOLLOW = upsert(remote_follows, ["follower_id", "followed_id"], "follower_id", "followed_id", "uri")
_FOLLOW_URI = Sql(
    select(remote_follows.c.uri).where(
        remote_follows.c.follower_id == bindparam("follower"), remote_follows.c.followed_id == bindparam("followed")
    )
)
_FORGET_FOLLOW = Sql(
    remote_follows.delete().where(
        remote_follows.c.follower_id == bindparam("follower"), remote_follows.c.followed_id == bindparam("followed")
    )
)
_FOLLOW_BY_URI = Sql(
    select(remote_follows.c.followed_id).where(
        remote_follows.c.follower_id == bindparam("follower"), remote_follows.c.uri == bindparam("uri")
    )
)
_PUT_LIKE = upsert(remote_likes, ["account_id", "post_id"], "account_id", "post_id", "uri")
_LIKE_BY_URI = Sql(
    select(remote_likes.c.post_id).where(
        remote_likes.c.account_id == bindparam("by", type_=BigId), remote_likes.c.uri == bindparam("uri")
    )
)
_FORGET_LIKE = Sql(
    remote_likes.delete().where(
        remote_likes.c.account_id == bindparam("by", type_=BigId),
        remote_likes.c.post_id == bindparam("post", type_=BigId),
    )
)


async def take(tx: Tx, uri: str, *, by: int) -> bool:
    """Note that the account's activity is taken in; False when it was before."""
    return await tx.run(_TAKE, digest=digest(f"{by} {uri}"), at=tx.now) == 1


async def was_taken(reader: Reader, uri: str, *, by: int) -> bool:
    """Was the account's activity taken in?"""
    return await reader.value(_TAKEN, the=digest(f"{by} {uri}")) is not None


async def note_undone(tx: Tx, uri: str, *, by: int) -> None:
    """What has this address is not to be taken in any more from this account; others can't keep it from coming."""
    await tx.run(_UNDO, digest=digest(f"{by} {uri}"), at=tx.now)


async def was_undone(reader: Reader, uri: str, *, by: int) -> bool:
    """Did the account delete or undo it before it came?"""
    return await reader.value(_WAS_UNDONE, the=digest(f"{by} {uri}")) is not None


async def name_like(tx: Tx, uri: str, *, by: int, post_id: int) -> None:
    """How the server of `by` calls the like."""
    await tx.run(_PUT_LIKE, account_id=by, post_id=post_id, uri=uri)


async def liked_by_name(reader: Reader, uri: str, *, by: int) -> int | None:
    """The post that the like of that name is of."""
    found: int | None = await reader.value(_LIKE_BY_URI, by=by, uri=uri)
    return found


async def forget_like(tx: Tx, *, by: int, post_id: int) -> None:
    """The like is no more."""
    await tx.run(_FORGET_LIKE, by=by, post=post_id)


async def forget(tx: Tx, *, received: int, undone: int) -> None:
    """Forget what was taken in, and what was undone, before these moments."""
    for sql, before in zip(_FORGET, (received, undone), strict=True):
        await tx.run(sql, before=before)


async def name_follow(tx: Tx, *, follower: int, followed: int, uri: str) -> None:
    """How the follower's server calls the follow."""
    await tx.run(_PUT_FOLLOW, follower_id=follower, followed_id=followed, uri=uri)


async def follow_name(reader: Reader, *, follower: int, followed: int) -> str | None:
    """How the follower's server calls the follow; None: it was never said."""
    name: str | None = await reader.value(_FOLLOW_URI, follower=follower, followed=followed)
    return name


async def followed_by_name(reader: Reader, *, follower: int, uri: str) -> int | None:
    """Whom the follow of that name is of."""
    found: int | None = await reader.value(_FOLLOW_BY_URI, follower=follower, uri=uri)
    return found


async def forget_follow(tx: Tx, *, follower: int, followed: int) -> None:
    """The follow is no more."""
    await tx.run(_FORGET_FOLLOW, follower=follower, followed=followed)
