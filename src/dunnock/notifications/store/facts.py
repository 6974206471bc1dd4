"""What is so at this moment: whether an act still stands, whom it concerns, and who of them wants to hear of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, exists, literal_column, or_, select

from dunnock.foundation.db import BigId, Reader, Row, Sql, among
from dunnock.foundation.ids import id_at, ms_of
from dunnock.notifications.model import Hearer, Policy
from dunnock.notifications.store.others import (
    accounts,
    blocks,
    domain_blocks,
    follows,
    held_posts,
    interactions,
    members,
    mentions,
    mutes,
    poll_votes,
    polls,
    posts,
    server_allows,
    server_blocks,
    thread_mutes,
)
from dunnock.notifications.tables import notification_permissions as permissions
from dunnock.notifications.tables import notification_policies as policies
from dunnock.notifications.tables import notification_settings as settings
from dunnock.notifications.tables import quiet_times

_post = bindparam("post", type_=BigId)
_from = bindparam("from_id", type_=BigId)
_policy, _setting = policies.c, settings.c
_DEFAULT = Policy()


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
    quoted_author_id: int | None
    quote_state: str | None


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
        posts.c.quoted_author_id,
        posts.c.quote_state,
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
_QUOTERS = Sql(
    select(posts.c.id, posts.c.author_id).where(
        posts.c.quoted_id == _post,
        posts.c.quote_state == "accepted",
        posts.c.deleted_at.is_(None),
        posts.c.id < bindparam("before", type_=BigId),
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
_VOTERS = Sql(
    select(poll_votes.c.account_id)
    .join_from(poll_votes, polls, polls.c.id == poll_votes.c.poll_id)
    .where(polls.c.post_id == _post, polls.c.ended)
    .distinct()
)
_ENDED = Sql(select(polls.c.id).where(polls.c.post_id == _post, polls.c.ended))
_to = members.c.account_id
_follows_sender = exists().where(follows.c.follower_id == _to, follows.c.followed_id == _from, ~follows.c.requested)


def _below(name: ColumnElement[str]) -> ColumnElement[bool]:
    """The acting account is of that server, or of one below it."""
    return or_(accounts.c.domain == name, accounts.c.domain.like(literal_column("'%.'").op("||")(name)))


# Source: Mastodon, NotifyService::DropCondition.
_willing = (
    among(_to, "ids"),
    or_(_to != _from, bindparam("own", type_=BigId) == 1),
    or_(accounts.c.standing == "active", accounts.c.standing == "limited"),
    or_(
        accounts.c.domain == literal_column("''"),
        ~exists().where(
            server_blocks.c.severity == "suspend",
            or_(
                _below(server_blocks.c.domain),
                and_(
                    server_blocks.c.domain == literal_column("'*'"),
                    ~exists().where(_below(server_allows.c.domain)).correlate(accounts),
                ),
            ),
        ),
    ),
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
_here = members.join(accounts, accounts.c.id == _from)
_WILLING = Sql(select(_to).select_from(_here).where(*_willing))
_staff = members.alias("staff")
_HEARERS = Sql(
    select(
        _to,
        _follows_sender,
        select(follows.c.id)
        .where(follows.c.follower_id == _from, follows.c.followed_id == _to, ~follows.c.requested)
        .scalar_subquery(),
        _setting.from_whom,
        _policy.not_following,
        _policy.not_followers,
        _policy.new_accounts,
        _policy.private_mentions,
        _policy.limited_accounts,
        _policy.bots,
        exists().where(permissions.c.account_id == _to, permissions.c.from_id == _from),
        exists().where(
            _staff.c.account_id == _from,
            or_(_staff.c.role == "moderator", _staff.c.role == "admin", _staff.c.role == "owner"),
        ),
        accounts.c.standing,
        accounts.c.kind,
        accounts.c.created_at,
        or_(
            exists().where(held_posts.c.account_id == _to, held_posts.c.post_id == _post),
            and_(
                literal_column("'mention'") != bindparam("the_kind", type_=_setting.kind.type),
                exists().where(quiet_times.c.account_id == _to, quiet_times.c.until > bindparam("now", type_=BigId)),
            ),
        ),
    )
    .select_from(
        _here.outerjoin(policies, _policy.account_id == _to).outerjoin(
            settings, and_(_setting.account_id == _to, _setting.kind == bindparam("the_kind", type_=_setting.kind.type))
        )
    )
    .where(*_willing)
    .order_by(_to)
)
# In this conversation before: a private post by the recipient that addresses the sender.
_ANSWERED = Sql(
    select(posts.c.author_id)
    .join_from(posts, mentions, mentions.c.post_id == posts.c.id)
    .where(
        posts.c.thread_id == bindparam("thread", type_=BigId),
        posts.c.id < _post,
        among(posts.c.author_id, "ids"),
        posts.c.visibility == "direct",
        mentions.c.account_id == _from,
    )
    .distinct()
)
_WANTED_KIND = Sql(
    select(_to)
    .select_from(
        members.outerjoin(
            settings, and_(_setting.account_id == _to, _setting.kind == bindparam("the_kind", type_=_setting.kind.type))
        )
    )
    .where(among(_to, "ids"), or_(_setting.from_whom.is_(None), _setting.from_whom != "nobody"))
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


async def quoters(reader: Reader, post_id: int, *, until: int) -> list[tuple[int, int]]:
    """(post, its author) of each quote of the post since `until` (Unix milliseconds) or before."""
    return [(row[0], row[1]) for row in await reader.all(_QUOTERS, post=post_id, before=id_at(until + 1))]


async def follow(reader: Reader, follower: int, followed: int) -> Literal["follow", "follow_request"] | None:
    """`follow` or `follow_request`, whichever there is; None for neither."""
    row = await reader.one(_FOLLOW, follower=follower, followed=followed)
    return None if row is None else "follow_request" if row[0] else "follow"


async def staff(reader: Reader) -> list[int]:
    """The accounts of those who run the server."""
    return [row[0] for row in await reader.all(_STAFF)]


async def willing(reader: Reader, ids: Collection[int], *, from_id: int, now: int) -> list[int]:
    """Those of the accounts that are members' and nothing keeps from hearing of `from_id` (a block, a mute, ...)."""
    rows = await reader.all(_WILLING, ids=list(ids), from_id=from_id, thread=0, now=now, own=0)
    return [row[0] for row in rows]


