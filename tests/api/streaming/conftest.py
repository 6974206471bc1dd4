"""Members and their streams, on either engine."""

from __future__ import annotations

import pytest

from api.streaming.town import Town
from dunnock.app.build import build
from dunnock.app.settings import load


@pytest.fixture
async def town(database_url, tmp_path, make):
    settings = load(tmp_path, environ={}, flags={"database_url": database_url, "dev": True, "metrics_token": "watch"})
    house = await build(settings)
    await house.reactions.prepare()  # each takes its place in the log
    yield Town(house, make)
    await house.close()
