"""SQL written once in SQLAlchemy Core, compiled once for both engines, executed by the bare driver (design, section 10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    ARRAY,
    DDL,
    BigInteger,
    BindParameter,
    Boolean,
    ClauseElement,
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    event,
    false,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""An id or a count of milliseconds: 64 bits on both engines."""


class ManyIds(TypeDecorator[Sequence[int]]):
    """A list of ids as ONE parameter: JSON text for SQLite, an array for PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """An array where the engine has arrays."""
        return dialect.type_descriptor(ARRAY(BigInteger()) if dialect.name == "postgresql" else Text())


class ManyTexts(TypeDecorator[Sequence[str]]):
    """A list of texts as ONE parameter."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """An array where the engine has arrays."""
        return dialect.type_descriptor(ARRAY(Text()) if dialect.name == "postgresql" else Text())


@compiles(BindParameter)
def _constants_in_the_text(element: BindParameter[Any], compiler: SQLCompiler, **kw: Any) -> str:
    """Write constants of our own code into the SQL: a partial index is only chosen for a literal."""
    if not element.required and element.effective_value is None:
        return "NULL"
    if not element.required and isinstance(element.effective_value, (int, str)):
        kw["literal_binds"] = True
    text: str = compiler.visit_bindparam(element, **kw)  # type: ignore[no-untyped-call]
    return text


class _Among(FunctionElement[bool]):
    name = "among"
    type = NullType()  # type: ignore[assignment]  # not Boolean: SQLite would then be told `(x IN (...)) = 1`, which no index serves
    inherit_cache = True


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **kw)} IN (SELECT value FROM json_each({compiler.process(values, **kw)}))"


@compiles(_Among, "postgresql")
def _among_postgres(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **kw)} = ANY({compiler.process(values, **kw)})"


def among(column: ColumnElement[Any], param: str) -> ColumnElement[bool]:
    """`column` is one of the list given as parameter `param` (ids, or texts for a text column)."""
    kind = ManyTexts() if isinstance(column.type, Text) else ManyIds()
    return _Among(column, bindparam(param, type_=kind))


def flag(name: str, *, default: bool = False) -> Column[bool]:
    """A column that is true or false, never null."""
    return Column(name, Boolean(), nullable=False, server_default=true() if default else false())


class Extra(msgspec.Struct, frozen=True):
    """What belongs to a table and has no word in SQLAlchemy's schema language: statements to be run after the table's.

    `hidden`: tables that SQLite makes for it by itself, which are nobody's to compare or to change.
    """

    name: str
    sqlite: tuple[str, ...] = ()
    postgresql: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


EXTRAS: dict[str, Extra] = {}
"""By name; `scripts/migration.py` writes those that are new into the next migration."""


def extra(table: Table, one: Extra) -> None:
    """Have `one` made whenever `table` is made by `metadata.create_all`; the migrations have it written out."""
    EXTRAS[one.name] = one
    for engine, statements in (("sqlite", one.sqlite), ("postgresql", one.postgresql)):
        for statement in statements:
            ddl: Any = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl.execute_if(dialect=engine))


def _as_json(value: Sequence[Any]) -> str:
    return msgspec.json.encode(value if isinstance(value, (list, tuple)) else list(value)).decode()


class Compiled(msgspec.Struct, frozen=True):
    """One statement for one engine: its text, and how named parameters become positions."""

    text: str
    args: Callable[[Mapping[str, Any]], list[Any]]


class Sql:
    """A statement for both engines. Give `pg` where PostgreSQL needs another form than SQLite."""

    __slots__ = ("_lite", "_pg", "_source", "_source_pg")

    def __init__(self, source: ClauseElement, pg: ClauseElement | None = None) -> None:
        """Keep the statement; it is compiled at its first use on each engine."""
        self._source, self._source_pg = source, source if pg is None else pg
        self._lite: Compiled | None = None
        self._pg: Compiled | None = None

    @property
    def sqlite(self) -> Compiled:
        """The form for SQLite."""
        if self._lite is None:
            self._lite = _compile(self._source, sqlite.dialect(paramstyle="qmark"), is_sqlite=True)
        return self._lite

    @property
    def postgres(self) -> Compiled:
        """The form for PostgreSQL."""
        if self._pg is None:
            self._pg = _compile(self._source_pg, asyncpg_dialect(), is_sqlite=False)  # type: ignore[no-untyped-call]
        return self._pg


def _compile(source: ClauseElement, dialect: Any, *, is_sqlite: bool) -> Compiled:
    compiled = source.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    text = str(compiled)
    if "POSTCOMPILE" in text:
        raise TypeError(f"use among() for lists, not in_(): {text}")
    plan: list[tuple[str, Callable[[Any], Any] | None]] = []
    for name in compiled.positiontup or ():
        bind = compiled.binds[name]
        plan.append((bind.key, _as_json if is_sqlite and isinstance(bind.type, (ManyIds, ManyTexts)) else None))
    if all(coder is None for _, coder in plan):
        names = tuple(name for name, _ in plan)
        return Compiled(text, lambda given: [given[n] for n in names])
    return Compiled(text, lambda given: [given[n] if code is None else code(given[n]) for n, code in plan])


def insert_into(table: Table, *columns: str) -> Sql:
    """Insert one row of the named columns (all columns when none is named); parameters are called as the columns."""
    names = columns or tuple(column.name for column in table.columns)
    return Sql(table.insert().values({name: bindparam(name, type_=table.c[name].type) for name in names}))


def insert_once(table: Table, *columns: str, keys: Sequence[str] = ()) -> Sql:
    """Insert unless a row with the same key is there already; `tx.run` tells 1 or 0. `keys`: which conflict is meant."""
    names = columns or tuple(column.name for column in table.columns)
    values = {name: bindparam(name, type_=table.c[name].type) for name in names}
    on = list(keys) or None
    return Sql(
        sqlite.insert(table).values(values).on_conflict_do_nothing(index_elements=on),
        postgresql.insert(table).values(values).on_conflict_do_nothing(index_elements=on),
    )


def upsert(table: Table, keys: Sequence[str], *columns: str) -> Sql:
    """Insert, or replace the other named columns of the row with the same `keys`."""
    names = columns or tuple(column.name for column in table.columns)
    values = {name: bindparam(name, type_=table.c[name].type) for name in names}
    rest = [name for name in names if name not in keys]
    lite, pg = sqlite.insert(table).values(values), postgresql.insert(table).values(values)
    return Sql(
        lite.on_conflict_do_update(index_elements=list(keys), set_={n: lite.excluded[n] for n in rest}),
        pg.on_conflict_do_update(index_elements=list(keys), set_={n: pg.excluded[n] for n in rest}),
    )


__all__ = [
    "EXTRAS",
    "BigId",
    "Boolean",
    "Extra",
    "LargeBinary",
    "ManyIds",
    "ManyTexts",
    "Sql",
    "among",
    "extra",
    "flag",
    "insert_into",
    "insert_once",
    "metadata",
    "upsert",
]
