"""Limits how often something may be tried: for each name, and from each address."""

from __future__ import annotations

import hashlib

from dunnock.accounts.errors import TooManyTries
from dunnock.foundation.cache import Cache
from dunnock.foundation.clock import now_ms

_KEYS = 20_000  # of each generation: at most 40,000 keys of 16 bytes, with `most` times each


class Tries:
    """Counts tries by key, in this process. Its memory is bounded whatever the keys are."""

    def __init__(self, most: int, window_ms: int) -> None:
        """At most `most` tries of one key in any `window_ms` milliseconds."""
        self._most, self._window_ms = most, window_ms
        self._at: Cache[bytes, tuple[int, ...]] = Cache(_KEYS)

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

    def take_back(self, *keys: str) -> None:
        """The latest try was right: it does not count."""
        for key in map(_fold, keys):
            times = self._at.get(key)
            if times:
                self._at.put(key, times[:-1])

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._at)


def _fold(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
