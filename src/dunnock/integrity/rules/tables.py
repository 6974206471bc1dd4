"""Tables of staff's rules, and of what met them. Times are Unix milliseconds."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from dunnock.foundation.db import BigId, flag, metadata

watch_rules = Table(  # what staff have the server look for
    "watch_rules",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("condition", Text, nullable=False),  # condition.compiled
    Column("effect", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="draft"),
    Column("version", BigId, nullable=False),
    Column("tested", BigId, nullable=False, server_default="0"),  # the version that the trial was of
    Column("trial", Text, nullable=False, server_default=""),  # JSON of model.Trial
    Column("made_by", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("live_by", BigId, ForeignKey("accounts.id")),
    Column("expires_at", BigId, nullable=False),
    Column("ended_at", BigId),
    CheckConstraint("effect IN ('review', 'limit', 'hold')", name="effect"),
    CheckConstraint("state IN ('draft', 'dry', 'live', 'ended')", name="state"),
    Index("ix_watch_rules_state", "state", "id"),
)

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
    Column("reason", Text, nullable=False, server_default=""),  # of who judged
    Column("judged_at", BigId),
    Column("judged_by", BigId, ForeignKey("accounts.id")),
    Column("decision_id", BigId, ForeignKey("decisions.id")),
    UniqueConstraint("rule_id", "kind", "subject_id"),
    CheckConstraint("state IN ('noted', 'waiting', 'released', 'refused', 'lapsed')", name="state"),
    Index("ix_watch_hits_rule_id_state", "rule_id", "state", "id"),
    Index("ix_watch_hits_state", "state", "id"),
    Index("ix_watch_hits_account_id", "account_id"),
    Index("ix_watch_hits_kind_subject_id", "kind", "subject_id"),
    Index("ix_watch_hits_decision_id", "decision_id"),
)

__all__ = ["watch_hits", "watch_rules"]
