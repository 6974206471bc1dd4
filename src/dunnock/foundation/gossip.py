"""Passes on between the processes of one installation what each counts, so that a limit holds for all of them together.

Nothing of it is kept, and a word may be lost: limits get a little wider then, never narrower.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from dunnock.foundation.db import Db

Say: TypeAlias = Callable[[list[Any]], None]
"""Tells the other processes; the list holds texts, numbers and lists of these. Never waits."""


class Gossip:
    """One topic for each thing that is counted."""

    def __init__(self, db: Db) -> None:
        """Hears from now on what other processes of `db` say."""
        self._db = db
        self._takers: dict[str, Callable[[list[Any]], None]] = {}
        db.hear(self._heard)

    def topic(self, name: str, take: Callable[[list[Any]], None]) -> Say:
        """Have `take` called with what others say under `name`; what this gives says something to them."""
        self._takers[name] = take

        def say(words: list[Any]) -> None:
            self._db.shout(msgspec.json.encode([name, words]).decode())

        return say

    def _heard(self, text: str) -> None:
        try:
            name, words = msgspec.json.decode(text, type=tuple[str, list[Any]])
        except msgspec.DecodeError:  # another release says it otherwise
            return
        taker = self._takers.get(name)
        if taker is not None:
            taker(words)
