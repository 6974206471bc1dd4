"""The servers that the tests start for themselves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
from redis import Redis

import services


async def test_postgres_answers(postgres_url: str) -> None:
    conn = await asyncpg.connect(postgres_url)
    try:
        assert int(await conn.fetchval("show server_version_num")) >= 140000
        assert await conn.fetchval("show fsync") == "off"
        assert await conn.fetchval("select current_database()") == postgres_url.rsplit("/", 1)[1]
    finally:
        await conn.close()


async def test_the_durable_postgres_syncs() -> None:
    conn = await asyncpg.connect(services.postgres(durable=True))
    try:
        assert await conn.fetchval("show fsync") == "on"
        assert await conn.fetchval("show synchronous_commit") == "on"
    finally:
        await conn.close()


def test_redis_answers(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.set("greeting", "hello")
        assert client.get("greeting") == b"hello"


def test_nothing_runs_on_when_the_owner_is_killed(tmp_path: Path) -> None:
    script = "import services, sys, time; services.redis(); print(services.begin(), flush=True); time.sleep(60)"
    env = {**os.environ, "PYTHONPATH": str(Path(services.__file__).parent), "TMPDIR": str(tmp_path)}
    env.pop("DUNNOCK_TEST_SESSION")
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=env) as owner:
        assert owner.stdout is not None
        home = Path(owner.stdout.readline().strip())
        port = int((home / "redis-main.url").read_text().rsplit(":", 1)[1])
        assert services._pongs(port)
        owner.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while home.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not home.exists()
    assert not services._pongs(port)
