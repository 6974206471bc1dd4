"""federation and the web app."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "bodies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("to_followers", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bodies")),
    )
    op.create_table(
        "choices",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_choices")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), server_default="draft", nullable=False),
        sa.Column("failing_since", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("parked_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("heard_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_hosts")),
    )
    op.create_table(
        "key_pairs",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("public_pem", sa.Text(), nullable=False),
        sa.Column("private_pem", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_key_pairs")),
    )
    op.create_table(
        "reached",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "inbox", name=op.f("pk_reached")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "received",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_received")),
    )
    with op.batch_alter_table("received", schema=None) as batch_op:
        batch_op.create_index("ix_received_at", ["at"], unique=False)

    op.create_table(
        "relays",
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("follow_uri", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'accepted', 'rejected')", name=op.f("ck_relays_state")),
        sa.PrimaryKeyConstraint("inbox", name=op.f("pk_relays")),
    )
    op.create_table(
        "undone",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_undone")),
    )
    with op.batch_alter_table("undone", schema=None) as batch_op:
        batch_op.create_index("ix_undone_at", ["at"], unique=False)

    op.create_table(
        "actors",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("shared_inbox", sa.Text(), nullable=True),
        sa.Column("followers", sa.Text(), nullable=True),
        sa.Column("featured", sa.Text(), nullable=True),
        sa.Column("outbox", sa.Text(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("public_pem", sa.Text(), nullable=False),
        sa.Column("also_known_as", sa.Text(), server_default="[]", nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("avatar_url", sa.Text(), nullable=True),
        sa.Column("header_url", sa.Text(), nullable=True),
        sa.Column("claimed_followers", sa.Integer(), nullable=True),
        sa.Column("claimed_following", sa.Integer(), nullable=True),
        sa.Column("claimed_posts", sa.Integer(), nullable=True),
        sa.Column("fetched_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_actors_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_actors")),
        sa.UniqueConstraint("uri", name=op.f("uq_actors_uri")),
    )
    with op.batch_alter_table("actors", schema=None) as batch_op:
        batch_op.create_index("ix_actors_followers", ["followers"], unique=False)
        batch_op.create_index("ix_actors_host", ["host"], unique=False)
        batch_op.create_index("ix_actors_key_id", ["key_id"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("body_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("run_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "lease_until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_deliveries_body_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_body_id", ["body_id"], unique=False)
        batch_op.create_index("ix_deliveries_host_run_at", ["host", "run_at"], unique=False)
        batch_op.create_index("ix_deliveries_run_at", ["run_at", "id"], unique=False)

    op.create_table(
        "remote_follows",
        sa.Column(
            "follower_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "followed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["followed_id"], ["accounts.id"], name=op.f("fk_remote_follows_followed_id")),
        sa.ForeignKeyConstraint(["follower_id"], ["accounts.id"], name=op.f("fk_remote_follows_follower_id")),
        sa.PrimaryKeyConstraint("follower_id", "followed_id", name=op.f("pk_remote_follows")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "remote_likes",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_remote_likes_account_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_remote_likes_post_id")),
        sa.PrimaryKeyConstraint("account_id", "post_id", name=op.f("pk_remote_likes")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("remote_likes", schema=None) as batch_op:
        batch_op.create_index("ix_remote_likes_account_id_uri", ["account_id", "uri"], unique=False)

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("also_known_as", sa.Text(), server_default="[]", nullable=False))
        batch_op.add_column(
            sa.Column("moved_to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )

    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.add_column(sa.Column("remote_url", sa.Text(), nullable=True))
        batch_op.create_index(
            "ix_media_copies",
            ["id", "bytes"],
            unique=False,
            sqlite_where=sa.text("remote_url IS NOT NULL AND bytes > 0"),
            postgresql_where=sa.text("remote_url IS NOT NULL AND bytes > 0"),
        )

    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_posts_uri",
            ["uri"],
            unique=True,
            sqlite_where=sa.text("uri IS NOT NULL"),
            postgresql_where=sa.text("uri IS NOT NULL"),
        )
