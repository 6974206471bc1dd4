"""Tables of discovery: the search index, trends, suggestions, collections."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text
from sqlalchemy.dialects.postgresql import TSVECTOR

from dunnock.foundation.db import BigId, Extra, extra, metadata

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
        sqlite=(
            """CREATE VIRTUAL TABLE search_index USING fts5(
    words, content='search_docs', content_rowid='post_id', columnsize=0, tokenize='ascii tokenchars ''#@:._-'''
)""",
            """CREATE TRIGGER search_docs_added AFTER INSERT ON search_docs BEGIN
    INSERT INTO search_index (rowid, words) VALUES (new.post_id, new.words);
END""",
            """CREATE TRIGGER search_docs_deleted AFTER DELETE ON search_docs BEGIN
    INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', old.post_id, old.words);
END""",
            """CREATE TRIGGER search_docs_changed AFTER UPDATE ON search_docs BEGIN
    INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', old.post_id, old.words);
    INSERT INTO search_index (rowid, words) VALUES (new.post_id, new.words);
END""",
        ),
        postgresql=("CREATE INDEX ix_search_docs_words ON search_docs USING gin (words)",),
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
