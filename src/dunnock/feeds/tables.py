"""Tables of lists (feeds of accounts that a member chose), custom feeds, followed hashtags and conversations."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from dunnock.foundation.db import BigId, flag, metadata

lists = Table(
    "lists",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("replies", Text, nullable=False, server_default="list"),  # followed | list | none: whose replies are shown
    flag("exclusive"),  # its accounts are left out of the home feed
    CheckConstraint("replies IN ('followed', 'list', 'none')", name="replies"),
    Index("ix_lists_account_id", "account_id"),
)

list_members = Table(
    "list_members",
    metadata,
    Column("list_id", BigId, ForeignKey("lists.id"), primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("id", BigId, nullable=False),
    Index("ix_list_members_account_id", "account_id"),
    sqlite_with_rowid=False,
)

followed_tags = Table(
    "followed_tags",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("hashtag_id", BigId, ForeignKey("hashtags.id"), primary_key=True, autoincrement=False),
    Column("id", BigId, nullable=False, unique=True),
    Index("ix_followed_tags_hashtag_id", "hashtag_id"),
    sqlite_with_rowid=False,
)

conversations = Table(  # a member's conversation: direct posts of one thread among the same people
    "conversations",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("thread_id", BigId, nullable=False),
    Column("people", Text, nullable=False),  # ids of the others, in order, apart by a space
    Column("last_post_id", BigId, nullable=False),
    flag("unread"),
    UniqueConstraint("account_id", "thread_id", "people"),
    Index("ix_conversations_account_id_last_post_id", "account_id", "last_post_id"),
)

conversation_posts = Table(
    "conversation_posts",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("post_id", BigId, ForeignKey("posts.id"), primary_key=True, autoincrement=False),
    Column("conversation_id", BigId, ForeignKey("conversations.id"), nullable=False),
    Index("ix_conversation_posts_conversation_id_post_id", "conversation_id", "post_id"),
    Index("ix_conversation_posts_post_id", "post_id"),
    sqlite_with_rowid=False,
)

conversation_backlog = Table(  # how far down the posts from before conversations were looked at; one row
    "conversation_backlog",
    metadata,
    Column("name", Text, primary_key=True),
    Column("below", BigId, nullable=False),
)

for_you_choices = Table(  # what a member chose for their For You feed; who has no row chose nothing
    "for_you_choices",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    flag("off"),
    Column("dropped", Text, nullable=False, server_default=""),  # names of signals that do not count, apart by a space
    Column("forget_before", BigId, nullable=False, server_default="0"),  # acts up to this id are no part of the profile
)

custom_feeds = Table(  # a member's own rules for a feed
    "custom_feeds",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),  # the file, as the member wrote it
    flag("shared"),  # whoever knows its number may read and subscribe to it
    flag("listed"),  # everybody finds it, and reads it without signing in; only what is shared
    Column("words", Text, nullable=False, server_default=""),  # title, about and hashtags, folded: what it is found by
    Column("languages", Text, nullable=False, server_default=""),  # of its filters, each between spaces; empty: all
    Column("tags", Text, nullable=False, server_default=""),  # folded hashtags of its sources, each between spaces
    Column("readers", BigId, nullable=False, server_default="0"),  # as how many independent accounts, in thousandths
    Column("removed_at", BigId),  # staff took it from everybody but its owner
    Column("removed_because", Text, nullable=False, server_default=""),  # as its owner reads it
    Index("ix_custom_feeds_account_id", "account_id"),
    Index("ix_custom_feeds_listed_readers", "listed", "readers"),
)

custom_feed_readers = Table(  # who subscribed to a feed of somebody else
    "custom_feed_readers",
    metadata,
    Column("feed_id", BigId, ForeignKey("custom_feeds.id"), primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("id", BigId, nullable=False),
    Index("ix_custom_feed_readers_account_id", "account_id"),
    sqlite_with_rowid=False,
)

custom_feed_reports = Table(  # who complained about a feed of somebody else, and why
    "custom_feed_reports",
    metadata,
    Column("feed_id", BigId, ForeignKey("custom_feeds.id"), primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("id", BigId, nullable=False),
    Column("comment", Text, nullable=False),
    Column("closed_at", BigId),  # staff are done with it
    Index("ix_custom_feed_reports_account_id", "account_id"),
    Index("ix_custom_feed_reports_closed_at_id", "closed_at", "id"),
    sqlite_with_rowid=False,
)

custom_feed_orders = Table(  # in which order a scored feed was shown to a reader, for its further pages; kept an hour
    "custom_feed_orders",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("file", Text, primary_key=True),  # SHA-256 of what the file says
    Column("at", BigId, nullable=False),
    Column("held", Text, nullable=False),  # the receipts and their weight file, packed
    Index("ix_custom_feed_orders_at", "at"),
    sqlite_with_rowid=False,
)

for_you_less = Table(  # of what a member asked to see less
    "for_you_less",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),  # author | tag
    Column("subject_id", BigId, primary_key=True, autoincrement=False),  # an account, a hashtag
    Column("times", BigId, nullable=False),
    CheckConstraint("kind IN ('author', 'tag')", name="kind"),
    Index("ix_for_you_less_subject_id", "subject_id"),
    sqlite_with_rowid=False,
)

for_you_served = Table(  # what For You showed to whom, and why; kept seven days
    "for_you_served",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("post_id", BigId, primary_key=True, autoincrement=False),  # it may be gone by now
    Column("at", BigId, nullable=False),
    Column("receipt", Text, nullable=False),  # JSON
    Index("ix_for_you_served_at", "at"),
    sqlite_with_rowid=False,
)

for_you_weights = Table(  # weight files that were proposed or in force; never changed
    "for_you_weights",
    metadata,
    Column("hash", Text, primary_key=True),  # SHA-256 of the text, by which receipts name it
    Column("id", BigId, nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("compared", Text, nullable=False, server_default=""),  # JSON, how it did; empty: came with the program
)

for_you_weight_changes = Table(  # which file was put in force when; the newest one counts
    "for_you_weight_changes",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("hash", Text, ForeignKey("for_you_weights.hash"), nullable=False),
    Column("because", Text, nullable=False),
)
