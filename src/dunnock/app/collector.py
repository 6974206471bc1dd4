"""Python's search for dead objects, made for programs that start with many that live."""

from __future__ import annotations

import gc


def collect_rarely() -> None:
    """Search less often than Python would: it would go through all that a start makes many times, and find next to nothing."""
    gc.set_threshold(20_000, 20, 50)


def calm() -> None:
    """What is alive now stays: never look at it again. Then search rarely, since requests make few cycles.

    Some 200 dead objects of the start stay with it: to find them takes longer than they are worth.
    """
    gc.freeze()
    collect_rarely()
