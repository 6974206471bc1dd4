"""Servers that were away: as soon as one is heard of, what waits for it is sent. Source: federation.md, section 10."""

from __future__ import annotations

from dunnock.federation.store import actors, deliveries
from dunnock.foundation.clock import HOUR
from dunnock.foundation.db import Tx

AGAIN_MS = HOUR
"""A server that speaks and never listens must not use up the tries of days within minutes."""
_MOST = 10_000


class Wake:
    """What one process knows of them."""

    def __init__(self) -> None:
        """None fails that is known."""
        self._failing: set[str] = set()
        self._woken: dict[str, int] = {}

    def failed(self, host: str) -> None:
        """It did not take a delivery."""
        if len(self._failing) > _MOST:
            self._failing.clear()
        self._failing.add(host)

    def is_failing(self, host: str) -> bool:
        """Did it not take one, and was it not heard of since?"""
        return host in self._failing

    async def heard(self, tx: Tx, host: str) -> None:
        """It is alive: what waits for its next try is tried now, once in an hour."""
        await actors.heard_of(tx, host)
        self._failing.discard(host)
        if tx.now - self._woken.get(host, 0) > AGAIN_MS and await deliveries.try_now(tx, host):
            if len(self._woken) > _MOST:
                self._woken.clear()
            self._woken[host] = tx.now
