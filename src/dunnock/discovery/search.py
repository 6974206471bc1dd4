"""Find posts by words: ids in the order of posts, for a reader's page to judge. Newest first; nothing is ranked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import msgspec

from dunnock import accounts, text
from dunnock.discovery.find import Asked, find
from dunnock.discovery.index import Marked, marked
from dunnock.discovery.query import EVERYWHERE, ME, Part, Query, Term, for_postgresql, for_sqlite, parts_of, read
from dunnock.discovery.store import search as store
from dunnock.foundation.db import Db
from dunnock.posts.entries import Span

_KEPT_A_ROUND = 1_000
_KEPT_ROUNDS = 20  # of what one kept, so many times the above are looked through for a page
_SCANNED = 300
_LONG = 8  # words


class Resolver(Protocol):
    """Asks other servers; handed in by whoever can (None: nobody can, and only what is known here is found)."""

    async def account(self, handle: text.Handle) -> int | None:
        """The account of a handle, asked for when it is not known here; None when its server knows none."""

    async def address(self, url: str) -> Resolved | None:
        """What is found at an address of another server; None when that is nothing of ours."""


class Resolved(msgspec.Struct, frozen=True):
    """An account or a post that is known here from now on."""

    account_id: int | None = None
    post_id: int | None = None


class PostSearch:
    """One search by one member. `kept` are the posts of their library that were found and that they kept.

    `misread`: what was typed as an operator and can't be: there is no such value, or nobody known of that name.
    `says`: does it ask for anything? `cut`: was more typed than is looked for?
    """

    def __init__(self, db: Db, viewer_id: int, query: Query, people: dict[str, int], has: Marked) -> None:
        """Use `search_posts`."""
        self._db, self._viewer_id, self._query = db, viewer_id, query
        self._said = _asked(query, people, parts_of(query.scope, viewer_id, halves=has.halves), has)
        self._bare = self._refused = None  # type: Asked | None
        if query.scope != "public" and query.groups:
            self._bare = _asked(query, people, EVERYWHERE, has)
        elif query.scope != "public" and query.without:
            self._refused = _asked(Query((query.without,)), people, EVERYWHERE, has)
        self.kept: set[int] = set()
        self.says, self.cut = query.says, query.cut
        self.misread = (*query.misread, *[f"from:{one}" for one in query.authors if one not in people])

    async def ids(self, span: Span, most: int) -> list[int]:
        """The next `most` ids; those in a gap of the query as their negative, for the reader to step over."""
        query = self._query
        above = max(span.above, query.above)
        below = span.below if query.below is None else min(span.below, query.below)
        if not query.says or above >= below:
            return []
        ids = await find(self._db, self._said, above=above, below=below, most=most, up=span.up)
        if query.scope != "public":
            # Only what lies before the last one found can come into this page.
            if len(ids) == most:
                above, below = (above, ids[-1] + 1) if span.up else (ids[-1] - 1, below)
            kept = await self._of_kept(above, below, most, up=span.up)
            self.kept |= kept
            ids = sorted(kept.union(ids), reverse=not span.up)[:most]
        if query.gaps:
            return [-one if any(first <= one < end for first, end in query.gaps) else one for one in ids]
        return ids

    async def _of_kept(self, above: int, below: int, most: int, *, up: bool) -> set[int]:
        """What the viewer favourited or bookmarked of it."""
        found: set[int] = set()
        sql = store.KEPT_UP if up else store.KEPT
        for _ in range(_KEPT_ROUNDS):
            rows = await self._db.all(sql, viewer=self._viewer_id, above=above, below=below, most=_KEPT_A_ROUND)
            if not rows:
                break
            kept = [row[0] for row in rows]
            found |= await self._matching(kept)
            if len(kept) < _KEPT_A_ROUND or len(found) >= most:
                break
            above, below = (kept[-1], below) if up else (above, kept[-1])
        return found

    async def _matching(self, kept: list[int]) -> set[int]:
        """Those of some posts that the query finds whoever wrote them."""
        if self._bare is None:
            return set(kept) if self._refused is None else set(kept) - await self._among(self._refused, kept)
        return await self._among(self._bare, kept)

    async def _among(self, asked: Asked, kept: list[int]) -> set[int]:
        low, high = min(kept), max(kept)
        # A rare word's posts are read faster than each kept post is looked up.
        ids = await find(self._db, asked, above=low - 1, below=high + 1, most=_SCANNED)
        found = set(ids).intersection(kept)
        if len(ids) == _SCANNED:
            rest = [one for one in kept if one < ids[-1]]
            ask = self._db.slow if len(rest) > _SCANNED else self._db.all
            found |= {row[0] for row in await ask(store.FOUND_AMONG, fts=asked.fts, ts=asked.ts, ids=rest)}
        return found


def _asked(query: Query, people: dict[str, int], parts: tuple[Part, ...], has: Marked) -> Asked:
    exact = for_postgresql(query, people, parts, pairs=has.pairs)
    rough = for_postgresql(query, people, parts, pairs=has.pairs, rough=True)
    return Asked(
        for_sqlite(query, people, parts),
        exact,
        timed=has.timed,
        rough="" if rough == exact else rough,
        long=query.length > _LONG,
    )


async def search_posts(
    db: Db, typed: str, *, viewer_id: int, domain: str, by_account_id: int | None = None, public: bool = False
) -> PostSearch:
    """Understand what a member typed. `domain` is this server's; `by_account_id`: only posts by that account.

    `public`: only what everybody may find, whatever was typed.
    """
    query = read(typed)
    if public:
        query = msgspec.structs.replace(query, scope="public")
    if by_account_id is not None:
        query = _by(query, by_account_id)
    people = {} if not query.authors else await _people(db, query.authors, viewer_id, domain)
    if by_account_id is not None:
        people[str(by_account_id)] = by_account_id
    return PostSearch(db, viewer_id, query, people, await marked(db))


def _by(query: Query, account_id: int) -> Query:
    return Query(
        (*query.groups, (Term(author=str(account_id)),)),
        query.without,
        query.above,
        query.below,
        query.gaps,
        query.scope,
        query.says,
    )


async def _people(db: Db, handles: Collection[str], viewer_id: int, domain: str) -> dict[str, int]:
    """The accounts behind `from:`; unknown ones are left out."""
    asked: dict[str, text.Handle] = {}
    for one in handles:
        if one == ME:
            continue
        try:
            handle = text.parse_handle(one)
        except (text.BadHandle, text.BadDomain):
            continue
        asked[one] = text.Handle(handle.name) if handle.domain == domain.lower() else handle
    known = await accounts.find_by_handles(db, asked.values())
    found = {one: known[handle.key].id for one, handle in asked.items() if handle.key in known}
    if ME in handles:
        found[ME] = viewer_id
    return found
