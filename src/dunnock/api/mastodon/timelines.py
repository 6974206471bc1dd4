"""The feeds and the hot single reads: GET /api/v1/timelines/…, an account's statuses, favourites, bookmarks, a status.

Each read is one function from decoded parameters to (body, Link); the fast lane and the documented handler share it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeAlias

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.api.kit import (
    Called,
    Lane,
    MaybeCalled,
    Paging,
    Query,
    link_header,
    page_limit,
    public,
    read_query,
    require,
)
from dunnock.api.kit.caller import Caller
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.async_refreshes import HEADER
from dunnock.api.mastodon.render import Render
from dunnock.discovery import SavedSearchMissing, find_saved_search, search_posts
from dunnock.federation import Conversations
from dunnock.feeds import Cursor, Feeds, Page
from dunnock.feeds.as_lists import FOR_YOU_LIST, FeedsAsLists
from dunnock.feeds.custom.keep import CustomFeed
from dunnock.feeds.custom.serve import CustomFeeds, Shown
from dunnock.feeds.errors import ListMissing
from dunnock.feeds.for_you.live import ForYou
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Missing
from dunnock.posts.entries import Kept
from dunnock.posts.thread import thread
from dunnock.previews import find_link
from dunnock.text import hashtag_key

Answer: TypeAlias = tuple[bytes, bytes]
"""Body and Link header (empty: none)."""
Underway: TypeAlias = tuple[bytes, bytes, bytes]
"""The same, and what the header says of work that is under way (empty: none)."""

_JSON = b"application/json; charset=utf-8"


class HomeParams(Paging, kw_only=True, frozen=True):
    """Parameters of the home and list feeds."""


class PublicParams(Paging, kw_only=True, frozen=True):
    """Parameters of the public feed."""

    local: bool = False
    remote: bool = False
    only_media: bool = False


class TagParams(PublicParams, kw_only=True, frozen=True):
    """Parameters of a hashtag's feed: further hashtags of which any, all or none must be there."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


class LinkParams(Paging, kw_only=True, frozen=True):
    """Which page's posts."""

    url: str = ""


class AccountParams(Paging, kw_only=True, frozen=True):
    """Parameters of an account's posts."""

    only_media: bool = False
    exclude_replies: bool = False
    exclude_reblogs: bool = False
    pinned: bool = False
    tagged: str | None = None


class ContextParams(Paging, kw_only=True, frozen=True):
    """A thread has no parameters yet."""


