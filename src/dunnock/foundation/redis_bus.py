"""Tells other processes, on any machine, of what was committed: over Redis or Valkey. Imported only where it is set."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import redis.asyncio
import redis.exceptions
import structlog

from dunnock.foundation.clock import SECOND

_log = structlog.get_logger()
_WAITING = 10_000  # messages kept for a Redis that does not take them


class RedisBus:
    """Publishes and hears messages over Redis or Valkey, and comes back by itself when the connection was lost."""

    def __init__(self, url: str, channel: str) -> None:
        """`channel`: shared by all processes of one installation."""
        self._url, self._channel = url, channel
        self._client = redis.asyncio.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        self._queue: asyncio.Queue[str] = asyncio.Queue(_WAITING)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, hear: Callable[[str], None], missed: Callable[[], None], lost: Callable[[str], None]) -> None:
        """Begin. `hear` gets each message; `missed` is told when some may have been; `lost` what could not be sent."""
        self._tasks = [
            asyncio.create_task(self._hear(hear, missed), name="redis hears"),
            asyncio.create_task(self._send(lost), name="redis sends"),
        ]

    def tell(self, message: str) -> None:
        """Send a message soon; never waits."""
        with contextlib.suppress(asyncio.QueueFull):  # Redis is away: the others read the log when it is back
            self._queue.put_nowait(message)

    async def _send(self, lost: Callable[[str], None]) -> None:
        while True:
            message = await self._queue.get()
            try:
                await self._client.publish(self._channel, message)
            except (OSError, redis.exceptions.RedisError) as error:
                _log.warning("can't send over redis", why=type(error).__name__)
                lost(message)
            finally:
                self._queue.task_done()

    async def _hear(self, hear: Callable[[str], None], missed: Callable[[], None]) -> None:
        while True:
            try:
                async with redis.asyncio.from_url(self._url, socket_connect_timeout=5) as client:
                    pubsub = client.pubsub(ignore_subscribe_messages=True)
                    async with pubsub:
                        await pubsub.subscribe(self._channel)
                        missed()
                        async for message in pubsub.listen():
                            if message["type"] == "message":
                                hear(message["data"].decode())
            except (OSError, redis.exceptions.RedisError) as error:
                _log.warning("can't hear over redis", why=type(error).__name__)
                await asyncio.sleep(0.3)

    async def close(self) -> None:
        """Send what waits, for a moment, then stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._queue.join(), SECOND / 1000)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()
