"""The whole house in this process, members with tokens, and clients that hear: `Town`."""

from __future__ import annotations

import asyncio
import base64
import os
from typing import Any
from urllib.parse import urlencode

import msgspec

from api.kit.driver import Answer, call
from dunnock import accounts
from dunnock.accounts.scopes import KNOWN
from dunnock.api.streaming import frames

PATH = "/api/v1/streaming"
KEY = base64.b64encode(b"sixteen bytes ok").decode()


class Line:
    """A transport that keeps what is written; `waiting`: bytes that its client does not take."""

    def __init__(self) -> None:
        self.sent = bytearray()
        self.closed = self.aborted = False
        self.waiting = 0
        self.taker: Any = None

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.sent += data

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def get_extra_info(self, _: str) -> None:
        return None

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.taker.connection_lost(None)

    def abort(self) -> None:
        self.aborted = True
        self.close()


def masked(payload: bytes, kind: int = frames.TEXT, *, last: bool = True) -> bytes:
    """A frame as clients send it."""
    mask = os.urandom(4)
    size = len(payload)
    head = bytes(((0x80 if last else 0) | kind, 0x80 | min(126, size)))
    if size >= 126:
        head += size.to_bytes(2)
    return head + mask + bytes(one ^ mask[at % 4] for at, one in enumerate(payload))


class Ear:
    """A client of a stream, and what came of it so far."""

    def __init__(self, answer: Answer, taker: Any) -> None:
        self.answer, self.taker = answer, taker
        self.line = Line()
        self.line.taker = taker
        if taker is not None:
            taker.connection_made(self.line)

    @property
    def socket(self) -> bool:
        return self.answer.status == 101

    @property
    def closed(self) -> int | None:
        """The code that the socket was closed with, 0 without one; None: it is open."""
        if not self.line.closed:
            return None
        if not self.socket:
            return 0
        closing = [payload for kind, payload in self._frames() if kind == frames.CLOSE]
        return int.from_bytes(closing[0][:2]) if closing else 0

    def _frames(self) -> list[tuple[int, bytes]]:
        found, data = [], bytes(self.line.sent)
        while data:
            size, at = data[1], 2
            if size == 126:
                size, at = int.from_bytes(data[2:4]), 4
            elif size == 127:
                size, at = int.from_bytes(data[2:10]), 10
            assert data[0] & 0x80
            assert size < 1 << 30  # the mask bit is not set
            found.append((data[0] & 0x0F, data[at : at + size]))
            data = data[at + size :]
        return found

    def said(self) -> list[Any]:
        """Every message, decoded; of server-sent events (event, payload) as a socket's message would be."""
        if self.socket:
            return [msgspec.json.decode(payload) for kind, payload in self._frames() if kind == frames.TEXT]
        body, data = b"", bytes(self.line.sent)
        while data:
            size, _, data = data.partition(b"\r\n")
            body, data = body + data[: int(size, 16)], data[int(size, 16) + 2 :]
        found, event = [], ""
        for line in body.decode().split("\n"):
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data":
                found.append({"event": event, "payload": value})
        return found

    def heard(self) -> list[tuple[str, str]]:
        """(event, id of what it is about) of each message; what was heard is forgotten."""
        found = []
        for one in self.said():
            payload = one.get("payload")
            about = payload if one["event"] == "delete" else msgspec.json.decode(payload)["id"] if payload else ""
            found.append((one["event"], about))
        self.line.sent.clear()
        return found

    async def send(self, message: Any) -> Ear:
        payload = message if isinstance(message, bytes) else msgspec.json.encode(message)
        self.taker.data_received(masked(payload))
        await pause()
        return self

    async def subscribe(self, stream: str, **more: Any) -> Ear:
        return await self.send({"type": "subscribe", "stream": stream, **more})


async def pause() -> None:
    """Let what was begun go on."""
    for _ in range(5):
        await asyncio.sleep(0)
    await asyncio.sleep(0.02)


class Town:
    """Members of the house."""

    def __init__(self, house: Any, make: Any) -> None:
        self.house, self.make, self.hub = house, make, house.streams
        self._app: Any = None

    async def token(self, whose: Any, *scopes: str) -> str:
        """A token of a member, or of the app (None)."""
        if self._app is None:
            self._app = await self.make.app(scopes=" ".join(KNOWN))
        async with self.house.db.begin() as tx:
            app = await accounts.find_app(tx, self._app.id)
            member_id, account_id = (None, None) if whose is None else (whose.member_id, whose.id)
            _, raw = await accounts.make_token(
                tx, app, scopes=" ".join(scopes) or "read write follow", member_id=member_id, account_id=account_id
            )
        return str(raw)

    async def member(self, name: str | None = None, **values: Any) -> Any:
        """A member with `.token`."""
        made = await self.make.member(name, **values)
        made.token = await self.token(made)
        return made

    async def ask(self, method: str, path: str, whose: Any = None, **form: Any) -> Any:
        """What the API answers; it must be a success."""
        answer = await call(
            self.house.edge, method, path, msgspec.json.encode(form) if form else b"",
            kind="application/json" if form else None, token=None if whose is None else whose.token,
        )  # fmt: skip
        assert answer.status == 200, answer
        await self.settle()
        return answer.json

    async def post(self, by: Any, text: str, **form: Any) -> str:
        """The id of a new post."""
        return str((await self.ask("POST", "/api/v1/statuses", by, status=text, **form))["id"])

    async def settle(self) -> None:
        """Until all that happened was told."""
        await pause()
        while self.hub._worker is not None or self.hub._tasks:  # noqa: ASYNC110 (there is no event)
            await asyncio.sleep(0.005)

    async def open(
        self, path: str, token: str | None = None, *, upgrade: bool = False, headers: tuple[tuple[str, str], ...] = ()
    ) -> Ear:
        """Ask for a stream. A refusal is an `Ear` too, with its `answer` only."""
        if upgrade:
            headers += (
                ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", KEY),
            )  # fmt: skip
        taken: list[Any] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            async def note(message: Any) -> None:
                taken.append(message.get("taker"))
                await send(message)
                if taken[0] is not None:
                    ears.append(Ear(Answer(message["status"], {n.decode(): v.decode() for n, v in message["headers"]}, b""),
                                    taken[0]))  # fmt: skip

            await self.house.edge(scope, receive, note)

        ears: list[Ear] = []
        answer = await call(app, "GET", path, token=token, headers=headers)
        await self.settle()
        return ears[0] if ears else Ear(answer, None)

    async def socket(self, whose: Any, stream: str = "", **params: Any) -> Ear:
        """A member's WebSocket, subscribed to a stream."""
        asked = {"access_token": whose.token, **({"stream": stream} if stream else {}), **params}
        ear = await self.open(f"{PATH}?{urlencode(asked)}", upgrade=True)
        assert ear.answer.status == 101, ear.answer
        return ear

    async def events(self, whose: Any, path: str) -> Ear:
        """A member's server-sent events."""
        ear = await self.open(f"{PATH}/{path}", whose.token)
        assert ear.answer.status == 200, ear.answer
        return ear
