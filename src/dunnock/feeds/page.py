"""One page of a feed: skeleton (ids) -> hydrate (a fixed number of batch queries) -> rules -> a page to present."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import msgspec

from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.posts.entries import FOREVER, Span
from dunnock.posts.views import PostCard, PostViews

Skeleton: TypeAlias = Callable[[Span, int], Awaitable[Sequence[tuple[int, int]] | Sequence[int]]]
"""Given a span and how many: the next ids in order; or (cursor, id) where the cursor is not the id."""
Judge: TypeAlias = Callable[[PostCard, dict[int, PostCard], dict[int, AccountCard]], PostCard | None]
"""What an entry shows in this feed; None: it is not shown."""

_ROUNDS = 12  # with the growth below, some thousand entries are examined before a short page is given
_MOST_AT_ONCE = 500


class Cursor(msgspec.Struct, frozen=True):
    """Where a page begins: below `max_id`; newest above `since_id`; or those right above `min_id`."""

    limit: int = 20
    max_id: int | None = None
    since_id: int | None = None
    min_id: int | None = None

    def span(self) -> Span:
        """The stretch of the feed that the page is taken from."""
        if self.min_id is not None:
            return Span(self.max_id or FOREVER, self.min_id, up=True)
        return Span(self.max_id or FOREVER, self.since_id or 0)


class Page(msgspec.Struct):
    """Entries newest first, with all that is needed to show them.

    `oldest` and `newest` are the cursors for the links to the next and the previous page; None: no link.
    """

    entries: list[PostCard]
    posts: dict[int, PostCard]
    accounts: dict[int, AccountCard]
    oldest: int | None
    newest: int | None


async def fill(
    skeleton: Skeleton, judge: Judge, cursor: Cursor, *, posts: PostViews, accounts: AccountViews, once: bool = False
) -> Page:
    """Take entries until the page is full or the feed ends. `once`: a post that several boosted is shown once a page."""
    span, limit = cursor.span(), cursor.limit
    kept: list[PostCard] = []
    all_posts: dict[int, PostCard] = {}
    all_accounts: dict[int, AccountCard] = {}
    shown_ids: set[int] = set()
    first = last = None
    want = limit
    for _ in range(_ROUNDS):
        if want <= 0:
            break
        rows = await skeleton(span, want)
        if not rows:
            break
        paired = type(rows[0]) is not int
        ids: list[int] = [row[1] for row in rows] if paired else rows  # type: ignore[index,assignment]
        found = await posts.get(ids)
        authors = {card.author_id for card in found.values()}
        people = await accounts.get(authors)
        full = False
        for row, an_id in zip(rows, ids, strict=True):
            last = row[0] if paired else an_id  # type: ignore[index]
            if first is None:
                first = last
            entry = found.get(an_id)
            if entry is None:
                continue
            shown = judge(entry, found, people)
            if shown is None:
                continue
            if once:
                if shown.id in shown_ids:
                    continue
                shown_ids.add(shown.id)
            kept.append(entry)
            if len(kept) == limit:
                full = True
                break
        if all_posts:
            all_posts.update(found)
            all_accounts.update(people)
        else:
            all_posts, all_accounts = found, people
        if full or len(rows) < want:
            break
        assert last is not None
        span = span.after(last)
        want = min(max(2 * (limit - len(kept)), want * 2), _MOST_AT_ONCE)
    if span.up:
        kept.reverse()
        first, last = last, first
    if not kept:
        # Nothing to show: the way on is only worth a link when the feed has not ended.
        return Page([], all_posts, all_accounts, None, None)
    return Page(kept, all_posts, all_accounts, last, first)
