"""Tables of reports, decisions and the log of what staff did. All times are Unix milliseconds, all ids time-ordered."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, text

from dunnock.foundation.db import BigId, flag, metadata

reports = Table(  # a complaint of one account about another
    "reports",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id")),  # who complains; null: their account is deleted
    Column("target_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("category", Text, nullable=False, server_default="other"),
    Column("comment", Text, nullable=False, server_default=""),
    Column("post_ids", Text, nullable=False, server_default="[]"),  # JSON [id]
    Column("collection_ids", Text, nullable=False, server_default="[]"),
    Column("rule_ids", Text, nullable=False, server_default="[]"),
    flag("forwarded"),  # to the target's own server
    Column("assigned_to", BigId, ForeignKey("accounts.id")),
    Column("resolved_at", BigId),
    Column("resolved_by", BigId, ForeignKey("accounts.id")),
    Column("updated_at", BigId, nullable=False),
    CheckConstraint("category IN ('spam', 'legal', 'violation', 'other')", name="category"),
    Index("ix_reports_target_id_id", "target_id", "id"),
    Index("ix_reports_account_id_id", "account_id", "id"),
    Index(
        "ix_reports_open",
        "id",
        sqlite_where=text("resolved_at IS NULL"),
        postgresql_where=text("resolved_at IS NULL"),
    ),
)

decisions = Table(  # a judgement; what it is about stands in decision_subjects, however many that are
    "decisions",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("action", Text, nullable=False),  # model.Action
    Column("by_account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("text", Text, nullable=False, server_default=""),  # to the member
    Column("report_id", BigId, ForeignKey("reports.id")),
    flag("mail", default=True),  # tell the member by e-mail too
    Column("reversed_at", BigId),
    Column("reversed_by", BigId, ForeignKey("accounts.id")),
    CheckConstraint(
        "action IN ('none', 'sensitive', 'disable', 'limit', 'suspend', 'delete_posts', 'mark_posts')", name="action"
    ),
)

decision_subjects = Table(
    "decision_subjects",
    metadata,
    Column("decision_id", BigId, ForeignKey("decisions.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),  # account | post
    Column("subject_id", BigId, primary_key=True, autoincrement=False),
    Column("was", Text, nullable=False, server_default=""),  # what undoing restores; "": nothing was changed
    Column("applied_at", BigId),  # null: not yet
    Column("reversed_at", BigId),
    CheckConstraint("kind IN ('account', 'post')", name="kind"),
    Index("ix_decision_subjects_kind_subject_id", "kind", "subject_id", "decision_id"),
    sqlite_with_rowid=False,
)

warning_presets = Table(  # texts that staff write once
    "warning_presets",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("text", Text, nullable=False),
)

daily_figures = Table(  # figures of days that are over, counted once
    "daily_figures",
    metadata,
    Column("key", Text, primary_key=True),
    Column("day", BigId, primary_key=True, autoincrement=False),  # days since 1970
    Column("figure", BigId, nullable=False),
    sqlite_with_rowid=False,
)

staff_log = Table(  # append-only: nothing in the code changes or removes a row
    "staff_log",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("at", BigId, nullable=False),
    Column("by_account_id", BigId, nullable=False),  # no foreign keys: the log outlives what it tells of
    Column("act", Text, nullable=False),  # account.suspend, report.resolve, ...
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", BigId),
    Column("subject", Text, nullable=False, server_default=""),  # what the subject was called then
    Column("details", Text, nullable=False, server_default="{}"),  # JSON
    Index("ix_staff_log_subject", "subject_kind", "subject_id", "id"),
    Index("ix_staff_log_by_account_id_id", "by_account_id", "id"),
)

__all__ = ["daily_figures", "decision_subjects", "decisions", "reports", "staff_log", "warning_presets"]
