"""Turns for what is to be sent: a lane for each server, so that one that is slow or away delays no other."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from typing import Final

import msgspec

from dunnock.federation.store.deliveries import Body, Due

AT_ONCE: Final = 32
PER_HOST: Final = 2
SLOW_AT_ONCE: Final = 16
"""How many of those under way may be for servers that fail, which take their time: the others are never held up by them."""
LANE: Final = 32
"""So many of one server are held here at most, under way or waiting; of one that fails, as many as are tried at once."""
LOW: Final = 64
"""More is taken when fewer than these wait here."""


class Ready(msgspec.Struct, frozen=True):
    """A delivery that is ours until `until` (ms); `body` None: there is nothing to be sent any more."""

    due: Due
    body: Body | None
    until: int

    @property
    def host(self) -> str:
        """Its server."""
        return self.due.host


class _Lane:
    __slots__ = ("listed", "slow", "under_way", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[Ready] = deque()
        self.under_way = 0
        self.slow = False
        self.listed = False  # among those whose turn may come

    @property
    def held(self) -> int:
        return len(self.waiting) + self.under_way

    @property
    def enough(self) -> int:
        return PER_HOST if self.slow else LANE // 2


class Lanes:
    """What one process holds of the deliveries."""

    def __init__(self) -> None:
        """Nothing."""
        self._lanes: dict[str, _Lane] = {}
        self._turns: deque[str] = deque()
        self.waiting = 0
        self.under_way = 0
        self._slow_under_way = 0

    def full(self) -> list[str]:
        """Servers for which more is not to be looked for yet."""
        return [host for host, lane in self._lanes.items() if lane.held >= lane.enough]

    def choose(self, found: Collection[Due]) -> list[Due]:
        """Those for which there is room."""
        counts: dict[str, int] = {}
        chosen = []
        for one in found:
            lane = self._lanes.get(one.host)
            held = counts.get(one.host)
            if held is None:
                held = 0 if lane is None else lane.held
            slow = one.failing or (lane is not None and lane.slow)
            if held < (PER_HOST if slow else LANE):
                counts[one.host] = held + 1
                chosen.append(one)
        return chosen

    def put(self, one: Ready) -> None:
        """Let it wait for its turn."""
        lane = self._lanes.get(one.host)
        if lane is None:
            lane = self._lanes[one.host] = _Lane()
        if one.due.failing:
            self.mark(one.host, slow=True)
        lane.waiting.append(one)
        self.waiting += 1
        self._list(one.host, lane)

    def turns(self) -> Iterator[Ready]:
        """Those whose turn it is, each server in its turn; they are under way from then on."""
        passed = 0
        while self._turns and passed < len(self._turns) and self.under_way < AT_ONCE:
            host = self._turns.popleft()
            lane = self._lanes[host]
            if lane.slow and self._slow_under_way >= SLOW_AT_ONCE:
                self._turns.append(host)
                passed += 1
                continue
            passed, lane.listed = 0, False
            one = lane.waiting.popleft()
            lane.under_way += 1
            self.waiting -= 1
            self.under_way += 1
            self._slow_under_way += lane.slow
            self._list(host, lane)
            yield one

    def over(self, host: str) -> bool:
        """One of this server is under way no longer; whether more should be looked for."""
        lane = self._lanes[host]
        had_enough = lane.held == lane.enough
        lane.under_way -= 1
        self.under_way -= 1
        self._slow_under_way -= lane.slow
        if lane.held:
            self._list(host, lane)
        else:
            del self._lanes[host]
        return had_enough

    def mark(self, host: str, *, slow: bool) -> None:
        """A server took one, or failed."""
        lane = self._lanes.get(host)
        if lane is not None and lane.slow != slow:
            lane.slow = slow
            self._slow_under_way += lane.under_way if slow else -lane.under_way

    def clear(self) -> list[Ready]:
        """All that wait, which are nobody's business here any more."""
        left = [one for lane in self._lanes.values() for one in lane.waiting]
        self._lanes = {host: lane for host, lane in self._lanes.items() if lane.under_way}
        for lane in self._lanes.values():
            lane.waiting.clear()
            lane.listed = False
        self._turns.clear()
        self.waiting = 0
        return left

    def _list(self, host: str, lane: _Lane) -> None:
        if not lane.listed and lane.waiting and lane.under_way < PER_HOST:
            lane.listed = True
            self._turns.append(host)
