"""Limits how often something may be tried: for each name, and from each address."""

from __future__ import annotations

import hashlib
from typing import Any

from dunnock.accounts.errors import TooManyTries
from dunnock.foundation.cache import Cache
from dunnock.foundation.clock import now_ms
from dunnock.foundation.gossip import Gossip, Say

_KEYS = 20_000  # of each generation: at most 40,000 keys of 16 bytes, with `most` times each


class Tries:
    """Counts tries by key, in all processes that `share`. Its memory is bounded whatever the keys are."""

    def __init__(self, most: int, window_ms: int) -> None:
        """At most `most` tries of one key in any `window_ms` milliseconds."""
        self._most, self._window_ms = most, window_ms
        self._at: Cache[bytes, tuple[int, ...]] = Cache(_KEYS)
        self._say: Say | None = None

    def share(self, gossip: Gossip, name: str) -> None:
        """Count together with the other processes, under `name`."""
        self._say = gossip.topic(f"tries {name}", self._heard)

    def _heard(self, words: list[Any]) -> None:
        """`[at, key, ...]`: tries of another process; `at` 0: its latest was right."""
        at, *keys = words
        for key in map(bytes.fromhex, keys):
            times = self._at.get(key) or ()
            self._at.put(key, (*times, at)[-self._most :] if at else times[:-1])

    def begin(self, *keys: str) -> None:
        """Let a try pass, and count it before its outcome is known: tries at the same moment count too.

        Raises:
            TooManyTries: one of `keys` is used up. Nothing is counted then.
        """
        now = now_ms()
        folded = [_fold(key) for key in keys]
        recent = [tuple(at for at in self._at.get(key) or () if at > now - self._window_ms) for key in folded]
        for times in recent:
            if len(times) >= self._most:
                raise TooManyTries(retry_at=times[0] + self._window_ms)
        for key, times in zip(folded, recent, strict=True):
            self._at.put(key, (*times, now))
        self._tell(now, folded)

    def take_back(self, *keys: str) -> None:
        """The latest try was right: it does not count."""
        folded = [_fold(key) for key in keys]
        for key in folded:
            times = self._at.get(key)
            if times:
                self._at.put(key, times[:-1])
        self._tell(0, folded)

    def _tell(self, at: int, folded: list[bytes]) -> None:
        if self._say is not None:
            self._say([at, *[key.hex() for key in folded]])

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._at)


def _fold(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
