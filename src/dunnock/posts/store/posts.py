"""Rows of posts: find, add, change, empty."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Text, bindparam, exists, select

from dunnock.foundation.clock import DAY
from dunnock.foundation.db import BigId, Reader, Row, Sql, Tx, among, insert_into
from dunnock.foundation.ids import id_at
from dunnock.posts.model import Author, Post
from dunnock.posts.store.others import (
    NOBODY,
    accounts,
    follows,
    media_stopped,
    members,
    stopped,
    visible,
    watched,
    words_stopped,
)
from dunnock.posts.tables import held_posts, post_counts, posts

_ids = msgspec.json.Decoder(tuple[int, ...]).decode
_names = msgspec.json.Decoder(tuple[str, ...]).decode

COLUMNS = (
    posts.c.id,
    posts.c.author_id,
    posts.c.boost_of_id,
    posts.c.text,
    posts.c.html,
    posts.c.warning,
    posts.c.visibility,
    posts.c.language,
    posts.c.sensitive,
    posts.c.reply_to_id,
    posts.c.reply_to_author_id,
    posts.c.thread_id,
    posts.c.mentions,
    posts.c.hashtags,
    posts.c.emoji,
    posts.c.media,
    posts.c.created_at,
    posts.c.edited_at,
    posts.c.poll_id,
    posts.c.quoted_id,
    posts.c.quoted_author_id,
    posts.c.quote_state,
    posts.c.quote_policy,
    posts.c.reply_policy,
)
_id = posts.c.id == bindparam("id")
_waits = exists().where(held_posts.c.post_id == posts.c.id, held_posts.c.account_id == held_posts.c.author_id)
_FIND = Sql(select(*COLUMNS).where(_id, visible()))
# FOR SHARE on PostgreSQL: what is done to a post waits for its deletion and then finds it gone (SQLite has one writer).
_FIND_TO_ACT = Sql(select(*COLUMNS).where(_id, visible(), ~_waits).with_for_update(read=True, of=posts))
_OWN = Sql(
    select(*COLUMNS)
    .where(_id, posts.c.author_id == bindparam("author"), posts.c.deleted_at.is_(None))
    .with_for_update(key_share=True)
)
# What waits for a look is there for nobody but its author, and its author can do nothing with it: see `wait`.
_LIVING = Sql(select(*COLUMNS).where(_id, posts.c.deleted_at.is_(None), ~_waits))
_MANY_LIVING = Sql(select(*COLUMNS).where(among(posts.c.id, "ids"), posts.c.deleted_at.is_(None), ~_waits))
_LIVING_HELD = Sql(select(*COLUMNS).where(_id, posts.c.deleted_at.is_(None), ~_waits).with_for_update(read=True))
_WAITING = Sql(select(*COLUMNS).where(_id, posts.c.deleted_at.is_(None), _waits))
_WAITING_BEFORE = Sql(
    select(held_posts.c.post_id)
    .where(
        held_posts.c.account_id == held_posts.c.author_id,
        held_posts.c.post_id < bindparam("before", type_=BigId),
        held_posts.c.post_id > bindparam("above", type_=BigId),
    )
    .order_by(held_posts.c.post_id)
    .limit(bindparam("most"))
)
_AUTHOR = Sql(
    select(
        accounts.c.standing,
        members.c.default_visibility,
        members.c.default_sensitive,
        members.c.default_language,
        members.c.default_quote_policy,
        members.c.default_reply_policy,
        stopped(),
        words_stopped(),
        media_stopped(),
        accounts.c.protected,
        watched(),
    )
    .select_from(accounts.outerjoin(members, members.c.account_id == accounts.c.id))
    .where(accounts.c.id == bindparam("id"))
)
_ADD = insert_into(
    posts,
    "id",
    "author_id",
    "text",
    "html",
    "warning",
    "visibility",
    "language",
    "sensitive",
    "reply_to_id",
    "reply_to_author_id",
    "thread_id",
    "mentions",
    "hashtags",
    "emoji",
    "media",
    "poll_id",
    "app_id",
    "created_at",
    "quoted_id",
    "quoted_author_id",
    "quote_state",
    "quote_policy",
    "reply_policy",
)
_ADD_COUNTS = insert_into(post_counts, "post_id")
_NAME_REMOTE = Sql(
    posts.update()
    .where(_id)
    .values(
        uri=bindparam("uri", type_=Text),
        url=bindparam("url", type_=Text),
        local=False,
        edited_at=bindparam("edited", type_=BigId),
    )
)
_NAMES = Sql(
    select(posts.c.id, posts.c.uri, posts.c.author_id, accounts.c.username, accounts.c.domain)
    .join_from(posts, accounts, accounts.c.id == posts.c.author_id)
    .where(among(posts.c.id, "ids"), posts.c.deleted_at.is_(None))
)
_COUNTS_OF = Sql(
    select(post_counts.c.replies, post_counts.c.boosts, post_counts.c.favourites).where(
        post_counts.c.post_id == bindparam("id")
    )
)
_DELETED = Sql(
    select(posts.c.visibility).where(
        _id, posts.c.author_id == bindparam("author", type_=BigId), posts.c.deleted_at.is_not(None)
    )
)
_SET_PARENT = Sql(
    posts.update()
    .where(_id, posts.c.reply_to_id.is_(None))
    .values(
        reply_to_id=bindparam("parent", type_=BigId),
        reply_to_author_id=bindparam("parent_author", type_=BigId),
    )
)
_JOIN_THREAD = Sql(
    posts.update()
    .where(posts.c.thread_id == bindparam("old", type_=BigId))
    .values(thread_id=bindparam("new", type_=BigId))
)
_SET_QUOTED = Sql(
    posts.update()
    .where(_id, posts.c.quoted_id.is_(None))
    .values(
        quoted_id=bindparam("quoted", type_=BigId),
        quoted_author_id=bindparam("quoted_author", type_=BigId),
        quote_state=bindparam("state", type_=Text),
    )
)
_BY_URI = Sql(select(posts.c.id, posts.c.author_id).where(posts.c.uri == bindparam("uri")))
_CHANGE = Sql(
    posts.update()
    .where(_id)
    .values(
        **{
            name: bindparam(name, type_=posts.c[name].type)
            for name in (
                "text",
                "html",
                "warning",
                "language",
                "sensitive",
                "mentions",
                "hashtags",
                "emoji",
                "media",
                "poll_id",
                "edited_at",
                "quote_policy",
                "reply_policy",
            )
        }
    )
)
_SET_POLICIES = Sql(
    posts.update()
    .where(_id)
    .values(quote_policy=bindparam("quote_policy", type_=Text), reply_policy=bindparam("reply_policy", type_=Text))
)
_CHANGE_VISIBILITY = Sql(
    posts.update()
    .where(
        _id,
        posts.c.visibility == bindparam("was", type_=Text),
        posts.c.boost_of_id.is_(None),
        posts.c.deleted_at.is_(None),
    )
    .values(visibility=bindparam("becomes", type_=Text))
)
_REMOTE = Sql(select(posts.c.id).where(_id, ~posts.c.local))
_SET_QUOTE = Sql(
    posts.update()
    .where(
        _id,
        posts.c.quoted_id == bindparam("quoted"),
        posts.c.quote_state == bindparam("was"),
        posts.c.deleted_at.is_(None),
    )
    .values(quote_state=bindparam("state", type_=Text))
)
_QUOTE = Sql(
    select(posts.c.quote_state, posts.c.author_id).where(
        _id, posts.c.quoted_id == bindparam("quoted"), posts.c.deleted_at.is_(None)
    )
)
_PLACE = Sql(
    select(posts.c.url, accounts.c.username, accounts.c.domain)
    .join_from(posts, accounts, accounts.c.id == posts.c.author_id)
    .where(_id)
)
_FOLLOWS = Sql(
    select(follows.c.follower_id).where(
        follows.c.follower_id == bindparam("follower"),
        follows.c.followed_id == bindparam("followed"),
        ~follows.c.requested,
    )
)
_EMPTY = Sql(
    posts.update()
    .where(_id, posts.c.deleted_at.is_(None))
    .values(
        deleted_at=bindparam("now", type_=BigId),
        text="",
        html="",
        warning="",
        mentions="[]",
        hashtags="[]",
        emoji="[]",
        media="[]",
        poll_id=None,
    )
)
_VISIBLE_OF = Sql(
    select(posts.c.id).where(among(posts.c.id, "ids"), posts.c.author_id == bindparam("author", type_=BigId), visible())
)


def post_of(row: Row) -> Post:
    """The post in a row of the `COLUMNS`."""
    mentions, hashtags, emoji, media = row[12], row[13], row[14], row[15]
    return Post(
        id=row[0],
        author_id=row[1],
        boost_of_id=row[2],
        text=row[3],
        html=row[4],
        warning=row[5],
        visibility=row[6],
        language=row[7],
        sensitive=bool(row[8]),
        reply_to_id=row[9],
        reply_to_author_id=row[10],
        thread_id=row[11],
        mentions=() if mentions == "[]" else _ids(mentions),
        hashtags=() if hashtags == "[]" else _names(hashtags),
        emoji=() if emoji == "[]" else _names(emoji),
        media=() if media == "[]" else _ids(media),
        created_at=row[16],
        edited_at=row[17],
        poll_id=row[18],
        quoted_id=row[19],
        quoted_author_id=row[20],
        quote_state=row[21],
        quote_policy=row[22],
        reply_policy=row[23],
    )


async def find_visible(reader: Reader, post_id: int, viewer_id: int | None) -> Post | None:
    """The post or boost as the viewer (None: a stranger) may see it; a boost of something hidden is hidden too."""
    row = await reader.one(_FIND, id=post_id, viewer=viewer_id or NOBODY)
    if row is None or (row[2] is not None and await reader.one(_FIND, id=row[2], viewer=viewer_id or NOBODY) is None):
        return None
    return post_of(row)


async def visible_of(reader: Reader, author_id: int, ids: Collection[int], viewer_id: int) -> set[int]:
    """Those that the author wrote and the viewer may see."""
    return {row[0] for row in await reader.all(_VISIBLE_OF, ids=list(ids), author=author_id, viewer=viewer_id)}


async def find_original(reader: Reader, post_id: int, viewer_id: int | None, *, act: bool = False) -> Post | None:
    """The post, or what the boost shows, as the viewer may see it. `act`: something will be done to it in this transaction."""
    sql, viewer = _FIND_TO_ACT if act else _FIND, viewer_id or NOBODY
    row = await reader.one(sql, id=post_id, viewer=viewer)
    if row is not None and row[2] is not None:
        row = await reader.one(sql, id=row[2], viewer=viewer)
    return None if row is None else post_of(row)


async def find_own(tx: Tx, post_id: int, author_id: int) -> Post | None:
    """The author's own post or boost, held so that nobody else changes it before this transaction ends."""
    row = await tx.one(_OWN, id=post_id, author=author_id)
    return None if row is None else post_of(row)


