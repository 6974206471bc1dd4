"""the client api."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "announcements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ends_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("all_day", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("published_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.create_index("ix_announcements_published_at", ["published_at"], unique=False)

    op.create_table(
        "pages",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("name IN ('about', 'privacy')", name=op.f("ck_pages_name")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pages")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), server_default="", nullable=False),
        sa.Column("translations", sa.Text(), server_default="{}", nullable=False),
        sa.Column("removed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
    )
    op.create_table(
        "terms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), server_default="", nullable=False),
        sa.Column("effective_on", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms")),
        sa.UniqueConstraint("effective_on", name=op.f("uq_terms_effective_on")),
    )
    op.create_table(
        "announcement_reactions",
        sa.Column(
            "announcement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_announcement_reactions_account_id")),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name=op.f("fk_announcement_reactions_announcement_id")
        ),
        sa.PrimaryKeyConstraint("announcement_id", "name", "account_id", name=op.f("pk_announcement_reactions")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("announcement_reactions", schema=None) as batch_op:
        batch_op.create_index("ix_announcement_reactions_account_id", ["account_id"], unique=False)

    op.create_table(
        "announcement_reads",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "announcement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_announcement_reads_account_id")),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name=op.f("fk_announcement_reads_announcement_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "announcement_id", name=op.f("pk_announcement_reads")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("announcement_reads", schema=None) as batch_op:
        batch_op.create_index("ix_announcement_reads_announcement_id", ["announcement_id"], unique=False)

    op.create_table(
        "filters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("contexts", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("action IN ('warn', 'hide', 'blur')", name=op.f("ck_filters_action")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_filters_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filters")),
    )
    with op.batch_alter_table("filters", schema=None) as batch_op:
        batch_op.create_index("ix_filters_account_id", ["account_id"], unique=False)

    op.create_table(
        "filter_keywords",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("filter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("keyword", sa.Text(), nullable=False),
        sa.Column("whole_word", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(["filter_id"], ["filters.id"], name=op.f("fk_filter_keywords_filter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filter_keywords")),
    )
    with op.batch_alter_table("filter_keywords", schema=None) as batch_op:
        batch_op.create_index("ix_filter_keywords_filter_id", ["filter_id"], unique=False)

    op.create_table(
        "filter_posts",
        sa.Column(
            "filter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["filter_id"], ["filters.id"], name=op.f("fk_filter_posts_filter_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_filter_posts_post_id")),
        sa.PrimaryKeyConstraint("filter_id", "post_id", name=op.f("pk_filter_posts")),
        sa.UniqueConstraint("id", name=op.f("uq_filter_posts_id")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("filter_posts", schema=None) as batch_op:
        batch_op.create_index("ix_filter_posts_post_id", ["post_id"], unique=False)

    op.create_table(
        "polls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("multiple", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("hide_totals", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tallies", sa.Text(), nullable=False),
        sa.Column("voters", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ended", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_polls_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
        sa.UniqueConstraint("post_id", name=op.f("uq_polls_post_id")),
    )
    op.create_table(
        "poll_votes",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("choice", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_poll_votes_account_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_poll_votes_poll_id")),
        sa.PrimaryKeyConstraint("account_id", "poll_id", "choice", name=op.f("pk_poll_votes")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("poll_votes", schema=None) as batch_op:
        batch_op.create_index("ix_poll_votes_poll_id_account_id", ["poll_id", "account_id"], unique=False)

    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("default_quote_policy", sa.Text(), server_default="public", nullable=False))
        batch_op.add_column(sa.Column("default_reply_policy", sa.Text(), server_default="everyone", nullable=False))

    with op.batch_alter_table("post_counts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quotes", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.add_column(sa.Column("quoted_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.add_column(
            sa.Column("quoted_author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("quote_state", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("quote_policy", sa.Text(), server_default="nobody", nullable=False))
        batch_op.add_column(sa.Column("reply_policy", sa.Text(), server_default="everyone", nullable=False))
        batch_op.create_index(
            "ix_posts_quoted_id_id",
            ["quoted_id", "id"],
            unique=False,
            sqlite_where=sa.text("quoted_id IS NOT NULL"),
            postgresql_where=sa.text("quoted_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(batch_op.f("fk_posts_quoted_id"), "posts", ["quoted_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_posts_quoted_author_id"), "accounts", ["quoted_author_id"], ["id"])

    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("poll", sa.Text(), nullable=True))
