"""What is so at this moment: whether an act still stands, whom it concerns, and who of them wants to hear of it."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import and_, bindparam, exists, literal_column, or_, select

from dunnock.foundation.db import BigId, Reader, Sql, among
from dunnock.foundation.ids import id_at, ms_of
from dunnock.notifications.store.others import (
    accounts,
    blocks,
    domain_blocks,
    follows,
    interactions,
    members,
    mentions,
    mutes,
    posts,
    thread_mutes,
)

_post = bindparam("post", type_=BigId)
_from = bindparam("from_id", type_=BigId)


class Subject(msgspec.Struct, frozen=True):
    """What notifications need to know of a post."""

    id: int
    author_id: int
    visibility: str
    language: str | None
    reply_to_id: int | None
    reply_to_author_id: int | None
    thread_id: int
    edited_at: int | None


_SUBJECT = Sql(
    select(
        posts.c.id,
        posts.c.author_id,
        posts.c.visibility,
        posts.c.language,
        posts.c.reply_to_id,
        posts.c.reply_to_author_id,
        posts.c.thread_id,
        posts.c.edited_at,
    ).where(posts.c.id == _post, posts.c.boost_of_id.is_(None), posts.c.deleted_at.is_(None))
)
_MENTIONED = Sql(select(mentions.c.account_id).where(mentions.c.post_id == _post))
_WATCHING = Sql(
    select(follows.c.follower_id, follows.c.languages).where(
        follows.c.followed_id == bindparam("author", type_=BigId), ~follows.c.requested, follows.c.notify
    )
)
_ACTS = Sql(
    select(interactions.c.favourite_id, interactions.c.boost_id).where(
        interactions.c.account_id == bindparam("by", type_=BigId), interactions.c.post_id == _post
    )
)
_BOOSTERS = Sql(
    select(posts.c.author_id).where(
        posts.c.boost_of_id == _post, posts.c.deleted_at.is_(None), posts.c.id < bindparam("before", type_=BigId)
    )
)
_FOLLOW = Sql(
    select(follows.c.requested).where(
        follows.c.follower_id == bindparam("follower", type_=BigId),
        follows.c.followed_id == bindparam("followed", type_=BigId),
    )
)
_STAFF = Sql(
    select(members.c.account_id).where(
        members.c.state == "active",
        or_(members.c.role == "moderator", members.c.role == "admin", members.c.role == "owner"),
    )
)
_to = members.c.account_id
_follows_sender = exists().where(follows.c.follower_id == _to, follows.c.followed_id == _from, ~follows.c.requested)
# Source: Mastodon, NotifyService::DropCondition; limited accounts reach only those who follow them.
_WILLING = Sql(
    select(_to)
    .select_from(members.join(accounts, accounts.c.id == _from))
    .where(
        among(_to, "ids"),
        _to != _from,
        or_(accounts.c.standing == "active", and_(accounts.c.standing == "limited", _follows_sender)),
        ~exists().where(blocks.c.account_id == _to, blocks.c.target_id == _from),
        ~exists().where(blocks.c.account_id == _from, blocks.c.target_id == _to),
        ~exists().where(
            mutes.c.account_id == _to,
            mutes.c.target_id == _from,
            mutes.c.notifications,
            or_(mutes.c.expires_at.is_(None), mutes.c.expires_at > bindparam("now", type_=BigId)),
        ),
        ~exists().where(thread_mutes.c.account_id == _to, thread_mutes.c.thread_id == bindparam("thread", type_=BigId)),
        or_(
            accounts.c.domain == literal_column("''"),
            _follows_sender,
            ~exists().where(domain_blocks.c.account_id == _to, domain_blocks.c.domain == accounts.c.domain),
        ),
    )
    .order_by(_to)
)


async def subject(reader: Reader, post_id: int) -> Subject | None:
    """The post; None when it is deleted, or no post."""
    row = await reader.one(_SUBJECT, post=post_id)
    return None if row is None else Subject(*row)


async def mentioned(reader: Reader, post_id: int) -> list[int]:
    """Whom the post addresses."""
    return [row[0] for row in await reader.all(_MENTIONED, post=post_id)]


async def watching(reader: Reader, author_id: int, language: str | None) -> list[int]:
    """Followers who asked to be told of each post in this language."""
    return [
        follower
        for follower, languages in await reader.all(_WATCHING, author=author_id)
        if not languages or language is None or language in languages.split()
    ]


async def act(reader: Reader, post_id: int, by: int, kind: str) -> int | None:
    """When (Unix milliseconds) the account favourited or boosted the post; None when it does not, or no more."""
    row = await reader.one(_ACTS, post=post_id, by=by)
    done = None if row is None else row[0] if kind == "favourite" else row[1]
    return None if done is None else ms_of(done)


async def boosters(reader: Reader, post_id: int, *, until: int) -> list[int]:
    """Who boosts the post since `until` (Unix milliseconds) or before."""
    return [row[0] for row in await reader.all(_BOOSTERS, post=post_id, before=id_at(until + 1))]


async def follow(reader: Reader, follower: int, followed: int) -> str | None:
    """`follow` or `follow_request`, whichever there is; None for neither."""
    row = await reader.one(_FOLLOW, follower=follower, followed=followed)
    return None if row is None else "follow_request" if row[0] else "follow"


async def staff(reader: Reader) -> list[int]:
    """The accounts of those who run the server."""
    return [row[0] for row in await reader.all(_STAFF)]


async def willing(reader: Reader, ids: Collection[int], *, from_id: int, thread_id: int, now: int) -> list[int]:
    """Those of the accounts that are members' and to be told of what `from_id` does; `thread_id` 0: in no thread."""
    if not ids:
        return []
    rows = await reader.all(_WILLING, ids=list(ids), from_id=from_id, thread=thread_id, now=now)
    return [row[0] for row in rows]
