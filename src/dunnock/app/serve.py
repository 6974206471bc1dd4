"""Runs the server: sockets, the event loop, one process or several, and a stop within seconds."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import structlog

from dunnock.app import logs
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
            f"A server runs on {data} already (process {other or 'unknown'}). Stop that one first, or give this one another --data."
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
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
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


def run(settings: Settings, sock: socket.socket, *, works: bool = True, ready: Any = None) -> None:
    """Serve on `sock` until told to stop. `works`: run reactions and jobs here too; `ready` is called when requests are answered."""
    import uvloop  # noqa: PLC0415 (other commands do without)

    logs.set_up(settings.log_level, messages=settings.dev)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, sock, works=works, ready=ready))


async def _serve(settings: Settings, sock: socket.socket, *, works: bool, ready: Any) -> None:
    import uvicorn  # noqa: PLC0415

    from dunnock.app.build import build  # noqa: PLC0415

    house = await build(settings)
    config = uvicorn.Config(
        house.edge,
        loop="none",
        http="httptools",
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
    server = uvicorn.Server(config)
    # Ours below, which also counts: the second signal does not wait for anybody.
    server.capture_signals = contextlib.nullcontext  # type: ignore[assignment]

    def stop() -> None:
        server.force_exit = server.should_exit
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    if works:
        await house.work()
    calm_collector()
    watcher = asyncio.create_task(_when_started(server, ready))
    try:
        await server.serve(sockets=[sock])
    finally:
        watcher.cancel()
        await house.close()


async def _when_started(server: Any, ready: Any) -> None:
    while not server.started:
        await asyncio.sleep(0.005)
    if ready is not None:
        ready()


def calm_collector() -> None:
    """What is alive now stays: never look at it again. Then collect rarely, since requests make few cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
