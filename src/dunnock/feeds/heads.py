"""The newest stretch of each merged feed that somebody reads, kept in memory and moved on by what is published.

Nothing is fanned out: a post costs one entry in `Recent`, whoever follows its author or hashtags. A reader's head takes
up what came since their last look. Below the head, pages are merged from the indexes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from dunnock.foundation.cache import Cache
from dunnock.foundation.db import Db
from dunnock.foundation.events import Logged
from dunnock.posts import entries
from dunnock.posts.entries import Span
from dunnock.posts.events import PostBackfilled, PostBoosted, PostEdited, PostPublished, PostsImported

HEAD = 400  # entries read when a head is made: ten pages of 40
MOST = 1_200  # entries a head may grow to
KEPT_HEADS = 1_000
KEPT_RECENT = 20_000
NO_TAGS: Mapping[int, str] = MappingProxyType({})


class Head:
    """`ids` (oldest first) holds every entry by `sources` or under `tags` that is not older than `floor`; 0: all there are.

    `tags`: folded hashtag by id.
    """

    __slots__ = ("floor", "ids", "of", "position", "sources", "tags")

    def __init__(
        self,
        of: object,
        sources: Collection[int],
        ids: list[int],
        floor: int,
        position: int,
        *,
        tags: Mapping[int, str] = NO_TAGS,
    ) -> None:
        """`of`: what the sources were made from; another object means that they may differ."""
        self.of, self.sources, self.tags = of, sources, tags
        self.ids, self.floor, self.position = ids, floor, position


class Heads:
    """All heads of one process."""

    def __init__(self, db: Db) -> None:
        """Listens to `db`'s events from now on."""
        self._db = db
        self._heads: Cache[object, Head] = Cache(KEPT_HEADS)
        self._recent: list[tuple[int, int, tuple[int, ...]]] = []
        self._dropped = 0
        self.forgotten = 0
        """How often heads were forgotten."""
        db.listen(self._heard)

    def _heard(self, logged: Sequence[Logged]) -> None:
        for one in logged:
            event = one.event
            if type(event) is PostPublished:
                self._recent.append((event.post_id, event.author_id, event.tags))
            elif type(event) is PostBackfilled:
                self._recent.append((event.post_id, event.author_id, ()))
            elif type(event) is PostBoosted:
                self._recent.append((event.boost_id, event.by, ()))
            elif type(event) is PostEdited:
                if event.tags:  # it may stand under others than before
                    self._recent.append((event.post_id, event.author_id, event.tags))
            elif type(event) is PostsImported:
                self.forgotten += 1
                self._heads.clear()
        if len(self._recent) > KEPT_RECENT:
            half = len(self._recent) // 2
            del self._recent[:half]
            self._dropped += half

    def peek(self, key: object, of: object) -> Head | None:
        """The head of a feed, brought up to date; None when it must be made (again)."""
        head = self._heads.get(key)
        if head is None or head.of is not of:
            return None
        recent = self._recent
        start = head.position - self._dropped
        if start == len(recent):
            return head
        if start < 0:
            return None
        ids, sources, tags = head.ids, head.sources, head.tags
        for post_id, author, under in recent[start:]:
            if author not in sources and (not tags or tags.keys().isdisjoint(under)):
                continue
            if not ids or post_id > ids[-1]:
                ids.append(post_id)
            elif post_id >= head.floor:
                place = bisect_left(ids, post_id)
                if place == len(ids) or ids[place] != post_id:
                    ids.insert(place, post_id)
        head.position = self._dropped + len(recent)
        if len(ids) > MOST:
            del ids[:-HEAD]
            head.floor = ids[0]
        return head

    async def make(
        self,
        key: object,
        of: object,
        sources: Collection[int],
        tags: Mapping[int, str] = NO_TAGS,
        *,
        since: int | None = None,
    ) -> Head:
        """Read the newest entries by `sources` or under `tags`.

        `since`: what `forgotten` was before those were read. If any was forgotten meanwhile, the head is not kept.
        """
        position = self._dropped + len(self._recent)  # before reading: what comes meanwhile is taken up again, once
        ids = await entries.of_sources(self._db, sources, tags, Span(), HEAD)
        ids.reverse()
        head = Head(of, sources, ids, ids[0] if len(ids) >= HEAD else 0, position, tags=tags)
        if since is None or since == self.forgotten:
            self._heads.put(key, head)
        return head

    def forget(self, key: object) -> None:
        """The feed's sources changed."""
        self.forgotten += 1
        self._heads.pop(key)

    async def read(self, head: Head, span: Span, most: int) -> list[int]:
        """The next ids of a feed in `span`, from memory as far as it reaches."""
        ids, floor = head.ids, head.floor
        if span.up:
            if span.above + 1 < floor:
                return await entries.of_sources(self._db, head.sources, head.tags, span, most)
            start = bisect_right(ids, span.above)
            return ids[start : min(start + most, bisect_left(ids, span.below))]
        end = bisect_left(ids, span.below)
        found = ids[max(bisect_right(ids, span.above), end - most) : end]
        found.reverse()
        if len(found) < most and span.above + 1 < floor:
            below = Span(min(span.below, floor), span.above)
            found += await entries.of_sources(self._db, head.sources, head.tags, below, most - len(found))
        return found
