"""the client api."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "active_days",
        sa.Column("day", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_active_days")),
    )
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
        "conversation_backlog",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("below", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_conversation_backlog")),
    )
    op.create_table(
        "daily_figures",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("day", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("figure", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("key", "day", name=op.f("pk_daily_figures")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "dev_mails",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dev_mails")),
    )
    op.create_table(
        "mail_domain_blocks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("allow_with_approval", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_domain_blocks")),
        sa.UniqueConstraint("domain", name=op.f("uq_mail_domain_blocks_domain")),
    )
    op.create_table(
        "media_holds",
        sa.Column(
            "holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("firm", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("holder_id", "media_id", name=op.f("pk_media_holds")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("media_holds", schema=None) as batch_op:
        batch_op.create_index("ix_media_holds_media_id", ["media_id"], unique=False)

    op.create_table(
        "network_blocks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "severity IN ('sign_up_requires_approval', 'sign_up_block', 'no_access')",
            name=op.f("ck_network_blocks_severity"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_blocks")),
        sa.UniqueConstraint("network", name=op.f("uq_network_blocks_network")),
    )
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
        "previews",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), server_default="{}", nullable=False),
        sa.Column("image", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'ready', 'nothing')", name=op.f("ck_previews_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previews")),
        sa.UniqueConstraint("url", name=op.f("uq_previews_url")),
    )
    with op.batch_alter_table("previews", schema=None) as batch_op:
        batch_op.create_index(
            "ix_previews_image",
            ["id"],
            unique=False,
            sqlite_where=sa.text("image IS NOT NULL"),
            postgresql_where=sa.text("image IS NOT NULL"),
        )
        batch_op.create_index("ix_previews_link_id", ["link_id"], unique=False)

    op.create_table(
        "publishers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("trendable", sa.Boolean(), nullable=True),
        sa.Column("reviewed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publishers")),
        sa.UniqueConstraint("domain", name=op.f("uq_publishers_domain")),
    )
    op.create_table(
        "push_keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_push_keys")),
    )
    op.create_table(
        "refreshes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("finished", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("results", sa.Integer(), nullable=True),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_refreshes")),
        sa.UniqueConstraint("id", name=op.f("uq_refreshes_id")),
    )
    with op.batch_alter_table("refreshes", schema=None) as batch_op:
        batch_op.create_index("ix_refreshes_at", ["at"], unique=False)

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
        "search_progress",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("below", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_search_progress")),
    )
    op.create_table(
        "server_allows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_server_allows")),
        sa.UniqueConstraint("domain", name=op.f("uq_server_allows_domain")),
    )
    op.create_table(
        "server_blocks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("reject_media", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reject_reports", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("private_comment", sa.Text(), nullable=True),
        sa.Column("public_comment", sa.Text(), nullable=True),
        sa.Column("obfuscate", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("severity IN ('noop', 'limit', 'suspend')", name=op.f("ck_server_blocks_severity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_server_blocks")),
        sa.UniqueConstraint("domain", name=op.f("uq_server_blocks_domain")),
    )
    op.create_table(
        "staff_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("details", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_log")),
    )
    with op.batch_alter_table("staff_log", schema=None) as batch_op:
        batch_op.create_index("ix_staff_log_by_account_id_id", ["by_account_id", "id"], unique=False)
        batch_op.create_index("ix_staff_log_subject", ["subject_kind", "subject_id", "id"], unique=False)

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
        "trend_reviews",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("trendable", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_trend_reviews")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trends",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject_id", name=op.f("pk_trends")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "warning_presets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_presets")),
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
        "archives",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), server_default="outbox", nullable=False),
        sa.Column("after", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column(
            "outbox_bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.Column("bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("posts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("files", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ready_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("phase IN ('outbox', 'lists', 'files', 'media', 'ready')", name=op.f("ck_archives_phase")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_archives_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archives")),
    )
    with op.batch_alter_table("archives", schema=None) as batch_op:
        batch_op.create_index("ix_archives_account_id_id", ["account_id", "id"], unique=False)

    op.create_table(
        "auto_delete",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("enabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("min_age", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("keep_direct", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("keep_pinned", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("keep_polls", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("keep_media", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("keep_favourites", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("keep_bookmarks", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("min_favourites", sa.Integer(), nullable=True),
        sa.Column("min_boosts", sa.Integer(), nullable=True),
        sa.Column(
            "looked_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.Column("due_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_auto_delete_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_auto_delete")),
    )
    with op.batch_alter_table("auto_delete", schema=None) as batch_op:
        batch_op.create_index(
            "ix_auto_delete_due_at",
            ["due_at", "account_id"],
            unique=False,
            sqlite_where=sa.text("enabled = 1"),
            postgresql_where=sa.text("enabled"),
        )

    op.create_table(
        "collections",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=True),
        sa.Column("sensitive", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("discoverable", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_collections_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
    )
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.create_index("ix_collections_account_id_id", ["account_id", "id"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("last_post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unread", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_conversations_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint(
            "account_id", "thread_id", "people", name=op.f("uq_conversations_account_id_thread_id_people")
        ),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index("ix_conversations_account_id_last_post_id", ["account_id", "last_post_id"], unique=False)

    op.create_table(
        "data_imports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("overwrite", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), server_default="", nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("below", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("finished_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("state IN ('unconfirmed', 'running', 'finished')", name=op.f("ck_data_imports_state")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_data_imports_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_imports")),
    )
    with op.batch_alter_table("data_imports", schema=None) as batch_op:
        batch_op.create_index("ix_data_imports_account_id_id", ["account_id", "id"], unique=False)

    op.create_table(
        "deletions",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), server_default="", nullable=False),
        sa.Column("things", sa.Integer(), server_default="0", nullable=False),
        sa.Column("begun_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("finished_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("by_whom IN ('member', 'staff', 'command')", name=op.f("ck_deletions_by_whom")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_deletions_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_deletions")),
    )
    with op.batch_alter_table("deletions", schema=None) as batch_op:
        batch_op.create_index("ix_deletions_finished_at", ["finished_at"], unique=False)

    op.create_table(
        "dismissals",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_dismissals_account_id")),
        sa.ForeignKeyConstraint(["target_id"], ["accounts.id"], name=op.f("fk_dismissals_target_id")),
        sa.PrimaryKeyConstraint("account_id", "target_id", name=op.f("pk_dismissals")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("dismissals", schema=None) as batch_op:
        batch_op.create_index("ix_dismissals_target_id", ["target_id"], unique=False)

    op.create_table(
        "drafts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_drafts_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index("ix_drafts_account_id_id", ["account_id", "id"], unique=False)

    op.create_table(
        "endorsements",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_endorsements_account_id")),
        sa.ForeignKeyConstraint(["target_id"], ["accounts.id"], name=op.f("fk_endorsements_target_id")),
        sa.PrimaryKeyConstraint("account_id", "target_id", name=op.f("pk_endorsements")),
        sa.UniqueConstraint("id", name=op.f("uq_endorsements_id")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("endorsements", schema=None) as batch_op:
        batch_op.create_index("ix_endorsements_target_id", ["target_id"], unique=False)

    op.create_table(
        "featured_tags",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "hashtag_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("posts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_post_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_featured_tags_account_id")),
        sa.ForeignKeyConstraint(["hashtag_id"], ["hashtags.id"], name=op.f("fk_featured_tags_hashtag_id")),
        sa.PrimaryKeyConstraint("account_id", "hashtag_id", name=op.f("pk_featured_tags")),
        sa.UniqueConstraint("id", name=op.f("uq_featured_tags_id")),
        sqlite_with_rowid=False,
    )
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
        "followed_tags",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "hashtag_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_followed_tags_account_id")),
        sa.ForeignKeyConstraint(["hashtag_id"], ["hashtags.id"], name=op.f("fk_followed_tags_hashtag_id")),
        sa.PrimaryKeyConstraint("account_id", "hashtag_id", name=op.f("pk_followed_tags")),
        sa.UniqueConstraint("id", name=op.f("uq_followed_tags_id")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("followed_tags", schema=None) as batch_op:
        batch_op.create_index("ix_followed_tags_hashtag_id", ["hashtag_id"], unique=False)

    op.create_table(
        "mail_blocks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_mail_blocks_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_blocks")),
        sa.UniqueConstraint("hash", name=op.f("uq_mail_blocks_hash")),
    )
    with op.batch_alter_table("mail_blocks", schema=None) as batch_op:
        batch_op.create_index("ix_mail_blocks_account_id", ["account_id"], unique=False)

    op.create_table(
        "mail_domain_tries",
        sa.Column(
            "block_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("day", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["block_id"], ["mail_domain_blocks.id"], name=op.f("fk_mail_domain_tries_block_id")),
        sa.PrimaryKeyConstraint("block_id", "day", name=op.f("pk_mail_domain_tries")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notification_permissions",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("merging", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notification_permissions_account_id")),
        sa.ForeignKeyConstraint(["from_id"], ["accounts.id"], name=op.f("fk_notification_permissions_from_id")),
        sa.PrimaryKeyConstraint("account_id", "from_id", name=op.f("pk_notification_permissions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notification_policies",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("not_following", sa.Text(), nullable=False),
        sa.Column("not_followers", sa.Text(), nullable=False),
        sa.Column("new_accounts", sa.Text(), nullable=False),
        sa.Column("private_mentions", sa.Text(), nullable=False),
        sa.Column("limited_accounts", sa.Text(), nullable=False),
        sa.Column("bots", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notification_policies_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_notification_policies")),
    )
    op.create_table(
        "notification_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notification_requests_account_id")),
        sa.ForeignKeyConstraint(["from_id"], ["accounts.id"], name=op.f("fk_notification_requests_from_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_requests")),
        sa.UniqueConstraint("account_id", "from_id", name=op.f("uq_notification_requests_account_id_from_id")),
    )
    with op.batch_alter_table("notification_requests", schema=None) as batch_op:
        batch_op.create_index("ix_notification_requests_account_id_id", ["account_id", "id"], unique=False)

    op.create_table(
        "notification_settings",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_whom", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "from_whom IN ('followed', 'followers', 'nobody')", name=op.f("ck_notification_settings_from_whom")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notification_settings_account_id")),
        sa.PrimaryKeyConstraint("account_id", "kind", name=op.f("pk_notification_settings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "post_previews",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("preview_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["preview_id"], ["previews.id"], name=op.f("fk_post_previews_preview_id")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_post_previews")),
    )
    with op.batch_alter_table("post_previews", schema=None) as batch_op:
        batch_op.create_index("ix_post_previews_link_id_post_id", ["link_id", "post_id"], unique=False)
        batch_op.create_index("ix_post_previews_preview_id", ["preview_id"], unique=False)

    op.create_table(
        "reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("category", sa.Text(), server_default="other", nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("post_ids", sa.Text(), server_default="[]", nullable=False),
        sa.Column("collection_ids", sa.Text(), server_default="[]", nullable=False),
        sa.Column("rule_ids", sa.Text(), server_default="[]", nullable=False),
        sa.Column("forwarded", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("assigned_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("resolved_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("resolved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("category IN ('spam', 'legal', 'violation', 'other')", name=op.f("ck_reports_category")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_reports_account_id")),
        sa.ForeignKeyConstraint(["assigned_to"], ["accounts.id"], name=op.f("fk_reports_assigned_to")),
        sa.ForeignKeyConstraint(["resolved_by"], ["accounts.id"], name=op.f("fk_reports_resolved_by")),
        sa.ForeignKeyConstraint(["target_id"], ["accounts.id"], name=op.f("fk_reports_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index("ix_reports_account_id_id", ["account_id", "id"], unique=False)
        batch_op.create_index(
            "ix_reports_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.create_index("ix_reports_target_id_id", ["target_id", "id"], unique=False)

    op.create_table(
        "scheduled",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("app_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_scheduled_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled")),
    )
    with op.batch_alter_table("scheduled", schema=None) as batch_op:
        batch_op.create_index("ix_scheduled_account_id_id", ["account_id", "id"], unique=False)

    op.create_table(
        "severances",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=False),
        sa.Column("following", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('own_block', 'domain_block', 'suspension')", name=op.f("ck_severances_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_severances_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_severances")),
    )
    with op.batch_alter_table("severances", schema=None) as batch_op:
        batch_op.create_index("ix_severances_account_id", ["account_id"], unique=False)

    op.create_table(
        "tag_hours",
        sa.Column(
            "hashtag_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hashtag_id"], ["hashtags.id"], name=op.f("fk_tag_hours_hashtag_id")),
        sa.PrimaryKeyConstraint("hashtag_id", "hour", name=op.f("pk_tag_hours")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("tag_hours", schema=None) as batch_op:
        batch_op.create_index("ix_tag_hours_hour", ["hour"], unique=False)

    op.create_table(
        "browsers",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seen_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_browsers_member_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_browsers")),
    )
    with op.batch_alter_table("browsers", schema=None) as batch_op:
        batch_op.create_index("ix_browsers_member_id", ["member_id"], unique=False)
        batch_op.create_index("ix_browsers_seen_at", ["seen_at"], unique=False)

    op.create_table(
        "collection_items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("collection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('accepted', 'revoked')", name=op.f("ck_collection_items_state")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_collection_items_account_id")),
        sa.ForeignKeyConstraint(["collection_id"], ["collections.id"], name=op.f("fk_collection_items_collection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_items")),
        sa.UniqueConstraint("collection_id", "account_id", name=op.f("uq_collection_items_collection_id_account_id")),
    )
    with op.batch_alter_table("collection_items", schema=None) as batch_op:
        batch_op.create_index("ix_collection_items_account_id_id", ["account_id", "id"], unique=False)

    op.create_table(
        "conversation_posts",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_conversation_posts_account_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_conversation_posts_conversation_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_conversation_posts_post_id")),
        sa.PrimaryKeyConstraint("account_id", "post_id", name=op.f("pk_conversation_posts")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("conversation_posts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_conversation_posts_conversation_id_post_id", ["conversation_id", "post_id"], unique=False
        )
        batch_op.create_index("ix_conversation_posts_post_id", ["post_id"], unique=False)

    op.create_table(
        "data_import_rows",
        sa.Column(
            "import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "outcome IN ('done', 'already', 'waiting', 'refused')", name=op.f("ck_data_import_rows_outcome")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["data_imports.id"], name=op.f("fk_data_import_rows_import_id")),
        sa.PrimaryKeyConstraint("import_id", "row", name=op.f("pk_data_import_rows")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("data_import_rows", schema=None) as batch_op:
        batch_op.create_index("ix_data_import_rows_key", ["import_id", "key"], unique=False)
        batch_op.create_index("ix_data_import_rows_outcome", ["import_id", "outcome", "row"], unique=False)

    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("by_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("mail", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("reversed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reversed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "action IN ('none', 'sensitive', 'disable', 'limit', 'suspend', 'delete_posts', 'mark_posts')",
            name=op.f("ck_decisions_action"),
        ),
        sa.ForeignKeyConstraint(["by_account_id"], ["accounts.id"], name=op.f("fk_decisions_by_account_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_decisions_report_id")),
        sa.ForeignKeyConstraint(["reversed_by"], ["accounts.id"], name=op.f("fk_decisions_reversed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
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
        "letter_wishes",
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=True),
        sa.Column("always", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("told_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("told_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column(
            "planned_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.Column(
            "digest_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_letter_wishes_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_letter_wishes")),
    )
    op.create_table(
        "mail_links",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("used_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("purpose IN ('confirm', 'reset')", name=op.f("ck_mail_links_purpose")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_mail_links_member_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_mail_links")),
    )
    with op.batch_alter_table("mail_links", schema=None) as batch_op:
        batch_op.create_index("ix_mail_links_expires_at", ["expires_at"], unique=False)
        batch_op.create_index("ix_mail_links_member_id", ["member_id"], unique=False)

    op.create_table(
        "passkeys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("used_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_passkeys_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    with op.batch_alter_table("passkeys", schema=None) as batch_op:
        batch_op.create_index("ix_passkeys_member_id", ["member_id"], unique=False)

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
        "recovery_codes",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("used_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_recovery_codes_member_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_codes")),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index("ix_recovery_codes_member_id", ["member_id"], unique=False)

    op.create_table(
        "search_docs",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_search_docs_post_id")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_search_docs")),
    )
    op.create_table(
        "sign_in_steps",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("held", sa.Text(), server_default="", nullable=False),
        sa.Column("client", sa.Text(), server_default="", nullable=False),
        sa.Column("challenge", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("purpose IN ('second', 'passkey', 'add')", name=op.f("ck_sign_in_steps_purpose")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_sign_in_steps_member_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in_steps")),
    )
    with op.batch_alter_table("sign_in_steps", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_steps_expires_at", ["expires_at"], unique=False)
        batch_op.create_index("ix_sign_in_steps_member_id", ["member_id"], unique=False)

    op.create_table(
        "totps",
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "last_step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_totps_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_totps")),
    )
    op.create_table(
        "decision_subjects",
        sa.Column(
            "decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("was", sa.Text(), server_default="", nullable=False),
        sa.Column("applied_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reversed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("kind IN ('account', 'post')", name=op.f("ck_decision_subjects_kind")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_decision_subjects_decision_id")),
        sa.PrimaryKeyConstraint("decision_id", "kind", "subject_id", name=op.f("pk_decision_subjects")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("decision_subjects", schema=None) as batch_op:
        batch_op.create_index(
            "ix_decision_subjects_kind_subject_id", ["kind", "subject_id", "decision_id"], unique=False
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

    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("token_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("standard", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("policy", sa.Text(), server_default="all", nullable=False),
        sa.Column("alerts", sa.Text(), server_default="", nullable=False),
        sa.Column("sealed_token", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "policy IN ('all', 'followed', 'follower', 'none')", name=op.f("ck_push_subscriptions_policy")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_push_subscriptions_account_id")),
        sa.ForeignKeyConstraint(
            ["token_id"], ["tokens.id"], name=op.f("fk_push_subscriptions_token_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("token_id", name=op.f("uq_push_subscriptions_token_id")),
    )
    with op.batch_alter_table("push_subscriptions", schema=None) as batch_op:
        batch_op.create_index("ix_push_subscriptions_account_id", ["account_id"], unique=False)

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("avatar_description", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("header_description", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("show_media", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("show_media_replies", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("show_featured", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("attribution_domains", sa.Text(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("sensitized", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("hashtags", schema=None) as batch_op:
        batch_op.add_column(sa.Column("trendable", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("usable", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("listable", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(
            sa.Column("reviewed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )

    with op.batch_alter_table("interactions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_interactions_favourite_id",
            ["favourite_id"],
            unique=False,
            sqlite_where=sa.text("favourite_id IS NOT NULL"),
            postgresql_where=sa.text("favourite_id IS NOT NULL"),
        )

    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.add_column(sa.Column("thumbnail", sa.Text(), nullable=True))
        batch_op.create_index("ix_media_account_id", ["account_id"], unique=False)

    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("app_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.add_column(sa.Column("default_quote_policy", sa.Text(), server_default="public", nullable=False))
        batch_op.add_column(sa.Column("default_reply_policy", sa.Text(), server_default="everyone", nullable=False))
        batch_op.add_column(sa.Column("unconfirmed", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("new_email", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("mail_refused_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )

    with op.batch_alter_table("mutes", schema=None) as batch_op:
        batch_op.create_index("ix_mutes_target_id", ["target_id"], unique=False)

    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "bucket", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
            )
        )
        batch_op.add_column(sa.Column("head", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("filtered", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index(
            "ix_notifications_filtered",
            ["account_id", "from_id", "id"],
            unique=False,
            sqlite_where=sa.text("filtered = 1"),
            postgresql_where=sa.text("filtered"),
        )
        batch_op.create_index(
            "ix_notifications_groups", ["account_id", "kind", "post_id", "bucket", "id", "from_id"], unique=False
        )
        batch_op.create_index(
            "ix_notifications_heads",
            ["account_id", "id"],
            unique=False,
            sqlite_where=sa.text("head = 1 AND filtered = 0"),
            postgresql_where=sa.text("head AND NOT filtered"),
        )

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
        batch_op.create_foreign_key(batch_op.f("fk_posts_quoted_author_id"), "accounts", ["quoted_author_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_posts_quoted_id"), "posts", ["quoted_id"], ["id"])

    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("poll", sa.Text(), nullable=True))

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "proven_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
            )
        )

    if op.get_context().dialect.name == "sqlite":
        op.execute("""CREATE VIRTUAL TABLE search_index USING fts5(
    words, content='search_docs', content_rowid='post_id', columnsize=0, tokenize='ascii tokenchars ''#@:._-'''
)""")
        op.execute("""CREATE TRIGGER search_docs_added AFTER INSERT ON search_docs BEGIN
    INSERT INTO search_index (rowid, words) VALUES (new.post_id, new.words);
END""")
        op.execute("""CREATE TRIGGER search_docs_deleted AFTER DELETE ON search_docs BEGIN
    INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', old.post_id, old.words);
END""")
        op.execute("""CREATE TRIGGER search_docs_changed AFTER UPDATE ON search_docs BEGIN
    INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', old.post_id, old.words);
    INSERT INTO search_index (rowid, words) VALUES (new.post_id, new.words);
END""")
    if op.get_context().dialect.name == "postgresql":
        op.execute("""CREATE INDEX ix_search_docs_words ON search_docs USING gin (words)""")
