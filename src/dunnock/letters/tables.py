"""What members want to hear by mail, and how far they heard."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from dunnock.foundation.db import BigId, flag, metadata

letter_wishes = Table(
    "letter_wishes",
    metadata,
    Column("member_id", BigId, ForeignKey("members.id"), primary_key=True, autoincrement=False),
    Column("secret", Text, nullable=False),  # makes the links that stop letters; it can do nothing else
    Column("wanted", Text),  # kinds, with spaces between; null: what everybody hears at first
    flag("always"),
    Column("told_id", BigId, nullable=False, server_default="0"),  # the newest notification that was in a mail
    Column("told_at", BigId, nullable=False, server_default="0"),
    Column("planned_at", BigId, nullable=False, server_default="0"),  # until then the next mail gathers what comes
    Column("digest_at", BigId, nullable=False, server_default="0"),
)
