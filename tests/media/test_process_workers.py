"""The image workers: what they cost, what they survive, and that they go away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from dunnock.media import ImageWorkers, MediaFailed, MediaRejected, MediaTooLarge

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from dunnock.media import Processed


def work(tmp_path: Path, body: Callable[[ImageWorkers], Awaitable[None]], **options: Any) -> None:
    """Run `body` with workers and check that no process is left."""

    async def main() -> None:
        workers = ImageWorkers(**options)
        try:
            await body(workers)
        finally:
            await workers.aclose()
        assert workers.pids() == []

    asyncio.run(main())


def one(tmp_path: Path, workers: ImageWorkers, source: Path) -> Awaitable[Processed]:
    out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
    out.mkdir()
    return workers.process(source, out, kind="post")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good"
    Image.new("RGB", (60, 40), "teal").save(path, "JPEG")
    return path


def alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_a_worker_answers_refuses_and_is_used_again(tmp_path: Path, good: Path) -> None:
    bad, large = tmp_path / "bad", tmp_path / "large"
    bad.write_bytes(b'{"type":"Person"}')
    large.write_bytes(b"\xff\xd8\xff" + b"\0" * 17 * 1024 * 1024)

    async def body(workers: ImageWorkers) -> None:
        assert workers.pids() == []
        made = await one(tmp_path, workers, good)
        assert (made.original.mime, made.original.width) == ("image/jpeg", 60)
        (pid,) = workers.pids()
        with pytest.raises(MediaRejected) as refused:
            await one(tmp_path, workers, bad)
        assert refused.value.text == MediaRejected.safe
        with pytest.raises(MediaTooLarge) as too_large:
            await one(tmp_path, workers, large)
        assert "16 MB" in too_large.value.text
        with pytest.raises(MediaFailed):
            await one(tmp_path, workers, tmp_path / "missing")
        await one(tmp_path, workers, good)
        assert workers.pids() == [pid]

    work(tmp_path, body, size=1)


def test_the_server_outlives_a_worker(tmp_path: Path, good: Path) -> None:
    """SC-102: killed between two images and in the middle of one; the next image works."""
    stuck = tmp_path / "stuck"
    os.mkfifo(stuck)  # opening it blocks until somebody writes

    async def body(workers: ImageWorkers) -> None:
        await one(tmp_path, workers, good)
        (first,) = workers.pids()
        os.kill(first, signal.SIGKILL)
        with contextlib.suppress(MediaFailed):
            await one(tmp_path, workers, good)
        await one(tmp_path, workers, good)
        (second,) = workers.pids()
        assert second != first
        for number, error in (
            (signal.SIGKILL, MediaFailed),
            (signal.SIGSEGV, MediaFailed),
            (signal.SIGXCPU, MediaRejected),
        ):
            (pid,) = workers.pids()
            busy = asyncio.ensure_future(one(tmp_path, workers, stuck))
            await asyncio.sleep(0.1)
            os.kill(pid, number)
            with pytest.raises(error):
                await busy
            await one(tmp_path, workers, good)

    work(tmp_path, body, size=1)


def test_a_slow_image_costs_its_worker_only(tmp_path: Path, good: Path) -> None:
    stuck = tmp_path / "stuck"
    os.mkfifo(stuck)

    async def body(workers: ImageWorkers) -> None:
        await one(tmp_path, workers, good)
        (pid,) = workers.pids()
        patience, workers._timeout = workers._timeout, 0.5  # it was started, and only has to open the file
        with pytest.raises(MediaRejected) as refused:
            await one(tmp_path, workers, stuck)
        workers._timeout = patience
        assert "too long" in refused.value.text
        assert not alive(pid)
        await one(tmp_path, workers, good)
        (pid,) = workers.pids()
        call = asyncio.ensure_future(one(tmp_path, workers, stuck))
        await asyncio.sleep(0.1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert not alive(pid)
        await one(tmp_path, workers, good)

    work(tmp_path, body, size=1)


def test_idle_workers_go_away_and_come_back(tmp_path: Path, good: Path) -> None:
    async def body(workers: ImageWorkers) -> None:
        await asyncio.gather(*(one(tmp_path, workers, good) for _ in range(4)))
        pids = workers.pids()
        assert 1 <= len(pids) <= 2
        begun = time.monotonic()
        while workers.pids():
            assert time.monotonic() - begun < 30
            await asyncio.sleep(0.05)
        assert not any(alive(pid) for pid in pids)
        await one(tmp_path, workers, good)

    work(tmp_path, body, size=2, idle=0.3)


def test_closing_ends_busy_workers_and_the_queue_is_bounded(tmp_path: Path, good: Path) -> None:
    stuck = tmp_path / "stuck"
    os.mkfifo(stuck)

    async def main() -> None:
        workers = ImageWorkers(size=1, waiting=1)
        calls = [asyncio.ensure_future(one(tmp_path, workers, stuck)) for _ in range(2)]
        await asyncio.sleep(0.5)
        with pytest.raises(MediaFailed) as refused:
            await one(tmp_path, workers, good)
        assert "too many images" in refused.value.text
        (pid,) = workers.pids()
        await workers.aclose()
        assert [type(result) for result in await asyncio.gather(*calls, return_exceptions=True)] == [MediaFailed] * 2
        assert not alive(pid)
        with pytest.raises(MediaFailed):
            await workers.process(good, tmp_path, kind="post")

    asyncio.run(main())


def test_a_worker_ends_with_its_server(tmp_path: Path, good: Path) -> None:
    """A server that is killed leaves nothing behind."""
    out = tmp_path / "out"
    out.mkdir()
    code = (
        "import asyncio, os, pathlib, signal, sys\n"
        "from dunnock.media import ImageWorkers\n"
        "async def main():\n"
        "    workers = ImageWorkers(size=1)\n"
        "    await workers.process(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), kind='post')\n"
        "    print(workers.pids()[0], flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(good), str(out)], capture_output=True, text=True, check=False, env=_env()
    )
    pid = int(done.stdout)
    for _ in range(50):
        if not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes():
            return
        asyncio.run(asyncio.sleep(0.05))
    pytest.fail("the worker is still there")


def test_server_and_worker_load_only_what_they_need() -> None:
    """The import budgets: no decoder in the server, no database and no web framework in the worker."""
    for module, banned in (
        ("dunnock.media", ("PIL", "numpy")),
        ("dunnock.media.worker", ("sqlalchemy", "litestar", "asyncpg", "aiohttp", "sqlite3", "alembic")),
    ):
        code = f"import sys, {module}; sys.exit(','.join(set(sys.modules) & {set(banned)!r}))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=_env())
        assert done.stderr.strip() == "", module
        assert done.returncode in (0, 1)


def test_a_worker_has_limits_and_no_secrets(tmp_path: Path, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SC-102: what a broken decoder could reach is small."""
    monkeypatch.setenv("DUNNOCK_SECRET", "CANARY")

    async def body(workers: ImageWorkers) -> None:
        await one(tmp_path, workers, good)
        process = Path(f"/proc/{workers.pids()[0]}")
        assert b"CANARY" not in (process / "environ").read_bytes()
        limits = (process / "limits").read_text()
        assert "1610612736" in limits.split("Max address space")[1].splitlines()[0]
        assert "unlimited" not in limits.split("Max cpu time")[1].split()[0]
        assert limits.split("Max core file size")[1].split()[:2] == ["0", "0"]

    work(tmp_path, body, size=1)


def _env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