async def find_living(tx: Reader, post_id: int, *, hold: bool = False) -> Post | None:
    """The post whoever asks, unless it is deleted. `hold`: it stays as it is until this transaction ends."""
    row = await tx.one(_LIVING_HELD if hold else _LIVING, id=post_id)
    return None if row is None else post_of(row)


async def find_many_living(reader: Reader, ids: Collection[int]) -> dict[int, Post]:
    """Those that are not deleted, by id."""
    return {row[0]: post_of(row) for row in await reader.all(_MANY_LIVING, ids=list(ids))}


async def find_waiting(tx: Reader, post_id: int) -> Post | None:
    """The post, if it waits for a look."""
    row = await tx.one(_WAITING, id=post_id)
    return None if row is None else post_of(row)


async def waiting_before(reader: Reader, before: int, *, above: int, most: int) -> list[int]:
    """Posts that wait for a look, with ids in between, the oldest first."""
    return [row[0] for row in await reader.all(_WAITING_BEFORE, before=before, above=above, most=most)]


async def find_author(tx: Tx, account_id: int) -> Author | None:
    """What posting needs to know of an account."""
    row = await tx.one(_AUTHOR, id=account_id, now=tx.now, reset_since=id_at(tx.now - DAY))
    if row is None:
        return None
    return Author(
        account_id,
        may_post=row[0] in {"active", "limited"},
        visibility=row[1] or "public",
        sensitive=bool(row[2]),
        language=row[3],
        quote_policy=row[4] or "public",
        reply_policy=row[5] or "everyone",
        stopped=bool(row[6]),
        words_stopped=bool(row[7]),
        media_stopped=bool(row[8]),
        protected=bool(row[9]),
        watched=bool(row[10]),
    )