class Timelines:
    """Reads feeds for the API. Every method: (caller's account or None, parameters, …) -> (body, Link)."""

    def __init__(
        self,
        db: Db,
        feeds: Feeds,
        render: Render,
        conversations: Conversations | None = None,
        for_you: ForYou | None = None,
        *,
        custom: CustomFeeds | None = None,
        domain: str = "",
    ) -> None:
        """Bind what a read needs; without `conversations` nothing is asked of other servers, without `for_you` there is none,
        and without `custom` there are no custom feeds.

        `domain`: this server's, which handles in searches may have.
        """
        self._domain = domain
        self._db, self._feeds, self._render, self._conversations = db, feeds, render, conversations
        self._for_you, self._custom = for_you, custom
        self._as_lists = None if for_you is None else FeedsAsLists(for_you)

    async def home(self, viewer: int, params: HomeParams) -> Answer:
        """The home feed."""
        self._db.sync()
        page = await self._feeds.home(viewer, cursor_of(params))
        return await self._answer(page, viewer, "/api/v1/timelines/home", params)

    async def list(self, viewer: int, params: HomeParams, list_id: int) -> Answer:
        """A list's feed."""
        self._db.sync()
        path = f"/api/v1/timelines/list/{list_id}"
        if list_id == FOR_YOU_LIST and self._for_you is not None and await self._for_you.read_by(viewer):
            return await self._recommended(self._for_you, viewer, params)
        try:
            page = await self._feeds.list(viewer, list_id, cursor_of(params))
        except ListMissing:
            held = None if self._as_lists is None else await self._as_lists.find(self._db, viewer, list_id)
            if held is not None and held.custom is not None:
                return (await self.custom(viewer, params, held.custom, path))[:2]
            page = await self._saved_search(viewer, list_id, cursor_of(params))
        return await self._answer(page, viewer, path, params)

    async def custom(self, viewer: int, params: HomeParams, feed: CustomFeed, path: str) -> tuple[bytes, bytes, Shown]:
        """A custom feed: the posts, the links, and what is known of why these."""
        if self._custom is None:
            raise ListMissing(feed.id)
        shown = await self._custom.show(viewer, feed.file(), cursor_of(params))
        if shown.receipts:  # it goes on, and nothing is newer in what is not in the order of time
            limit = [("limit", str(page_limit(params.limit)))]
            link = link_header(self._render.addresses.base, path, limit, next={"max_id": shown.page.oldest}, prev=None)
            return await self._render.page(shown.page, viewer), link, shown
        return *(await self._answer(shown.page, viewer, path, params)), shown

    async def _recommended(self, for_you: ForYou, viewer: int, params: HomeParams) -> Answer:
        """For You: whatever is asked for is what comes next, since what was shown does not come again for hours."""
        if params.since_id is not None or params.min_id is not None:  # nothing is newer in what has no time
            return b"[]", b""
        served = await for_you.serve(viewer, limit=page_limit(params.limit))
        body = await self._render.page(served.page, viewer)
        if not served.receipts:
            return body, b""
        path = f"/api/v1/timelines/list/{FOR_YOU_LIST}"
        limit = [("limit", str(page_limit(params.limit)))]
        return body, link_header(
            self._render.addresses.base, path, limit, next={"max_id": served.receipts[-1].item}, prev=None
        )

    async def _saved_search(self, viewer: int, search_id: int, cursor: Cursor) -> Page:
        """What one of the searches finds that the viewer keeps: clients know them as lists."""
        try:
            held = await find_saved_search(self._db, viewer, search_id)
        except SavedSearchMissing as error:
            raise ListMissing(search_id) from error
        search = await search_posts(self._db, held.query, viewer_id=viewer, domain=self._domain)
        return await self._feeds.found(search, viewer, cursor)

    async def direct(self, viewer: int, params: HomeParams) -> Answer:
        """Direct posts."""
        self._db.sync()
        page = await self._feeds.direct(viewer, cursor_of(params))
        return await self._answer(page, viewer, "/api/v1/timelines/direct", params)

    async def public(self, viewer: int | None, params: PublicParams) -> Answer:
        """The public feed of this server, of others, or of all."""
        self._db.sync()
        page = await self._feeds.public(viewer, cursor_of(params), where=where_of(params), media=params.only_media)
        return await self._answer(page, viewer, "/api/v1/timelines/public", params)

    async def hashtag(self, viewer: int | None, params: TagParams, hashtag: str) -> Answer:
        """A hashtag's feed."""
        self._db.sync()
        page = await self._feeds.hashtag(
            viewer,
            hashtag_key(hashtag),
            cursor_of(params),
            also=[hashtag_key(one) for one in params.any],
            every=[hashtag_key(one) for one in params.all],
            without=[hashtag_key(one) for one in params.none],
            where=where_of(params),
            media=params.only_media,
        )
        return await self._answer(page, viewer, f"/api/v1/timelines/tag/{hashtag}", params)

    async def link(self, viewer: int | None, params: LinkParams) -> Answer:
        """The posts that link to a page.

        Raises:
            Missing: nobody linked to it.
        """
        self._db.sync()
        link_id = await find_link(self._db, params.url)
        if link_id is None:
            raise Missing(params.url)
        page = await self._feeds.link(viewer, link_id, cursor_of(params))
        return await self._answer(page, viewer, "/api/v1/timelines/link", params)

    async def account(self, viewer: int | None, params: AccountParams, account_id: int) -> Answer:
        """An account's posts."""
        self._db.sync()
        if params.pinned:
            page = await self._feeds.pinned(viewer, account_id, cursor_of(params))
        else:
            page = await self._feeds.account(
                viewer,
                account_id,
                cursor_of(params),
                replies=not params.exclude_replies,
                boosts=not params.exclude_reblogs and not params.only_media,
                media=params.only_media,
                tag=hashtag_key(params.tagged) if params.tagged else None,
            )
        return await self._answer(page, viewer, f"/api/v1/accounts/{account_id}/statuses", params)

    async def kept(self, viewer: int, params: HomeParams, what: Kept) -> Answer:
        """Favourites or bookmarks."""
        self._db.sync()
        page = await self._feeds.kept(viewer, what, cursor_of(params))
        return await self._answer(page, viewer, f"/api/v1/{what}", params)

    async def quotes(self, viewer: int, params: HomeParams, post_id: int) -> Answer:
        """Posts that quote a post."""
        self._db.sync()
        page = await self._feeds.quotes(viewer, post_id, cursor_of(params))
        return await self._answer(page, viewer, f"/api/v1/statuses/{post_id}/quotes", params)

    async def status(self, viewer: int | None, _: ContextParams, post_id: int) -> Answer:
        """One post."""
        return await self._render.status(post_id, viewer), b""

    async def context(self, viewer: int | None, _: ContextParams, post_id: int) -> Underway:
        """What a post answers, and what answers it; more of it is asked of the post's own server, for members."""
        self._db.sync()
        around = await thread(self._db, post_id, viewer)
        ancestors = await self._render.statuses(around.ancestors, viewer)
        descendants = await self._render.statuses(around.descendants, viewer)
        begun = None if viewer is None or self._conversations is None else await self._conversations.opened(post_id)
        underway = b"" if begun is None else begun.header().encode()
        return b'{"ancestors":%b,"descendants":%b}' % (ancestors, descendants), b"", underway

    async def _answer(self, page: Page, viewer: int | None, path: str, params: Paging) -> Answer:
        body = await self._render.page(page, viewer)
        if page.oldest is None or page.newest is None:
            return body, b""
        base, limit = self._render.addresses.base, page_limit(params.limit)
        kept = _kept_pairs(params)
        if kept:
            link = link_header(
                base, path, [("limit", str(limit)), *kept], next={"max_id": page.oldest}, prev={"min_id": page.newest}
            )
        else:
            link = (
                f'<{base}{path}?limit={limit}&max_id={page.oldest}>; rel="next", '
                f'<{base}{path}?limit={limit}&min_id={page.newest}>; rel="prev"'
            ).encode()
        return body, link


