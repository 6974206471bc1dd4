"""Rows of conversations, and what is so of direct posts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Boolean, bindparam, column, delete, exists, func, literal_column, or_, select, table, update

from dunnock.feeds.tables import conversation_backlog, conversation_posts, conversations
from dunnock.foundation.db import BigId, Reader, Row, Sql, Tx, among, insert_once, upsert

# Columns of other domains, named here and never imported, as foreign keys are.
_accounts = table("accounts", column("id", BigId), column("standing"), column("domain"))
_members = table("members", column("account_id", BigId))
_blocks = table("blocks", column("account_id", BigId), column("target_id", BigId))
_mutes = table(
    "mutes",
    column("account_id", BigId),
    column("target_id", BigId),
    column("notifications", Boolean),
    column("expires_at", BigId),
)
_thread_mutes = table("thread_mutes", column("account_id", BigId), column("thread_id", BigId))
_follows = table("follows", column("follower_id", BigId), column("followed_id", BigId), column("requested", Boolean))
_domain_blocks = table("domain_blocks", column("account_id", BigId), column("domain"))
_posts = table(
    "posts",
    column("id", BigId),
    column("author_id", BigId),
    column("thread_id", BigId),
    column("visibility"),
    column("boost_of_id", BigId),
    column("deleted_at", BigId),
)
_mentions = table("mentions", column("account_id", BigId), column("post_id", BigId))

_c, _p = conversations.c, conversation_posts.c
_post, _owner = bindparam("post", type_=BigId), bindparam("owner", type_=BigId)
_conversation, _thread = bindparam("conversation", type_=BigId), bindparam("thread", type_=BigId)
_columns = (_c.id, _c.thread_id, _c.people, _c.last_post_id, _c.unread)

_DIRECT = Sql(
    select(_posts.c.author_id, _posts.c.thread_id).where(
        _posts.c.id == _post,
        _posts.c.visibility == literal_column("'direct'"),
        _posts.c.boost_of_id.is_(None),
        _posts.c.deleted_at.is_(None),
    )
)
_MENTIONED = Sql(select(_mentions.c.account_id).where(_mentions.c.post_id == _post))
_HERE = Sql(
    select(_p.account_id, _p.conversation_id, _c.thread_id, _c.people)
    .join_from(conversation_posts, conversations, _c.id == _p.conversation_id)
    .where(_p.post_id == _post)
    .order_by(_p.account_id)
)
_from, _to = bindparam("from_id", type_=BigId), _members.c.account_id
# Source: Mastodon, NotifyService: who is not told of a post has it in no conversation.
_WILLING = Sql(
    select(_to)
    .select_from(_members.join(_accounts, _accounts.c.id == _from))
    .where(
        among(_to, "ids"),
        ~exists().where(_blocks.c.account_id == _to, _blocks.c.target_id == _from),
        ~exists().where(_blocks.c.account_id == _from, _blocks.c.target_id == _to),
        ~exists().where(
            _mutes.c.account_id == _to,
            _mutes.c.target_id == _from,
            _mutes.c.notifications,
            or_(_mutes.c.expires_at.is_(None), _mutes.c.expires_at > bindparam("now", type_=BigId)),
        ),
        or_(
            _to == _from,
            ~exists().where(_thread_mutes.c.account_id == _to, _thread_mutes.c.thread_id == _thread),
        ),
        or_(
            ~exists().where(_domain_blocks.c.account_id == _to, _domain_blocks.c.domain == _accounts.c.domain),
            exists().where(_follows.c.follower_id == _to, _follows.c.followed_id == _from, ~_follows.c.requested),
        ),
    )
)
_ADD = insert_once(conversations, keys=["account_id", "thread_id", "people"])
_FIND = Sql(
    select(*_columns).where(_c.account_id == _owner, _c.thread_id == _thread, _c.people == bindparam("the_people"))
)
_ADD_POST = insert_once(conversation_posts, keys=["account_id", "post_id"])
_DROP_POST = Sql(delete(conversation_posts).where(_p.account_id == _owner, _p.post_id == _post))
_LAST = Sql(select(func.max(_p.post_id)).where(_p.conversation_id == _conversation))
_SET_LAST = Sql(update(conversations).where(_c.id == _conversation).values(last_post_id=bindparam("last", type_=BigId)))
_SET_UNREAD = Sql(
    update(conversations)
    .where(_c.id == _conversation, _c.unread != bindparam("is_unread", type_=Boolean()))
    .values(unread=bindparam("is_unread", type_=Boolean()))
)
_DROP = Sql(delete(conversations).where(_c.id == _conversation))
_DROP_POSTS = Sql(delete(conversation_posts).where(_p.conversation_id == _conversation))
_ONE = Sql(select(*_columns).where(_c.id == _conversation, _c.account_id == _owner))
_HOLD = Sql(select(*_columns).where(_c.id == _conversation, _c.account_id == _owner).with_for_update())
_WITH = Sql(
    select(_c.id).where(
        _c.account_id == _owner,
        (literal_column("' '") + _c.people + literal_column("' '")).like(bindparam("somebody")),
    )
)
_above, _below = bindparam("above", type_=BigId), bindparam("below", type_=BigId)


def _page(*, up: bool) -> Any:
    return (
        select(*_columns)
        .where(_c.account_id == _owner, _c.last_post_id > _above, _c.last_post_id < _below)
        .order_by(_c.last_post_id if up else _c.last_post_id.desc())
        .limit(bindparam("most"))
    )


def _posts_page(*, up: bool) -> Any:
    return (
        select(_p.post_id)
        .where(_p.account_id == _owner, _p.post_id > _above, _p.post_id < _below)
        .order_by(_p.post_id if up else _p.post_id.desc())
        .limit(bindparam("most"))
    )


PAGE = (Sql(_page(up=False)), Sql(_page(up=True)))
POSTS = (Sql(_posts_page(up=False)), Sql(_posts_page(up=True)))
"""Direct posts in any of an account's conversations."""

