"""What was done of late, by whom, to what: the rows that trends are made of, read where they are kept.

A contribution is the act itself (a post with a hashtag, a favourite, a boost), so taking it back takes it out of the trend.
`since` and `until` are ids: exclusive, inclusive.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, distinct, func, literal_column, select, union_all

from dunnock.discovery.store.others import (
    accounts,
    hashtag_posts,
    interactions,
    post_counts,
    post_previews,
    posts,
    presentable,
)
from dunnock.discovery.tables import publishers, search_progress, tag_hours, trend_reviews, trends
from dunnock.discovery.trend_engine import FAST, HALF_LIFE
from dunnock.foundation.clock import DAY, MINUTE
from dunnock.foundation.db import BigId, Sql, among, insert_into, insert_once, upsert
from dunnock.foundation.ids import id_at

_since, _until = bindparam("since", type_=BigId), bindparam("until", type_=BigId)
_limit: Any = bindparam("most")
_looked_at: Any = bindparam("looked_at")


def _within(an_id: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(an_id > _since, an_id <= _until)


# Hashtags -----------------------------------------------------------------------------------------------------------

_used = select(hashtag_posts.c.hashtag_id, hashtag_posts.c.post_id).where(_within(hashtag_posts.c.post_id))


def _by_whom(uses: Any) -> Any:
    """Uses by accounts in good standing that agreed to be found."""
    return uses.join(posts, posts.c.id == uses.c.post_id).join(accounts, accounts.c.id == posts.c.author_id)


_newest = _used.order_by(hashtag_posts.c.post_id.desc()).limit(_looked_at).subquery()
_authors = func.count(distinct(posts.c.author_id))


_SPANS = (5, 10, 20, 30, 45, 60, 90, 120, 180, 240, 360, 540, 780)
"""Minutes: an act is as new as its span lets it be."""


def _most(an_id: Any, half_life: int) -> Any:
    """As how many accounts these acts count at most, when each counts half after the half-life (ms)."""
    # The longest span comes first: most acts are of it, and need no more comparisons.
    weigh = case(
        *[
            (
                an_id <= _until - literal_column(str(id_at(begin * MINUTE))),
                literal_column(f"{0.5 ** (begin * MINUTE / half_life):.6f}"),
            )
            for begin in reversed(_SPANS)
        ],
        else_=literal_column("1.0"),
    )
    return func.sum(weigh)


def _in_use(subject: Any, an_id: Any, half_life: int, uses: Any, *rules: Any) -> Sql:
    """What at least so many took up, by languages; of those without a language too."""
    of_language = (
        select(
            subject.label("subject"),
            posts.c.language.label("language"),
            _authors.label("people"),
            _most(an_id, half_life).label("lately"),
            _most(an_id, half_life // FAST).label("just_now"),
        )
        .select_from(_by_whom(uses))
        .where(presentable(), *rules)
        .group_by(subject, posts.c.language)
        .subquery()
    )
    in_all = func.sum(of_language.c.people).over(partition_by=of_language.c.subject).label("in_all")
    summed = select(*of_language.c, in_all).subquery()
    return Sql(
        select(summed.c.subject, summed.c.language, summed.c.people, summed.c.lately, summed.c.just_now).where(
            summed.c.in_all >= bindparam("least", type_=BigId)
        )
    )


TAGS_IN_USE = _in_use(_newest.c.hashtag_id, _newest.c.post_id, HALF_LIFE["tag"], _newest, posts.c.deleted_at.is_(None))
"""(hashtag, language, accounts that wrote posts with it, as how many they count at most lately, just now)."""
_of_some = (
    _used.where(among(hashtag_posts.c.hashtag_id, "ids"))
    .order_by(hashtag_posts.c.post_id.desc())
    .limit(_looked_at)
    .subquery()
)
TAG_ACTORS = Sql(
    select(_of_some.c.hashtag_id, posts.c.author_id, func.min(_of_some.c.post_id), posts.c.language)
    .select_from(_by_whom(_of_some))
    .where(presentable(), posts.c.deleted_at.is_(None))
    .group_by(_of_some.c.hashtag_id, posts.c.author_id, posts.c.language)
)
"""(hashtag, account, its first post with it that stands, language): of each language that it wrote in."""
TAGS_OF_HOUR = Sql(
    select(_newest.c.hashtag_id, _authors)
    .select_from(_by_whom(_newest))
    .where(presentable(), posts.c.deleted_at.is_(None))
    .group_by(_newest.c.hashtag_id)
)
PUT_HOUR = upsert(tag_hours, ["hashtag_id", "hour"], "hashtag_id", "hour", "accounts")
PAST_OF_TAGS = Sql(
    select(tag_hours.c.hashtag_id, func.sum(tag_hours.c.accounts))
    .where(
        among(tag_hours.c.hashtag_id, "ids"),
        tag_hours.c.hour >= bindparam("first"),
        tag_hours.c.hour < bindparam("end"),
    )
    .group_by(tag_hours.c.hashtag_id)
)
SAME_HOUR = Sql(
    select(tag_hours.c.hashtag_id, tag_hours.c.accounts).where(
        among(tag_hours.c.hashtag_id, "ids"), tag_hours.c.hour == bindparam("hour")
    )
)
DROP_HOURS = Sql(delete(tag_hours).where(tag_hours.c.hour < bindparam("first")))
PROGRESS = Sql(select(search_progress.c.below).where(search_progress.c.name == bindparam("name")))
NOTE_PROGRESS = upsert(search_progress, ["name"], "name", "below")

# Links --------------------------------------------------------------------------------------------------------------

_linked = select(post_previews.c.link_id, post_previews.c.post_id).where(_within(post_previews.c.post_id))
_linking = (posts.c.deleted_at.is_(None), posts.c.visibility == "public", ~posts.c.sensitive, ~accounts.c.sensitized)
_newest_links = _linked.order_by(post_previews.c.post_id.desc()).limit(_looked_at).subquery()
LINKS_IN_USE = _in_use(_newest_links.c.link_id, _newest_links.c.post_id, HALF_LIFE["link"], _newest_links, *_linking)
"""(page, language, accounts that wrote posts that lead there, as how many they count at most lately, just now)."""
_of_links = (
    _linked.where(among(post_previews.c.link_id, "ids"))
    .order_by(post_previews.c.post_id.desc())
    .limit(_looked_at)
    .subquery()
)
LINK_ACTORS = Sql(
    select(_of_links.c.link_id, posts.c.author_id, func.min(_of_links.c.post_id), posts.c.language)
    .select_from(_by_whom(_of_links))
    .where(presentable(), *_linking)
    .group_by(_of_links.c.link_id, posts.c.author_id, posts.c.language)
)
"""(page, account, its first post with it that stands, language): of each language that it wrote in."""
_day = _of_links.c.post_id.op("/")(literal_column(str(id_at(DAY)))).label("day")
LINK_DAYS = Sql(
    select(_of_links.c.link_id, _day, func.count(), _authors)
    .select_from(_by_whom(_of_links))
    .where(presentable(), *_linking)
    .group_by(_of_links.c.link_id, literal_column("day"))
)
"""(page, day, posts, accounts)."""
ADD_PUBLISHER = insert_once(publishers, "id", "domain", keys=["domain"])
_publisher = (publishers.c.id, publishers.c.domain, publishers.c.trendable, publishers.c.reviewed_at)
PUBLISHERS = Sql(select(*_publisher).where(among(publishers.c.domain, "domains")))
PUBLISHER = Sql(select(*_publisher).where(publishers.c.id == bindparam("id")))
PUBLISHERS_PAGE = Sql(
    select(*_publisher)
    .where(publishers.c.id < bindparam("below", type_=BigId), publishers.c.id > bindparam("above", type_=BigId))
    .order_by(publishers.c.id.desc())
    .limit(_limit)
)
PUBLISHERS_PAGE_UP = Sql(
    select(*_publisher)
    .where(publishers.c.id < bindparam("below", type_=BigId), publishers.c.id > bindparam("above", type_=BigId))
    .order_by(publishers.c.id)
    .limit(_limit)
)
RULE_PUBLISHER = Sql(
    publishers.update()
    .where(publishers.c.id == bindparam("the"))
    .values(trendable=bindparam("may", type_=publishers.c.trendable.type), reviewed_at=bindparam("now", type_=BigId))
)

# Posts --------------------------------------------------------------------------------------------------------------

_author = accounts.alias("author")
_actor = accounts.alias("actor")
_boosts = posts.alias("boosts")


def _acts(favourites: Any, boosts: Any) -> Any:
    return union_all(
        favourites.order_by(interactions.c.favourite_id.desc()).limit(_looked_at).subquery().select(),
        boosts.order_by(_boosts.c.id.desc()).limit(_looked_at).subquery().select(),
    ).subquery("acts")


_favourited = select(
    interactions.c.post_id.label("post_id"),
    interactions.c.account_id.label("account_id"),
    interactions.c.favourite_id.label("act_id"),
).where(interactions.c.favourite_id.is_not(None), _within(interactions.c.favourite_id))
_boosted = select(
    _boosts.c.boost_of_id.label("post_id"), _boosts.c.author_id.label("account_id"), _boosts.c.id.label("act_id")
).where(_boosts.c.boost_of_id.is_not(None), _boosts.c.deleted_at.is_(None), _within(_boosts.c.id))


def _counted(acts: Any) -> Any:
    """Acts by others in good standing on what may be a trend: public, nobody's answer, nothing to be hidden."""
    return (
        acts.join(posts, posts.c.id == acts.c.post_id)
        .join(_author, _author.c.id == posts.c.author_id)
        .join(_actor, _actor.c.id == acts.c.account_id)
    )


