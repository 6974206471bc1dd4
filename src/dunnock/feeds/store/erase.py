"""Deleting what an account reads by."""

from __future__ import annotations

from sqlalchemy import and_, select

from dunnock.feeds.tables import (
    conversation_posts,
    conversations,
    custom_feed_orders,
    custom_feed_readers,
    custom_feed_reports,
    custom_feeds,
    followed_tags,
    for_you_choices,
    for_you_less,
    for_you_served,
    list_members,
    lists,
)
from dunnock.foundation.erase import Step, of, rows, some_of

_feeds = select(custom_feeds.c.id).where(of(custom_feeds.c.account_id))
_own = select(lists.c.id).where(of(lists.c.account_id))

READING: Step = rows(
    some_of(list_members, list_members.c.list_id.in_(_own.scalar_subquery()), list_members.c.account_id),
    some_of(list_members, of(list_members.c.account_id), list_members.c.list_id),
    some_of(lists, of(lists.c.account_id), lists.c.id),
    some_of(
        custom_feed_readers,
        custom_feed_readers.c.feed_id.in_(_feeds.scalar_subquery()),
        custom_feed_readers.c.account_id,
    ),
    some_of(custom_feed_readers, of(custom_feed_readers.c.account_id), custom_feed_readers.c.feed_id),
    some_of(
        custom_feed_reports,
        custom_feed_reports.c.feed_id.in_(_feeds.scalar_subquery()),
        custom_feed_reports.c.account_id,
    ),
    some_of(custom_feed_reports, of(custom_feed_reports.c.account_id), custom_feed_reports.c.feed_id),
    some_of(custom_feeds, of(custom_feeds.c.account_id), custom_feeds.c.id),
    some_of(custom_feed_orders, of(custom_feed_orders.c.account_id), custom_feed_orders.c.file),
    some_of(followed_tags, of(followed_tags.c.account_id), followed_tags.c.hashtag_id),
    some_of(conversation_posts, of(conversation_posts.c.account_id), conversation_posts.c.post_id),
    some_of(conversations, of(conversations.c.account_id), conversations.c.id),
    some_of(for_you_served, of(for_you_served.c.account_id), for_you_served.c.post_id),
    some_of(for_you_less, of(for_you_less.c.account_id), for_you_less.c.subject_id),
    some_of(
        for_you_less, and_(for_you_less.c.kind == "author", of(for_you_less.c.subject_id)), for_you_less.c.account_id
    ),
    some_of(for_you_choices, of(for_you_choices.c.account_id), for_you_choices.c.account_id),
)
