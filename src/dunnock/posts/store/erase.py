"""Deleting all that an account did with posts."""

from __future__ import annotations

from sqlalchemy import bindparam, or_, select, update

from dunnock.foundation.db import BigId, Sql
from dunnock.foundation.erase import Step, of, rows, some_of
from dunnock.posts.tables import (
    auto_delete,
    drafts,
    featured_tags,
    held_posts,
    idempotency,
    interactions,
    mentions,
    origin_holds,
    poll_votes,
    posts,
    scheduled,
    thread_mutes,
)

_the = bindparam("the", type_=BigId)
_most = bindparam("most", type_=BigId)
POSTS = Sql(
    select(posts.c.id, posts.c.boost_of_id)
    .where(posts.c.author_id == _the, posts.c.deleted_at.is_(None))
    .order_by(posts.c.id.desc())
    .limit(_most)
)
_left = select(posts.c.id).where(
    posts.c.author_id == _the,
    or_(posts.c.language.is_not(None), posts.c.app_id.is_not(None), posts.c.url.is_not(None)),
)
EMPTY_SHELLS = Sql(  # what holds threads together keeps ids and times
    update(posts)
    .where(posts.c.id.in_(_left.limit(_most).scalar_subquery()))
    .values(language=None, app_id=None, url=None)
)
FAVOURITES = Sql(
    select(interactions.c.post_id)
    .where(interactions.c.account_id == _the, interactions.c.favourite_id.is_not(None))
    .order_by(interactions.c.post_id)
    .limit(_most)
)
VOTED = Sql(
    select(poll_votes.c.poll_id)
    .where(poll_votes.c.account_id == _the)
    .distinct()
    .order_by(poll_votes.c.poll_id)
    .limit(_most)
)
DROP_VOTES_BY = Sql(
    poll_votes.delete().where(poll_votes.c.account_id == _the, poll_votes.c.poll_id == bindparam("poll"))
)
WAITING = Sql(select(scheduled.c.id).where(scheduled.c.account_id == _the).limit(_most))
SKETCHES = Sql(select(drafts.c.id).where(drafts.c.account_id == _the).limit(_most))
REST: Step = rows(
    some_of(interactions, of(interactions.c.account_id), interactions.c.post_id),
    some_of(held_posts, of(held_posts.c.author_id), held_posts.c.post_id),
    some_of(origin_holds, of(origin_holds.c.account_id), origin_holds.c.id),
    some_of(mentions, of(mentions.c.account_id), mentions.c.post_id),
    some_of(thread_mutes, of(thread_mutes.c.account_id), thread_mutes.c.thread_id),
    some_of(idempotency, of(idempotency.c.account_id), idempotency.c.key),
    some_of(featured_tags, of(featured_tags.c.account_id), featured_tags.c.hashtag_id),
    some_of(auto_delete, of(auto_delete.c.account_id), auto_delete.c.account_id),
)
