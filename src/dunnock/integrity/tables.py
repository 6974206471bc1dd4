"""Tables of integrity: what was seen, what was made of it, and who acts together. Unix milliseconds, time-ordered ids.

Rows are made by events alone; nothing here is ever joined with other domains' tables.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint

from dunnock.foundation.db import BigId, flag, metadata

observations = Table(  # an act of an account, with hashes of what it was done to
    "observations",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),  # of the post or boost where it is one
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("act", BigId, nullable=False),  # model.Act
    Column("target_id", BigId),  # the account that it was done to: whom it answers, or names first
    Column("object_id", BigId),  # the post that it was done to
    Column("marks", LargeBinary, nullable=False),  # pairs of a trace and a hash; see marks.py
    Index("ix_observations_account_id", "account_id", "id"),
    Index("ix_observations_target_id", "target_id", "id"),
)

rhythms = Table(  # at which hours an account posts, how long it slept, and where it says that it is
    "rhythms",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("hours", LargeBinary, nullable=False),  # posts by hour of UTC, before it moved; see rhythm.py
    Column("hours_since", LargeBinary, nullable=False),  # the same since then
    Column("last_at", BigId, nullable=False),
    Column("woke_at", BigId, nullable=False),  # the first post after it slept; 0: it never did
    Column("slept_ms", BigId, nullable=False),
    Column("moved_at", BigId, nullable=False),  # 0: it never did
    Column("moved_from", Text, nullable=False),  # JSON: names of places
    Column("moved_to", Text, nullable=False),
    Index("ix_rhythms_last_at", "last_at"),
    Index("ix_rhythms_woke_at", "woke_at"),
    Index("ix_rhythms_moved_at", "moved_at"),
    sqlite_with_rowid=False,
)

doubts = Table(  # who came with a member's password and was asked for a code, for a day
    "doubts",
    metadata,
    Column("origin", Text, primary_key=True),  # accounts.known_networks.origin_of
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("at", BigId, nullable=False),
    Index("ix_doubts_account_id", "account_id"),
    Index("ix_doubts_at", "at"),
    sqlite_with_rowid=False,
)

pictures = Table(  # how a file that somebody posted looks; copies of one picture are one (`same_as`)
    "pictures",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("print", Text, nullable=False),  # media.pdq
    Column(
        "same_as", BigId, nullable=False
    ),  # the first of its copies, perhaps itself; that one may be forgotten already
    Column("seen_at", BigId, nullable=False),  # the last time
    UniqueConstraint("print"),
    Index("ix_pictures_seen_at", "seen_at"),
)

picture_keys = Table(  # parts of prints, to find those that are nearly the same
    "picture_keys",
    metadata,
    Column("key", BigId, primary_key=True, autoincrement=False),
    Column("picture_id", BigId, ForeignKey("pictures.id"), primary_key=True, autoincrement=False),
    Index("ix_picture_keys_picture_id", "picture_id"),
    sqlite_with_rowid=False,
)

signals = Table(  # something that one detector says of one subject
    "signals",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("detector", Text, nullable=False),
    Column("kind", Text, nullable=False),  # model.SubjectKind
    Column("subject_id", BigId, nullable=False),  # 0: it has only a name
    Column("name", Text, nullable=False, server_default=""),  # of a domain, link or hashtag
    Column("score", Float, nullable=False),  # 0 to 1: how sure
    Column("evidence", Text, nullable=False),  # JSON, from which the score can be computed again
    Column("times", BigId, nullable=False),  # how often it was raised
    Column("first_at", BigId, nullable=False),
    Column("last_at", BigId, nullable=False),
    Column("state", Text, nullable=False, server_default="open"),
    Column("judged_at", BigId),
    Column("judged_by", BigId, ForeignKey("accounts.id")),
    Column("case_id", BigId, ForeignKey("cases.id")),
    UniqueConstraint("detector", "kind", "subject_id", "name"),
    CheckConstraint("state IN ('open', 'confirmed', 'dismissed')", name="state"),
    CheckConstraint("score >= 0 AND score <= 1", name="score"),
    Index("ix_signals_state", "state", "detector", "last_at"),
    Index("ix_signals_kind_subject_id", "kind", "subject_id"),
    Index("ix_signals_last_at", "last_at"),
)

clusters = Table(  # accounts that act together
    "clusters",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False, server_default="open"),  # merged: `merged_into` is what it became
    Column("merged_into", BigId, ForeignKey("clusters.id")),
    Column("split_from", BigId, ForeignKey("clusters.id")),
    Column("score", Float, nullable=False),  # nats of its surest member
    Column("size", BigId, nullable=False),
    Column("summary", Text, nullable=False),  # JSON of model.Summary: traces, objects, what is usual
    Column("first_at", BigId, nullable=False),  # of what they did together
    Column("last_at", BigId, nullable=False),
    Column("judged_at", BigId),
    Column("judged_by", BigId, ForeignKey("accounts.id")),
    Column("case_id", BigId, ForeignKey("cases.id")),
    CheckConstraint("state IN ('open', 'confirmed', 'dismissed', 'merged')", name="state"),
    Index("ix_clusters_state", "state", "last_at"),
    Index("ix_clusters_case_id", "case_id"),
)

cluster_members = Table(
    "cluster_members",
    metadata,
    Column("cluster_id", BigId, ForeignKey("clusters.id"), primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("role", Text, nullable=False, server_default=""),  # core, amplifier
    Column("score", Float, nullable=False),  # nats by which belonging explains its acts better
    Column("evidence", Text, nullable=False),  # JSON: trace, acts, shared
    Column("joined_at", BigId, nullable=False),
    Column("seen_at", BigId, nullable=False),
    CheckConstraint("role IN ('', 'core', 'amplifier')", name="role"),
    Index("ix_cluster_members_account_id", "account_id"),
    sqlite_with_rowid=False,
)

cluster_ties = Table(  # the strongest pairs, for the picture
    "cluster_ties",
    metadata,
    Column("cluster_id", BigId, ForeignKey("clusters.id"), primary_key=True, autoincrement=False),
    Column("a_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("b_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),  # the greater id
    Column("trace", BigId, nullable=False),  # the one that says most
    Column("occasions", BigId, nullable=False),
    Column("weight", Float, nullable=False),  # nats
    Index("ix_cluster_ties_a_id", "a_id"),
    Index("ix_cluster_ties_b_id", "b_id"),
    sqlite_with_rowid=False,
)

cluster_sizes = Table(  # how a cluster grew
    "cluster_sizes",
    metadata,
    Column("cluster_id", BigId, ForeignKey("clusters.id"), primary_key=True, autoincrement=False),
    Column("at", BigId, primary_key=True, autoincrement=False),
    Column("size", BigId, nullable=False),
    Column("acts", BigId, nullable=False),  # of its members, in the window that was looked at
    sqlite_with_rowid=False,
)

cluster_edits = Table(  # what people did to clusters by hand, so that it can be taken back
    "cluster_edits",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("act", Text, nullable=False),
    Column("cluster_id", BigId, ForeignKey("clusters.id"), nullable=False),  # merged into the other, or split
    Column("other_id", BigId, ForeignKey("clusters.id"), nullable=False),  # what it became, or what was split off
    Column("was", Text, nullable=False),  # the cluster's state before
    Column("reason", Text, nullable=False),
    Column("by_account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("undone_at", BigId),
    Column("undone_by", BigId, ForeignKey("accounts.id")),
    CheckConstraint("act IN ('merge', 'split')", name="act"),
    Index("ix_cluster_edits_cluster_id", "cluster_id", "id"),
    Index("ix_cluster_edits_other_id", "other_id", "id"),
)

cluster_edit_members = Table(  # which accounts an edit moved, as they were in the cluster
    "cluster_edit_members",
    metadata,
    Column("edit_id", BigId, ForeignKey("cluster_edits.id"), primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    flag("both"),  # it was in the other cluster, too
    Column("role", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("joined_at", BigId, nullable=False),
    Column("seen_at", BigId, nullable=False),
    Index("ix_cluster_edit_members_account_id", "account_id"),
    sqlite_with_rowid=False,
)

cluster_apart = Table(  # accounts that people keep out of a cluster: the watch does not put them into it again
    "cluster_apart",
    metadata,
    Column("cluster_id", BigId, ForeignKey("clusters.id"), primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("edit_id", BigId, ForeignKey("cluster_edits.id"), nullable=False),
    Index("ix_cluster_apart_account_id", "account_id"),
    Index("ix_cluster_apart_edit_id", "edit_id"),
    sqlite_with_rowid=False,
)
