"""Values that cost a query and are asked for often: kept in memory, made anew when something changed, never too often."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_SHARE = 20


class Fresh(Generic[T]):
    """One value. A small server's is always present; one that takes long to make lags behind by a multiple of that."""

    __slots__ = ("_lock", "_make", "_next", "_oldest", "_share", "_stale", "_until", "_value")

    def __init__(self, make: Callable[[], Awaitable[T]], *, oldest_s: float = 3600.0, share: int = _SHARE) -> None:
        """`make` reads it; after `oldest_s` it is made anew though nothing was heard.

        At most one part in `share` of the time goes into making it anew.
        """
        self._make, self._oldest, self._share = make, oldest_s, share
        self._until = 0.0
        self._value: T | None = None
        self._stale = True
        self._next = 0.0
        self._lock = asyncio.Lock()

    def spoil(self, *, at_once: bool = False) -> None:
        """Something changed. `at_once`: the next reader must not see the old value, whatever it costs."""
        self._stale = True
        if at_once:
            self._next = 0.0

    async def get(self) -> T:
        """The value; several readers at once make it once."""
        now = time.monotonic()
        if now >= self._until:
            self._stale = True
        if self._value is not None and (not self._stale or now < self._next):
            return self._value
        async with self._lock:
            if self._value is None or (self._stale and time.monotonic() >= self._next):
                begun = time.monotonic()
                self._stale = False
                try:
                    self._value = await self._make()
                except BaseException:
                    self._stale = True
                    raise
                ended = time.monotonic()
                self._until = ended + self._oldest
                self._next = ended + (ended - begun) * self._share
            return self._value
