"""Tables of reports, decisions and the log of what staff did. All times are Unix milliseconds, all ids time-ordered."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint, text

from dunnock.foundation.db import BigId, flag, metadata

cases = Table(  # what staff look into together: many accounts, posts and links, one story
    "cases",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("hypothesis", Text, nullable=False, server_default=""),  # what staff think is going on
    Column("severity", BigId, nullable=False, server_default="1"),  # 0 low, 1, 2, 3 critical
    Column("techniques", Text, nullable=False, server_default="[]"),  # JSON [id of DISARM]
    Column("opened_by", BigId, ForeignKey("accounts.id")),  # null: the server itself
    Column("assigned_to", BigId, ForeignKey("accounts.id")),
    Column("closed_at", BigId),
    Column("updated_at", BigId, nullable=False),
    Index("ix_cases_open", "id", sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
)

case_subjects = Table(  # what a case is about
    "case_subjects",
    metadata,
    Column("case_id", BigId, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),  # case_model.Kind
    Column("subject_id", BigId, primary_key=True, autoincrement=False),  # 0: it has only a name
    Column("name", Text, primary_key=True, server_default=""),  # of a domain, link or hashtag
    Column("role", Text, nullable=False, server_default=""),  # case_model.Part
    Column("why", Text, nullable=False, server_default=""),  # the evidence, in words
    Column("by_account_id", BigId, ForeignKey("accounts.id")),  # null: the server itself
    Column("at", BigId, nullable=False),
    CheckConstraint("kind IN ('account', 'post', 'media', 'domain', 'link', 'hashtag')", name="kind"),
    CheckConstraint("role IN ('', 'core', 'amplifier', 'target')", name="role"),
    Index("ix_case_subjects_kind_subject_id", "kind", "subject_id", "name"),
    Index("ix_case_subjects_case_id_role", "case_id", "kind", "role", "subject_id"),
    sqlite_with_rowid=False,
)

case_notes = Table(
    "case_notes",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("case_id", BigId, ForeignKey("cases.id"), nullable=False),
    Column("audience", Text, nullable=False),  # who may read it
    Column("text", Text, nullable=False),
    Column("by_account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    CheckConstraint("audience IN ('staff', 'reporters', 'subjects')", name="audience"),
    Index("ix_case_notes_case_id_id", "case_id", "id"),
)

case_links = Table(  # cases that have to do with each other; both ways
    "case_links",
    metadata,
    Column("case_id", BigId, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("other_id", BigId, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

staff_requests = Table(  # what one of the staff wants and another must agree to
    "staff_requests",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),  # JSON: exactly what will be done
    Column("digest", Text, nullable=False),  # SHA-256 of kind and body; who agrees names it
    Column("why", Text, nullable=False, server_default=""),
    Column("by_account_id", BigId, ForeignKey("accounts.id")),  # null: a command on the server itself
    Column("expires_at", BigId, nullable=False),
    Column("verdict", Text, nullable=False, server_default=""),  # "", approved, refused
    Column("decided_at", BigId),
    Column("decided_by", BigId, ForeignKey("accounts.id")),
    flag("alarming"),  # about a protected account, or one of too many
    Column("used_at", BigId),  # when the command that it allows was given
    CheckConstraint("verdict IN ('', 'approved', 'refused')", name="verdict"),
    Index("ix_staff_requests_verdict", "verdict", "id"),
    Index("ix_staff_requests_by_account_id", "by_account_id", "id"),
)

appeals = Table(  # a member objects to a decision about them
    "appeals",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("decision_id", BigId, ForeignKey("decisions.id"), nullable=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("verdict", Text, nullable=False, server_default=""),  # "", granted, rejected
    Column("answer", Text, nullable=False, server_default=""),
    Column("decided_at", BigId),
    Column("decided_by", BigId, ForeignKey("accounts.id")),
    CheckConstraint("verdict IN ('', 'granted', 'rejected')", name="verdict"),
    UniqueConstraint("decision_id", "account_id"),
    Index("ix_appeals_verdict", "verdict", "id"),
)

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
    Column("case_id", BigId, ForeignKey("cases.id")),
    Column("severity", BigId, nullable=False, server_default="1"),  # as of cases: 0 low, 1, 2, 3 critical
    Column("assigned_to", BigId, ForeignKey("accounts.id")),
    Column("resolved_at", BigId),
    Column("resolved_by", BigId, ForeignKey("accounts.id")),
    Column("updated_at", BigId, nullable=False),
    Column("uri", Text),  # of the Flag that it came with, from another server
    Column("answered_at", BigId),  # when the server that it was forwarded to said that it is done with it
    CheckConstraint("category IN ('spam', 'legal', 'violation', 'other')", name="category"),
    Index("ix_reports_target_id_id", "target_id", "id"),
    Index("ix_reports_account_id_id", "account_id", "id"),
    Index(
        "ix_reports_case_id",
        "case_id",
        "id",
        sqlite_where=text("case_id IS NOT NULL"),
        postgresql_where=text("case_id IS NOT NULL"),
    ),
    Index(  # how many wait about an account, and the newest of them
        "ix_reports_open_target_id",
        "target_id",
        "id",
        "account_id",
        sqlite_where=text("resolved_at IS NULL"),
        postgresql_where=text("resolved_at IS NULL"),
    ),
    Index(
        "ix_reports_uri",
        "uri",
        sqlite_where=text("uri IS NOT NULL"),
        postgresql_where=text("uri IS NOT NULL"),
    ),
    Index(
        "ix_reports_open_severity",
        "severity",
        "id",
        sqlite_where=text("resolved_at IS NULL"),
        postgresql_where=text("resolved_at IS NULL"),
    ),
    Index(
        "ix_reports_open_assigned_to",
        "assigned_to",
        "id",
        sqlite_where=text("resolved_at IS NULL AND assigned_to IS NOT NULL"),
        postgresql_where=text("resolved_at IS NULL AND assigned_to IS NOT NULL"),
    ),
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
    Column("also", Text, nullable=False, server_default="[]"),  # JSON [Action]: what else it does
    Column("state", Text, nullable=False, server_default="applied"),  # model.DecisionState
    Column("case_id", BigId, ForeignKey("cases.id")),
    Column("parts", Text, nullable=False, server_default="[]"),  # JSON: whom of the case, while they are gathered
    Column("subjects", BigId, nullable=False, server_default="1"),  # how many accounts
    Column("expires_at", BigId),  # when it ends by itself
    Column("approved_by", BigId, ForeignKey("accounts.id")),  # the second person; null: nobody was needed
    Column("ground", Text, nullable=False, server_default="terms"),  # what it rests on: terms | law
    Column("category", Text, nullable=False, server_default="other"),  # statement.CATEGORIES
    Column("facts", Text, nullable=False, server_default=""),  # what happened, for the statement of reasons
    Index(
        "ix_decisions_state",
        "state",
        "id",
        sqlite_where=text("state <> 'applied'"),
        postgresql_where=text("state <> 'applied'"),
    ),
    Index(
        "ix_decisions_expires_at",
        "expires_at",
        sqlite_where=text("expires_at IS NOT NULL"),
        postgresql_where=text("expires_at IS NOT NULL"),
    ),
    Index("ix_decisions_case_id", "case_id", "id"),
    Index("ix_decisions_by_account_id", "by_account_id", "id"),
    CheckConstraint("ground IN ('terms', 'law')", name="ground"),
    CheckConstraint(
        "state IN ('gathering', 'waiting', 'refused', 'applying', 'halted', 'applied', 'undoing', 'undone')",
        name="state",
    ),
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
    Index(
        "ix_decision_subjects_unapplied",
        "decision_id",
        "subject_id",
        sqlite_where=text("applied_at IS NULL AND kind = 'account'"),
        postgresql_where=text("applied_at IS NULL AND kind = 'account'"),
    ),
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

staff_log = Table(  # append-only: nothing in the code changes or removes a row; each holds the hash of the one before
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
    Column("number", BigId, unique=True),  # 1, 2, 3, ...; null: from before there was a chain, until the next act
    Column("hash", Text),  # chain.link, in hexadecimal
    Index("ix_staff_log_subject", "subject_kind", "subject_id", "id"),
    Index("ix_staff_log_by_account_id_id", "by_account_id", "id"),
)

staff_log_end = Table(  # one row: where the log ends, held while an entry is added
    "staff_log_end",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),  # 1
    Column("number", BigId, nullable=False),
    Column("hash", Text, nullable=False),
)

block_lists = Table(  # lists of servers to block that others publish and this server follows
    "block_lists",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False, unique=True),
    Column("severity", Text, nullable=False),  # of lines that do not say how strict
    flag("applies"),  # what it names is blocked without asking
    flag("retracts"),  # what it names no longer is blocked no longer
    Column("by_account_id", BigId, ForeignKey("accounts.id"), nullable=False),  # whose acts the rules are
    Column("etag", Text, nullable=False, server_default=""),
    Column("next_at", BigId, nullable=False),  # when it is fetched again
    Column("read_at", BigId),  # when it was read last
    Column("trouble", Text, nullable=False, server_default=""),  # why the last time changed nothing
    Column("servers", BigId, nullable=False, server_default="0"),
    Column("unusable", BigId, nullable=False, server_default="0"),
    CheckConstraint("severity IN ('noop', 'limit', 'suspend')", name="severity"),
)

listed_servers = Table(  # what such a list says
    "listed_servers",
    metadata,
    Column("list_id", BigId, ForeignKey("block_lists.id"), primary_key=True, autoincrement=False),
    Column("domain", Text, primary_key=True),
    Column("severity", Text, nullable=False),
    Column("comment", Text, nullable=False, server_default=""),
    flag("reject_media"),
    flag("reject_reports"),
    Column("state", Text, nullable=False),  # block_lists.State
    Column("block_id", BigId),  # the rule that was made of it; no foreign key: staff may end the rule
    Column("since", BigId, nullable=False),
    Column("following", BigId, nullable=False, server_default="0"),  # from here to there, when it was read last
    Column("followers", BigId, nullable=False, server_default="0"),
    CheckConstraint("state IN ('waiting', 'in_force', 'covered', 'dismissed', 'spared')", name="state"),
    CheckConstraint("severity IN ('noop', 'limit', 'suspend')", name="severity"),
    Index("ix_listed_servers_list_id_state", "list_id", "state", "domain"),
    Index(
        "ix_listed_servers_block_id",
        "block_id",
        sqlite_where=text("block_id IS NOT NULL"),
        postgresql_where=text("block_id IS NOT NULL"),
    ),
)

spared_servers = Table(  # no list makes rules about them and what is below them
    "spared_servers",
    metadata,
    Column("domain", Text, primary_key=True),
    Column("why", Text, nullable=False, server_default=""),
    Column("at", BigId, nullable=False),
)

report_messages = (
    Table(  # what staff here and staff of another server write to each other about a report that went there
        "report_messages",
        metadata,
        Column("id", BigId, primary_key=True, autoincrement=False),
        Column("report_id", BigId, ForeignKey("reports.id"), nullable=False),
        Column("text", Text, nullable=False),
        Column("by_account_id", BigId, ForeignKey("accounts.id")),  # of the staff here; null: it came from there
        flag("closes"),  # whoever wrote it is done with the report
        Column("uri", Text, unique=True),  # of the activity that brought it
        flag("passed_on"),  # whoever complained may read it
        Index("ix_report_messages_report_id_id", "report_id", "id"),
    )
)

server_notes = Table(  # what staff know of another server, and whom there they write to
    "server_notes",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("domain", Text, nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    Column("contact", Text, nullable=False, server_default=""),  # a mail address or a handle
    Column("by_account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Index("ix_server_notes_domain_id", "domain", "id"),
)

__all__ = [
    "appeals",
    "block_lists",
    "case_links",
    "case_notes",
    "case_subjects",
    "cases",
    "daily_figures",
    "decision_subjects",
    "decisions",
    "listed_servers",
    "report_messages",
    "reports",
    "server_notes",
    "spared_servers",
    "staff_log",
    "staff_log_end",
    "staff_requests",
    "warning_presets",
]
