"""Staff of three, another server that offers lists, and jobs that are done at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from dunnock import moderation
from dunnock.foundation.db import Db
from dunnock.foundation.jobs import Jobs
from making import Make
from outside import outside

__all__ = ["outside"]


@pytest.fixture
async def staff(make: Make) -> SimpleNamespace:
    """`ada` and `eve` are admins, `mo` a moderator, `boss` the owner."""
    roles = {"ada": "admin", "eve": "admin", "mo": "moderator", "boss": "owner"}
    made = {name: await make.member(name, role=role) for name, role in roles.items()}
    return SimpleNamespace(**{name: one.id for name, one in made.items()})


@pytest.fixture
def settle(db: Db) -> Callable[[], Awaitable[None]]:
    """Do all jobs that are due."""
    return Jobs(db, moderation.JOBS).settle


@pytest.fixture
def do(db: Db) -> Callable[..., Awaitable[Any]]:
    """Call a use case in a transaction of its own."""

    async def done(use_case: Callable[..., Awaitable[Any]], *args: Any, **named: Any) -> Any:
        async with db.begin() as tx:
            return await use_case(tx, *args, **named)

    return done
