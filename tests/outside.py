"""Another server, for tests: it answers with what was prepared and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest


class Outside:
    """A server that answers each path with prepared bytes, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]] = {}
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.under_way = self.most_under_way = 0
        self.port = 0

    def page(self, path: str, body: bytes = b"hello", *, head: str = "content-type: text/html", status: int = 200):
        self.answers[path] = (
            f"HTTP/1.1 {status} X\r\n{head}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body
        )

    def redirect(self, path: str, to: str, *, status: int = 302):
        self.page(path, b"", head=f"location: {to}", status=status)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *rest = head.rstrip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            path = line.split()[1]
            self.asked.append((line, headers, body))
            answer = self.answers.get(path, b"HTTP/1.1 404 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            if callable(answer):
                await answer(writer)
            else:
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.under_way -= 1
            writer.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    one = Outside()
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    yield one
    server.close()
    await server.wait_closed()
