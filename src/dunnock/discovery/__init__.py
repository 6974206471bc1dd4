"""Discovery: how posts, people and topics are found. Owns the search index, trends, suggestions and collections."""

from __future__ import annotations

from dunnock.discovery.errors import SubjectMissing
from dunnock.discovery.events import TrendReviewed, TrendsRefreshed
from dunnock.discovery.index import (
    BACKLOG_EVERY_MS,
    IndexAuthor,
    IndexBacklog,
    IndexSpan,
    index_author,
    index_backlog,
    index_posts,
    index_span,
)
from dunnock.discovery.people import People, Suggestion, dismiss_suggestion
from dunnock.discovery.review import change_hashtag, list_hashtags, review_post, show_hashtag, unreviewed_posts
from dunnock.discovery.search import PostSearch, Resolved, Resolver, search_posts
from dunnock.discovery.trends import REFRESH_EVERY_MS, RefreshTrends, Trends, Weigh, refresh_trends
from dunnock.foundation.jobs import Does, Every

EVERY: tuple[Every, ...] = (Every(IndexBacklog(), BACKLOG_EVERY_MS), Every(RefreshTrends(), REFRESH_EVERY_MS))
"""What discovery does again and again."""
JOBS: Does = {
    IndexAuthor: index_author,
    IndexSpan: index_span,
    IndexBacklog: index_backlog,
    RefreshTrends: refresh_trends,
}
"""Job -> what does it."""

__all__ = [
    "EVERY",
    "JOBS",
    "IndexAuthor",
    "IndexBacklog",
    "IndexSpan",
    "People",
    "PostSearch",
    "RefreshTrends",
    "Resolved",
    "Resolver",
    "SubjectMissing",
    "Suggestion",
    "TrendReviewed",
    "Trends",
    "TrendsRefreshed",
    "Weigh",
    "change_hashtag",
    "dismiss_suggestion",
    "index_author",
    "index_backlog",
    "index_posts",
    "index_span",
    "list_hashtags",
    "refresh_trends",
    "review_post",
    "search_posts",
    "show_hashtag",
    "unreviewed_posts",
]
