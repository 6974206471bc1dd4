"""Runs the server: sockets, the event loop, one process or several, and a stop within seconds."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import resource
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import structlog

from dunnock.app import collector, logs
from dunnock.foundation.settings import Settings

GRACE_S = 5  # what requests under way get when the server is told to stop
_log = structlog.get_logger()


class CannotServe(Exception):
    """The server can't start; the text says why and what to do."""


@contextlib.contextmanager
def hold(data: Path) -> Iterator[None]:
    """Be the only server of a data directory while inside.

    Raises:
        CannotServe: another one serves it.
    """
    handle = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = os.read(handle, 20).decode(errors="replace").strip()
        os.close(handle)
        raise CannotServe(
            f"A server runs on {data} already (process {other or 'unknown'}). "
            "Stop that one first, or give this one another --data."
        ) from None
    os.truncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
    try:
        yield
    finally:
        os.close(handle)


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket that accepts connections; `shared`: several of ours may have the same address.

    Raises:
        CannotServe: the address is taken or none of this machine's.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        sock = socket.socket(family, kind, proto)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind(address)
        sock.listen(2048)
    except socket.gaierror as error:
        raise CannotServe(f"{host} is no address of this machine ({error.strerror}). Choose another --host.") from None
    except PermissionError:
        raise CannotServe(f"This user may not listen on port {port}. Choose a --port above 1023.") from None
    except OSError as error:
        raise CannotServe(
            f"Can't listen on {host}:{port}: {error.strerror}. Stop what is listening there, or choose another --port."
        ) from None
    sock.set_inheritable(True)
    return sock


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one process of a server is told. `fd`: its listening socket; None: it answers no requests."""

    settings: Settings
    fd: int | None
    name: str = "1"
    works: bool = True
    """Whether reactions and jobs run here."""
    alone: bool = True
    """False: there are others, and a parent that watches over it (and tells the end by closing stdin)."""


def run(part: Part, *, ready: Callable[[], None] = lambda: None) -> None:
    """Be one process of a server until told to stop. `ready` is called when it does its work."""
    import uvloop  # noqa: PLC0415 (other commands do without)

    logs.set_up(part.settings.log_level, messages=part.settings.dev)
    _open_many_files()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(part, ready))


def _open_many_files() -> None:
    """Take all that we may have of open files: each stream is one, and usual limits are made for programs with few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):  # more than the kernel allows: then what there is must do
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _run(part: Part, ready: Callable[[], None]) -> None:
    from dunnock.app.build import build  # noqa: PLC0415 (a supervisor does without)

    settings = part.settings
    house = await build(settings, shared=None if part.alone else settings.data / "run")
    stop = _Stop()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.ask)
    if not part.alone:
        loop.add_reader(0, stop.ask_once)
    saving = None if part.alone else asyncio.create_task(_save_metrics(house.metrics, part.name))
    try:
        if part.works:
            await house.work()
        collector.calm()
        if part.fd is None:
            ready()
            await stop.asked.wait()
        else:
            await _answer(house.edge, socket.socket(fileno=part.fd), stop, ready)
    finally:
        if saving is not None:
            saving.cancel()
        await house.close()


class _Stop:
    """The wish to end: asked once it is done gracefully, asked twice at once."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.server: Any = None

    def ask(self) -> None:
        if self.asked.is_set():
            os._exit(1)  # what was acknowledged is committed; everything else is done again after the next start
        self.ask_once()

    def ask_once(self) -> None:
        asyncio.get_running_loop().remove_reader(0)
        self.asked.set()
        if self.server is not None:
            self.server.should_exit = True


async def _answer(app: Any, sock: socket.socket, stop: _Stop, ready: Callable[[], None]) -> None:
    import uvicorn  # noqa: PLC0415

    from dunnock.app.line import Line  # noqa: PLC0415

    config = uvicorn.Config(
        app,
        loop="none",
        http=Line,
        ws="none",
        lifespan="off",
        interface="asgi3",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=GRACE_S,
        backlog=2048,
    )
    server = stop.server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[assignment]
    server.should_exit = stop.asked.is_set()
    watcher = asyncio.create_task(_when_started(server, ready))
    try:
        await server.serve(sockets=[sock])
    finally:
        watcher.cancel()


async def _save_metrics(metrics: Any, name: str) -> None:
    while True:
        metrics.save(name)
        await asyncio.sleep(5)


async def _when_started(server: Any, ready: Callable[[], None]) -> None:
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event to wait for)
        await asyncio.sleep(0.005)
    ready()


def supervise(parts: Sequence[Part], *, ready: Callable[[], None]) -> None:
    """Run one process for each part; who dies is started again. `ready` is called when all work. Ends like `run`."""
    settings = parts[0].settings
    logs.set_up(settings.log_level, messages=settings.dev)
    shared = settings.data / "run"
    shutil.rmtree(shared, ignore_errors=True)
    shared.mkdir(mode=0o700)
    asyncio.run(_supervise(parts, ready))


async def _supervise(parts: Sequence[Part], ready: Callable[[], None]) -> None:
    stopping = asyncio.Event()
    children: dict[str, asyncio.subprocess.Process] = {}
    waiting = {part.name for part in parts}

    def stop() -> None:
        for child in children.values():
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.SIGKILL if stopping.is_set() else signal.SIGTERM)
        stopping.set()

    async def keep(part: Part) -> None:
        while not stopping.is_set():
            child = children[part.name] = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "dunnock.app.serve",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                pass_fds=() if part.fd is None else (part.fd,),
                start_new_session=True,  # Ctrl-C reaches the parent only, which tells the children
            )
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(msgspec.json.encode(part, enc_hook=str) + b"\n")
            if stopping.is_set():
                child.send_signal(signal.SIGTERM)
            if await child.stdout.readline() and waiting:
                waiting.discard(part.name)
                if not waiting:
                    ready()
            code = await child.wait()
            if not stopping.is_set():
                _log.error("a process of the server ended; starting it again", process=part.name, code=code)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), 0.2 if part.name not in waiting else 2)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await asyncio.gather(*(keep(part) for part in parts))


def _child() -> None:
    """One process of several: told what to be on stdin, which stays open as long as the parent lives."""
    collector.collect_rarely()
    line = bytearray()
    while not line.endswith(b"\n"):
        one = os.read(0, 1)
        if not one:
            return
        line += one
    part = msgspec.json.decode(line, type=Part, dec_hook=lambda kind, value: kind(value))

    def ready() -> None:
        print("ready", flush=True)  # noqa: T201 (the parent reads it)

    run(part, ready=ready)


if __name__ == "__main__":
    _child()
