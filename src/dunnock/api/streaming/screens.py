"""Whom of those who are connected the newest posts were sent, so that they can be taken back from just these."""

from __future__ import annotations

from collections.abc import Collection, Iterator

MOST = 1_000
"""Posts that are remembered; older ones are no longer at the top of anybody's screen."""


class Screens:
    """The newest posts that were sent: whose each is, and to whom it went."""

    def __init__(self) -> None:
        """Nothing was sent yet."""
        self._posts: dict[int, tuple[frozenset[int], tuple[int, ...]]] = {}
        self._of: dict[int, set[int]] = {}

    def remember(self, post_id: int, *, authors: Collection[int], told: Collection[int]) -> None:
        """A post (or boost) went to these accounts; `authors`: who wrote and who boosted it."""
        if not told:
            return
        self._forget(post_id)
        self._posts[post_id] = frozenset(authors), tuple(told)
        for one in authors:
            self._of.setdefault(one, set()).add(post_id)
        if len(self._posts) > MOST:
            self._forget(next(iter(self._posts)))

    def take_back(self, author_id: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        """What was sent of an account, and to whom, each post once; it is not remembered any more."""
        for post_id in sorted(self._of.get(author_id, ())):
            _, told = self._posts[post_id]
            self._forget(post_id)
            yield post_id, told

    def _forget(self, post_id: int) -> None:
        authors, _ = self._posts.pop(post_id, (frozenset(), ()))
        for one in authors:
            self._of[one].discard(post_id)
            if not self._of[one]:
                del self._of[one]
