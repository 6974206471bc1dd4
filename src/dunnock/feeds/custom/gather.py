"""Which posts come next in a custom feed: all its sources merged, exact, in a number of queries that the file bounds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from dunnock import accounts
from dunnock.accounts.viewers import Viewer
from dunnock.discovery import search_posts
from dunnock.feeds import lists
from dunnock.feeds.custom.file import Sources
from dunnock.feeds.feeds import Feeds
from dunnock.foundation.db import Db
from dunnock.posts import entries
from dunnock.posts.entries import Span
from dunnock.posts.views import PostCard
from dunnock.text import Handle, hashtag_key, parse_handle


class Gathered(msgspec.Struct):
    """The sources of a feed for one reader. `by`: what each brought so far, by id, where that can't be told from the post."""

    people: dict[str, frozenset[int]]
    tags: dict[int, str]
    others: dict[str, Callable[[Span, int], Awaitable[Sequence[int]]]]
    db: Db
    by: dict[str, set[int]] = {}

    async def next(self, span: Span, most: int) -> Sequence[tuple[int, int]]:
        """The next `most` (cursor, id), in the order of `span`; id 0: to be stepped over."""
        authors = frozenset[int]().union(*self.people.values())
        found = {one: one for one in await entries.of_sources(self.db, authors, self.tags, span, most)}
        for name, read in self.others.items():
            for one in await read(span, most):
                if one > 0:
                    self.by.setdefault(name, set()).add(one)
                    found[one] = one
                else:
                    found.setdefault(-one, 0)
        return sorted(found.items(), reverse=not span.up)[:most]

    def names_of(self, entry: PostCard) -> list[str]:
        """Which sources brought an entry."""
        names = [name for name, of in self.people.items() if entry.author_id in of]
        names += [name for name, of in self.by.items() if entry.id in of]
        keys = self.tags.values()
        if keys and entry.boost_of_id is None and any(hashtag_key(one) in keys for one in entry.hashtags):
            names.append("hashtags")
        return sorted({name.partition(":")[0] for name in names})


async def gather(
    db: Db,
    feeds: Feeds,
    sources: Sources,
    viewer: Viewer,
    *,
    answered: Callable[[Span, int], Awaitable[Sequence[int]]],
    domain: str,
) -> Gathered:
    """Look up what the sources are for a reader; what there is none of brings nothing. `domain`: this server's."""
    people: dict[str, frozenset[int]] = {}
    if sources.accounts:
        handles = [parse_handle(one) for one in sources.accounts]
        handles = [Handle(one.name) if one.domain == domain else one for one in handles]
        known = await accounts.find_by_handles(db, handles)
        people["accounts"] = frozenset(one.id for one in known.values())
    if sources.following:
        people["following"] = frozenset(await feeds.sources_of_home(viewer)) - {viewer.id}
    if sources.lists:
        own = {one.title: one.id for one in await lists.lists_of(db, viewer.id)}
        each = [await feeds.sources_of_list(viewer.id, own[title]) for title in sources.lists if title in own]
        people["lists"] = frozenset[int]().union(*(members for members, _ in each))
    keys = [hashtag_key(one.removeprefix("#")) for one in sources.hashtags]
    ids = await entries.hashtag_ids(db, keys) if keys else {}
    others: dict[str, Callable[[Span, int], Awaitable[Sequence[int]]]] = {}
    for number, words in enumerate(sources.words):
        search = await search_posts(db, words, viewer_id=viewer.id, domain=domain, public=True)
        others[f"words:{number}"] = search.ids
    if sources.local:
        others["local"] = lambda span, most: entries.public(db, span, most, where="local")
    if sources.answered:
        others["answered"] = answered
    return Gathered(people, {an_id: key for key, an_id in ids.items()}, others, db)
