"""DuckDB: no more memory than is said, the rest in a temporary folder."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import ibis
from ibis.backends.sql.datatypes import DuckDBType

from dunnock.integrity.coaction import Ints
from dunnock.integrity.engines.kinds import Kind, kind_of
from dunnock.integrity.engines.model import PLACE, BadTable

_MEMORY = "384MB"
_JSON = "SELECT *, row_number() OVER () AS n FROM read_json({{}}, format = '{}', sample_size = -1, map_inference_threshold = -1)"
_SOURCES: dict[Kind, str] = {
    "parquet": "SELECT * EXCLUDE file_row_number, file_row_number AS n FROM read_parquet({}, file_row_number = true)",
    "csv": "SELECT *, row_number() OVER () AS n FROM read_csv({}, all_varchar = true, header = true)",
    "lines": _JSON.format("newline_delimited"),
    "array": _JSON.format("array"),
}


class OnDuckDB:
    """An `Engine`. Ibis makes the SQL; it goes to DuckDB without pandas and Arrow between."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="dunnock-scan-")
        self._kinds: dict[str, str] = {}
        self._db = duckdb.connect(
            config={
                "threads": 2,
                "memory_limit": _MEMORY,
                "temp_directory": self._folder.name,
                "autoinstall_known_extensions": False,  # it would ask the network
                "autoload_known_extensions": False,
            }
        )
        with contextlib.suppress(duckdb.Error):  # it knows no other where it was built without zones
            self._db.execute("SET TimeZone = 'UTC'")

    def file(self, place: int, path: Path) -> Any:
        """See `Engine`."""
        literal = "'" + str(path).replace("'", "''") + "'"
        try:
            source = _SOURCES[kind_of(path)].format(literal)
            mixed = [column for column, kind in self._columns(f"({source})") if kind == "JSON"]
            if mixed:  # of several types: as they would stand in CSV
                texts = ", ".join(f"{one} ->> '$' AS {one}" for one in map(_quoted, mixed))
                source = f"SELECT * REPLACE ({texts}) FROM ({source})"
            name = f"file{place}"
            self._db.execute(f"CREATE VIEW {name} AS SELECT * EXCLUDE n, n + {place << PLACE} AS row FROM ({source})")
            return self._table(name)
        except OSError as error:
            raise BadTable(say=f"{path} can't be read: {error.strerror}.") from None
        except duckdb.Error as error:
            raise BadTable(say=f"{path} can't be read: {_first_line(error)}") from None

    def keep(self, name: str, expression: Any) -> Any:
        """See `Engine`."""
        return self._made("TABLE", name, expression)

    def named(self, name: str, expression: Any, *, file: Path) -> Any:
        """See `Engine`. Of Parquet, each reading decodes only the columns that it needs."""
        return self._made("VIEW" if kind_of(file) == "parquet" else "TABLE", name, expression)

    def union(self, name: str, parts: Sequence[Any]) -> Any:
        """See `Engine`."""
        return self._made("VIEW", name, ibis.union(*parts))

    def drop(self, name: str) -> None:
        """See `Engine`."""
        self._db.execute(f"DROP {self._kinds.pop(name)} {name}")

    def given(self, name: str, numbers: Ints) -> Any:
        """See `Engine`."""
        self._db.register("given", {"number": numbers})
        self._db.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT number FROM given")
        self._db.unregister("given")
        return self._table(name)

    def columns(self, expression: Any) -> dict[str, Any]:
        """See `Engine`."""
        try:
            found: dict[str, Any] = self._db.execute(_sql(expression)).fetchnumpy()
        except duckdb.Error as error:
            raise BadTable(say=f"The tables can't be read: {_first_line(error)}") from None
        return found

    def rows(self, expression: Any, size: int) -> Iterator[list[Any]]:
        """See `Engine`."""
        found = self._db.cursor().execute(_sql(expression))
        while rows := found.fetchmany(size):
            yield rows

    def hashed(self, value: Any) -> Any:
        """See `Engine`."""
        return _hash(value)

    def close(self) -> None:
        """See `Engine`."""
        self._db.close()
        self._folder.cleanup()

    def _made(self, kind: str, name: str, expression: Any) -> Any:
        try:
            self._db.execute(f"CREATE {kind} {name} AS {_sql(expression)}")
        except duckdb.Error as error:
            raise BadTable(say=f"The tables can't be read: {_first_line(error)}") from None
        self._kinds[name] = kind
        return self._table(name)

    def _table(self, name: str) -> Any:
        return ibis.table({column: _kind(kind) for column, kind in self._columns(name)}, name=name)

    def _columns(self, of: str) -> list[tuple[str, str]]:
        return [(str(row[0]), str(row[1])) for row in self._db.execute(f"DESCRIBE FROM {of}").fetchall()]


@ibis.udf.scalar.builtin(name="hash")  # type: ignore[untyped-decorator]
def _hash(value: str) -> int:  # type: ignore[empty-body]
    """DuckDB's own."""


def _kind(kind: str) -> Any:
    """Ibis's name for a type; text for one that it doesn't know."""
    try:
        return DuckDBType.from_string(kind)
    except Exception:  # noqa: BLE001 (parsers of three libraries; such a column is none that is looked at)
        return "string"


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _sql(expression: Any) -> str:
    return str(ibis.to_sql(expression, dialect="duckdb", pretty=False))


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:300]
