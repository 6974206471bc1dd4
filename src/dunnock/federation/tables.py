"""Tables of what stands between servers: keys, remote actors, deliveries, and what is remembered of what came in."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from dunnock.foundation.db import BigId, flag, metadata

key_pairs = Table(  # this server's own keys; account_id 0 is the server itself
    "key_pairs",
    metadata,
    Column("account_id", BigId, primary_key=True, autoincrement=False),
    Column("public_pem", Text, nullable=False),
    Column("private_pem", Text, nullable=False),
    Column("number", Integer, nullable=False, server_default="1"),  # how many there were: each has a name of its own
    Column("ed_private_pem", Text),  # an Ed25519 key beside it; null: made before there were such, and made when needed
    Column("made_at", BigId, nullable=False),
)

actors = Table(  # what ActivityPub adds to an account of another server
    "actors",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("uri", Text, nullable=False, unique=True),
    Column("host", Text, nullable=False),
    Column("inbox", Text, nullable=False),
    Column("shared_inbox", Text),
    Column("followers", Text),  # addresses of collections
    Column("featured", Text),
    Column("outbox", Text),
    Column("key_id", Text, nullable=False),
    Column("public_pem", Text, nullable=False),
    Column("also_known_as", Text, nullable=False, server_default="[]"),  # JSON list of addresses
    Column("moved_to", Text),
    Column("move_planned_at", BigId),  # when it was, or will be, looked at whether it moved as it says
    Column("avatar_url", Text),  # where the picture that is shown came from
    Column("header_url", Text),
    Column("claimed_followers", Integer),  # as its own server says; null: it does not
    Column("claimed_following", Integer),
    Column("claimed_posts", Integer),
    Column("fetched_at", BigId, nullable=False),
    Index("ix_actors_key_id", "key_id"),
    Index("ix_actors_host", "host"),
    Index("ix_actors_followers", "followers"),
)

actor_keys = Table(  # keys that an actor names beside the one in its row
    "actor_keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("multikey", Text, nullable=False),  # Ed25519, as FEP-521a writes it
    Index("ix_actor_keys_account_id", "account_id"),
)

hosts = Table(  # what is known of other servers
    "hosts",
    metadata,
    Column("host", Text, primary_key=True),
    Column("scheme", Text, nullable=False, server_default="draft"),  # the kind of signature that it took
    Column("read_scheme", Text, nullable=False, server_default="draft"),  # and gave documents for
    Column("failing_since", BigId),  # null: the last delivery arrived
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("parked_at", BigId),  # it was away for so long that nothing is sent before it is heard of
    Column("heard_at", BigId, nullable=False, server_default="0"),
)

bodies = Table(  # activities as they are sent, once for all inboxes
    "bodies",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, nullable=False),  # who signs; 0: the server
    Column("body", LargeBinary, nullable=False),
    flag("to_followers"),  # for followers only: their digest goes along
)

deliveries = Table(  # one row for each inbox that an activity still has to reach
    "deliveries",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("body_id", BigId, ForeignKey("bodies.id"), nullable=False),
    Column("inbox", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("run_at", BigId, nullable=False),
    Column("lease_until", BigId, nullable=False, server_default="0"),
    Column("holder", Text),  # whose lease it is, as in jobs
    Column("error", Text),
    Index("ix_deliveries_run_at", "run_at", "id"),
    Index("ix_deliveries_host_run_at", "host", "run_at"),
    Index("ix_deliveries_body_id", "body_id"),
)

received = Table(  # activities that were taken in, so that the same one does nothing twice
    "received",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("at", BigId, nullable=False),
    Index("ix_received_at", "at"),
)

undone = Table(  # what was deleted or undone before it came: it comes no more
    "undone",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("at", BigId, nullable=False),
    Index("ix_undone_at", "at"),
)

remote_follows = Table(  # how the other server calls a follow, to answer and to end it by that name
    "remote_follows",
    metadata,
    Column("follower_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("followed_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("uri", Text, nullable=False),
    sqlite_with_rowid=False,
)

remote_likes = Table(  # how the other server calls a like of a post of ours, to end it by that name
    "remote_likes",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("post_id", BigId, ForeignKey("posts.id"), primary_key=True, autoincrement=False),
    Column("uri", Text, nullable=False),
    Index("ix_remote_likes_account_id_uri", "account_id", "uri"),
    sqlite_with_rowid=False,
)

claimed_counts = Table(  # what the server of a post says of it; never added to what was seen here
    "claimed_counts",
    metadata,
    Column("post_id", BigId, primary_key=True, autoincrement=False),
    Column("likes", Integer),  # null: it does not say
    Column("shares", Integer),
    Column("replies", Integer),
    Column("at", BigId, nullable=False),
    Index("ix_claimed_counts_at", "at"),
)

quote_words = Table(  # where it stands that a post may quote another server's, so that it can be shown and taken back
    "quote_words",
    metadata,
    Column("post_id", BigId, primary_key=True, autoincrement=False),  # the post that quotes
    Column("uri", Text, nullable=False),
    Index("ix_quote_words_uri", "uri"),
)

reached = Table(  # where a post went besides its author's followers, so that edits and its deletion go there too
    "reached",
    metadata,
    Column("post_id", BigId, primary_key=True, autoincrement=False),
    Column("inbox", Text, primary_key=True),
    sqlite_with_rowid=False,
)

relays = Table(  # who hands public posts on to many servers, and has ours handed on
    "relays",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("inbox", Text, nullable=False, unique=True),
    Column("host", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("followed_uri", Text),  # the actor that is followed, as LitePub has it; null: everybody, as Mastodon has it
    Column("follow_uri", Text),  # of the Follow that it was sent last; null: idle
    Column("actor_uri", Text),  # who said yes: nobody else speaks for it
    Column("error", Text),  # why the last delivery failed; null: it arrived
    Column("heard_at", BigId),  # when it sent something
    Column("changed_at", BigId, nullable=False),  # when it got into this state
    CheckConstraint("state IN ('idle', 'pending', 'accepted', 'rejected')", name="state"),
)
