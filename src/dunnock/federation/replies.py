"""Whole conversations: what others answered to a post of another server is read there when somebody here opens it.

So is what the conversation's own server lists as its `context` (FEP-7888). Each answer is read from its own server; how much is
read, and how often, is limited. Source: federation.md, section 10.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urldefrag

from dunnock import posts
from dunnock.federation.claims import keep_claims
from dunnock.federation.errors import (
    ActivityInvalid,
    NotTheirs,
    RemoteFailed,
    RemoteRefused,
    ServerRefused,
)
from dunnock.federation.house import Federation
from dunnock.federation.jobs import ReadReplies
from dunnock.federation.parse import id_of, listed
from dunnock.federation.places import host_of
from dunnock.federation.take_post import MOST_DEPTH
from dunnock.foundation import refresh
from dunnock.foundation.cache import Cache
from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.refresh import Refresh

AGAIN_MS = 15 * MINUTE
"""How soon a post's answers are asked for again. Source: Mastodon, Status::FetchRepliesConcern."""
MOST_PAGES, MOST_ANSWERS = 6, 60
_DEPTH = MOST_DEPTH - 5  # what an answer answers is here, or not far
KEPT = 10_000
_PARTS = frozenset(("items", "orderedItems", "first", "next"))


def name_of(post_id: int) -> str:
    """What the work is called in `foundation.refresh`."""
    return f"replies {post_id}"


class Conversations:
    """For the readers of one process."""

    def __init__(self, house: Federation) -> None:
        """Nothing was asked for yet."""
        self._house = house
        self._looked: Cache[int, int] = Cache(KEPT)

    async def opened(self, post_id: int) -> Refresh | None:
        """Somebody opened a post: have its answers read, unless that was done a moment ago; how far that is, if it is on."""
        db = self._house.db
        if now_ms() - (self._looked.get(post_id) or 0) > AGAIN_MS:
            self._looked.put(post_id, now_ms())
            post = await posts.find_living(db, post_id)
            named = (await posts.names_of(db, [post_id])).get(post_id)
            host = "" if named is None or named.uri is None or not named.domain else host_of(named.uri)
            if host and post is not None and post.visibility in posts.OPEN and post.boost_of_id is None:
                async with db.begin() as tx:
                    begun = await refresh.begin(tx, name_of(post_id))
                    await tx.enqueue(ReadReplies(post_id, host))
                return begun
            return None
        found = await refresh.named(db, name_of(post_id))
        return None if found is None or found.finished else found


class Answers:
    """Does the job. `find_post` reads a post from its own server."""

    def __init__(self, house: Federation, find_post: Any) -> None:
        """Nothing is read yet."""
        self._house, self._find_post = house, find_post

    async def read(self, db: Db, job: ReadReplies) -> None:
        """Read what answers a post, as far as its server tells of it."""
        found = 0
        try:
            async for uri in self._told(db, job.post_id):
                if await posts.find_uri(db, uri) is not None:
                    continue
                try:
                    found += await self._find_post(uri, depth=_DEPTH) is not None
                except (RemoteRefused, RemoteFailed, ServerRefused, ActivityInvalid, NotTheirs):
                    continue
                async with db.begin() as tx:
                    await refresh.tell(tx, name_of(job.post_id), results=found)
        finally:
            async with db.begin() as tx:
                await refresh.tell(tx, name_of(job.post_id), results=found, finished=True)

    async def _told(self, db: Db, post_id: int) -> AsyncIterator[str]:
        """The addresses of answers, as many as are read at once."""
        named = (await posts.names_of(db, [post_id])).get(post_id)
        if named is None or named.uri is None:
            return
        told = {named.uri}
        try:
            document = await self._house.fetcher.document(named.uri)
        except (RemoteRefused, RemoteFailed, ServerRefused):
            return
        async with db.begin() as tx:
            await keep_claims(tx, post_id, document, new=False)
        whole = id_of(document.get("context"))
        for collection, host in ((document.get("replies"), host_of(named.uri)), (whole, host_of(whole))):
            if self._house.places.is_here(id_of(collection)):
                continue
            async for uri in self._listed(collection, host):
                if uri in told or self._house.places.is_here(uri):
                    continue
                if len(told) > MOST_ANSWERS:
                    return
                told.add(uri)
                yield uri

    async def _listed(self, collection: Any, host: str) -> AsyncIterator[str]:
        """What a collection on `host` lists, as far as it can be read."""
        page, seen = collection, {""}
        for _ in range(MOST_PAGES):
            try:
                read = await self._page(page, host, seen)
            except (RemoteRefused, RemoteFailed, ServerRefused):
                return
            if read is None:
                return
            for item in [*listed(read.get("items")), *listed(read.get("orderedItems"))]:
                uri = urldefrag(id_of(item)).url
                if host_of(uri):
                    yield uri
            page = read.get("first") if read.get("first") is not None else read.get("next")

    async def _page(self, page: Any, host: str, seen: set[str]) -> Mapping[str, Any] | None:
        """A collection or a page of it, written out or read from the post's own server; each once (SC-090)."""
        if isinstance(page, dict) and not _PARTS.isdisjoint(page):
            return page
        uri = id_of(page)
        if host_of(uri) != host or uri in seen:
            return None
        seen.add(uri)
        return await self._house.fetcher.document(uri)
