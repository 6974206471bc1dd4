"""Counts for staff, by day or by what things are. Columns of other domains are named here, never imported.

Ids hold their moment, so a span of time is a range of primary keys, and only its rows are read.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    bindparam,
    case,
    column,
    distinct,
    func,
    literal_column,
    or_,
    select,
    table,
)

from dunnock.foundation.clock import DAY
from dunnock.foundation.db import BigId, Sql, insert_once
from dunnock.moderation.tables import daily_figures, reports

_accounts = table("accounts", column("id", BigId), column("username"), column("domain"), column("created_at", BigId))
_counts = table("account_counts", column("account_id", BigId), column("followers"))
_members = table(
    "members", column("id", BigId), column("created_at", BigId), column("last_sign_in_at", BigId), column("locale"),
    column("app_id", BigId),
)  # fmt: skip
_tokens = table("tokens", column("member_id", BigId), column("used_at", BigId))
_sessions = table("sessions", column("member_id", BigId), column("seen_at", BigId))
_apps = table("apps", column("id", BigId), column("name"))
_active_days = table("active_days", column("day", BigId), column("members", BigId))
_posts = table(
    "posts", column("id", BigId), column("author_id", BigId), column("boost_of_id", BigId), column("reply_to_id", BigId),
    column("language"), column("deleted_at", BigId), column("local", Boolean),
)  # fmt: skip
_tagged = table("hashtag_posts", column("hashtag_id", BigId), column("post_id", BigId))
_media = table("media", column("id", BigId), column("account_id", BigId), column("bytes", BigId))
_follows = table(
    "follows", column("id", BigId), column("follower_id", BigId), column("followed_id", BigId),
    column("requested", Boolean),
)  # fmt: skip
_first, _end = bindparam("first", type_=BigId), bindparam("end", type_=BigId)
_domain: ColumnElement[Any] = bindparam("domain")
_most: ColumnElement[Any] = bindparam("most")
_tag = bindparam("tag", type_=BigId)
_ONE_DAY: ColumnElement[int] = literal_column(str(DAY))


def _day_of_id(an_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """Days since 1970 of the moment in an id."""
    return an_id.op(">>")(literal_column("16")).op("/")(_ONE_DAY)


def _by_day(an_id: ColumnElement[Any], counted: Select[Any]) -> Sql:
    """(day, figure) of what lies between two ids; `counted` selects the figure."""
    day = _day_of_id(an_id).label("day")
    return Sql(counted.add_columns(day).where(an_id >= _first, an_id < _end).group_by(day))


_at_host = _accounts.c.domain == _domain
_number = func.count()
_living = _posts.c.deleted_at.is_(None)
_tag_posts = _tagged.join(_posts, _posts.c.id == _tagged.c.post_id)
_its = (_tagged.c.hashtag_id == _tag, _living)

# key -> (figure, day) rows between two ids
BY_DAY: dict[str, Sql] = {
    "new_users": _by_day(_members.c.id, select(_number).select_from(_members)),
    "replies": _by_day(
        _posts.c.id,
        select(_number)
        .select_from(_posts)
        .where(_posts.c.reply_to_id.is_not(None), _posts.c.boost_of_id.is_(None), _posts.c.local, _living),
    ),
    "opened_reports": _by_day(reports.c.id, select(_number).select_from(reports)),
    "tag_uses": _by_day(_tagged.c.post_id, select(_number).select_from(_tag_posts).where(*_its)),
    "tag_accounts": _by_day(
        _tagged.c.post_id, select(func.count(distinct(_posts.c.author_id))).select_from(_tag_posts).where(*_its)
    ),
    "tag_servers": _by_day(
        _tagged.c.post_id,
        select(func.count(distinct(_accounts.c.domain)))
        .select_from(_tag_posts.join(_accounts, _accounts.c.id == _posts.c.author_id))
        .where(*_its),
    ),
    "instance_accounts": _by_day(_accounts.c.id, select(_number).select_from(_accounts).where(_at_host)),
    "instance_statuses": _by_day(
        _posts.c.id,
        select(_number)
        .select_from(_posts.join(_accounts, _accounts.c.id == _posts.c.author_id))
        .where(_at_host, _living),
    ),
    "instance_media_attachments": _by_day(
        _media.c.id,
        select(func.sum(_media.c.bytes))
        .select_from(_media.join(_accounts, _accounts.c.id == _media.c.account_id))
        .where(_at_host),
    ),
    "instance_reports": _by_day(
        reports.c.id,
        select(_number).select_from(reports.join(_accounts, _accounts.c.id == reports.c.target_id)).where(_at_host),
    ),
    "instance_follows": _by_day(
        _follows.c.id,
        select(_number)
        .select_from(_follows.join(_accounts, _accounts.c.id == _follows.c.followed_id))
        .where(_at_host, ~_follows.c.requested),
    ),
    "instance_followers": _by_day(
        _follows.c.id,
        select(_number)
        .select_from(_follows.join(_accounts, _accounts.c.id == _follows.c.follower_id))
        .where(_at_host, ~_follows.c.requested),
    ),
}
_resolved_day = reports.c.resolved_at.op("/")(_ONE_DAY).label("day")
RESOLVED = Sql(
    select(_number, _resolved_day)
    .where(
        reports.c.resolved_at >= bindparam("since", type_=BigId),
        reports.c.resolved_at < bindparam("until", type_=BigId),
    )
    .group_by(_resolved_day)
)
ACTIVE = Sql(
    select(_active_days.c.members, _active_days.c.day).where(
        _active_days.c.day >= bindparam("first_day", type_=BigId),
        _active_days.c.day < bindparam("end_day", type_=BigId),
    )
)
KEPT = Sql(
    select(daily_figures.c.day, daily_figures.c.figure).where(
        daily_figures.c.key == bindparam("key"), daily_figures.c.day >= bindparam("first_day", type_=BigId)
    )
)
KEEP = insert_once(daily_figures, keys=["key", "day"])

# Dimensions: (key, figure), the most first -------------------------------------------------------------------------


def _most_of(key: ColumnElement[Any], counted: Select[Any]) -> Sql:
    figure = func.count()
    return Sql(counted.add_columns(key, figure).group_by(key).order_by(figure.desc(), key).limit(_most))


_span = (_posts.c.id >= _first, _posts.c.id < _end, _living)
MOST: dict[str, Sql] = {
    "languages": _most_of(
        _members.c.locale,
        select()
        .select_from(_members)
        .where(
            or_(
                _members.c.last_sign_in_at >= bindparam("since", type_=BigId),
                select(_tokens.c.used_at)
                .where(_tokens.c.member_id == _members.c.id, _tokens.c.used_at >= bindparam("since", type_=BigId))
                .correlate(_members)
                .exists(),
            )
        ),
    ),
    "sources": _most_of(
        _apps.c.name,
        select()
        .select_from(_members.outerjoin(_apps, _apps.c.id == _members.c.app_id))
        .where(_members.c.id >= _first, _members.c.id < _end),
    ),
    "servers": _most_of(
        _accounts.c.domain,
        select().select_from(_posts.join(_accounts, _accounts.c.id == _posts.c.author_id)).where(*_span),
    ),
    "tag_servers": _most_of(
        _accounts.c.domain,
        select()
        .select_from(_tag_posts.join(_accounts, _accounts.c.id == _posts.c.author_id))
        .where(*_its, _tagged.c.post_id >= _first, _tagged.c.post_id < _end),
    ),
    "tag_languages": _most_of(
        func.coalesce(_posts.c.language, literal_column("'und'")),
        select().select_from(_tag_posts).where(*_its, _tagged.c.post_id >= _first, _tagged.c.post_id < _end),
    ),
    "instance_languages": _most_of(
        func.coalesce(_posts.c.language, literal_column("'und'")),
        select().select_from(_posts.join(_accounts, _accounts.c.id == _posts.c.author_id)).where(_at_host, *_span),
    ),
    "instance_accounts": Sql(
        select(_accounts.c.username, _counts.c.followers)
        .select_from(_accounts.join(_counts, _counts.c.account_id == _accounts.c.id))
        .where(_at_host)
        .order_by(_counts.c.followers.desc(), _accounts.c.id)
        .limit(_most)
    ),
}
DATABASE_BYTES = Sql(
    select(literal_column("(SELECT page_count FROM pragma_page_count()) * (SELECT page_size FROM pragma_page_size())")),
    select(literal_column("pg_database_size(current_database())")),
)
MEDIA_BYTES = Sql(select(func.coalesce(func.sum(_media.c.bytes), 0)))
ENGINE_VERSION = Sql(
    select(literal_column("sqlite_version()")), select(literal_column("current_setting('server_version')"))
)

# Retention ----------------------------------------------------------------------------------------------------------

_used = select(func.max(_tokens.c.used_at)).where(_tokens.c.member_id == _members.c.id).scalar_subquery()
_seen = select(func.max(_sessions.c.seen_at)).where(_sessions.c.member_id == _members.c.id).scalar_subquery()


def _later(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((one > other, one), else_=other)


_zero: ColumnElement[int] = literal_column("0")
_each = (
    select(
        _members.c.created_at.label("joined"),
        func.coalesce(_members.c.last_sign_in_at, _zero).label("signed_in"),
        func.coalesce(_used, _zero).label("used"),
        func.coalesce(_seen, _zero).label("seen"),
    )
    .where(
        _members.c.created_at >= bindparam("since", type_=BigId),
        _members.c.created_at < bindparam("until", type_=BigId),
    )
    .subquery()
)
_joined_day = _each.c.joined.op("/")(_ONE_DAY).label("joined_day")
_last_day = _later(_each.c.signed_in, _later(_each.c.used, _each.c.seen)).op("/")(_ONE_DAY).label("last_day")
COHORTS = Sql(select(_joined_day, _last_day, func.count()).group_by(_joined_day, _last_day))
