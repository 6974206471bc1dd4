"""Which posts come next in a feed: ids only, in order, from the indexes. Who may see them is decided afterwards."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Sequence
from typing import Literal

import msgspec

from dunnock.foundation.db import Reader, Sql
from dunnock.posts.store import entries as store

FOREVER = 2**63 - 1
_SCAN = 1_000  # rows of the global index read at once
_SCAN_FROM = 250  # with more authors than this, the global index is tried first
_SCANS = 3
Kept = Literal["favourites", "bookmarks", "pins"]


class Span(msgspec.Struct, frozen=True):
    """A stretch of a feed: ids below `below` and above `above` (both exclusive); `up`: those right above `above`."""

    below: int = FOREVER
    above: int = 0
    up: bool = False

    def after(self, last: int) -> Span:
        """What remains once everything up to `last` has been read."""
        return Span(self.below, last, True) if self.up else Span(last, self.above)


async def of_authors(reader: Reader, authors: Collection[int], span: Span, most: int) -> list[int]:
    """Ids of posts and boosts by any of `authors`: a merge of their own orders, exact, whatever their number.

    Two queries: where each author's next post is, then the posts of those who are due. With many authors the global
    order is read first, because then most of what comes next is theirs.
    """
    if not authors:
        return []
    found: list[int] = []
    if len(authors) > _SCAN_FROM:
        wanted = authors if isinstance(authors, (set, frozenset, dict)) else frozenset(authors)
        sql = store.ANY_UP if span.up else store.ANY
        for _ in range(_SCANS):
            rows = await reader.all(sql, below=span.below, above=span.above, most=_SCAN)
            found += [row[0] for row in rows if row[1] in wanted]
            if len(found) >= most or len(rows) < _SCAN:
                return found[:most]
            span = span.after(rows[-1][0])
    return found + await _merge(reader, authors, span, most - len(found))


async def of_sources(
    reader: Reader, authors: Collection[int], tags: Collection[int], span: Span, most: int
) -> list[int]:
    """Ids of posts and boosts by any of `authors`, and of posts under any of the hashtags `tags`; exact, one query more."""
    found = await of_authors(reader, authors, span, most)
    if not tags:
        return found
    if len(found) == most:  # beyond the last of these nothing can be among the next `most`
        edge = found[-1]
        span = Span(edge, span.above, True) if span.up else Span(span.below, edge)
    sql = store.BY_TAGS_UP if span.up else store.BY_TAGS
    rows = await reader.all(sql, tags=list(tags), below=span.below, above=span.above, most=most)
    return sorted({*found, *[row[0] for row in rows]}, reverse=not span.up)[:most]


async def _merge(reader: Reader, authors: Collection[int], span: Span, most: int) -> list[int]:
    ids = list(authors)
    if span.up:
        rows = await reader.all(store.OLDEST_OF_EACH, ids=ids, edge=span.above)
        due = heapq.nsmallest(most, ((row[1], row[0]) for row in rows if row[1] is not None and row[1] < span.below))
        if not due:
            return []
        # Whoever comes later than the last of these can't be among the next `most`.
        below = due[-1][0] + 1 if len(due) == most else span.below
        sql, above = store.BY_AUTHORS_UP, span.above
    else:
        rows = await reader.all(store.NEWEST_OF_EACH, ids=ids, edge=span.below)
        due = heapq.nlargest(most, ((row[1], row[0]) for row in rows if row[1] is not None and row[1] > span.above))
        if not due:
            return []
        above = due[-1][0] - 1 if len(due) == most else span.above
        sql, below = store.BY_AUTHORS, span.below
    rows = await reader.all(sql, ids=[author for _, author in due], below=below, above=above, most=most)
    return [row[0] for row in rows]


async def public(
    reader: Reader, span: Span, most: int, *, where: Literal["all", "local", "remote"] = "all", media: bool = False
) -> list[int]:
    """Public posts that start a conversation or go on with the author's own; no boosts."""
    rows = await reader.all(_way(store.PUBLIC[where, media], span), below=span.below, above=span.above, most=most)
    return [row[0] for row in rows]


async def of_author(
    reader: Reader,
    author: int,
    span: Span,
    most: int,
    *,
    replies: bool = True,
    boosts: bool = True,
    media: bool = False,
    tag: str | None = None,
) -> list[int]:
    """Everything by one author. `replies`: also to others; `media`: only with media; `tag`: a folded hashtag."""
    sql = _way(store.BY_AUTHOR[replies, boosts, media, tag is not None], span)
    given = {} if tag is None else {"tag": tag}
    rows = await reader.all(sql, author=author, below=span.below, above=span.above, most=most, **given)
    return [row[0] for row in rows]


async def hashtag_ids(reader: Reader, keys: Sequence[str]) -> dict[str, int]:
    """The ids of folded hashtags that somebody used; the others are left out."""
    return {row[0]: row[1] for row in await reader.all(store.HASHTAG_IDS, keys=list(keys))}


async def of_hashtag(reader: Reader, tag_id: int, span: Span, most: int) -> list[int]:
    """Posts with a hashtag."""
    sql = store.BY_HASHTAG_UP if span.up else store.BY_HASHTAG
    rows = await reader.all(sql, tag_id=tag_id, below=span.below, above=span.above, most=most)
    return [row[0] for row in rows]


async def of_quotes(reader: Reader, quoted: int, span: Span, most: int) -> list[int]:
    """Posts that quote one."""
    rows = await reader.all(_way(store.QUOTING, span), quoted=quoted, below=span.below, above=span.above, most=most)
    return [row[0] for row in rows]


async def of_link(reader: Reader, link_id: int, span: Span, most: int) -> list[int]:
    """Public posts that link to a page; `link_id`: as `previews.find_link` gives it."""
    rows = await reader.all(_way(store.BY_LINK, span), link=link_id, below=span.below, above=span.above, most=most)
    return [row[0] for row in rows]


async def tags_of(reader: Reader, ids: Sequence[int], tag_ids: Collection[int]) -> dict[int, set[int]]:
    """Which of `tag_ids` each of these posts has."""
    found: dict[int, set[int]] = {}
    for post_id, tag_id in await reader.all(store.TAGS_OF, ids=list(ids), tags=list(tag_ids)):
        found.setdefault(post_id, set()).add(tag_id)
    return found


async def kept_by(reader: Reader, account: int, what: Kept, span: Span, most: int) -> list[tuple[int, int]]:
    """(moment, post) of what an account favourited, bookmarked or pinned; the moment is the cursor."""
    pair = {"favourites": store.FAVOURITES, "bookmarks": store.BOOKMARKS, "pins": store.PINS}[what]
    rows = await reader.all(_way(pair, span), account=account, below=span.below, above=span.above, most=most)
    return [(row[0], row[1]) for row in rows]


def _way(pair: tuple[Sql, Sql], span: Span) -> Sql:
    return pair[1] if span.up else pair[0]
