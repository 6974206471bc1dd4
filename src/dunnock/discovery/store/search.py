"""The search index: what goes in, and which posts a query finds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, case, delete, exists, literal_column, or_, select, text, update
from sqlalchemy.dialects import postgresql

from dunnock.discovery.store.others import accounts, interactions, kept, members, polls, post_previews, posts
from dunnock.discovery.tables import search_docs, search_progress
from dunnock.foundation.db import BigId, ManyIds, Sql, among, upsert

# What goes in -------------------------------------------------------------------------------------------------------

_signs_in = exists().where(members.c.account_id == posts.c.author_id)
_open = posts.c.visibility == "public"
# Somebody may look for it: everybody, its author, those it addresses, or who kept it. Nothing else is taken into the index.
_wanted = or_(_open & accounts.c.indexable, _signs_in, posts.c.mentions != "[]", kept(posts.c.id))
_COLUMNS = (
    posts.c.id,
    posts.c.author_id,
    posts.c.text,
    posts.c.html,
    posts.c.warning,
    posts.c.language,
    posts.c.sensitive,
    posts.c.reply_to_id.is_not(None),
    posts.c.mentions,
    posts.c.hashtags,
    posts.c.media,
    case((_open & accounts.c.indexable, literal_column("1")), else_=literal_column("0")),
    polls.c.options,
)
_sources = (
    select(*_COLUMNS)
    .join_from(posts, accounts, accounts.c.id == posts.c.author_id)
    .outerjoin(polls, polls.c.post_id == posts.c.id)
    .where(posts.c.boost_of_id.is_(None), posts.c.deleted_at.is_(None), _wanted)
)
SOURCES = Sql(_sources.where(among(posts.c.id, "ids")))
_vectors = text("SELECT d.post_id, CAST(d.words AS text) FROM search_docs AS d WHERE d.post_id = ANY(:ids)")
HELD = Sql(
    select(search_docs.c.post_id, search_docs.c.words).where(among(search_docs.c.post_id, "ids")),
    _vectors.bindparams(bindparam("ids", type_=ManyIds())),
)
IS_HELD = Sql(select(search_docs.c.post_id).where(search_docs.c.post_id == bindparam("id")))


def _words() -> tuple[Any, Any]:
    return bindparam("words"), bindparam("vector", type_=search_docs.c.words.type)


_lite, _pg = _words()
ADD = Sql(
    search_docs.insert().values(post_id=bindparam("id"), words=_lite),
    # Two processes may look at one post at once: the second finds the row of the first, and changes it.
    postgresql.insert(search_docs).values(post_id=bindparam("id"), words=_pg).on_conflict_do_nothing(),
)
CHANGE = Sql(
    update(search_docs).where(search_docs.c.post_id == bindparam("id")).values(words=_lite),
    update(search_docs).where(search_docs.c.post_id == bindparam("id")).values(words=_pg),
)
REMOVE = Sql(delete(search_docs).where(among(search_docs.c.post_id, "ids")))

_walk = (
    select(posts.c.id)
    .where(posts.c.id < bindparam("below", type_=BigId), posts.c.boost_of_id.is_(None))
    .order_by(posts.c.id.desc())
    .limit(bindparam("most"))
)
ALL_BELOW = Sql(_walk.where(posts.c.deleted_at.is_(None)))
WITHIN = Sql(_walk.where(posts.c.id >= bindparam("first", type_=BigId), posts.c.deleted_at.is_(None)))
BY_AUTHOR = Sql(_walk.where(posts.c.author_id == bindparam("author", type_=BigId)))
NEWEST_PUBLIC = Sql(
    select(posts.c.id)
    .where(posts.c.author_id == bindparam("author"), _open, posts.c.boost_of_id.is_(None), posts.c.deleted_at.is_(None))
    .order_by(posts.c.id.desc())
    .limit(literal_column("1"))
)
LINKING = Sql(
    select(post_previews.c.post_id)
    .where(post_previews.c.preview_id == bindparam("preview"))
    .order_by(post_previews.c.post_id.desc())
    .limit(bindparam("most"))
)
PROGRESS = Sql(select(search_progress.c.below).where(search_progress.c.name == bindparam("name")))
NOTE_PROGRESS = upsert(search_progress, ["name"], "name", "below")

# What is found --------------------------------------------------------------------------------------------------------


def _found(order: str) -> Sql:
    return Sql(
        text(
            "SELECT -rowid FROM search_index WHERE search_index MATCH :fts AND rowid > -:below AND rowid < -:above "
            f"ORDER BY rowid {order} LIMIT :most"
        )
    )


FOUND, FOUND_UP = _found("ASC"), _found("DESC")
"""Ids of posts that match, on SQLite, whose index has them as numbers below zero."""

_BETWEEN = "d.post_id < CAST(:below AS bigint) AND d.post_id > CAST(:above AS bigint)"


def _by_index(order: str, also: str) -> str:
    # The sums and the inner SELECT keep PostgreSQL from going down the posts: how many match it guesses badly.
    return (
        "SELECT d.post_id FROM search_docs AS d WHERE d.words @@ (SELECT CAST(:ts AS tsquery)) "
        f"AND d.post_id + 0 < CAST(:below AS bigint) AND d.post_id + 0 > CAST(:above AS bigint) {also}"
        f"ORDER BY d.post_id + 0 {order} LIMIT CAST(:most AS bigint)"
    )


_exact = "AND CAST(d.words @@ CAST(:exact AS tsquery) AS int) + 0 = 1 "
MATCHING, MATCHING_UP = Sql(text(_by_index("DESC", ""))), Sql(text(_by_index("ASC", "")))
"""Ids of posts that match, by the index of words, on PostgreSQL."""
LOOKED_AT, LOOKED_AT_UP = Sql(text(_by_index("DESC", _exact))), Sql(text(_by_index("ASC", _exact)))
"""The same, and what was found by the index must be `exact`, too."""


def _walked(order: str, also: str = "") -> Sql:
    # The sum keeps PostgreSQL from asking the index of words. Where the walk ended is only looked up when it has to go on.
    nearest = f"FROM search_docs AS d WHERE {_BETWEEN} ORDER BY d.post_id {order}"
    whole = _by_index(order, f"{also}AND (SELECT rare FROM told) ")
    exact = ":exact" if also else ":ts"
    return Sql(
        text(
            f"WITH fit AS MATERIALIZED (SELECT near.post_id FROM (SELECT d.post_id, d.words {nearest} "
            f"LIMIT CAST(:looked_at AS bigint)) AS near WHERE CAST(near.words @@ CAST({exact} AS tsquery) AS int) + 0 = 1 "
            f"ORDER BY near.post_id {order} LIMIT CAST(:most AS bigint)), "
            "seen AS MATERIALIZED (SELECT count(*) AS fits, CASE WHEN count(*) < CAST(:most AS bigint) THEN coalesce("
            f"(SELECT d.post_id {nearest} OFFSET CAST(:looked_at AS bigint) - 1 LIMIT 1), 0) ELSE 0 END AS edge FROM fit), "
            "told AS MATERIALIZED (SELECT edge, edge <> 0 AND (fits + 1) * greatest((SELECT reltuples FROM pg_class "
            "WHERE oid = CAST('search_docs' AS regclass)), 1) <= CAST(:many AS bigint) * CAST(:looked_at AS bigint) AS rare "
            "FROM seen) "
            "SELECT post_id, 0, 0 FROM fit WHERE NOT (SELECT rare FROM told) UNION ALL "
            f"SELECT post_id, 0, 0 FROM ({whole}) AS found UNION ALL "
            "SELECT CASE WHEN rare THEN 0 ELSE edge END, coalesce((SELECT min(post_id) FROM search_docs), 0), "
            "coalesce((SELECT max(post_id) FROM search_docs), 0) FROM told"
        )
    )


WALKED, WALKED_UP = _walked("DESC"), _walked("ASC")
"""Of the nearest posts those that match, by going through them, then (the last one looked at, the lowest and the highest of
all); 0 for the last: there is no more, or enough fit; on PostgreSQL. Where at most `many` of all posts are likely to match, the
index is asked for them at once, and there is no more."""
WALKED_EXACT, WALKED_EXACT_UP = _walked("DESC", _exact), _walked("ASC", _exact)
"""The same, where the index is asked something rougher than `exact`."""

_many = bindparam("ids", type_=ManyIds())
FOUND_AMONG = Sql(
    text(
        "SELECT j.value FROM json_each(:ids) AS j CROSS JOIN search_index ON search_index.rowid = -j.value "
        "WHERE search_index MATCH :fts"
    ).bindparams(_many),
    text(
        "SELECT d.post_id FROM search_docs AS d WHERE d.post_id = ANY(:ids) AND d.words @@ CAST(:ts AS tsquery)"
    ).bindparams(_many),
)


def _kept(order: Any) -> Sql:
    return Sql(
        select(interactions.c.post_id)
        .where(
            interactions.c.account_id == bindparam("viewer", type_=BigId),
            interactions.c.post_id < bindparam("below", type_=BigId),
            interactions.c.post_id > bindparam("above", type_=BigId),
            or_(interactions.c.favourite_id.is_not(None), interactions.c.bookmark_id.is_not(None)),
        )
        .order_by(order)
        .limit(bindparam("most"))
    )


KEPT, KEPT_UP = _kept(interactions.c.post_id.desc()), _kept(interactions.c.post_id.asc())
"""What the viewer favourited or bookmarked, in the order of the posts."""
