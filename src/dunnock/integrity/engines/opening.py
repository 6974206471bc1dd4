"""Which engine computes: only who asks for one pays for its import."""

from __future__ import annotations

from dunnock.integrity.engines.model import Engine, EngineMissing


def opened(name: str) -> Engine:
    """The engine of that name.

    Raises:
        EngineMissing: there is no such engine, or what it needs is not installed.
    """
    if name == "duckdb":
        from dunnock.integrity.engines.on_duckdb import OnDuckDB  # noqa: PLC0415 (half a second)

        return OnDuckDB()
    if name == "spark":
        from dunnock.integrity.engines.on_spark import OnSpark  # noqa: PLC0415 (as above)

        return OnSpark()
    raise EngineMissing(say=f"There is no engine {name}; there are duckdb and spark.")
