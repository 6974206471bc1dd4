"""Tables of link previews."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, text

from dunnock.foundation.db import BigId, metadata

previews = Table(
    "previews",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False, unique=True),  # normal form
    # The preview of the page's own address (canonical, after redirects); its own id where that is this one.
    Column("link_id", BigId, nullable=False),
    Column("state", Text, nullable=False),  # waiting | ready | nothing (there is nothing to show, or nobody answered)
    Column("card", Text, nullable=False, server_default="{}"),  # JSON of previews' Card
    Column("image", Text),  # JSON of media's Picture
    Column("asked_at", BigId, nullable=False),  # when a job was last asked to look
    CheckConstraint("state IN ('waiting', 'ready', 'nothing')", name="state"),
    Index("ix_previews_link_id", "link_id"),
    Index(
        "ix_previews_image", "id", sqlite_where=text("image IS NOT NULL"), postgresql_where=text("image IS NOT NULL")
    ),
)

post_previews = Table(  # which link of a post is shown; trends count by `link_id`
    "post_previews",
    metadata,
    Column("post_id", BigId, primary_key=True, autoincrement=False),
    Column("preview_id", BigId, ForeignKey("previews.id"), nullable=False),
    Column("link_id", BigId, nullable=False),
    Index("ix_post_previews_preview_id", "preview_id"),
    Index("ix_post_previews_link_id_post_id", "link_id", "post_id"),
)
