"""A few requests over a real server, where framing is not ours."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn

from api.kit.demo import demo
from dunnock.api.kit import EdgeSettings, Limits


@contextlib.asynccontextmanager
async def serving(app) -> AsyncIterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, log_config=None, proxy_headers=False, lifespan="on", http="httptools", loop="asyncio"
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110 - it has no event to wait for
            await asyncio.sleep(0.01)
        yield listener.getsockname()[1]
        server.should_exit = True
        await task


async def say(port: int, raw: bytes, *, hang_up: bool = False) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw)
    await writer.drain()
    answer = b"" if hang_up else await asyncio.wait_for(reader.read(), 30)
    writer.close()
    await writer.wait_closed()
    return answer


def head(line: str, *more: str) -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "Host: x.test", "Connection: close", *more, "", ""]).encode()


@pytest.fixture
async def port(tmp_path):
    async with serving(demo(EdgeSettings(rate_limits=False, limits=Limits(spool=tmp_path)))) as port:
        yield port


async def test_lane_litestar_and_head(port):
    lane = await say(port, head("GET /api/v1/statuses/5"))
    assert lane.startswith(b"HTTP/1.1 200")
    assert lane.endswith(b'{"id":"5","signed_in":false}')
    slow = await say(port, head("GET /api/v1/statuses/5/source", "Authorization: Bearer anna"))
    assert slow.endswith(b'{"id":"5","by":111}')
    assert (await say(port, head("HEAD /api/v1/statuses/5"))).endswith(b"\r\n\r\n")


async def test_chunked_form(port):
    body = b"6\r\nstatus\r\n3\r\n=hi\r\n0\r\n\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded"
    lines = head("POST /api/v1/statuses", kind, "Authorization: Bearer anna", "Transfer-Encoding: chunked")
    assert b'"status":"hi"' in await say(port, lines + body)


async def test_two_lengths_are_refused(port):
    lines = head("POST /api/v1/statuses", "Content-Length: 3", "Content-Length: 4", "Authorization: Bearer anna")
    assert (await say(port, lines + b"a=1")).startswith(b"HTTP/1.1 400")


async def test_a_client_that_hangs_up_leaves_no_file(port, tmp_path):
    body = b'--bb\r\nContent-Disposition: form-data; name="avatar"; filename="a"\r\n\r\n' + b"x" * 300_000
    kind = "Content-Type: multipart/form-data; boundary=bb"
    lines = head("PATCH /api/v1/profile", kind, "Authorization: Bearer anna", "Content-Length: 900000")
    await say(port, lines + body, hang_up=True)
    for _ in range(100):
        await asyncio.sleep(0.02)
        if not list(tmp_path.iterdir()):
            break
    assert list(tmp_path.iterdir()) == []
