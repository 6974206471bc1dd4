"""Tables of what met rules and stops of staff. Times are Unix milliseconds."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from dunnock.foundation.db import BigId, flag, metadata


def _judged() -> list[Column[object]]:
    """What somebody said of it."""
    return [
        Column("reason", Text, nullable=False, server_default=""),
        Column("judged_at", BigId),
        Column("judged_by", BigId, ForeignKey("accounts.id")),
        Column("decision_id", BigId, ForeignKey("decisions.id")),
    ]


watch_hits = Table(  # what met a rule
    "watch_hits",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("rule_id", BigId, ForeignKey("watch_rules.id"), nullable=False),
    Column("version", BigId, nullable=False),
    Column("kind", Text, nullable=False),  # post, boost, or what a signal is about
    Column("subject_id", BigId, nullable=False),
    Column("account_id", BigId, ForeignKey("accounts.id")),  # who did it
    Column("told", Text, nullable=False),  # JSON: the values by which it met the rule
    Column("state", Text, nullable=False),
    flag("limited"),  # it reads as unlisted because of this
    flag("held"),  # it is not published yet because of this
    Column("objection", Text, nullable=False, server_default=""),  # what its author says to that
    Column("objected_at", BigId),
    *_judged(),
    UniqueConstraint("rule_id", "kind", "subject_id"),
    CheckConstraint("state IN ('noted', 'waiting', 'released', 'refused', 'lapsed')", name="state"),
    Index("ix_watch_hits_rule_id_state", "rule_id", "state", "id"),
    Index("ix_watch_hits_state", "state", "id"),
    Index("ix_watch_hits_account_id", "account_id"),
    Index("ix_watch_hits_kind_subject_id", "kind", "subject_id"),
    Index("ix_watch_hits_decision_id", "decision_id"),
)

media_stop_hits = Table(  # a post that showed what staff stopped
    "media_stop_hits",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("stop_id", BigId, ForeignKey("media_stops.id"), nullable=False),
    Column("post_id", BigId, nullable=False),
    Column("media_id", BigId, nullable=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),  # who posted it
    Column("apart", BigId, nullable=False),  # bits of 256 by which the nearest prints differ
    Column("state", Text, nullable=False),
    flag("limited"),  # it reads as unlisted because of this
    *_judged(),
    UniqueConstraint("stop_id", "post_id"),
    CheckConstraint("state IN ('waiting', 'released', 'refused', 'lapsed')", name="state"),
    Index("ix_media_stop_hits_stop_id_state", "stop_id", "state", "id"),
    Index("ix_media_stop_hits_state", "state", "id"),
    Index("ix_media_stop_hits_account_id", "account_id"),
    Index("ix_media_stop_hits_post_id", "post_id"),
    Index("ix_media_stop_hits_decision_id", "decision_id"),
)

__all__ = ["media_stop_hits", "watch_hits"]
