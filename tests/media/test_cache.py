"""Copies of other servers' files take so much room and no more."""

from __future__ import annotations

import hashlib
import os

import msgspec
import pytest

from dunnock import accounts
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.storage import LocalStorage
from dunnock.media import MediaChanged, find, trim_copies
from dunnock.media.cache import has_room, picture_bytes

KEPT = {"width": 1, "height": 1, "bytes": 100, "mime": "image/png"}


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path / "files")


@pytest.fixture
def put(storage, tmp_path):
    """Keep a file; JSON of its Picture."""

    async def make(content):
        path = tmp_path / "one"
        path.write_bytes(content.encode())
        name = await storage.put(path, sha256=hashlib.sha256(content.encode()).hexdigest(), suffix="png")
        return msgspec.json.encode({"original": {"path": name} | KEPT}).decode(), storage.path(name)

    return make


@pytest.fixture
async def bob(make):
    return await make.account(domain="b.example")


async def test_the_oldest_copies_give_way(db, make, *, events, storage, put, bob):
    """Members' own files, and what is not copied yet, are not counted."""
    ann = await make.account()

    async def media(who, number, **values):
        url = f"https://b.example/{number}.png" if who is bob else None
        files, _ = await put(str(number))
        return (await make.media(who, files=files, bytes=100, remote_url=url, post_id=number, **values)).id

    own = await media(ann, 1)
    copies = [await media(bob, number) for number in range(2, 7)]
    waiting = (await make.media(bob, state="processing", remote_url="https://b.example/x.png")).id
    assert await trim_copies(db, storage, most_bytes=500) == 0
    assert await trim_copies(db, storage, most_bytes=250) == 3
    found = await find(db, [own, waiting, *copies])
    assert [found[one].kind for one in copies] == ["unknown"] * 3 + ["image"] * 2
    assert [found[one].picture is None for one in (own, *copies)] == [False, True, True, True, False, False]
    assert found[copies[0]].remote_url == "https://b.example/2.png"
    assert found[waiting].state == "processing"
    assert await events() == [MediaChanged(media_id=one, post_id=number) for number, one in enumerate(copies[:3], 2)]
    assert await trim_copies(db, storage, most_bytes=250) == 0


async def test_what_is_still_looked_at_stays(db, make, storage, put, bob):
    """On a later day than that of its turn; when everything is, the oldest turn goes all the same."""
    made = []
    for number in range(4):
        files, path = await put(str(number))
        made.append(((await make.media(bob, files=files, bytes=100, remote_url="https://b.example/x.png")).id, path))

    async def kept():
        found = await find(db, [one for one, _ in made])
        return [number for number, (one, _) in enumerate(made) if found[one].kind == "image"]

    for number in (0, 2):
        looked_at = (now_ms() + 2 * DAY) * 10**6
        os.utime(made[number][1], ns=(looked_at, made[number][1].stat().st_mtime_ns))
    assert await trim_copies(db, storage, most_bytes=250) == 2
    assert await kept() == [0, 2]
    for number in (0, 2):
        os.utime(made[number][1])
    assert await trim_copies(db, storage, most_bytes=100) == 1
    assert await kept() == [2]


async def test_reading_a_file_is_noted_once_a_day(storage, put):
    _, path = await put("one")
    before = path.stat()
    os.utime(path, ns=(before.st_atime_ns - 2 * DAY * 10**6, before.st_mtime_ns))
    await (await storage.open(path.name)).close()
    noted = path.stat()
    assert noted.st_atime_ns >= before.st_atime_ns
    assert noted.st_mtime_ns == before.st_mtime_ns  # its age is another thing
    assert await storage.used([path.name, "f" * 64 + ".png"]) == {path.name: noted.st_atime_ns // 10**6}


async def test_avatars_and_headers_count_and_go_last(db, make, storage, put, bob):
    picture, _ = await put("face")
    async with db.begin() as tx:
        await accounts.show_pictures(tx, bob.id, avatar=picture, header=picture)
    files, _ = await put("copy")
    one = await make.media(bob, files=files, bytes=100, remote_url="https://b.example/1.png")
    assert await picture_bytes(db) == 200
    assert await trim_copies(db, storage, most_bytes=300, pictures=200) == 0
    assert await trim_copies(db, storage, most_bytes=200, pictures=200) == 1
    assert (await find(db, [one.id]))[one.id].kind == "unknown"
    assert (await accounts.find(db, bob.id)).avatar == picture
    assert await trim_copies(db, storage, most_bytes=100, pictures=200) == 1
    assert (await accounts.find(db, bob.id)).avatar is None
    assert await picture_bytes(db) == 0


async def test_a_full_disk_gets_no_copies(db, make, *, storage, put, bob, monkeypatch):
    """And gives some up at once; a sweep follows."""
    files, _ = await put("copy")
    for _ in range(3):
        await make.media(bob, files=files, bytes=100, remote_url="https://b.example/1.png")
    assert await has_room(storage)
    left = 10**12

    async def free():
        return left

    monkeypatch.setattr(storage, "free", free)
    assert await trim_copies(db, storage, most_bytes=10**9, least_free=left + 150) == 2
    left = 1_000
    assert not await has_room(storage)
