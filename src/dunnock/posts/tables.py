"""Tables of posts and of what people do with them. A boost is a row of `posts` too, with `boost_of_id`."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, text

from dunnock.foundation.db import BigId, flag, metadata

_public = text("visibility = 'public' AND boost_of_id IS NULL AND deleted_at IS NULL")
_public_local = text("visibility = 'public' AND boost_of_id IS NULL AND deleted_at IS NULL AND local")
_public_local_lite = text("visibility = 'public' AND boost_of_id IS NULL AND deleted_at IS NULL AND local = 1")

posts = Table(
    "posts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("author_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("boost_of_id", BigId, ForeignKey("posts.id")),
    Column("text", Text, nullable=False, server_default=""),  # as written
    Column("html", Text, nullable=False, server_default=""),
    Column("warning", Text, nullable=False, server_default=""),
    Column("visibility", Text, nullable=False),  # public | unlisted | followers | direct
    Column("language", Text),
    flag("sensitive"),
    Column("reply_to_id", BigId, ForeignKey("posts.id")),
    Column("reply_to_author_id", BigId, ForeignKey("accounts.id")),
    Column("thread_id", BigId, nullable=False),  # the first post of the conversation (its own id when it starts one)
    Column("mentions", Text, nullable=False, server_default="[]"),  # JSON list of account ids, in order of the text
    Column("hashtags", Text, nullable=False, server_default="[]"),  # JSON list of names as written
    Column("emoji", Text, nullable=False, server_default="[]"),  # JSON list of shortcodes in text and warning
    Column("media", Text, nullable=False, server_default="[]"),  # JSON list of media ids, in order
    Column("poll_id", BigId),  # its poll, so that reading a post without one asks for none
    Column("app_id", BigId),
    Column("created_at", BigId, nullable=False),
    Column("edited_at", BigId),
    Column("deleted_at", BigId),  # a deleted post is emptied; its row stays while replies or events point at it
    flag("local", default=True),
    flag("imported"),  # came with a bulk import; created_at is the original date
    Column("url", Text),
    Column("uri", Text),
    Column("quoted_id", BigId, ForeignKey("posts.id")),  # the post it quotes; an edit never changes it
    Column("quoted_author_id", BigId, ForeignKey("accounts.id")),
    Column("quote_state", Text),  # accepted | pending | rejected | revoked; null: it quotes nothing
    # Who may quote it: public | followers | nobody. Whoever was never asked (imported posts) has agreed to nothing.
    Column("quote_policy", Text, nullable=False, server_default="nobody"),
    # Who may answer it: everyone | followers | following | mentioned | nobody
    Column("reply_policy", Text, nullable=False, server_default="everyone"),
    CheckConstraint("visibility IN ('public', 'unlisted', 'followers', 'direct')", name="visibility"),
    Index("ix_posts_author_id_id", "author_id", "id"),
    Index(
        "ix_posts_boost_of_id_author_id",
        "boost_of_id",
        "author_id",
        unique=True,
        sqlite_where=text("boost_of_id IS NOT NULL AND deleted_at IS NULL"),
        postgresql_where=text("boost_of_id IS NOT NULL AND deleted_at IS NULL"),
    ),
    Index(
        "ix_posts_reply_to_id",
        "reply_to_id",
        sqlite_where=text("reply_to_id IS NOT NULL"),
        postgresql_where=text("reply_to_id IS NOT NULL"),
    ),
    Index(
        "ix_posts_quoted_id_id",
        "quoted_id",
        "id",
        sqlite_where=text("quoted_id IS NOT NULL"),
        postgresql_where=text("quoted_id IS NOT NULL"),
    ),
    Index("ix_posts_thread_id_id", "thread_id", "id"),
    Index("ix_posts_public", "id", sqlite_where=_public, postgresql_where=_public),
    Index("ix_posts_public_local", "id", sqlite_where=_public_local_lite, postgresql_where=_public_local),
    Index(
        "ix_posts_uri",
        "uri",
        unique=True,
        sqlite_where=text("uri IS NOT NULL"),
        postgresql_where=text("uri IS NOT NULL"),
    ),
)

post_counts = Table(
    "post_counts",
    metadata,
    Column("post_id", BigId, ForeignKey("posts.id"), primary_key=True, autoincrement=False),
    Column("replies", Integer, nullable=False, server_default="0"),
    Column("boosts", Integer, nullable=False, server_default="0"),
    Column("favourites", Integer, nullable=False, server_default="0"),
    Column("quotes", Integer, nullable=False, server_default="0"),  # accepted quotes by posts that are there
)

mentions = Table(  # who is addressed: access to followers-only and direct posts goes by this
    "mentions",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("post_id", BigId, ForeignKey("posts.id"), primary_key=True, autoincrement=False),
    Index("ix_mentions_post_id", "post_id"),
    sqlite_with_rowid=False,
)

hashtags = Table(
    "hashtags",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True),  # folded
    Column("name", Text, nullable=False),  # as first written
    Column("trendable", Boolean),  # staff said yes or no; null: nobody looked
    flag("usable", default=True),  # becomes a link in posts
    flag("listable", default=True),  # is found by its beginning, and suggested
    Column("reviewed_at", BigId),
    # Search by prefix; PostgreSQL serves it by an index only when that compares bytes.
    Index("ix_hashtags_key", "key", postgresql_ops={"key": "text_pattern_ops"}),
)

hashtag_posts = Table(
    "hashtag_posts",
    metadata,
    Column("hashtag_id", BigId, ForeignKey("hashtags.id"), primary_key=True, autoincrement=False),
    Column("post_id", BigId, ForeignKey("posts.id"), primary_key=True, autoincrement=False),
    Index("ix_hashtag_posts_post_id", "post_id"),
    sqlite_with_rowid=False,
)

featured_tags = Table(  # hashtags that an account shows on its profile, with how much it uses them
    "featured_tags",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("hashtag_id", BigId, ForeignKey("hashtags.id"), primary_key=True, autoincrement=False),
    Column("id", BigId, nullable=False, unique=True),
    Column("name", Text, nullable=False),  # as its owner writes it
    Column("posts", BigId, nullable=False),  # its public posts with the hashtag
    Column("last_post_at", BigId),
    sqlite_with_rowid=False,
)

revisions = Table(  # what a post said before each edit, and its first version; `id` is the moment it was so from
    "revisions",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("post_id", BigId, ForeignKey("posts.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("warning", Text, nullable=False),
    flag("sensitive"),
    Column("emoji", Text, nullable=False, server_default="[]"),
    Column("media", Text, nullable=False, server_default="[]"),  # JSON [{id, description, focus}]
    Column("poll", Text),  # JSON list of what could be chosen; null: it had no poll
    Column("at", BigId, nullable=False),
    Index("ix_revisions_post_id_id", "post_id", "id"),
)

polls = Table(
    "polls",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("post_id", BigId, ForeignKey("posts.id"), nullable=False, unique=True),
    Column("options", Text, nullable=False),  # JSON list of texts
    flag("multiple"),
    flag("hide_totals"),
    Column("expires_at", BigId, nullable=False),
    Column("tallies", Text, nullable=False),  # JSON list: how many chose each option
    Column("voters", Integer, nullable=False, server_default="0"),
    flag("ended"),  # PollEnded was recorded
)

poll_votes = Table(  # who chose what; nobody but they themselves is shown it
    "poll_votes",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("poll_id", BigId, ForeignKey("polls.id"), primary_key=True, autoincrement=False),
    Column("choice", Integer, primary_key=True, autoincrement=False),
    Index("ix_poll_votes_poll_id_account_id", "poll_id", "account_id"),
    sqlite_with_rowid=False,
)

interactions = Table(  # ONE row for what a viewer did with a post; each column is null, or the id (moment) of the act
    "interactions",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("post_id", BigId, ForeignKey("posts.id"), primary_key=True, autoincrement=False),
    Column("favourite_id", BigId),
    Column("bookmark_id", BigId),
    Column("boost_id", BigId),  # the id of the boost (a row of posts)
    Column("pin_id", BigId),  # own posts only
    Index(
        "ix_interactions_favourites",
        "account_id",
        "favourite_id",
        sqlite_where=text("favourite_id IS NOT NULL"),
        postgresql_where=text("favourite_id IS NOT NULL"),
    ),
    Index(
        "ix_interactions_bookmarks",
        "account_id",
        "bookmark_id",
        sqlite_where=text("bookmark_id IS NOT NULL"),
        postgresql_where=text("bookmark_id IS NOT NULL"),
    ),
    Index(
        "ix_interactions_pins",
        "account_id",
        "pin_id",
        sqlite_where=text("pin_id IS NOT NULL"),
        postgresql_where=text("pin_id IS NOT NULL"),
    ),
    # what was favourited of late, for trends
    Index(
        "ix_interactions_favourite_id",
        "favourite_id",
        sqlite_where=text("favourite_id IS NOT NULL"),
        postgresql_where=text("favourite_id IS NOT NULL"),
    ),
    # who favourited a post, and all that there is about a post when it is deleted
    Index("ix_interactions_post_id_favourite_id", "post_id", "favourite_id"),
    sqlite_with_rowid=False,
)

origin_holds = Table(  # servers, or who took part in a raid, whose strangers are held back for a while
    "origin_holds",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id")),  # from whom they are held back; null: from everybody here
    Column("domain", Text, nullable=False),  # empty: who took part in the raid
    Column("since_id", BigId, nullable=False),  # who was known before is no stranger
    Column("until", BigId, nullable=False),
    Column("signal_id", BigId, nullable=False),  # what speaks for it
    Column("ended_at", BigId),  # before its time
    Column("ended_by", BigId, ForeignKey("accounts.id")),
    Index("ix_origin_holds_domain", "domain", "until"),
    Column("raid_id", BigId),  # of integrity: those who took part in it are held back, wherever they are
    Index("ix_origin_holds_account_id", "account_id", "until"),
    Index("ix_origin_holds_raid_id", "raid_id", "until"),
)

held_posts = Table(  # what strangers wrote to an account while it was quiet, until it lets them through
    "held_posts",
    metadata,
    Column("post_id", BigId, ForeignKey("posts.id"), primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),  # who holds it
    Column("author_id", BigId, ForeignKey("accounts.id"), nullable=False),
    flag("hides"),  # it stands under a post of who holds it: nobody but the two sees it. One row a post at most
    Column("origin_hold_id", BigId),  # it is held only because of this
    Index("ix_held_posts_account_id_author_id", "account_id", "author_id", "post_id"),
    Index("ix_held_posts_author_id", "author_id", "post_id"),
    Index(
        "ix_held_posts_origin_hold_id",
        "origin_hold_id",
        "post_id",
        sqlite_where=text("origin_hold_id IS NOT NULL"),
        postgresql_where=text("origin_hold_id IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

thread_mutes = Table(
    "thread_mutes",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("thread_id", BigId, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("post_id", BigId, nullable=False),
    Column("at", BigId, nullable=False),
    Index("ix_idempotency_at", "at"),
    sqlite_with_rowid=False,
)

scheduled = Table(  # posts that go out later
    "scheduled",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("app_id", BigId),
    Column("at", BigId, nullable=False),
    Column("draft", Text, nullable=False),  # JSON of posts' Draft
    Column("error", Text),  # why it could not go out at its time; it stays until its author does something
    Index("ix_scheduled_account_id_id", "account_id", "id"),
)

drafts = Table(  # what members have not finished, on all their devices
    "drafts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("version", Integer, nullable=False),  # one more with each change
    Column("parts", Text, nullable=False),  # JSON list of posts' Draft; more than one: a thread
    Column("updated_at", BigId, nullable=False),
    Index("ix_drafts_account_id_id", "account_id", "id"),
)

auto_delete = Table(  # who has their old posts deleted by themselves
    "auto_delete",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    flag("enabled"),
    Column("min_age", BigId, nullable=False),  # seconds
    flag("keep_direct"),
    flag("keep_pinned"),
    flag("keep_polls"),
    flag("keep_media"),
    flag("keep_favourites"),  # what the author favourited
    flag("keep_bookmarks"),
    Column("min_favourites", Integer),
    Column("min_boosts", Integer),
    Column("looked_at", BigId, nullable=False, server_default="0"),  # the last post that this round looked at
    Column("due_at", BigId, nullable=False, server_default="0"),
    Index(
        "ix_auto_delete_due_at",
        "due_at",
        "account_id",
        sqlite_where=text("enabled = 1"),
        postgresql_where=text("enabled"),
    ),
)

text_stops = Table(  # an emergency: for a while what contains a text can't be posted
    "text_stops",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("fragment", Text, nullable=False),
    Column("who", Text, nullable=False),  # everybody | newcomers | protected
    Column("newer_than", BigId, nullable=False),  # of newcomers: made after that
    Column("why", Text, nullable=False),
    Column("by_account_id", BigId, ForeignKey("accounts.id")),  # null: the server, by what it observed
    Column("until", BigId, nullable=False),
    CheckConstraint("who IN ('everybody', 'newcomers', 'protected')", name="who"),
    Index("ix_text_stops_until", "until"),
)

imports = Table(  # progress of bulk imports, so that they resume where they were
    "imports",
    metadata,
    Column("source", Text, primary_key=True),  # the file's name and content hash
    Column("done", BigId, nullable=False),  # rows
    Column("total", BigId, nullable=False),
    Column("at", BigId, nullable=False),
)

imported_posts = Table(  # what an imported post was called where it comes from, so that it comes once
    "imported_posts",
    metadata,
    Column("key", BigId, primary_key=True, autoincrement=False),  # 64 bits of the digest of that name
    Column("post_id", BigId, ForeignKey("posts.id"), nullable=False),
)
