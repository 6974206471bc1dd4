"""The whole house in this process, on either engine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from dunnock.app.build import House, build
from dunnock.app.settings import load


@pytest.fixture
async def house(database_url, tmp_path) -> AsyncIterator[House]:
    settings = load(tmp_path, environ={}, flags={"database_url": database_url, "dev": True, "metrics_token": "watch"})
    built = await build(settings)
    yield built
    await built.close()