DROP_ALL_POSTS = Sql(delete(conversation_posts).where(_p.account_id == _owner))
DROP_ALL = Sql(delete(conversations).where(_c.account_id == _owner))
LATEST = Sql(
    select(_p.conversation_id, _p.post_id)
    .where(among(_p.conversation_id, "ids"))
    .order_by(_p.post_id.desc())
    .limit(bindparam("most"))
)
"""The newest posts of some conversations."""

PROGRESS = Sql(select(conversation_backlog.c.below).where(conversation_backlog.c.name == literal_column("'all'")))
NOTE_PROGRESS = upsert(conversation_backlog, ["name"])
ALL_BELOW = Sql(
    select(_posts.c.id, _posts.c.visibility)
    .where(_posts.c.id < _below)
    .order_by(_posts.c.id.desc())
    .limit(bindparam("most"))
)


async def direct(tx: Tx, post_id: int) -> tuple[int, int] | None:
    """(author, thread) of a direct post; None when it is gone or none."""
    row = await tx.one(_DIRECT, post=post_id)
    return None if row is None else (row[0], row[1])


async def mentioned(tx: Tx, post_id: int) -> set[int]:
    """Whom the post addresses."""
    return {row[0] for row in await tx.all(_MENTIONED, post=post_id)}


async def holding(tx: Tx, post_id: int) -> list[Row]:
    """(account, conversation, thread, people) of each conversation that the post is in."""
    return await tx.all(_HERE, post=post_id)


async def willing(tx: Tx, ids: Collection[int], *, from_id: int, thread_id: int) -> set[int]:
    """Members among the accounts who want to hear of a post by `from_id`."""
    rows = await tx.all(_WILLING, ids=list(ids), from_id=from_id, thread=thread_id, now=tx.now)
    return {row[0] for row in rows}


async def find_or_add(tx: Tx, owner: int, thread_id: int, people: str, post_id: int) -> Row:
    """(id, thread, people, last post, unread) of the account's conversation; made when there was none."""
    await tx.run(
        _ADD, id=tx.new_id(), account_id=owner, thread_id=thread_id, people=people, last_post_id=post_id, unread=False
    )
    row = await tx.one(_FIND, owner=owner, thread=thread_id, the_people=people)
    assert row is not None
    return row


async def add_post(tx: Tx, owner: int, conversation_id: int, post_id: int) -> bool:
    """Put a post into a conversation; False when it is in one of this account already."""
    return await tx.run(_ADD_POST, account_id=owner, post_id=post_id, conversation_id=conversation_id) == 1


async def drop_post(tx: Tx, owner: int, conversation_id: int, post_id: int) -> None:
    """Take a post out of a conversation; an empty one goes."""
    await tx.run(_DROP_POST, owner=owner, post=post_id)
    last = await tx.value(_LAST, conversation=conversation_id)
    if last is None:
        await tx.run(_DROP, conversation=conversation_id)
    else:
        await tx.run(_SET_LAST, conversation=conversation_id, last=last)


async def set_last(tx: Tx, conversation_id: int, post_id: int) -> None:
    """Have a conversation end with this post."""
    await tx.run(_SET_LAST, conversation=conversation_id, last=post_id)


async def set_unread(tx: Tx, conversation_id: int, *, unread: bool) -> bool:
    """Mark as unread or read; False when it was."""
    return await tx.run(_SET_UNREAD, conversation=conversation_id, is_unread=unread) == 1


async def drop(tx: Tx, conversation_id: int) -> None:
    """Remove a conversation; its posts stay where they are."""
    await tx.run(_DROP_POSTS, conversation=conversation_id)
    await tx.run(_DROP, conversation=conversation_id)


async def find(reader: Reader, owner: int, conversation_id: int, *, hold: bool = False) -> Row | None:
    """One of the account's conversations. `hold`: nobody else changes it before this transaction ends."""
    return await reader.one(_HOLD if hold else _ONE, conversation=conversation_id, owner=owner)


async def with_somebody(tx: Tx, owner: int, somebody: int) -> list[int]:
    """The account's conversations that somebody takes part in."""
    return [row[0] for row in await tx.all(_WITH, owner=owner, somebody=f"% {somebody} %")]