_of_posts = (
    posts.c.deleted_at.is_(None),
    posts.c.visibility == "public",
    posts.c.reply_to_id.is_(None),
    ~posts.c.sensitive,
    posts.c.warning == "",
    _author.c.standing == "active",
    _author.c.discoverable,
    ~_author.c.sensitized,
)
_eligible = (*_of_posts, _actor.c.standing == "active")
_all = _acts(_favourited, _boosted)
_actors = func.count(distinct(_all.c.account_id))
_in_talk = (
    select(
        _all.c.post_id.label("post_id"),
        _actors.label("people"),
        _most(_all.c.act_id, HALF_LIFE["post"]).label("lately"),
        _most(_all.c.act_id, HALF_LIFE["post"] // FAST).label("just_now"),
    )
    .select_from(_all.join(_actor, _actor.c.id == _all.c.account_id))
    .where(_actor.c.standing == "active", _all.c.post_id > bindparam("oldest", type_=BigId))
    .group_by(_all.c.post_id)
    .having(_actors >= bindparam("least", type_=BigId))
    .subquery()
)
POSTS_IN_TALK = Sql(
    select(_in_talk.c.post_id, posts.c.language, _in_talk.c.people, _in_talk.c.lately, _in_talk.c.just_now)
    .select_from(_in_talk)
    .join(posts, posts.c.id == _in_talk.c.post_id)
    .join(_author, _author.c.id == posts.c.author_id)
    .where(*_of_posts)
)
"""(post, its language, accounts that favourited or boosted it, as how many they count at most lately, just now).

Its author may be one of them: who counts is asked of those that could be a trend.
"""
_theirs = _acts(
    _favourited.where(among(interactions.c.post_id, "ids")), _boosted.where(among(_boosts.c.boost_of_id, "ids"))
)
POST_ACTORS = Sql(
    select(_theirs.c.post_id, _theirs.c.account_id, func.min(_theirs.c.act_id), posts.c.language)
    .select_from(_counted(_theirs))
    .where(*_eligible, _theirs.c.account_id != posts.c.author_id)
    .group_by(_theirs.c.post_id, _theirs.c.account_id, posts.c.language)
)
"""(post, account, its first act that stands, the post's language)."""
_earlier = (
    select(posts.c.author_id, (post_counts.c.favourites + post_counts.c.boosts).label("acts"))
    .join_from(posts, post_counts, post_counts.c.post_id == posts.c.id)
    .where(
        among(posts.c.author_id, "ids"),
        posts.c.id > _since,
        posts.c.id <= _until,
        posts.c.boost_of_id.is_(None),
        posts.c.deleted_at.is_(None),
    )
    .limit(_looked_at)
    .subquery()
)
USUAL = Sql(select(_earlier.c.author_id, func.count(), func.sum(_earlier.c.acts)).group_by(_earlier.c.author_id))
"""(author, posts of theirs, acts on them)."""
AUTHORS = Sql(select(posts.c.id, posts.c.author_id).where(among(posts.c.id, "ids")))

OF_SLOT = (
    Sql(
        select(_newest.c.hashtag_id, posts.c.author_id)
        .select_from(_by_whom(_newest))
        .where(presentable(), posts.c.deleted_at.is_(None))
        .distinct()
    ),
    Sql(
        select(_newest_links.c.link_id, posts.c.author_id)
        .select_from(_by_whom(_newest_links))
        .where(presentable(), *_linking)
        .distinct()
    ),
    Sql(
        select(_all.c.post_id, _all.c.account_id)
        .select_from(_counted(_all))
        .where(*_eligible, _all.c.account_id != posts.c.author_id)
        .distinct()
    ),
)
"""(subject, account): who took up hashtags, pages, posts in a span of time."""

# What is listed -----------------------------------------------------------------------------------------------------

LISTED = Sql(select(trends.c.subject_id, trends.c.expected, trends.c.judged).where(trends.c.kind == bindparam("kind")))
ACTORS = {"tag": TAG_ACTORS, "post": POST_ACTORS, "link": LINK_ACTORS}
"""Kind -> who took up some subjects of it."""
UNLIST = Sql(delete(trends).where(trends.c.kind == bindparam("kind")))
LIST = insert_into(trends)
REVIEWS = Sql(
    select(trend_reviews.c.subject, trend_reviews.c.trendable, trend_reviews.c.at).where(
        trend_reviews.c.kind == bindparam("kind"), among(trend_reviews.c.subject, "subjects")
    )
)
PUT_REVIEW = upsert(trend_reviews, ["kind", "subject"], "kind", "subject", "trendable", "at")
