"""Mastodon's rate limits as fixed windows, counted together by all processes. Source: config/initializers/rack_attack.rb."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from dunnock.api.kit.address import bucket_key
from dunnock.api.kit.caller import Caller
from dunnock.api.kit.errors import Headers, TooManyRequests
from dunnock.foundation import clock
from dunnock.foundation.gossip import Gossip, Say

PER_TOKEN, PER_MEMBER, PER_ADDRESS = 300, 1500, 300
FIVE_MINUTES = 300
MOST_KEYS = 200_000
TOLD_AFTER_S = 0.3  # how long a process counts by itself before it tells the others
_TOLD_AT_ONCE = 100  # counts in one message

# (method, path pattern, limit, seconds, by address?): the dear ones, looked at only for writes.
DEAR = [
    ("POST", re.compile(r"/api/v\d+/media"), 30, 1800, False),
    ("DELETE", re.compile(r"/api/v1/statuses/[^/]+"), 30, 1800, False),
    ("POST", re.compile(r"/api/v1/statuses/[^/]+/unreblog"), 30, 1800, False),
    ("POST", re.compile(r"/api/v1/apps"), 5, 600, True),
    ("POST", re.compile(r"/api/v1/accounts"), 5, 1800, True),
    ("POST", re.compile(r"/oauth/token"), 25, 300, True),
]


class Window:
    """Counts per key that all begin again at the same moments; memory is bounded by beginning early.

    Keys are numbers, texts or tuples of these. `untold`: what other processes do not know of yet.
    """

    __slots__ = ("_counts", "_ends", "_ms", "reset", "untold")

    def __init__(self, seconds: int) -> None:
        """A window of `seconds`, aligned with the clock."""
        self._ms = seconds * clock.SECOND
        self._ends = 0
        self._counts: dict[object, int] = {}
        self.untold: dict[object, int] = {}
        self.reset = b""

    def count(self, key: object, now: int) -> int:
        """One more for `key`; how many that makes."""
        if now >= self._ends or len(self._counts) > MOST_KEYS:
            self._begin(now)
        total = self._counts[key] = self._counts.get(key, 0) + 1
        self.untold[key] = self.untold.get(key, 0) + 1
        return total

    def take(self, key: object, times: int, now: int) -> None:
        """Another process counted `key` so often."""
        if now >= self._ends or len(self._counts) > MOST_KEYS:
            self._begin(now)
        self._counts[key] = self._counts.get(key, 0) + times

    def _begin(self, now: int) -> None:
        self._ends = (now // self._ms + 1) * self._ms
        self.reset = clock.iso(self._ends).encode()
        self._counts, self.untold = {}, {}

    def refuse(self, limit: int) -> TooManyRequests:
        """The refusal, to be tried again when the window ends."""
        return TooManyRequests(limit=limit, retry_at=self._ends)


class Limiter:
    """Counts every request by token and member when the token is known to be good, else by address."""

    def __init__(self, *, enabled: bool = True, now: Callable[[], int] = clock.now_ms) -> None:
        """Off: nothing is counted and no header is sent."""
        self._enabled = enabled
        self._now = now
        self._main = Window(FIVE_MINUTES)
        self._dear = {seconds: Window(seconds) for *_, seconds, _ in DEAR}
        self._known: dict[bytes, tuple[int, int | None]] = {}
        self._say: Say | None = None
        self._telling: asyncio.TimerHandle | None = None

    def share(self, gossip: Gossip) -> None:
        """Count together with the other processes from now on."""
        if self._enabled:
            self._say = gossip.topic("limits", self._heard)

    def _heard(self, words: list[Any]) -> None:
        """`[seconds of the window (0: the main one), key, times, key, times, ...]`."""
        window = self._main if words[0] == 0 else self._dear.get(words[0])
        if window is not None:
            now = self._now()
            for key, times in zip(words[1::2], words[2::2], strict=True):
                window.take(tuple(key) if isinstance(key, list) else key, times, now)

    def _tell(self) -> None:
        self._telling = None
        assert self._say is not None
        for seconds, window in ((0, self._main), *self._dear.items()):
            untold, window.untold = list(window.untold.items()), {}
            for at in range(0, len(untold), _TOLD_AT_ONCE):
                self._say([seconds, *[word for pair in untold[at : at + _TOLD_AT_ONCE] for word in pair]])

    def learn(self, authorization: bytes, caller: Caller) -> None:
        """Remember whose this header is.

        Tokens that were never good count against the address, so inventing them gains nothing.
        """
        if authorization not in self._known:
            if len(self._known) > MOST_KEYS:
                self._known.clear()
            self._known[authorization] = (caller.token_id, caller.member_id)

    def check(self, method: str, path: str, authorization: bytes | None, address: str) -> Headers:
        """Count a request; the X-RateLimit headers of its answer. Raises: TooManyRequests."""
        if not self._enabled:
            return []
        if self._say is not None and self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(TOLD_AFTER_S, self._tell)
        now = self._now()
        window = self._main
        known = self._known.get(authorization) if authorization is not None else None
        if known is None:
            limit, used = PER_ADDRESS, window.count(bucket_key(address), now)
        else:
            limit, used = PER_TOKEN, window.count(known[0], now)
            if known[1] is not None and window.count(("member", known[1]), now) > PER_MEMBER:
                raise window.refuse(PER_MEMBER)
        if method != "GET":
            window, limit, used = self._dearest(method, path, known, address, now) or (window, limit, used)
        if used > limit:
            raise window.refuse(limit)
        return [
            (b"x-ratelimit-limit", b"%d" % limit),
            (b"x-ratelimit-remaining", b"%d" % (limit - used)),
            (b"x-ratelimit-reset", window.reset),
        ]

    def _dearest(
        self, method: str, path: str, known: tuple[int, int | None] | None, address: str, now: int
    ) -> tuple[Window, int, int] | None:
        path = "/" + "/".join(part for part in path.split("/") if part)  # routers take /x/ for /x
        for place, (dear_method, pattern, limit, seconds, by_address) in enumerate(DEAR):
            if method == dear_method and pattern.fullmatch(path):
                who: object = bucket_key(address) if by_address or known is None else (known[1] or known[0])
                window = self._dear[seconds]
                # Deleting and unboosting share one allowance.
                return window, limit, window.count((1 if place == 2 else place, who), now)
        return None
