"""Taking a picture: at once, as a job, and not at all; and what happens to those that nobody uses."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from dunnock import media
from dunnock.accounts import tables as a
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Db, Sql
from dunnock.foundation.db.tables import jobs
from dunnock.foundation.events import Event
from dunnock.foundation.ids import id_at
from dunnock.media import MediaStore
from dunnock.media import tables as t
from dunnock.media.upload import process_waiting
from making import Make

Picture = Callable[..., Path]
Events = Callable[[], Awaitable[list[Event]]]
ROWS = Sql(select(func.count()).select_from(t.media))
JOBS = Sql(select(jobs.c.kind))


async def stored(store: MediaStore, before: int = 10**15) -> set[str]:
    return {name async for names in store.storage.names(before=before) for name in names}


def grow_old(store: MediaStore, names: set[str]) -> None:
    for name in names:
        os.utime(store.storage.path(name), (1, 1))  # type: ignore[attr-defined]


def left_over(store: MediaStore) -> list[Path]:
    return [path for folder in (store._work, store._waiting) if folder.exists() for path in folder.iterdir()]


async def test_a_picture_is_kept_with_its_preview_and_words(
    db: Db, make: Make, events: Events, media_store: MediaStore, picture: Picture
) -> None:
    owner = await make.account()
    taken = await media.accept(
        db,
        media_store,
        account_id=owner.id,
        path=picture(size=(1600, 900), family="JPEG"),
        description=" A teal field. ",
        focus=(0.5, -0.25),
    )
    assert taken == await media.find_own(db, taken.id, by=owner.id)
    assert (await media.find(db, [taken.id])) == {taken.id: taken}
    assert (taken.kind, taken.state, taken.post_id) == ("image", "ready", None)
    assert (taken.description, taken.focus) == ("A teal field.", (0.5, -0.25))
    shown = taken.picture
    assert shown is not None
    assert shown.small is not None
    assert taken.blurhash
    assert (shown.original.width, shown.original.height, shown.original.mime) == (1600, 900, "image/jpeg")
    assert shown.small.width < 700
    assert shown.static is None
    assert await stored(media_store) == set(shown.names)
    assert await events() == [media.MediaAccepted(media_id=taken.id, account_id=owner.id)]
    assert left_over(media_store) == []
    with pytest.raises(media.MediaMissing):
        await media.find_own(db, taken.id, by=owner.id + 1)


async def test_what_moves_has_a_still_form(db: Db, make: Make, media_store: MediaStore, picture: Picture) -> None:
    owner = await make.account()
    taken = await media.accept(db, media_store, account_id=owner.id, path=picture(family="WEBP", frames=3))
    assert taken.picture is not None
    assert taken.picture.static is not None
    assert taken.picture.original.mime == "image/webp"
    assert taken.picture.still.mime == "image/webp"
    assert media.read_picture(media.write_picture(taken.picture)) == taken.picture


async def test_the_same_picture_of_two_people_is_one_file(
    db: Db, make: Make, media_store: MediaStore, picture: Picture
) -> None:
    one, other = await make.account(), await make.account()
    first = await media.accept(db, media_store, account_id=one.id, path=picture())
    second = await media.accept(db, media_store, account_id=other.id, path=picture())
    assert first.picture == second.picture
    assert len(await stored(media_store)) == 2
    async with db.begin() as tx:
        await media.remove(tx, first.id, by=one.id)
    grow_old(media_store, await stored(media_store))
    assert await media.sweep_files(db, media_store) == 0, "the other one still uses them"
    async with db.begin() as tx:
        await media.remove(tx, second.id, by=other.id)
    assert await media.sweep_files(db, media_store) == 2
    assert await stored(media_store) == set()


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", media.MediaRejected, "empty"),
        (b"<html><script>alert(1)</script>", media.MediaRejected, "can't be attached"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", media.MediaRejected, "can't be attached"),
        (b'{"@context":"https://www.w3.org/ns/activitystreams"}', media.MediaRejected, "can't be attached"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, media.MediaRejected, "damaged"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 50, media.MediaRejected, "damaged"),
        (b"OggS" + b"\0" * 50, media.MediaRejected, "damaged"),
        (b"\xff\xd8\xff" + b"\0" * (16 * 1024 * 1024), media.MediaTooLarge, "too large"),
    ],
)
async def test_what_is_no_picture_leaves_nothing(
    db: Db,
    make: Make,
    events: Events,
    media_store: MediaStore,
    tmp_path: Path,
    *,
    content: bytes,
    error: type[Exception],
    words: str,
) -> None:
    owner = await make.account()
    path = tmp_path / "sent"
    path.write_bytes(content)
    with pytest.raises(error) as caught:
        await media.accept(db, media_store, account_id=owner.id, path=path)
    assert words in caught.value.text  # type: ignore[attr-defined]
    assert await db.value(ROWS) == 0
    assert await events() == []
    assert await stored(media_store) == set()
    assert left_over(media_store) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"description": "x" * 1501}, "too long"),
        ({"focus": (0.0, 1.5)}, "Focus"),
        ({"focus": (float("nan"), 0.0)}, "Focus"),
    ],
)
async def test_words_and_focus_are_checked_first(
    db: Db, make: Make, media_store: MediaStore, picture: Picture, *, more: dict[str, Any], words: str
) -> None:
    owner = await make.account()
    with pytest.raises(media.DescriptionRefused) as caught:
        await media.accept(db, media_store, account_id=owner.id, path=picture(), **more)
    assert words in caught.value.text
    assert media_store.workers.pids() == []


async def test_a_killed_worker_leaves_nothing_half_made(
    db: Db, make: Make, events: Events, media_store: MediaStore, picture: Picture
) -> None:
    owner = await make.account()
    under_way = asyncio.create_task(media.accept(db, media_store, account_id=owner.id, path=picture(size=(5000, 5000))))
    while not (pids := media_store.workers.pids()):  # noqa: ASYNC110 - workers tell nobody of their start
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    os.kill(pids[0], signal.SIGKILL)
    with pytest.raises(media.MediaFailed):
        await under_way
    assert await db.value(ROWS) == 0
    assert await events() == []
    assert await stored(media_store) == set()
    assert left_over(media_store) == []
    assert (await media.accept(db, media_store, account_id=owner.id, path=picture())).state == "ready"


async def test_what_takes_long_goes_on_as_a_job(
    db: Db, make: Make, events: Events, media_store: MediaStore, picture: Picture
) -> None:
    owner = await make.account()
    path = picture(size=(3000, 2000))
    taken = await media.accept(db, media_store, account_id=owner.id, path=path, description="large", within_s=0.001)
    path.unlink()  # as the end of the request does
    assert (taken.state, taken.picture) == ("processing", None)
    assert taken == await media.find_own(db, taken.id, by=owner.id)
    assert await db.all(JOBS) == [("ProcessMedia",)]
    assert await events() == []
    for _ in range(2):  # a job may be done twice
        await process_waiting(db, media_store, media.ProcessMedia(media_id=taken.id))
    ready = await media.find_own(db, taken.id, by=owner.id)
    assert (ready.state, ready.description) == ("ready", "large")
    assert ready.picture is not None
    assert ready.picture.original.width == 3000
    assert await events() == [media.MediaAccepted(media_id=taken.id, account_id=owner.id)]
    assert left_over(media_store) == []


async def test_a_job_that_can_not_do_it_fails_once(
    db: Db, make: Make, events: Events, media_store: MediaStore, tmp_path: Path
) -> None:
    owner = await make.account()
    path = tmp_path / "bad"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    taken = await media.process_later(db, media_store, account_id=owner.id, path=path)
    await process_waiting(db, media_store, media.ProcessMedia(media_id=taken.id))
    failed = await media.find_own(db, taken.id, by=owner.id)
    assert (failed.state, failed.picture) == ("failed", None)
    assert await events() == []
    assert left_over(media_store) == []


async def test_a_job_without_workers_tries_for_hours(
    db: Db, make: Make, media_store: MediaStore, picture: Picture
) -> None:
    owner = await make.account()
    young = await media.process_later(db, media_store, account_id=owner.id, path=picture())
    old_id = id_at(now_ms() - 4 * HOUR)
    await make.row(t.media, id=old_id, account_id=owner.id, kind="image", state="processing", files="{}", created_at=1)
    await media_store.set_aside(picture(), old_id)
    await media_store.workers.aclose()
    with pytest.raises(media.MediaFailed):
        await process_waiting(db, media_store, media.ProcessMedia(media_id=young.id))
    assert (await media.find_own(db, young.id, by=owner.id)).state == "processing"
    await process_waiting(db, media_store, media.ProcessMedia(media_id=old_id))
    assert (await media.find_own(db, old_id, by=owner.id)).state == "failed"
    assert left_over(media_store) == [media_store.waiting(young.id)]


async def test_unused_media_go_after_a_day(db: Db, make: Make, media_store: MediaStore, picture: Picture) -> None:
    owner = await make.account()
    post = await make.post(owner)
    used = await media.accept(db, media_store, account_id=owner.id, path=picture("red"))
    unused = await media.accept(db, media_store, account_id=owner.id, path=picture("blue"))
    async with db.begin() as tx:
        await media.claim(tx, [used.id], account_id=owner.id, post_id=post.id)
    await media.remove_unused(db, now=now_ms() + DAY - HOUR)
    assert len(await media.find(db, [used.id, unused.id])) == 2
    await media.remove_unused(db, now=now_ms() + DAY + HOUR)
    assert list(await media.find(db, [used.id, unused.id])) == [used.id]
    assert await media.sweep_files(db, media_store) == 0, "young files may wait for their row"
    grow_old(media_store, await stored(media_store))
    assert await media.sweep_files(db, media_store) == 2
    assert used.picture is not None
    assert await stored(media_store) == set(used.picture.names)


async def test_the_sweep_leaves_avatars_their_history_and_emoji(
    db: Db, make: Make, media_store: MediaStore, picture: Picture
) -> None:
    avatar = await media.take_picture(media_store, picture("red"), "avatar")
    header = await media.take_picture(media_store, picture("blue"), "header")
    former = await media.take_picture(media_store, picture("green"), "avatar")
    owner = await make.account(avatar=avatar, header=header)
    await make.row(a.personas, id=db.new_id(), account_id=owner.id, field="avatar", old=former, new=avatar)
    await make.row(a.personas, id=db.new_id(), account_id=owner.id, field="bio", old="{no json", new="x")
    emoji = await media.add_emoji(db, media_store, shortcode="bird", path=picture("olive"))
    used = {name for text in (avatar, header, former) for name in media.read_picture(text).names}
    used |= {emoji.file, emoji.still_file}
    await media.take_picture(media_store, picture("gold"), "avatar")
    grow_old(media_store, await stored(media_store))
    assert await media.sweep_files(db, media_store) == 3, "two of gold, and the preview of the emoji that nobody shows"
    assert await stored(media_store) == used


async def test_remains_of_a_crash_go(db: Db, media_store: MediaStore, picture: Picture) -> None:
    await media_store.set_aside(picture(), 1)
    (media_store._work / "left").mkdir(parents=True)
    (media_store._work / "left" / "original.png").write_bytes(b"x")
    await media.sweep_files(db, media_store)
    assert len(left_over(media_store)) == 2
    for path in left_over(media_store):
        os.utime(path, (1, 1))
    await media.sweep_files(db, media_store)
    assert left_over(media_store) == []


async def test_no_space_is_said(db: Db, make: Make, media_store: MediaStore, picture: Picture) -> None:
    owner = await make.account()
    media_store._work.parent.mkdir()
    (media_store._work.parent / "files").write_text("a file where a folder should be")
    with pytest.raises(media.MediaFailed):
        await media.accept(db, media_store, account_id=owner.id, path=picture())
    assert await db.value(ROWS) == 0


def test_the_server_loads_no_image_library() -> None:
    code = (
        "import sys; from dunnock import media; [getattr(media, name) for name in media.__all__];"
        "import dunnock.api.files, dunnock.api.mastodon.media;"
        "print([name for name in ('PIL', 'numpy') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_worker_loads_no_database() -> None:
    code = "import sys, dunnock.media.worker; print([n for n in ('sqlalchemy', 'litestar') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