async def add_post(tx: Tx, post: Post, app_id: int | None) -> None:
    """A new post with its counters at zero."""
    await tx.run(
        _ADD,
        id=post.id,
        author_id=post.author_id,
        text=post.text,
        html=post.html,
        warning=post.warning,
        visibility=post.visibility,
        language=post.language,
        sensitive=post.sensitive,
        reply_to_id=post.reply_to_id,
        reply_to_author_id=post.reply_to_author_id,
        thread_id=post.thread_id,
        mentions=as_json(post.mentions),
        hashtags=as_json(post.hashtags),
        emoji=as_json(post.emoji),
        media=as_json(post.media),
        poll_id=post.poll_id,
        app_id=app_id,
        created_at=post.created_at,
        quoted_id=post.quoted_id,
        quoted_author_id=post.quoted_author_id,
        quote_state=post.quote_state,
        quote_policy=post.quote_policy,
        reply_policy=post.reply_policy,
    )
    await tx.run(_ADD_COUNTS, post_id=post.id)


async def add_remote(tx: Tx, post: Post, *, uri: str, url: str | None) -> None:
    """A new post of another server."""
    await add_post(tx, post, None)
    await name_remote(tx, post.id, uri=uri, url=url, edited_at=post.edited_at)


async def name_remote(tx: Tx, post_id: int, *, uri: str, url: str | None, edited_at: int | None = None) -> None:
    """Note that a post or boost is another server's, and what it is called there."""
    await tx.run(_NAME_REMOTE, id=post_id, uri=uri, url=url, edited=edited_at)


