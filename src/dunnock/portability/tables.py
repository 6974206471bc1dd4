"""Tables of what members bring in, of their archives, and of accounts that are being deleted."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from dunnock.foundation.db import BigId, flag, metadata

data_imports = Table(  # a file that a member brought
    "data_imports",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("kind", Text, nullable=False),
    flag("overwrite"),  # what is not in the file goes
    Column("state", Text, nullable=False),  # unconfirmed | running | finished
    Column("filename", Text, nullable=False, server_default=""),
    Column("total", Integer, nullable=False),
    Column("removed", Integer, nullable=False, server_default="0"),  # by `overwrite`
    Column("below", BigId),  # how far down `overwrite` looked at what was there; null: it is done, or not wanted
    Column("created_at", BigId, nullable=False),
    Column("finished_at", BigId),
    CheckConstraint("state IN ('unconfirmed', 'running', 'finished')", name="state"),
    Index("ix_data_imports_account_id_id", "account_id", "id"),
)

data_import_rows = Table(
    "data_import_rows",
    metadata,
    Column("import_id", BigId, ForeignKey("data_imports.id"), primary_key=True, autoincrement=False),
    Column("row", Integer, primary_key=True, autoincrement=False),  # its line in the file, the header not counted
    Column("key", Text, nullable=False),  # what it is about, in its one spelling; "": it can't be read
    Column("data", Text, nullable=False),  # JSON list of the cells
    Column("outcome", Text),  # done | already | waiting | refused; null: not yet
    Column("reason", Text, nullable=False, server_default=""),
    CheckConstraint("outcome IN ('done', 'already', 'waiting', 'refused')", name="outcome"),
    Index("ix_data_import_rows_outcome", "import_id", "outcome", "row"),
    Index("ix_data_import_rows_key", "import_id", "key"),
    sqlite_with_rowid=False,
)

deletions = (
    Table(  # accounts that are deleted, and how far that is; the row stays, so that it can be shown that it was done
        "deletions",
        metadata,
        Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
        Column("by_whom", Text, nullable=False),  # member | staff | command
        Column(
            "step", Text, nullable=False, server_default=""
        ),  # what is being deleted; "": not begun, or all of it is done
        Column("things", Integer, nullable=False, server_default="0"),  # how much was deleted
        Column("begun_at", BigId, nullable=False),
        Column("finished_at", BigId),
        CheckConstraint("by_whom IN ('member', 'staff', 'command')", name="by_whom"),
        Index("ix_deletions_finished_at", "finished_at"),
    )
)

archives = Table(  # all that a member has, as one file
    "archives",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("secret", Text, nullable=False),  # in the address that it is fetched from
    Column("folder", Text, nullable=False),  # where it is put together
    Column("phase", Text, nullable=False, server_default="outbox"),  # outbox | lists | files | media | ready
    Column("after", BigId, nullable=False, server_default="0"),  # how far the phase is: an id
    Column("outbox_bytes", BigId, nullable=False, server_default="0"),  # what is behind this was not committed
    Column("bytes", BigId, nullable=False, server_default="0"),  # of the archive, likewise
    Column("posts", Integer, nullable=False, server_default="0"),
    Column("files", Integer, nullable=False, server_default="0"),
    Column("created_at", BigId, nullable=False),
    Column("ready_at", BigId),
    CheckConstraint("phase IN ('outbox', 'lists', 'files', 'media', 'ready')", name="phase"),
    Index("ix_archives_account_id_id", "account_id", "id"),
)

__all__ = ["archives", "data_import_rows", "data_imports", "deletions"]
