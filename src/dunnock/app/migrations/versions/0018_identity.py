"""identity."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "assets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("by_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("first_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state IN ('', 'blocked', 'held')", name=op.f("ck_assets_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
        sa.UniqueConstraint("key", name=op.f("uq_assets_key")),
    )
    with op.batch_alter_table("assets", schema=None) as batch_op:
        batch_op.create_index("ix_assets_state", ["state", "id"], unique=False)

    op.create_table(
        "protected_names",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.Column("site", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("source IN ('staff', 'account')", name=op.f("ck_protected_names_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protected_names")),
        sa.UniqueConstraint("source", "name", "account_id", name=op.f("uq_protected_names_source_name_account_id")),
    )
    with op.batch_alter_table("protected_names", schema=None) as batch_op:
        batch_op.create_index("ix_protected_names_account_id", ["account_id"], unique=False)

    op.create_table(
        "short_links",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_short_links")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("short_links", schema=None) as batch_op:
        batch_op.create_index("ix_short_links_at", ["at"], unique=False)

    op.create_table(
        "turns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("former", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("state IN ('suspended', 'noticed', 'over')", name=op.f("ck_turns_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
    )
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.create_index("ix_turns_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_turns_state_until", ["state", "until"], unique=False)

    op.create_table(
        "asset_uses",
        sa.Column(
            "asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("protected", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_asset_uses_asset_id")),
        sa.PrimaryKeyConstraint("asset_id", "account_id", "post_id", name=op.f("pk_asset_uses")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("asset_uses", schema=None) as batch_op:
        batch_op.create_index("ix_asset_uses_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_asset_uses_at", ["asset_id", "at"], unique=False)
        batch_op.create_index("ix_asset_uses_post_id", ["post_id"], unique=False)

    op.create_table(
        "lookalikes",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("name_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("state IN ('watched', 'marked', 'cleared', 'over')", name=op.f("ck_lookalikes_state")),
        sa.ForeignKeyConstraint(["name_id"], ["protected_names.id"], name=op.f("fk_lookalikes_name_id")),
        sa.PrimaryKeyConstraint("account_id", "name_id", name=op.f("pk_lookalikes")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("lookalikes", schema=None) as batch_op:
        batch_op.create_index("ix_lookalikes_name_id", ["name_id"], unique=False)
        batch_op.create_index("ix_lookalikes_state_at", ["state", "at"], unique=False)

    op.create_table(
        "protected_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["name_id"], ["protected_names.id"], name=op.f("fk_protected_keys_name_id")),
        sa.PrimaryKeyConstraint("key", "name_id", name=op.f("pk_protected_keys")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("protected_keys", schema=None) as batch_op:
        batch_op.create_index("ix_protected_keys_name_id", ["name_id"], unique=False)

    op.create_table(
        "recalls",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("used_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_recalls_member_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recalls")),
    )
    with op.batch_alter_table("recalls", schema=None) as batch_op:
        batch_op.create_index("ix_recalls_expires_at", ["expires_at"], unique=False)
        batch_op.create_index("ix_recalls_member_id", ["member_id"], unique=False)

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_accounts_protected",
            ["id"],
            unique=False,
            sqlite_where=sa.text("protected = 1"),
            postgresql_where=sa.text("protected"),
        )
