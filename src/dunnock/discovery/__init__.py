"""Discovery: how posts, people and topics are found. Owns the search index, trends, suggestions and collections."""

from __future__ import annotations

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
from dunnock.discovery.search import PostSearch, Resolved, Resolver, search_posts
from dunnock.foundation.jobs import Does, Every

EVERY: tuple[Every, ...] = (Every(IndexBacklog(), BACKLOG_EVERY_MS),)
"""What discovery does again and again."""
JOBS: Does = {IndexAuthor: index_author, IndexSpan: index_span, IndexBacklog: index_backlog}
"""Job -> what does it."""

__all__ = [
    "EVERY",
    "JOBS",
    "IndexAuthor",
    "IndexBacklog",
    "IndexSpan",
    "People",
    "PostSearch",
    "Resolved",
    "Resolver",
    "Suggestion",
    "dismiss_suggestion",
    "index_author",
    "index_backlog",
    "index_posts",
    "index_span",
    "search_posts",
]
