"""What an account keeps, page by page, as its files show it. Other domains' tables are named here, never imported."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, FromClause, Select, bindparam, column, func, or_, select, table
from sqlalchemy import Text as TextType

from dunnock.foundation.db import BigId, Db, Row, Sql

_PAGE = 1_000
_the, _below = bindparam("the", type_=BigId), bindparam("below", type_=BigId)


def _named(name: str, *columns: str) -> Any:
    flags = {"requested", "boosts", "notify", "notifications"}
    texts = {"username", "domain", "languages", "title", "uri", "standing"}
    return table(
        name,
        *(
            column(one, Boolean() if one in flags else TextType() if one in texts else BigId)
            for one in columns
        ),
    )  # fmt: skip


_accounts = _named("accounts", "id", "username", "domain", "standing")
_follows = _named("follows", "id", "follower_id", "followed_id", "requested", "boosts", "notify", "languages")
_blocks = _named("blocks", "id", "account_id", "target_id")
_mutes = _named("mutes", "id", "account_id", "target_id", "notifications", "expires_at")
_domains = _named("domain_blocks", "id", "account_id", "domain")
_lists = _named("lists", "id", "account_id", "title")
_members = _named("list_members", "id", "list_id", "account_id")
_interactions = _named("interactions", "account_id", "post_id", "bookmark_id", "favourite_id")
_posts = _named("posts", "id", "author_id", "uri", "boost_of_id", "deleted_at")

_there = _accounts.c.standing != "deleted"


def _page(cursor: Column[Any], source: FromClause, where: list[ColumnElement[bool]], *shown: Any) -> Sql:
    asked: Select[Any] = select(cursor, *shown).select_from(source).where(*where, cursor < _below)
    return Sql(asked.order_by(cursor.desc()).limit(_PAGE))


def _acts(cursor: Column[Any]) -> Sql:
    return _page(
        cursor,
        _interactions.join(_posts, _posts.c.id == _interactions.c.post_id).join(
            _accounts, _accounts.c.id == _posts.c.author_id
        ),
        [_interactions.c.account_id == _the, cursor.is_not(None), _posts.c.deleted_at.is_(None), _there],
        _posts.c.uri, _accounts.c.username, _posts.c.id, _accounts.c.domain,
    )  # fmt: skip


PAGES: dict[str, Sql] = {
    "following": _page(
        _follows.c.id,
        _follows.join(_accounts, _accounts.c.id == _follows.c.followed_id),
        [_follows.c.follower_id == _the, ~_follows.c.requested, _there],
        _accounts.c.username, _accounts.c.domain, _follows.c.boosts, _follows.c.notify, _follows.c.languages,
    ),
    "blocks": _page(
        _blocks.c.id,
        _blocks.join(_accounts, _accounts.c.id == _blocks.c.target_id),
        [_blocks.c.account_id == _the, _there],
        _accounts.c.username, _accounts.c.domain,
    ),
    "mutes": _page(
        _mutes.c.id,
        _mutes.join(_accounts, _accounts.c.id == _mutes.c.target_id),
        [
            _mutes.c.account_id == _the,
            or_(_mutes.c.expires_at.is_(None), _mutes.c.expires_at > bindparam("now", type_=BigId)),
            _there,
        ],
        _accounts.c.username, _accounts.c.domain, _mutes.c.notifications,
    ),
    "domains": _page(_domains.c.id, _domains, [_domains.c.account_id == _the], _domains.c.domain),
    "lists": _page(
        _members.c.id,
        _members.join(_lists, _lists.c.id == _members.c.list_id).join(
            _accounts, _accounts.c.id == _members.c.account_id
        ),
        [_lists.c.account_id == _the, _there],
        _lists.c.title, _accounts.c.username, _accounts.c.domain,
    ),
    "bookmarks": _acts(_interactions.c.bookmark_id),
    "favourites": _acts(_interactions.c.favourite_id),
}  # fmt: skip
"""Kind -> rows (cursor, what is shown), the newest first."""


async def page(db: Db, kind: str, account_id: int, *, below: int, now: int) -> list[Row]:
    """Up to a thousand rows of a kind below the cursor."""
    given: dict[str, int] = {"the": account_id, "below": below}
    if kind == "mutes":
        given["now"] = now
    return await db.slow(PAGES[kind], **given)


def _count(source: Any, *where: Any) -> Any:
    return select(func.count()).select_from(source).where(*where).scalar_subquery()


COUNTS = Sql(
    select(
        _count(_follows, _follows.c.follower_id == _the, ~_follows.c.requested),
        _count(_lists, _lists.c.account_id == _the),
        _count(_blocks, _blocks.c.account_id == _the),
        _count(_mutes, _mutes.c.account_id == _the),
        _count(_domains, _domains.c.account_id == _the),
        _count(_interactions, _interactions.c.account_id == _the, _interactions.c.bookmark_id.is_not(None)),
    )
)
