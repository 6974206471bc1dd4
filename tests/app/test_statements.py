"""Every statement of the code is one that PostgreSQL takes with our tables: its words, columns and types.

What a statement finds is for the tests of its package. Those of pages and endpoints, which call these packages, ask PostgreSQL
only where no other test does (`both_engines` in `tests/conftest.py`).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import asyncpg

import dunnock
from dunnock.foundation.db import Sql

ELSEWHERE = {
    "dunnock.discovery.store.search.FOUND": "asks SQLite's index of words",
    "dunnock.discovery.store.search.FOUND_UP": "as above",
    "dunnock.foundation.db.schema._version": "asks for a table that the migrations make",
}


def statements() -> dict[str, Sql]:
    """Where it is written -> the statement: constants of modules, also within tuples and dictionaries."""
    found: dict[str, Sql] = {}
    for module in pkgutil.walk_packages(dunnock.__path__, "dunnock."):
        if not module.name.startswith(("dunnock.app.migrations", "dunnock.__main__")):
            for name, value in vars(importlib.import_module(module.name)).items():
                for number, one in enumerate(_inside(value)):
                    found[f"{module.name}.{name}" + (f"[{number}]" if number else "")] = one
    return found


def _inside(value: Any) -> Iterator[Sql]:
    if isinstance(value, Sql):
        yield value
    elif type(value) in (tuple, list, dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _inside(one)


async def test_postgresql_takes_every_statement(postgres_empty: str):
    known = statements()
    assert len(known) > 1_000
    link = await asyncpg.connect(postgres_empty)
    refused = {}
    try:
        for name, one in known.items():
            try:
                await link.prepare(one.postgres.text)
            except asyncpg.PostgresError as error:
                refused[name] = str(error)
    finally:
        await link.close()
    assert refused.keys() == ELSEWHERE.keys(), refused