_BARE = {HomeParams, ContextParams}


def _kept_pairs(params: Paging) -> list[tuple[str, str]]:
    """The parameters that the links of a page carry on."""
    if type(params) in _BARE:
        return []
    pairs: list[tuple[str, str]] = []
    for name in params.__struct_fields__:
        value = getattr(params, name)
        if value is True:
            pairs.append((name, "true"))
        elif isinstance(value, str) and value:
            pairs.append((name, value))
        elif isinstance(value, tuple):
            pairs += [(f"{name}[]", one) for one in value]
    return pairs


def cursor_of(params: Paging) -> Cursor:
    """Where the page begins, with the limit capped as Mastodon caps it."""
    return Cursor(page_limit(params.limit), params.max_id, params.since_id, params.min_id)


def where_of(params: PublicParams) -> Literal["all", "local", "remote"]:
    """Which servers' posts are asked for."""
    return "local" if params.local else "remote" if params.remote else "all"


# The fast lane ----------------------------------------------------------------------------------------------------

_KEPT_QUERIES = 1_000


def lane_read(
    read: Callable[..., Awaitable[Answer | Underway]],
    params_type: type[Any],
    *,
    user: bool,
    path_name: str | None = None,
    scope_name: str = "read:statuses",
) -> Callable[..., Awaitable[None]]:
    """A handler of the lane for a read from (viewer, parameters, what the path names) to an `Answer`."""
    need = require(scope_name) if user else public(scope_name)
    known: dict[bytes, Any] = {}  # query strings repeat: decoding one costs more than the rest of a request

    async def handle(scope: Any, send: Any, **path: Any) -> None:
        caller: Caller | None = await need.admit(scope)
        query = scope["query_string"]
        params = known.get(query)
        if params is None:
            params = read_query(scope, params_type)
            if len(known) >= _KEPT_QUERIES:
                known.clear()
            if len(query) < 200:
                known[query] = params
        viewer = None if caller is None else caller.account_id
        body, link, *underway = await (
            read(viewer, params) if path_name is None else read(viewer, params, path[path_name])
        )
        headers = [(b"content-type", _JSON), (b"content-length", b"%d" % len(body))]
        if link:
            headers.append((b"link", link))
        if underway and underway[0]:
            headers.append((HEADER.encode(), underway[0]))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return handle


def add_to(lane: Lane, timelines: Timelines) -> None:
    """Serve the hot reads from the lane."""
    lane.add("GET", "/api/v1/timelines/home", lane_read(timelines.home, HomeParams, user=True))
    lane.add("GET", "/api/v1/timelines/public", lane_read(timelines.public, PublicParams, user=False))
    lane.add(
        "GET",
        "/api/v1/timelines/tag/{hashtag}",
        lane_read(timelines.hashtag, TagParams, user=False, path_name="hashtag"),
    )
    lane.add(
        "GET",
        "/api/v1/timelines/list/{list_id}",
        lane_read(timelines.list, HomeParams, user=True, path_name="list_id", scope_name="read:lists"),
    )
    lane.add(
        "GET", "/api/v1/accounts/{id}/statuses", lane_read(timelines.account, AccountParams, user=False, path_name="id")
    )
    lane.add("GET", "/api/v1/statuses/{id}", lane_read(timelines.status, ContextParams, user=False, path_name="id"))
    lane.add(
        "GET", "/api/v1/statuses/{id}/context", lane_read(timelines.context, ContextParams, user=False, path_name="id")
    )


