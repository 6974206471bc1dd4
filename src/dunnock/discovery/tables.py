"""Tables of discovery: the search index, trends, suggestions, collections."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from dunnock.foundation.db import BigId, Extra, extra, flag, metadata

search_docs = Table(  # the words and marks of a post: on SQLite in order with spaces between, on PostgreSQL a vector
    "search_docs",
    metadata,
    Column("post_id", BigId, ForeignKey("posts.id"), primary_key=True, autoincrement=False),
    Column("words", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
)

extra(
    search_docs,
    Extra(
        "search_index",
        # Its row is minus the post's id: the newest is the first, and forward it is read in half the time.
        sqlite=(
            """CREATE VIRTUAL TABLE search_index USING fts5(
    words, content='search_docs', content_rowid='post_id', columnsize=0, tokenize='ascii tokenchars ''#@:._-'''
)""",
            """CREATE TRIGGER search_docs_added AFTER INSERT ON search_docs BEGIN
    INSERT INTO search_index (rowid, words) VALUES (-new.post_id, new.words);
END""",
            """CREATE TRIGGER search_docs_deleted AFTER DELETE ON search_docs BEGIN
    INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', -old.post_id, old.words);
END""",
            """CREATE TRIGGER search_docs_changed AFTER UPDATE ON search_docs BEGIN
    INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', -old.post_id, old.words);
    INSERT INTO search_index (rowid, words) VALUES (-new.post_id, new.words);
END""",
        ),
        # What waits to be taken into the index is read by each search: little of it may wait.
        postgresql=(
            "CREATE INDEX ix_search_docs_words ON search_docs USING gin (words) WITH (gin_pending_list_limit = 64)",
        ),
        hidden=("search_index", "search_index_data", "search_index_idx", "search_index_config"),
    ),
)

search_progress = Table(  # how far posts that were there before the index are taken into it: newest first, 0 is the end
    "search_progress",
    metadata,
    Column("name", Text, primary_key=True),
    Column("below", BigId, nullable=False),
)

dismissals = Table(  # accounts that a member does not want to be suggested
    "dismissals",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("target_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Index("ix_dismissals_target_id", "target_id"),
    sqlite_with_rowid=False,
)

tag_hours = Table(  # a hashtag's own past: how many accounts used it in an hour that is over
    "tag_hours",
    metadata,
    Column("hashtag_id", BigId, ForeignKey("hashtags.id"), primary_key=True, autoincrement=False),
    Column("hour", Integer, primary_key=True, autoincrement=False),  # counted from 1970
    Column("accounts", Integer, nullable=False),
    Index("ix_tag_hours_hour", "hour"),
    sqlite_with_rowid=False,
)

trends = Table(  # what may be a trend, as of the last refresh; what is taken back since is counted anew when it is read
    "trends",
    metadata,
    Column("kind", Text, primary_key=True),  # tag | post | link
    Column("subject_id", BigId, primary_key=True, autoincrement=False),
    Column("expected", Float, nullable=False),  # of the strength it would have on an ordinary day
    Column("judged", Text, nullable=False, server_default=""),  # JSON of Judged; empty: not judged yet
    sqlite_with_rowid=False,
)

trend_held = Table(  # what was not listed at the last refresh though many took it up, and why
    "trend_held",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject_id", BigId, primary_key=True, autoincrement=False),
    Column("since", BigId, nullable=False),
    Column("reason", Text, nullable=False),
    Column("accounts", Integer, nullable=False),
    Column("effective", Float, nullable=False),
    Column("communities", Integer, nullable=False),
    flag("extreme"),
    sqlite_with_rowid=False,
)

trend_held_accounts = Table(  # who took up what was held back, without acting alone: that gives them no past
    "trend_held_accounts",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("subject_id", BigId, primary_key=True, autoincrement=False),
    Column("at", BigId, nullable=False),
    Index("ix_trend_held_accounts_subject_id_kind", "subject_id", "kind"),
    Index("ix_trend_held_accounts_at", "at"),
    sqlite_with_rowid=False,
)

trend_gatherings = Table(  # several accounts took a subject up in the same half hour
    "trend_gatherings",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),  # of the moment when the half hour began
    Column("subject_id", BigId, nullable=False),
    Column("accounts", Integer, nullable=False),
)

trend_gathered = Table(  # which accounts those were
    "trend_gathered",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("gathering_id", BigId, ForeignKey("trend_gatherings.id"), primary_key=True, autoincrement=False),
    Index("ix_trend_gathered_gathering_id", "gathering_id"),
    sqlite_with_rowid=False,
)

trend_reviews = Table(  # what staff said of posts and links; of hashtags it stands with them
    "trend_reviews",
    metadata,
    Column("kind", Text, primary_key=True),  # post | link
    Column("subject", Text, primary_key=True),  # an id
    flag("trendable"),
    Column("at", BigId, nullable=False),
    sqlite_with_rowid=False,
)

publishers = Table(  # hosts of links that were candidates for trends, and what staff said of them
    "publishers",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("domain", Text, nullable=False, unique=True),
    Column("trendable", Boolean),  # null: nobody said anything
    Column("reviewed_at", BigId),
)

saved_searches = Table(  # what a member looks for again and again
    "saved_searches",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("secret", Text, nullable=False),  # of its address for readers of news
    Index("ix_saved_searches_account_id", "account_id", "id"),
)

collections = Table(  # people that a member recommends, under a name
    "collections",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("language", Text),
    Column("tag", Text),  # a hashtag's name as written
    flag("sensitive"),
    flag("discoverable", default=True),
    Column("created_at", BigId, nullable=False),
    Column("updated_at", BigId, nullable=False),
    Column(
        "starter_at", BigId
    ),  # since when staff show it to those who join, with who was in it then; null: they don't
    Index("ix_collections_account_id_id", "account_id", "id"),
    Index(
        "ix_collections_starter_at",
        "starter_at",
        sqlite_where=text("starter_at IS NOT NULL"),
        postgresql_where=text("starter_at IS NOT NULL"),
    ),
)

collection_items = Table(
    "collection_items",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("collection_id", BigId, ForeignKey("collections.id"), nullable=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("state", Text, nullable=False),  # accepted | revoked (by the account itself: it is not put there again)
    UniqueConstraint("collection_id", "account_id"),
    CheckConstraint("state IN ('accepted', 'revoked')", name="state"),
    Index("ix_collection_items_account_id_id", "account_id", "id"),
)

collection_follows = Table(  # who follows all of a large collection: it goes on in the background
    "collection_follows",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("collection_id", BigId, primary_key=True, autoincrement=False),
    Column("waiting", Text, nullable=False),  # JSON of the account ids that are still to come
    Column("followed", Integer, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
    sqlite_with_rowid=False,
)

brought_by = Table(  # the collection whose link brought who joined, until they follow it or put it away
    "brought_by",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("collection_id", BigId, nullable=False),
    sqlite_with_rowid=False,
)

vouched = Table(  # for whom people vouch whom this server knows (vouching.py); empty: it knows too few
    "vouched",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
