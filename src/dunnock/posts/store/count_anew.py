"""Statements that move the counts of posts when the acts of accounts count no more, or again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from dunnock.foundation.db import BigId, Sql, among
from dunnock.posts.store.others import accounts
from dunnock.posts.tables import held_posts, interactions, poll_votes, polls, post_counts, posts

_above, _upto = bindparam("above", type_=BigId), bindparam("upto", type_=BigId)
_SOURCES = (  # (whose, which)
    (interactions.c.account_id, interactions.c.post_id),
    (posts.c.author_id, posts.c.id),
    (poll_votes.c.account_id, poll_votes.c.poll_id),
)


def _in_window(key: Column[int]) -> ColumnElement[bool]:
    return and_(key > _above, key <= _upto)


def _some(mine: Column[int], key: Column[int]) -> ColumnElement[int]:
    found = select(literal_column("1", Integer)).where(mine == accounts.c.id, _in_window(key)).correlate(accounts)
    return select(func.count()).select_from(found.limit(bindparam("most")).subquery()).scalar_subquery()


SIZES = Sql(
    select(accounts.c.id, _some(*_SOURCES[0]) + _some(*_SOURCES[1]) + _some(*_SOURCES[2])).where(
        among(accounts.c.id, "ids")
    )
)


def _nth(mine: Column[int], key: Column[int], *, up: bool) -> Sql:
    found = select(key).where(mine == bindparam("the", type_=BigId), _in_window(key))
    return Sql(found.order_by(key if up else key.desc()).limit(literal_column("1")).offset(bindparam("before")))


NTH = {up: tuple(_nth(*source, up=up) for source in _SOURCES) for up in (True, False)}

_acts = (
    among(interactions.c.account_id, "ids"),
    _in_window(interactions.c.post_id),
    or_(interactions.c.favourite_id.is_not(None), interactions.c.boost_id.is_not(None)),
)
_theirs = (among(posts.c.author_id, "ids"), _in_window(posts.c.id), posts.c.deleted_at.is_(None))
_hidden = exists().where(held_posts.c.post_id == posts.c.id, held_posts.c.hides)
_waits = exists().where(held_posts.c.post_id == posts.c.id, held_posts.c.account_id == held_posts.c.author_id)
_answers = (
    *_theirs,
    posts.c.reply_to_id.is_not(None),
    posts.c.visibility.in_([literal_column("'public'"), literal_column("'unlisted'")]),
    ~_hidden,
)
_quoted = posts.alias("quoted")
_quotes = (
    *_theirs,
    posts.c.quote_state == literal_column("'accepted'"),
    ~_waits,
    exists().where(_quoted.c.id == posts.c.quoted_id, _quoted.c.deleted_at.is_(None)),  # a deleted one counts none
)


def _shift(sums: Select[Any], *names: str) -> Sql:
    found = sums.subquery()
    sign: Any = bindparam("sign", type_=BigId)
    return Sql(
        post_counts.update()
        .where(post_counts.c.post_id == found.c.whose)
        .values({name: post_counts.c[name] + sign * found.c[name] for name in names})
    )


SHIFT = (
    _shift(
        select(
            interactions.c.post_id.label("whose"),
            func.count(interactions.c.favourite_id).label("favourites"),
            func.count(interactions.c.boost_id).label("boosts"),
        )
        .where(*_acts)
        .group_by(interactions.c.post_id),
        "favourites",
        "boosts",
    ),
    _shift(
        select(posts.c.reply_to_id.label("whose"), func.count().label("replies"))
        .where(*_answers)
        .group_by(posts.c.reply_to_id),
        "replies",
    ),
    _shift(
        select(posts.c.quoted_id.label("whose"), func.count().label("quotes"))
        .where(*_quotes)
        .group_by(posts.c.quoted_id),
        "quotes",
    ),
)
HOLD_COUNTS = Sql(  # in the order of ids, so that two who count never wait in a circle; SQLite has one writer anyway
    select(literal_column("0")),
    select(func.count()).select_from(
        select(post_counts.c.post_id)
        .where(
            post_counts.c.post_id.in_(
                select(interactions.c.post_id)
                .where(*_acts)
                .union_all(select(posts.c.reply_to_id).where(*_answers), select(posts.c.quoted_id).where(*_quotes))
            )
        )
        .order_by(post_counts.c.post_id)
        .with_for_update()
        .subquery()
    ),
)
_votes = (
    select(poll_votes.c.poll_id)
    .join_from(poll_votes, polls, polls.c.id == poll_votes.c.poll_id)
    .join(posts, posts.c.id == polls.c.post_id)
    .where(
        among(poll_votes.c.account_id, "ids"), _in_window(poll_votes.c.poll_id), posts.c.local
    )  # others count theirs
    .order_by(poll_votes.c.poll_id)
)
POLLS = Sql(_votes.distinct())
CHOICES = Sql(
    _votes.add_columns(poll_votes.c.choice, func.count())
    .group_by(poll_votes.c.poll_id, poll_votes.c.choice)
    .order_by(poll_votes.c.choice)
)
VOTERS = Sql(_votes.add_columns(func.count(poll_votes.c.account_id.distinct())).group_by(poll_votes.c.poll_id))
