"""A house, and remote servers around it."""

from __future__ import annotations

import functools
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from api.staffed import staffed
from dunnock.app.build import House, build
from dunnock.app.settings import load
from dunnock.federation import keys
from dunnock.federation.keys import _make
from dunnock.foundation.db import open_db
from federation.neighbour import Neighbour
from federation.remote import Remote
from federation.town import Town
from making import Make


@pytest.fixture
async def house(database_url: str, tmp_path: Any) -> AsyncIterator[House]:
    """Everything but the loops that work by themselves: `settle` does what is due."""
    settings = load(tmp_path, environ={}, flags={"database_url": database_url, "dev": True, "sign_up": "open"})
    built = await build(settings)
    await built.reactions.prepare()
    yield built
    await built.close()


@pytest.fixture
async def remote() -> AsyncIterator[Remote]:
    server = await Remote().start()
    yield server
    await server.stop()


@pytest.fixture
async def another() -> AsyncIterator[Remote]:
    """A second one, which means nobody well."""
    server = await Remote("127.0.0.3").start()
    yield server
    await server.stop()


@pytest.fixture
def settle(house: House) -> Callable[[], Awaitable[None]]:
    """Do all that follows: reactions, jobs, deliveries."""

    async def all_of_it() -> None:
        for _ in range(3):
            await house.reactions.settle()
            await house.jobs.settle()
            await house.deliveries.settle()

    return all_of_it


@pytest.fixture(autouse=True)
def keys_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making a key takes 0.1 s and more, and every house needs one."""
    monkeypatch.setattr(keys, "_make", made_once)


@functools.cache
def made_once() -> tuple[str, str]:
    return _make()


@pytest.fixture
async def town(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Town]:
    """Our server with two neighbours, on SQLite; seen through its API."""
    path = tmp_path / "dunnock.db"
    shutil.copy(sqlite_template, path)
    db = await open_db(f"sqlite:///{path}")
    make = Make(db)
    home = await staffed(f"sqlite:///{path}", tmp_path, make)
    near, far = await Neighbour("127.0.0.2").start(), await Neighbour("127.0.0.3").start()
    await home.house.reactions.prepare()
    yield Town(home, make, near, far)
    await home.house.close()
    await db.close()
    await near.stop()
    await far.stop()
