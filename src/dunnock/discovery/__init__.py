"""Discovery: how posts, people and topics are found. Owns the search index, trends, suggestions and collections."""

from __future__ import annotations

from dunnock.discovery.brought import forget_what_brought, keep_what_brought, what_brought
from dunnock.discovery.collections import (
    MOST_COLLECTIONS,
    MOST_ITEMS,
    Collection,
    CollectionChanges,
    Item,
    add_to_collection,
    change_collection,
    collection_as_it_is,
    collections_by,
    collections_with,
    delete_collection,
    find_collection,
    find_collections,
    leave_collection,
    make_collection,
    take_from_collection,
)
from dunnock.discovery.errors import (
    CollectionMissing,
    CollectionNotYours,
    CollectionRefused,
    NotToBeCollected,
    SavedSearchMissing,
    SavedSearchRefused,
    StarterRefused,
    SubjectMissing,
)
from dunnock.discovery.events import (
    AddedToCollection,
    CollectionChanged,
    CollectionEdited,
    TrendHeldBack,
    TrendReviewed,
    TrendsRefreshed,
)
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
from dunnock.discovery.query import MOST_TERMS
from dunnock.discovery.review import (
    Publisher,
    change_hashtag,
    list_hashtags,
    list_publishers,
    review_link,
    review_post,
    review_publisher,
    show_hashtag,
    unreviewed_posts,
)
from dunnock.discovery.saved_searches import (
    SavedSearch,
    change_saved_search,
    delete_saved_search,
    find_saved_search,
    save_search,
    saved_as,
    saved_search_by_secret,
    saved_searches_of,
)
from dunnock.discovery.search import PostSearch, Resolved, Resolver, search_posts
from dunnock.discovery.starters import (
    FollowedAll,
    FollowRest,
    choose_starter,
    drop_starter,
    follow_collection,
    follow_rest,
    following_all,
    starters,
)
from dunnock.discovery.trend_engine import Why
from dunnock.discovery.trend_facts import HeldBack, Judged, held_accounts, held_back
from dunnock.discovery.trend_links import TrendingLink
from dunnock.discovery.trend_refresh import REFRESH_EVERY_MS, RefreshTrends, refresh_trends
from dunnock.discovery.trends import Reading, Trends
from dunnock.discovery.vouching import VOUCH_EVERY_MS, RefreshVouching, refresh_vouching
from dunnock.foundation.jobs import Does, Every

EVERY: tuple[Every, ...] = (
    Every(IndexBacklog(), BACKLOG_EVERY_MS),
    Every(RefreshTrends(), REFRESH_EVERY_MS),
    Every(RefreshVouching(), VOUCH_EVERY_MS),
)
"""What discovery does again and again."""
JOBS: Does = {
    IndexAuthor: index_author,
    IndexSpan: index_span,
    IndexBacklog: index_backlog,
    RefreshTrends: refresh_trends,
    RefreshVouching: refresh_vouching,
    FollowRest: follow_rest,
}
"""Job -> what does it."""

__all__ = [
    "EVERY",
    "JOBS",
    "MOST_COLLECTIONS",
    "MOST_ITEMS",
    "MOST_TERMS",
    "AddedToCollection",
    "Collection",
    "CollectionChanged",
    "CollectionChanges",
    "CollectionEdited",
    "CollectionMissing",
    "CollectionNotYours",
    "CollectionRefused",
    "FollowRest",
    "FollowedAll",
    "HeldBack",
    "IndexAuthor",
    "IndexBacklog",
    "IndexSpan",
    "Item",
    "Judged",
    "NotToBeCollected",
    "People",
    "PostSearch",
    "Publisher",
    "Reading",
    "RefreshTrends",
    "RefreshVouching",
    "Resolved",
    "Resolver",
    "SavedSearch",
    "SavedSearchMissing",
    "SavedSearchRefused",
    "StarterRefused",
    "SubjectMissing",
    "Suggestion",
    "TrendHeldBack",
    "TrendReviewed",
    "TrendingLink",
    "Trends",
    "TrendsRefreshed",
    "Why",
    "add_to_collection",
    "change_collection",
    "change_hashtag",
    "change_saved_search",
    "choose_starter",
    "collection_as_it_is",
    "collections_by",
    "collections_with",
    "delete_collection",
    "delete_saved_search",
    "dismiss_suggestion",
    "drop_starter",
    "find_collection",
    "find_collections",
    "find_saved_search",
    "follow_collection",
    "follow_rest",
    "following_all",
    "forget_what_brought",
    "held_accounts",
    "held_back",
    "index_author",
    "index_backlog",
    "index_posts",
    "index_span",
    "keep_what_brought",
    "leave_collection",
    "list_hashtags",
    "list_publishers",
    "make_collection",
    "refresh_trends",
    "refresh_vouching",
    "review_link",
    "review_post",
    "review_publisher",
    "save_search",
    "saved_as",
    "saved_search_by_secret",
    "saved_searches_of",
    "search_posts",
    "show_hashtag",
    "starters",
    "take_from_collection",
    "unreviewed_posts",
    "what_brought",
]
