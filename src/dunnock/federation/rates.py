"""How much other servers may have this one do: so much at once, then so much in a second. Source: federation.md, section 12."""

from __future__ import annotations

from collections.abc import Callable

from dunnock.foundation.cache import Cache
from dunnock.foundation.clock import SECOND, now_ms

KEPT = 10_000
INBOX_BURST, INBOX_PER_S = 3_000, 50.0
"""Of one server's activities; what is more is to be sent again later, and nothing is lost."""
KEYS_BURST, KEYS_PER_S = 60, 1.0
"""How many keys that were never seen are asked for below one name, so that names made by the thousand gain nothing (SC-084)."""
RELAYED_BURST, RELAYED_PER_S = 300, 4.0
"""Of one relay's posts; what is more is to be sent again later."""
_OF_A_COUNTRY = 3  # `co.uk`, `com.au`: so short a name before the last one is no site of its own


class Rates:
    """Counts of one process, for keys that are used lately. Memory is bounded; who is forgotten begins anew."""

    def __init__(
        self, burst: int, per_s: float, *, enabled: bool = True, now: Callable[[], int] = now_ms, kept: int = KEPT
    ) -> None:
        """Off: everybody may do as much as they like."""
        self._enabled, self._now = enabled, now
        self._each_ms = SECOND / per_s
        self._burst_ms = burst * self._each_ms
        self._paid: Cache[str, float] = Cache(kept)  # until when what was taken is paid for

    def wait_ms(self, key: str) -> int:
        """How long until there is room for one more; 0: there is."""
        if not self._enabled:
            return 0
        ahead = (self._paid.get(key) or 0.0) - self._now() + self._each_ms - self._burst_ms
        return max(0, int(ahead + 0.999))

    def take(self, key: str) -> None:
        """One more, whether there is room or not."""
        if self._enabled:
            self._paid.put(key, max(self._paid.get(key) or 0.0, float(self._now())) + self._each_ms)


def site_of(host: str) -> str:
    """The name that somebody has registered, as far as it can be told; of an address, the address."""
    name = host.partition(":")[0]
    parts = name.split(".")
    if parts[-1].isdigit():
        return name
    return ".".join(parts[-3 if len(parts) > 2 and len(parts[-2]) <= _OF_A_COUNTRY else -2 :])