async def hearers(
    reader: Reader, ids: Collection[int], *, from_id: int, kind: str, post: Subject | None, now: int, own: bool = False
) -> list[Hearer]:
    """Those of the accounts that are willing to hear of `from_id`, with what their policy goes by.

    `post`: what it is about, if it is a post. `own`: also of what is their own.
    """
    if not ids:
        return []
    post_id, thread_id = (0, 0) if post is None else (post.id, post.thread_id)
    rows = await reader.all(
        _HEARERS, ids=list(ids), from_id=from_id, the_kind=kind, post=post_id, thread=thread_id, now=now, own=int(own)
    )
    return [_hearer(row) for row in rows]


def _hearer(row: Row) -> Hearer:
    return Hearer(
        account_id=row[0],
        follows=bool(row[1]),
        followed_by=row[2],
        from_whom=row[3] or "everyone",
        policy=_DEFAULT if row[4] is None else Policy(*row[4:10]),
        permitted=bool(row[10]),
        from_staff=bool(row[11]),
        limited=row[12] == "limited",
        bot=row[13] == "service",
        sender_since=row[14],
        quiet=bool(row[15]),
    )


async def answered(reader: Reader, ids: Collection[int], post: Subject) -> set[int]:
    """Those of the accounts that wrote privately to the post's author, in its conversation and before it."""
    if not ids or post.reply_to_id is None:
        return set()
    rows = await reader.all(_ANSWERED, ids=list(ids), post=post.id, thread=post.thread_id, from_id=post.author_id)
    return {row[0] for row in rows}


async def interested(reader: Reader, ids: Collection[int], kind: str) -> list[int]:
    """Those of the accounts that are members', and want to hear of the kind; for what no other account causes."""
    return [row[0] for row in await reader.all(_WANTED_KIND, ids=list(ids), the_kind=kind)]


async def concerned_by_poll(reader: Reader, post_id: int) -> list[int] | None:
    """Who voted on a poll that is over; None: there is none, or it goes on."""
    if await reader.one(_ENDED, post=post_id) is None:
        return None
    return [row[0] for row in await reader.all(_VOTERS, post=post_id)]
