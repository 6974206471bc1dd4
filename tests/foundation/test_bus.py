"""Other processes hear of a commit at once, without anybody looking."""

from __future__ import annotations

import asyncio
import shutil
import time

from dunnock.foundation.bus import Sockets
from dunnock.foundation.db import open_db
from dunnock.foundation.events import Event


class BusRang(Event, frozen=True):
    number: int


async def heard_within(heard, number, seconds):
    end = time.monotonic() + seconds
    while BusRang(number=number) not in heard:
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.005)
    return True


async def ring(db, number):
    async with db.begin() as tx:
        await tx.record(BusRang(number=number))


async def pair(url, **options):
    one, other = await open_db(url, **options), await open_db(url, **options)
    heard = []
    other.listen(lambda logged: heard.extend(entry.event for entry in logged))
    await asyncio.sleep(0.2)
    return one, other, heard


async def test_sqlite_processes_wake_each_other_without_polling(tmp_path, sqlite_template):
    folder = tmp_path / ("a-long-name-" * 12)  # longer than the address of a socket may be
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "dunnock.db")
    one, other, heard = await pair(f"sqlite:///{folder / 'dunnock.db'}")
    try:
        await ring(one, 1)
        assert await heard_within(heard, 1, 0.5)
    finally:
        await other.close()
        await ring(one, 2)  # nobody listens any more, and that is no matter
        await one.close()
    assert list((folder / "bus").iterdir()) == []


async def test_the_socket_of_a_killed_process_is_in_nobodys_way(tmp_path):
    dead = Sockets(tmp_path, 3)
    dead.listen(lambda: None, lambda _: None)
    loop = asyncio.get_running_loop()
    loop.remove_reader(dead._mine.fileno())
    dead._mine.close()  # as the kernel does; the name stays
    alive = Sockets(tmp_path, 4)
    alive.tell()
    again = Sockets(tmp_path, 3)
    woken = asyncio.Event()
    again.listen(woken.set, lambda _: None)
    alive._looked_at = 0
    alive.tell()
    await asyncio.wait_for(woken.wait(), 30)
    dead._mine = None
    for one in (dead, alive, again):
        one.close()


async def test_postgres_processes_hear_over_redis(postgres_empty, redis_url):
    one, other, heard = await pair(postgres_empty, redis_url=redis_url)
    try:
        await ring(one, 1)
        assert await heard_within(heard, 1, 1.0)
    finally:
        await one.close()
        await other.close()


async def test_without_redis_the_database_tells(postgres_empty):
    one, other, heard = await pair(postgres_empty, redis_url="redis://127.0.0.1:1/0")
    try:
        await ring(one, 1)
        assert await heard_within(heard, 1, 5.0)
    finally:
        await one.close()
        await other.close()


async def test_what_was_said_while_nobody_heard_is_read_from_the_log(postgres_empty, redis_url):
    one, other, heard = await pair(postgres_empty, redis_url=redis_url)
    try:
        for task in other.bus._tasks:
            task.cancel()
        await asyncio.sleep(0.05)
        await ring(one, 1)
        await asyncio.sleep(0.2)
        assert BusRang(number=1) not in heard
        other._look.set()  # as a subscription that comes back does
        assert await heard_within(heard, 1, 3.0)
    finally:
        await one.close()
        await other.close()
