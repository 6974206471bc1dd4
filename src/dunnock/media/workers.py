"""A small pool of image worker processes, so that the server never loads a decoder and outlives every picture."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from dunnock.media import limits
from dunnock.media.errors import MediaFailed, MediaRejected, MediaTooLarge
from dunnock.media.pipe import Done, Failed, Refused, Task, frame

if TYPE_CHECKING:
    from dunnock.media.rendition import ImageKind, Processed

_DECODER: msgspec.msgpack.Decoder[Done | Refused | Failed] = msgspec.msgpack.Decoder(Done | Refused | Failed)
_SAY_BUSY = "The server is working on too many images right now; please try again in a minute"
_SAY_COSTLY = "The image takes too long to process; please make it smaller or simpler"


class ImageWorkers:
    """Processes images in other processes, at most `size` at a time; belongs to one event loop.

    Workers start with the first image and end after `idle` seconds without one. An image that takes longer than
    `timeout` seconds, or that kills its worker, costs that worker and nothing else.
    """

    def __init__(
        self,
        *,
        size: int | None = None,
        timeout: float = limits.TASK_SECONDS,
        idle: float = limits.IDLE_SECONDS,
        waiting: int = limits.WAITING,
        clips: bool = False,
    ) -> None:
        """`size` None: half of the processors, at least one, at most four. `waiting` images queue, more are refused.

        `clips`: for sound and moving pictures, with what these may take.
        """
        self._clips = clips
        self._size = size or min(4, max(1, (os.cpu_count() or 1) // 2))
        self._timeout = timeout
        self._idle = idle
        self._most = self._size + waiting
        self._slots = asyncio.Semaphore(self._size)
        self._free: list[asyncio.subprocess.Process] = []
        self._all: set[asyncio.subprocess.Process] = set()
        self._inside = 0
        self._timer: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False

    async def process(self, source: Path, out_dir: Path, *, kind: ImageKind) -> Processed:
        """Make the files of one image in the empty directory `out_dir`; see `dunnock.media.process.process`.

        When it raises, `out_dir` may hold remains; the caller removes it. A cancelled call kills its worker.

        Raises:
            MediaRejected: the file is not an image that we read, is damaged, or costs too much.
            MediaTooLarge: the file has too many bytes.
            MediaFailed: the worker died or is broken, or too many images wait.
        """
        if self._closed or self._inside >= self._most:
            raise MediaFailed("closed" if self._closed else "queue full", say=_SAY_BUSY)
        self._inside += 1
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        try:
            async with self._slots:
                if self._closed:
                    raise MediaFailed("closed", say=_SAY_BUSY)
                answer = await self._ask(Task(source=str(source), out_dir=str(out_dir), kind=kind))
        finally:
            self._inside -= 1
            if not self._inside and not self._closed:
                self._timer = asyncio.get_running_loop().call_later(self._idle, self._rest)
        match answer:
            case Done(processed):
                return processed
            case Refused(code=MediaTooLarge.code):
                raise MediaTooLarge(answer.reason, say=answer.text)
            case Refused():
                raise MediaRejected(answer.reason, say=answer.text)
            case Failed(reason):
                raise MediaFailed(reason)

    async def aclose(self) -> None:
        """End all workers, also busy ones; their calls raise MediaFailed. Later calls are refused."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._free.clear()
        await asyncio.gather(*(self._end(worker) for worker in list(self._all)), *self._ending)

    def pids(self) -> list[int]:
        """The process ids of the workers alive, for metrics."""
        return [worker.pid for worker in self._all if worker.returncode is None]

    async def _ask(self, task: Task) -> Done | Refused | Failed:
        worker = None
        healthy = False
        try:
            async with asyncio.timeout(self._timeout):
                worker = await self._take()
                assert worker.stdin is not None
                assert worker.stdout is not None
                worker.stdin.write(frame(task))
                await worker.stdin.drain()
                length = int.from_bytes(await worker.stdout.readexactly(4), "big")
                if length > limits.MESSAGE_BYTES:
                    raise MediaFailed("worker speaks nonsense", length)
                answer = _DECODER.decode(await worker.stdout.readexactly(length))
            healthy = True
        except TimeoutError as error:
            raise MediaRejected(f"no answer in {self._timeout} s", say=_SAY_COSTLY) from error
        except (OSError, asyncio.IncompleteReadError, msgspec.MsgspecError) as error:
            code = None if worker is None else await self._fate(worker)
            if code == -signal.SIGXCPU:
                raise MediaRejected("CPU limit", say=_SAY_COSTLY) from error
            raise MediaFailed(f"worker ended with {code}") from error
        finally:
            if worker is not None:
                if healthy and not self._closed:
                    self._free.append(worker)
                else:
                    await asyncio.shield(self._end(worker))
        return answer

    async def _take(self) -> asyncio.subprocess.Process:
        """A living worker, started when none is free."""
        while self._free:
            worker = self._free.pop()
            if worker.returncode is None:
                return worker
            self._all.discard(worker)
        # A cancelled start would leave a process that nobody knows, so it is finished first.
        starting = asyncio.ensure_future(_start(clips=self._clips))
        try:
            worker = await asyncio.shield(starting)
        except asyncio.CancelledError:
            worker = await starting
            self._all.add(worker)
            await self._end(worker)
            raise
        self._all.add(worker)
        return worker

    async def _end(self, worker: asyncio.subprocess.Process) -> int:
        """Kill and reap; the exit code, negative for the signal that it died of."""
        if worker.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()
        code = await worker.wait()
        if worker.stdin is not None:
            worker.stdin.close()
        self._all.discard(worker)
        return code

    async def _fate(self, worker: asyncio.subprocess.Process) -> int:
        """The exit code of a worker that closed its end; the kernel may need a moment to tell what killed it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await worker.wait()
        return await self._end(worker)

    def _rest(self) -> None:
        """Nobody needed a worker for a while: give the memory back."""
        self._timer = None
        while self._free:
            task = asyncio.create_task(self._finish(self._free.pop()))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _finish(self, worker: asyncio.subprocess.Process) -> None:
        await self._end(worker)


async def _start(*, clips: bool) -> asyncio.subprocess.Process:
    """A worker with an environment of its own: nothing secret of the server's is in it, and numpy starts no threads."""
    source_root = str(Path(__file__).parents[2])
    needed = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
    kept = {name: os.environ[name] for name in needed if name in os.environ}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "dunnock.media.worker",
        *(("clips",) if clips else ()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**kept, "PYTHONPATH": source_root, "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"},
        cwd="/",
    )