async def names_of(reader: Reader, ids: Collection[int]) -> dict[int, Row]:
    """(address or nothing, author, author's name and server) of those that are not deleted."""
    return {row[0]: row[1:] for row in await reader.all(_NAMES, ids=list(ids))} if ids else {}


async def counts_of(reader: Reader, post_id: int) -> tuple[int, int, int]:
    """Replies, boosts and favourites."""
    row = await reader.one(_COUNTS_OF, id=post_id)
    return (0, 0, 0) if row is None else (row[0], row[1], row[2])


async def was_deleted(reader: Reader, post_id: int, author_id: int) -> bool:
    """Is there what is left of a public or unlisted post of the author?"""
    return await reader.value(_DELETED, id=post_id, author=author_id) in {"public", "unlisted"}


async def set_parent(tx: Tx, post: Post, parent: Post) -> None:
    """Let a post that answered nothing answer `parent`; the conversations become one."""
    await tx.run(_SET_PARENT, id=post.id, parent=parent.id, parent_author=parent.author_id)
    await tx.run(_JOIN_THREAD, old=post.thread_id, new=parent.thread_id)


async def set_quoted(tx: Tx, post: Post, quoted: Post, state: str) -> None:
    """Let a post that quoted nothing quote another."""
    await tx.run(_SET_QUOTED, id=post.id, quoted=quoted.id, quoted_author=quoted.author_id, state=state)


async def find_uri(reader: Reader, uri: str) -> tuple[int, int] | None:
    """Id and author of what has this address, deleted ones too."""
    row = await reader.one(_BY_URI, uri=uri)
    return None if row is None else (row[0], row[1])


async def change_post(tx: Tx, post: Post) -> None:
    """Write what an edit may change."""
    await tx.run(
        _CHANGE,
        id=post.id,
        text=post.text,
        html=post.html,
        warning=post.warning,
        language=post.language,
        sensitive=post.sensitive,
        mentions=as_json(post.mentions),
        hashtags=as_json(post.hashtags),
        emoji=as_json(post.emoji),
        media=as_json(post.media),
        poll_id=post.poll_id,
        edited_at=post.edited_at,
        quote_policy=post.quote_policy,
        reply_policy=post.reply_policy,
    )


async def set_policies(tx: Tx, post: Post) -> None:
    """Write who may quote and answer it."""
    await tx.run(_SET_POLICIES, id=post.id, quote_policy=post.quote_policy, reply_policy=post.reply_policy)


async def change_visibility(tx: Tx, post_id: int, was: str, becomes: str) -> Post | None:
    """Let a post that has one visibility have another; the post as it is then. None: it has not, is a boost or is gone."""
    if not await tx.run(_CHANGE_VISIBILITY, id=post_id, was=was, becomes=becomes):
        return None
    return await find_living(tx, post_id)


async def quote_of(tx: Tx, post_id: int, quoted_id: int) -> tuple[str | None, int] | None:
    """The state of the post's quote of the other, and who wrote it; None when it quotes it not, or is deleted."""
    row = await tx.one(_QUOTE, id=post_id, quoted=quoted_id)
    return None if row is None else (row[0], row[1])


async def is_remote(reader: Reader, post_id: int) -> bool:
    """Did the post come from another server?"""
    return await reader.value(_REMOTE, id=post_id) is not None


async def set_quote(tx: Tx, post_id: int, quoted_id: int, *, was: str, state: str) -> bool:
    """Change the state of a quote; False when it was not `was`."""
    return await tx.run(_SET_QUOTE, id=post_id, quoted=quoted_id, was=was, state=state) == 1


async def place_of(reader: Reader, post_id: int) -> tuple[str | None, str, str]:
    """The post's own address, if it has one, and its author's name and server: of what its page is found by."""
    row = await reader.one(_PLACE, id=post_id)
    assert row is not None
    return row[0], row[1], row[2]


async def is_following(reader: Reader, follower: int, followed: int) -> bool:
    """Does one follow the other, and not merely ask to?"""
    return await reader.one(_FOLLOWS, follower=follower, followed=followed) is not None


async def empty_post(tx: Tx, post_id: int) -> bool:
    """Mark as deleted and take its words; False when it was deleted already."""
    return await tx.run(_EMPTY, id=post_id, now=tx.now) == 1


def as_json(values: tuple[Any, ...]) -> str:
    """A list as it is stored."""
    return msgspec.json.encode(values).decode() if values else "[]"
