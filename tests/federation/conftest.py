"""A house, and remote servers around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from dunnock.app.build import House, build
from dunnock.app.settings import load
from federation.remote import Remote


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
