"""Which schema a database has, told cheaply: without the migrations' machinery."""

from __future__ import annotations

from sqlalchemy import bindparam, column, func, select, table

from dunnock.foundation.db.face import Reader
from dunnock.foundation.db.sql import Sql

_held = Sql(
    select(func.count()).select_from(table("sqlite_master", column("name"))).where(column("name") == bindparam("name")),
    select(func.count()).select_from(table("pg_tables", column("tablename"), column("schemaname")))
    .where(column("tablename") == bindparam("name"), column("schemaname") == func.current_schema()),
)
_version = Sql(select(column("version_num")).select_from(table("alembic_version", column("version_num"))))


async def schema_version(db: Reader) -> str | None:
    """The name of the last migration that ran; None: the database is empty."""
    if not await db.value(_held, name="alembic_version"):
        return None
    version: str | None = await db.value(_version)
    return version
