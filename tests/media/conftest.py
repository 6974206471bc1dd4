"""A store of pictures, and pictures to put in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PIL import Image

from dunnock.media import MediaStore


@pytest.fixture
async def media_store(tmp_path: Path) -> AsyncIterator[MediaStore]:
    store = MediaStore.local(tmp_path / "media")
    yield store
    await store.aclose()


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    """Writes a picture of `size` and `colour`: `picture("red", family="PNG", frames=1)`."""

    def write(colour: str = "teal", *, size: tuple[int, int] = (60, 40), family: str = "PNG", frames: int = 1) -> Path:
        path = tmp_path / f"{colour}-{size[0]}x{size[1]}-{frames}.{family.lower()}"
        images = [Image.new("RGB", size, (at * 60, 10, 200) if at else colour) for at in range(frames)]
        images[0].save(path, family, **({"save_all": True, "append_images": images[1:]} if frames > 1 else {}))
        return path

    return write
