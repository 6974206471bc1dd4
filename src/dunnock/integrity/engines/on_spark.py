"""Spark, in local mode or where SPARK_REMOTE and spark-defaults.conf say: for tables that are too much for one machine."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ibis
from ibis.backends.sql.datatypes import PySparkType

from dunnock.integrity.coaction import Ints
from dunnock.integrity.engines.kinds import kind_of
from dunnock.integrity.engines.model import PLACE, BadTable, EngineMissing

_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.log.level": "ERROR",
}


class OnSpark:
    """An `Engine`. What is kept lies in a temporary folder, as Parquet."""

    def __init__(self) -> None:
        """Starts Spark, which takes some seconds.

        Raises:
            EngineMissing: PySpark or Arrow isn't installed, or Spark doesn't start without Java.
        """
        try:
            import pyarrow  # noqa: F401, ICN001, PLC0415 (an extra)
            from pyspark.errors import PySparkException  # noqa: PLC0415 (as above)
            from pyspark.sql import SparkSession  # noqa: PLC0415 (as above)
        except ImportError:
            raise EngineMissing(say="Spark needs the packages of the extra: pip install 'dunnock[spark]'.") from None
        self._error = PySparkException
        self._folder = tempfile.TemporaryDirectory(prefix="dunnock-scan-")
        self._home = Path(self._folder.name)
        builder = SparkSession.builder.appName("dunnock").config("spark.sql.warehouse.dir", str(self._home))
        if not os.environ.get("SPARK_REMOTE") and not os.environ.get("MASTER"):
            builder = builder.master("local[2]").config("spark.sql.shuffle.partitions", "8")
        for setting, value in _SETTINGS.items():
            builder = builder.config(setting, value)
        try:
            self._spark = builder.getOrCreate()
        except PySparkException as error:
            self._folder.cleanup()
            raise EngineMissing(say=f"Spark doesn't start; it needs Java 17 or newer. {_first_line(error)}") from None

    def file(self, place: int, path: Path) -> Any:
        """See `Engine`."""
        try:
            kind, where, row = kind_of(path), str(path.resolve()), "monotonically_increasing_id()"
            if kind == "parquet":
                found, row = self._spark.read.parquet(where), "_metadata.row_index"
            elif kind == "csv":  # of several lines a record, so that a file is read as one, from its beginning
                reading = self._spark.read.option("header", "true").option("multiLine", "true").option("escape", '"')
                found = reading.csv(where)
            else:
                reading = self._spark.read.option("multiLine", "true" if kind == "array" else "false")
                found = reading.option("mode", "FAILFAST").json(where)
            found = found.selectExpr("*", f"{row} + {place << PLACE} AS row")
            return self._named(f"file{place}", found)
        except OSError as error:
            raise BadTable(say=f"{path} can't be read: {error.strerror}.") from None
        except self._error as error:
            raise BadTable(say=f"{path} can't be read: {_first_line(error)}") from None

    def keep(self, name: str, expression: Any) -> Any:
        """See `Engine`."""
        where = str(self._home / name)
        try:
            self._spark.sql(_sql(expression)).write.parquet(where)
            return self._named(name, self._spark.read.parquet(where))
        except self._error as error:
            raise BadTable(say=f"The tables can't be read: {_first_line(error)}") from None

    def named(self, name: str, expression: Any, *, file: Path) -> Any:  # noqa: ARG002 (see `Engine`)
        """See `Engine`. What was read once is in columns afterwards, whatever the file was."""
        return self.keep(name, expression)

    def union(self, name: str, parts: Sequence[Any]) -> Any:
        """See `Engine`."""
        return self._named(name, self._spark.sql(_sql(ibis.union(*parts))))

    def drop(self, name: str) -> None:
        """See `Engine`."""
        self._spark.catalog.dropTempView(name)
        shutil.rmtree(self._home / name, ignore_errors=True)  # of a union there is none

    def given(self, name: str, numbers: Ints) -> Any:
        """See `Engine`."""
        import pyarrow as pa  # noqa: PLC0415 (an extra)

        return self._named(name, self._spark.createDataFrame(pa.table({"number": numbers})))

    def columns(self, expression: Any) -> dict[str, Any]:
        """See `Engine`."""
        found = self._spark.sql(_sql(expression)).toArrow()
        return {name: found.column(name).to_numpy() for name in found.column_names}

    def rows(self, expression: Any, size: int) -> Iterator[list[Any]]:
        """See `Engine`."""
        some: list[Any] = []
        for row in self._spark.sql(_sql(expression)).toLocalIterator():
            some.append(tuple(row))
            if len(some) == size:
                yield some
                some = []
        if some:
            yield some

    def hashed(self, value: Any) -> Any:
        """See `Engine`."""
        return _hash(value)

    def close(self) -> None:
        """See `Engine`."""
        self._spark.stop()
        self._folder.cleanup()

    def _named(self, name: str, found: Any) -> Any:
        found.createOrReplaceTempView(name)
        return ibis.table(
            {one.name: PySparkType.from_string(one.dataType.simpleString()) for one in found.schema}, name=name
        )


@ibis.udf.scalar.builtin(name="xxhash64")  # type: ignore[untyped-decorator]
def _hash(value: str) -> int:  # type: ignore[empty-body]
    """Spark's own."""


def _sql(expression: Any) -> str:
    return str(ibis.to_sql(expression, dialect="pyspark"))


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:300]
