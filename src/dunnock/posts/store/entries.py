"""Ids of posts in the order of feeds. Each statement reads a bounded range of one index.

`below` and `above` are exclusive bounds; `most` how many. Names end with _UP for oldest first (paging upwards).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, column, exists, or_, select, table, text

from dunnock.foundation.db import BigId, ManyIds, Sql, among
from dunnock.posts.tables import hashtag_posts, hashtags, interactions, posts

_alive = posts.c.deleted_at.is_(None)
_between = (posts.c.id < bindparam("below"), posts.c.id > bindparam("above"))


def _pair(query: Select[Any], order: ColumnElement[int]) -> tuple[Sql, Sql]:
    """The same newest first and oldest first."""
    most: BindParameter[int] = bindparam("most")
    return Sql(query.order_by(order.desc()).limit(most)), Sql(query.order_by(order.asc()).limit(most))


def _ends(order: str, lite_edge: str, pg_edge: str) -> Sql:
    ids = bindparam("ids", type_=ManyIds())
    inner = (
        "(SELECT p.id FROM posts AS p WHERE p.author_id = {s} AND {edge} AND p.deleted_at IS NULL "
        f"ORDER BY p.id {order} LIMIT 1)"
    )
    lite = f"SELECT s.value, {inner.format(s='s.value', edge=lite_edge)} FROM json_each(:ids) AS s"
    pg = f"SELECT s, {inner.format(s='s', edge=pg_edge)} FROM unnest(:ids) AS s"
    return Sql(text(lite).bindparams(ids), text(pg).bindparams(ids))


NEWEST_OF_EACH = _ends("DESC", "p.id < :edge", "p.id < CAST(:edge AS bigint)")
OLDEST_OF_EACH = _ends("ASC", "p.id > :edge", "p.id > CAST(:edge AS bigint)")
BY_AUTHORS, BY_AUTHORS_UP = _pair(
    select(posts.c.id).where(among(posts.c.author_id, "ids"), *_between, _alive), posts.c.id
)
ANY, ANY_UP = _pair(select(posts.c.id, posts.c.author_id).where(*_between, _alive), posts.c.id)

_public = (posts.c.visibility == "public", posts.c.boost_of_id.is_(None), _alive)
_starts = or_(posts.c.reply_to_id.is_(None), posts.c.reply_to_author_id == posts.c.author_id)
_with_media = posts.c.media != "[]"
_ids = select(posts.c.id).where(*_between)
PUBLIC = {
    (where, media): _pair(
        _ids.where(
            *_public,
            _starts,
            *((posts.c.local,) if where == "local" else (~posts.c.local,) if where == "remote" else ()),
            *((_with_media,) if media else ()),
        ),
        posts.c.id,
    )
    for where in ("all", "local", "remote")
    for media in (False, True)
}
"""(all | local | remote, only with media) -> statements."""


def _account(*, replies: bool, boosts: bool, media: bool, tagged: bool) -> tuple[Sql, Sql]:
    query = _ids.where(posts.c.author_id == bindparam("author"), _alive)
    if not replies:
        query = query.where(_starts)
    if not boosts:
        query = query.where(posts.c.boost_of_id.is_(None))
    if media:
        query = query.where(_with_media)
    if tagged:
        query = query.where(
            exists().where(
                hashtag_posts.c.post_id == posts.c.id,
                hashtag_posts.c.hashtag_id == hashtags.c.id,
                hashtags.c.key == bindparam("tag"),
            )
        )
    return _pair(query, posts.c.id)


BY_AUTHOR = {
    (replies, boosts, media, tagged): _account(replies=replies, boosts=boosts, media=media, tagged=tagged)
    for replies in (False, True)
    for boosts in (False, True)
    for media in (False, True)
    for tagged in (False, True)
}
"""(replies, boosts, only with media, with the hashtag `tag`) -> statements."""

_tagged = hashtag_posts.c.post_id
HASHTAG_IDS = Sql(select(hashtags.c.key, hashtags.c.id).where(among(hashtags.c.key, "keys")))
BY_HASHTAG, BY_HASHTAG_UP = _pair(
    select(_tagged).where(
        hashtag_posts.c.hashtag_id == bindparam("tag_id"), _tagged < bindparam("below"), _tagged > bindparam("above")
    ),
    _tagged,
)


def _by_tags(order: str) -> Sql:
    """Of each hashtag the next `most`, whatever was tagged before, and of all of them the next `most`."""
    tags = bindparam("tags", type_=ManyIds())
    edge, past, last = ("desc", "<", 0) if order == "DESC" else ("asc", ">", 2**63 - 1)
    lite = (
        "SELECT DISTINCT h.post_id FROM json_each(:tags) AS s JOIN hashtag_posts AS h ON h.hashtag_id = s.value "
        "AND h.post_id < :below AND h.post_id > :above "
        f"AND NOT h.post_id {past} coalesce((SELECT e.post_id FROM hashtag_posts AS e WHERE e.hashtag_id = s.value "
        f"AND e.post_id < :below AND e.post_id > :above ORDER BY e.post_id {edge} LIMIT 1 OFFSET :most), {last}) "
        f"ORDER BY h.post_id {order} LIMIT :most"
    )
    pg = (
        "SELECT DISTINCT h.post_id FROM unnest(:tags) AS s CROSS JOIN LATERAL (SELECT e.post_id FROM hashtag_posts AS e "
        "WHERE e.hashtag_id = s AND e.post_id < CAST(:below AS bigint) AND e.post_id > CAST(:above AS bigint) "
        f"ORDER BY e.post_id {edge} LIMIT CAST(:most AS bigint)) AS h ORDER BY h.post_id {order} LIMIT CAST(:most AS bigint)"
    )
    more = [bindparam(name, type_=BigId) for name in ("below", "above", "most")]
    return Sql(text(lite).bindparams(tags, *more), text(pg).bindparams(tags, *more))


BY_TAGS, BY_TAGS_UP = _by_tags("DESC"), _by_tags("ASC")
TAGS_OF = Sql(
    select(hashtag_posts.c.post_id, hashtag_posts.c.hashtag_id).where(
        among(hashtag_posts.c.post_id, "ids"), among(hashtag_posts.c.hashtag_id, "tags")
    )
)


QUOTING = _pair(
    _ids.where(posts.c.quoted_id == bindparam("quoted"), posts.c.quote_state == "accepted", _alive), posts.c.id
)


# Which page a post links to; named here, never imported.
_links = table("post_previews", column("post_id", BigId), column("link_id", BigId))
BY_LINK = _pair(
    select(_links.c.post_id)
    .join_from(_links, posts, posts.c.id == _links.c.post_id)
    .where(
        _links.c.link_id == bindparam("link"),
        _links.c.post_id < bindparam("below"),
        _links.c.post_id > bindparam("above"),
        *_public,
    ),
    _links.c.post_id,
)


def _kept(moment: Any) -> tuple[Sql, Sql]:
    return _pair(
        select(moment, interactions.c.post_id).where(
            interactions.c.account_id == bindparam("account"),
            moment < bindparam("below"),
            moment > bindparam("above"),
            moment.is_not(None),
        ),
        moment,
    )


FAVOURITES = _kept(interactions.c.favourite_id)
BOOKMARKS = _kept(interactions.c.bookmark_id)
PINS = _kept(interactions.c.pin_id)
"""What an account kept: (moment of the act, post)."""
