"""Rows of featured hashtags, and their counters."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, case, delete, exists, func, or_, select, update

from dunnock.foundation.db import BigId, Reader, Row, Sql, Tx, among, insert_once
from dunnock.posts.model import Post
from dunnock.posts.tables import featured_tags, hashtag_posts, hashtags, posts

_f = featured_tags.c
_owner, _tag, _post, _at = (bindparam(name, type_=BigId) for name in ("owner", "tag", "the_post", "at"))
_columns = (_f.id, _f.hashtag_id, hashtags.c.key, _f.name, _f.posts, _f.last_post_at)
_all = select(*_columns).join_from(featured_tags, hashtags, hashtags.c.id == _f.hashtag_id)
_OF = Sql(_all.where(_f.account_id == _owner).order_by(_f.posts.desc(), _f.id))
_ONE = Sql(_all.where(_f.account_id == _owner, _f.hashtag_id == _tag))
_AMONG = Sql(select(_f.hashtag_id).where(_f.account_id == _owner, among(_f.hashtag_id, "tags")))
_COUNT = Sql(select(func.count()).where(_f.account_id == _owner))
_ADD = insert_once(featured_tags, keys=["account_id", "hashtag_id"])
_DROP = Sql(delete(featured_tags).where(_f.account_id == _owner, _f.hashtag_id == _tag))
_DROP_ID = Sql(delete(featured_tags).where(_f.account_id == _owner, _f.id == bindparam("the", type_=BigId)))
_DROP_ALL = Sql(delete(featured_tags).where(_f.account_id == _owner))
_used_by = (
    select(func.count(), func.max(posts.c.created_at))
    .join_from(hashtag_posts, posts, posts.c.id == hashtag_posts.c.post_id)
    .where(hashtag_posts.c.hashtag_id == _tag, posts.c.author_id == _owner, posts.c.deleted_at.is_(None))
)
_USED_BY = Sql(_used_by)
_IN = Sql(
    update(featured_tags)
    .where(_f.account_id == _owner, among(_f.hashtag_id, "tags"))
    .values(
        posts=_f.posts + 1,
        last_post_at=case((or_(_f.last_post_at.is_(None), _f.last_post_at < _at), _at), else_=_f.last_post_at),
    )
)
_left = (
    select(posts.c.created_at)
    .join_from(hashtag_posts, posts, posts.c.id == hashtag_posts.c.post_id)
    .where(
        hashtag_posts.c.hashtag_id == _f.hashtag_id,
        hashtag_posts.c.post_id != _post,
        posts.c.author_id == _f.account_id,
        posts.c.deleted_at.is_(None),
    )
    .order_by(hashtag_posts.c.post_id.desc())
    .limit(1)
    .correlate(featured_tags)
    .scalar_subquery()
)
_OUT = Sql(
    update(featured_tags)
    .where(
        _f.account_id == _owner,
        exists().where(and_(hashtag_posts.c.hashtag_id == _f.hashtag_id, hashtag_posts.c.post_id == _post)),
    )
    .values(posts=_f.posts - 1, last_post_at=_left)
)
# What an account tags its newest posts with; so many of its posts at most are looked at.
_newest = (
    select(posts.c.id)
    .where(
        posts.c.author_id == _owner,
        posts.c.visibility == "public",
        posts.c.boost_of_id.is_(None),
        posts.c.deleted_at.is_(None),
    )
    .order_by(posts.c.id.desc())
    .limit(bindparam("looked_at"))
    .subquery()
)
_USUAL = Sql(
    select(hashtags.c.id, hashtags.c.key, hashtags.c.name)
    .join_from(_newest, hashtag_posts, hashtag_posts.c.post_id == _newest.c.id)
    .join(hashtags, hashtags.c.id == hashtag_posts.c.hashtag_id)
    .where(~exists().where(_f.account_id == _owner, _f.hashtag_id == hashtags.c.id))
    .group_by(hashtags.c.id, hashtags.c.key, hashtags.c.name)
    .order_by(func.count().desc(), func.max(hashtag_posts.c.post_id).desc())
    .limit(bindparam("most"))
)


async def of(reader: Reader, account_id: int) -> list[Row]:
    """(id, hashtag, key, name, posts, last at) of what the account features, the most used first."""
    return await reader.all(_OF, owner=account_id)


async def one(reader: Reader, account_id: int, tag_id: int) -> Row | None:
    """The same of one hashtag; None when it is not featured."""
    return await reader.one(_ONE, owner=account_id, tag=tag_id)


async def among_tags(reader: Reader, account_id: int, tag_ids: Sequence[int]) -> set[int]:
    """Which of the hashtags the account features."""
    return {row[0] for row in await reader.all(_AMONG, owner=account_id, tags=list(tag_ids))}


async def count(tx: Tx, account_id: int) -> int:
    """How many hashtags the account features."""
    found: int = await tx.value(_COUNT, owner=account_id)
    return found


async def add(tx: Tx, account_id: int, tag_id: int, name: str) -> bool:
    """Feature a hashtag, with what it was used so far; False when it is featured already."""
    row = await tx.one(_USED_BY, owner=account_id, tag=tag_id) or (0, None)
    return (
        await tx.run(
            _ADD,
            account_id=account_id,
            hashtag_id=tag_id,
            id=tx.new_id(),
            name=name,
            posts=row[0],
            last_post_at=row[1],
        )
        == 1
    )


async def drop(tx: Tx, account_id: int, tag_id: int) -> bool:
    """Feature a hashtag no longer; False when it was not."""
    return await tx.run(_DROP, owner=account_id, tag=tag_id) == 1


async def drop_id(tx: Tx, account_id: int, featured_id: int) -> bool:
    """The same, by its own id."""
    return await tx.run(_DROP_ID, owner=account_id, the=featured_id) == 1


async def drop_all(tx: Tx, account_id: int) -> None:
    """Feature nothing any more."""
    await tx.run(_DROP_ALL, owner=account_id)


async def count_in(tx: Tx, post: Post, tag_ids: Sequence[int]) -> None:
    """Count a post that stands under hashtags from now on."""
    await tx.run(_IN, owner=post.author_id, tags=list(tag_ids), at=post.created_at)


async def count_out(tx: Tx, post: Post) -> None:
    """Count a post no longer, before it is taken from under its hashtags."""
    await tx.run(_OUT, owner=post.author_id, the_post=post.id)


async def usual(reader: Reader, account_id: int, *, most: int, looked_at: int) -> list[Row]:
    """(id, key, name) of what the account tags its newest posts with most, and does not feature."""
    return await reader.all(_USUAL, owner=account_id, most=most, looked_at=looked_at)
