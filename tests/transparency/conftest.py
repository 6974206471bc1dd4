"""A server whose house can sign."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunnock.federation import Federation
from dunnock.foundation.db import Db
from dunnock.foundation.http import Door
from dunnock.foundation.settings import Settings
from dunnock.media import MediaStore
from outside import outside

__all__ = ["outside"]


@pytest.fixture
async def federation(db: Db, tmp_path: Path) -> Federation:
    settings = Settings(data=tmp_path, public_url="https://nest.example")
    return Federation(db, Door(agent="test"), settings, MediaStore.local(tmp_path / "media"))
