"""A bounded in-process cache without bookkeeping on a hit."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Keeps the entries used lately: between `most` and twice as many.

    Two generations: what is found in the old one moves to the young one; when the young one is full it becomes the
    old one, and the old one is let go. A hit in the young generation is one dictionary look-up.
    """

    __slots__ = ("_most", "_old", "young")

    def __init__(self, most: int) -> None:
        """`most`: entries of one generation."""
        self._most = most
        self.young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """The value; None when it is not (or no longer) here."""
        value = self.young.get(key)
        if value is None:
            value = self._old.pop(key, None)
            if value is not None:
                self.put(key, value)
        return value

    def put(self, key: K, value: V) -> None:
        """Keep a value."""
        if len(self.young) >= self._most:
            self._old, self.young = self.young, {}
        self.young[key] = value

    def pop(self, key: K) -> V | None:
        """Forget a value, and give it back; None when it was not here."""
        old = self._old.pop(key, None)
        return self.young.pop(key, old)

    def values(self) -> list[V]:
        """Everything that is here, as a list of its own."""
        return [*self.young.values(), *self._old.values()]

    def clear(self) -> None:
        """Forget everything."""
        self.young.clear()
        self._old.clear()

    def __len__(self) -> int:
        """How many entries are here."""
        return len(self.young) + len(self._old)
