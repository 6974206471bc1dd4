"""Tables of stored media and custom emoji."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, text

from dunnock.foundation.db import BigId, flag, metadata

media = Table(
    "media",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("post_id", BigId),  # null until a post uses it; set by posts.publish through media.claim
    Column("kind", Text, nullable=False),  # image | gifv | video | audio | unknown
    Column("state", Text, nullable=False),  # ready | processing | failed
    Column("files", Text, nullable=False),  # JSON of media's Picture; {} when not ready
    Column("description", Text),
    Column("focus", Text),  # JSON [x, y]
    Column("blurhash", Text),
    Column("sha256", Text),
    Column("bytes", Integer, nullable=False, server_default="0"),
    Column("created_at", BigId, nullable=False),
    Column("unused_since", BigId, nullable=False, server_default="0"),  # when it was accepted, or its post deleted
    Column("thumbnail", Text),  # JSON of a Picture: what to show for it once it is processed
    Column("remote_url", Text),  # where another server has it; null: a member's own
    Column("turn", BigId, nullable=False, server_default="0"),  # of a copy: when it was last found to be in use
    CheckConstraint("kind IN ('image', 'gifv', 'video', 'audio', 'unknown')", name="kind"),
    CheckConstraint("state IN ('ready', 'processing', 'failed')", name="state"),
    Index("ix_media_post_id", "post_id"),
    Index("ix_media_account_id", "account_id"),
    Index(  # copies of other servers' files, those first that were not in use for longest
        "ix_media_copies",
        "turn",
        "id",
        "bytes",
        sqlite_where=text("remote_url IS NOT NULL AND bytes > 0"),
        postgresql_where=text("remote_url IS NOT NULL AND bytes > 0"),
    ),
    Index(
        "ix_media_unused",
        "unused_since",
        sqlite_where=text("post_id IS NULL"),
        postgresql_where=text("post_id IS NULL"),
    ),
)

media_holds = Table(  # what waits to be posted (a scheduled post, a draft) keeps its media from being removed
    "media_holds",
    metadata,
    Column("holder_id", BigId, primary_key=True, autoincrement=False),
    Column("media_id", BigId, primary_key=True, autoincrement=False),
    flag("firm"),  # no other post or holder may take it meanwhile
    Index("ix_media_holds_media_id", "media_id"),
    sqlite_with_rowid=False,
)

media_stops = Table(  # pictures and films that staff stopped, by how they look. Times are Unix milliseconds
    "media_stops",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("effect", Text, nullable=False),  # review | limit
    Column("why", Text, nullable=False),
    flag("tells"),  # may other servers be told what it looks like? never where only some could see it
    Column("source", Text, nullable=False, server_default=""),  # what it came of: a case, a feed of another server
    Column("by_account_id", BigId, ForeignKey("accounts.id"), nullable=False),  # of the staff
    Column("until", BigId),  # null: until somebody ends it
    Column("ended_at", BigId),
    CheckConstraint("effect IN ('review', 'limit')", name="effect"),
    Index("ix_media_stops_ended_at", "ended_at", "id"),
)

media_stop_prints = Table(  # what a stopped file looks like (media.pdq), a film at several moments
    "media_stop_prints",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("stop_id", BigId, ForeignKey("media_stops.id"), nullable=False),
    Column("print", Text, nullable=False),
    Index("ix_media_stop_prints_stop_id", "stop_id"),
)

media_stop_keys = Table(  # parts of the prints of those that are in force, by which all that is near is found
    "media_stop_keys",
    metadata,
    Column("key", BigId, primary_key=True, autoincrement=False),
    Column("print_id", BigId, ForeignKey("media_stop_prints.id"), primary_key=True, autoincrement=False),
    Index("ix_media_stop_keys_print_id", "print_id"),
    sqlite_with_rowid=False,
)

emoji = Table(  # custom emoji
    "emoji",
    metadata,
    Column("shortcode", Text, primary_key=True),
    Column("domain", Text, primary_key=True, server_default=""),  # "" is this server
    Column("file", Text, nullable=False),
    Column("still_file", Text, nullable=False),
    Column("category", Text),
    flag("listed", default=True),
    flag("disabled"),
    Column("created_at", BigId, nullable=False),
)
