"""Files under the name of their content, on a local disk."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.storage import LocalStorage, is_name

SOON = 10**15


def source(tmp_path: Path, content: bytes) -> tuple[Path, str]:
    path = tmp_path / "source"
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "files")


async def all_names(storage: LocalStorage, before: int = SOON) -> list[str]:
    return [name async for batch in storage.names(before=before) for name in batch]


def remains(storage: LocalStorage) -> list[str]:
    return [path.name for path in storage._incoming.iterdir()]


async def test_what_is_put_is_read_again(storage: LocalStorage, tmp_path: Path) -> None:
    path, sha256 = source(tmp_path, b"0123456789")
    name = await storage.put(path, sha256=sha256, suffix="png")
    assert name == f"{sha256}.png"
    assert storage.path(name) == tmp_path / "files" / sha256[:2] / sha256[2:4] / name
    assert path.exists(), "the source stays its owner's"
    opened = await storage.open(name)
    assert opened is not None
    assert opened.size == 10
    assert await opened.read(2, 3) == b"234"
    assert await opened.read(8, 100) == b"89"
    await opened.close()
    await opened.close()
    assert await storage.exists(name)
    assert remains(storage) == []


async def test_twice_is_once_also_at_once(storage: LocalStorage, tmp_path: Path) -> None:
    path, sha256 = source(tmp_path, b"a" * 3_000_000)
    names = await asyncio.gather(*(storage.put(path, sha256=sha256, suffix="gif") for _ in range(8)))
    assert set(names) == {f"{sha256}.gif"}
    assert await all_names(storage) == [names[0]]
    assert remains(storage) == []


async def test_content_that_is_not_what_it_says_is_refused(storage: LocalStorage, tmp_path: Path) -> None:
    path, _ = source(tmp_path, b"one thing")
    with pytest.raises(ValueError, match="content"):
        await storage.put(path, sha256="0" * 64, suffix="png")
    assert await all_names(storage) == []
    assert remains(storage) == []


@pytest.mark.parametrize(("sha256", "suffix"), [("../../etc/passwd", "png"), ("0" * 64, "../x"), ("0" * 63, "png")])
async def test_no_name_leaves_the_folder(storage: LocalStorage, tmp_path: Path, sha256: str, suffix: str) -> None:
    path, _ = source(tmp_path, b"x")
    with pytest.raises(ValueError, match=suffix):
        await storage.put(path, sha256=sha256, suffix=suffix)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".lock",
        "..",
        "../files/.lock",
        "a" * 64,
        f"{'a' * 64}.",
        f"{'A' * 64}.png",
        f"{'a' * 64}.png\n",
        f"{'a' * 64}.png/..",
        f"/{'a' * 64}.png",
        f"{'a' * 64}.p\0g",
        f"{'٣' * 64}.png",
    ],
)
async def test_strange_names_are_unknown(storage: LocalStorage, name: str) -> None:
    assert not is_name(name)
    assert await storage.open(name) is None
    assert not await storage.exists(name)
    assert not await storage.delete(name, before=SOON)


async def test_only_what_is_old_is_listed_and_deleted(storage: LocalStorage, tmp_path: Path) -> None:
    path, sha256 = source(tmp_path, b"old")
    name = await storage.put(path, sha256=sha256, suffix="png")
    an_hour_ago = now_ms() - HOUR
    assert await all_names(storage, before=an_hour_ago) == []
    assert not await storage.delete(name, before=an_hour_ago)
    os.utime(storage.path(name), (1, 1))
    assert await all_names(storage, before=an_hour_ago) == [name]
    await storage.put(path, sha256=sha256, suffix="png")
    assert not await storage.delete(name, before=an_hour_ago), "putting it again makes it young"
    os.utime(storage.path(name), (1, 1))
    assert await storage.delete(name, before=an_hour_ago)
    assert not await storage.delete(name, before=an_hour_ago)
    assert await storage.open(name) is None


async def test_no_put_is_lost_to_a_delete(storage: LocalStorage, tmp_path: Path) -> None:
    path, sha256 = source(tmp_path, b"wanted")
    name = f"{sha256}.png"
    for _ in range(50):
        await storage.put(path, sha256=sha256, suffix="png")
        os.utime(storage.path(name), (1, 1))
        await asyncio.gather(
            storage.delete(name, before=now_ms() - HOUR), storage.put(path, sha256=sha256, suffix="png")
        )
        assert await storage.exists(name)


async def test_remains_of_a_crash_go(storage: LocalStorage, tmp_path: Path) -> None:
    path, sha256 = source(tmp_path, b"x")
    await storage.put(path, sha256=sha256, suffix="png")
    left = storage._incoming / "left"
    left.write_bytes(b"half")
    await all_names(storage, before=now_ms() - HOUR)
    assert left.exists()
    os.utime(left, (1, 1))
    await all_names(storage, before=now_ms() - HOUR)
    assert not left.exists()


async def test_an_empty_storage_answers(storage: LocalStorage) -> None:
    assert await all_names(storage) == []
    assert await storage.open(f"{'0' * 64}.png") is None
    assert not await storage.delete(f"{'0' * 64}.png", before=SOON)