# The documented handlers (the same reads; they answer what the lane leaves: odd spellings, HEAD) ----------------------

Reads: TypeAlias = NamedDependency[Timelines]


def _response(answer: Answer) -> Response[Any]:
    body, link = answer
    headers = {"link": link.decode()} if link else None
    return Response(content=body, media_type=_JSON.decode(), headers=headers)


def _viewer(caller: Caller | None) -> int | None:
    return None if caller is None else caller.account_id


def _member(caller: Caller) -> int:
    assert caller.account_id is not None  # the guard lets only members' tokens through
    return caller.account_id


@get("/api/v1/timelines/home", guards=[require("read:statuses")])
async def home(params: Query[HomeParams], caller: Called, timelines: Reads) -> Response[list[wire.Status]]:
    """The home feed: posts and boosts by those the member follows, newest first."""
    return _response(await timelines.home(_member(caller), params))


@get("/api/v1/timelines/direct", guards=[require("read:statuses")], deprecated=True)
async def direct_feed(params: Query[HomeParams], caller: Called, timelines: Reads) -> Response[list[wire.Status]]:
    """Direct posts by and to the member, newest first; for old clients, others read conversations."""
    return _response(await timelines.direct(_member(caller), params))


@get("/api/v1/timelines/public", guards=[public("read:statuses")])
async def public_feed(
    params: Query[PublicParams], caller: MaybeCalled, timelines: Reads
) -> Response[list[wire.Status]]:
    """Public posts, newest first."""
    return _response(await timelines.public(_viewer(caller), params))


@get("/api/v1/timelines/tag/{hashtag:str}", guards=[public("read:statuses")])
async def hashtag_feed(
    hashtag: FromPath[str], params: Query[TagParams], caller: MaybeCalled, timelines: Reads
) -> Response[list[wire.Status]]:
    """Public posts with a hashtag, newest first."""
    return _response(await timelines.hashtag(_viewer(caller), params, hashtag))


@get("/api/v1/timelines/link", guards=[public("read:statuses")])
async def link_feed(params: Query[LinkParams], caller: MaybeCalled, timelines: Reads) -> Response[list[wire.Status]]:
    """Public posts that link to the page at `url`, newest first."""
    return _response(await timelines.link(_viewer(caller), params))


@get("/api/v1/timelines/list/{list_id:int}", guards=[require("read:lists")])
async def list_feed(
    list_id: FromPath[int], params: Query[HomeParams], caller: Called, timelines: Reads
) -> Response[list[wire.Status]]:
    """Posts and boosts by the accounts of one of the member's lists."""
    return _response(await timelines.list(_member(caller), params, list_id))


@get("/api/v1/accounts/{account_id:int}/statuses", guards=[public("read:statuses")])
async def account_feed(
    account_id: FromPath[int], params: Query[AccountParams], caller: MaybeCalled, timelines: Reads
) -> Response[list[wire.Status]]:
    """An account's posts and boosts, newest first."""
    return _response(await timelines.account(_viewer(caller), params, account_id))


@get("/api/v1/statuses/{post_id:int}/quotes", guards=[require("read:statuses")])
async def quotes(
    post_id: FromPath[int], params: Query[HomeParams], caller: Called, timelines: Reads
) -> Response[list[wire.Status]]:
    """Posts that quote the post, newest first, as far as the member may and wants to see them."""
    return _response(await timelines.quotes(_member(caller), params, post_id))


@get("/api/v1/favourites", guards=[require("read:favourites")])
async def favourites(params: Query[HomeParams], caller: Called, timelines: Reads) -> Response[list[wire.Status]]:
    """What the member favourited, latest first."""
    return _response(await timelines.kept(_member(caller), params, "favourites"))


@get("/api/v1/bookmarks", guards=[require("read:bookmarks")])
async def bookmarks(params: Query[HomeParams], caller: Called, timelines: Reads) -> Response[list[wire.Status]]:
    """What the member bookmarked, latest first."""
    return _response(await timelines.kept(_member(caller), params, "bookmarks"))


HANDLERS = [
    home,
    direct_feed,
    public_feed,
    hashtag_feed,
    link_feed,
    list_feed,
    account_feed,
    quotes,
    favourites,
    bookmarks,
]
