"""Search: accounts, posts and hashtags by what somebody types, anything of this server by its address. Wire: Search."""

from __future__ import annotations

import re
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.api.kit import (
    BadRequest,
    Called,
    Id,
    Lane,
    MaybeCalled,
    Query,
    page_limit,
    parse_id,
    public,
    read_query,
    require,
    send_json,
)
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, viewer_of
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.tags import show_tags
from dunnock.discovery import Resolved, Resolver, search_posts
from dunnock.feeds import Cursor, Feeds
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Kind
from dunnock.foundation.settings import Settings
from dunnock.posts.hashtag_search import find_hashtag, search_hashtags
from dunnock.text import BadHandle, Handle, parse_handle

A_PAGE = 20
FURTHEST = 400
LONGEST = 500
_KEPT_QUERIES, _LONGEST_KEPT = 500, 200
_PROFILE = re.compile(r"/(?:@|users/)([A-Za-z0-9_]+)/?")
_POST = re.compile(r"/(?:@[A-Za-z0-9_.@:-]+|users/[A-Za-z0-9_]+/statuses)/([0-9]{1,19})(?:/activity)?/?")
_TAG = re.compile(r"/tags/([^/]+)/?")


class SearchParams(msgspec.Struct, frozen=True):
    """What to look for: `type` accounts, hashtags or statuses (default: each); `following`: only whom one follows.

    `account_id`, `max_id`, `min_id`: only posts by that account, below and above these ids; `exclude_unreviewed`: only
    hashtags that the staff looked at.
    """

    q: str = ""
    type: Literal["accounts", "hashtags", "statuses"] | None = None
    limit: int | None = None
    offset: int | None = None
    following: bool = False
    resolve: bool = False
    exclude_unreviewed: bool = False
    account_id: Id | None = None
    max_id: Id | None = None
    min_id: Id | None = None


class OldSearch(msgspec.Struct, kw_only=True):
    """Search as it was before Mastodon 3.0: hashtags are names."""

    accounts: list[wire.Account]
    statuses: list[wire.Status]
    hashtags: list[str]


class SignInToSearch(DomainError):
    """Only members turn pages, or have other servers asked."""

    code, kind = "sign_in_to_search", Kind.UNAUTHENTICATED
    safe = "Search queries pagination is not supported without authentication"


class Results(msgspec.Struct):
    """What was found: two arrays of JSON, and the hashtags."""

    accounts: bytes = b"[]"
    statuses: bytes = b"[]"
    hashtags: list[wire.Tag] = []


class _Place(msgspec.Struct):
    """What an address is of."""

    account: int | None = None
    post: int | None = None
    tag: str | None = None


class Searching:
    """Searches for the API."""

    def __init__(
        self, db: Db, feeds: Feeds, render: Render, settings: Settings, *, resolver: Resolver | None = None
    ) -> None:
        """`resolver` asks other servers; without one, only what is known here is found."""
        self._db, self._feeds, self._render, self._settings, self._resolver = db, feeds, render, settings, resolver

    async def answer(self, viewer: int, params: SearchParams) -> bytes:
        """Search, as JSON. `viewer` 0: nobody is signed in."""
        found = await self.find(viewer, params)
        tags = msgspec.json.encode(found.hashtags) if found.hashtags else b"[]"
        return b'{"accounts":%b,"statuses":%b,"hashtags":%b}' % (found.accounts, found.statuses, tags)

    async def find(self, viewer: int, params: SearchParams) -> Results:
        """What is found.

        Raises:
            BadRequest: nothing is asked for.
            SignInToSearch: a stranger asks for what only members get.
        """
        words = params.q.strip()[:LONGEST]
        if not words:
            raise BadRequest(say="param is missing or the value is empty or invalid: q")
        if not viewer and params.offset:
            raise SignInToSearch
        if not viewer and params.resolve:
            raise SignInToSearch(
                say="Search queries that resolve remote resources are not supported without authentication"
            )
        self._db.sync()
        limit, offset = page_limit(params.limit, A_PAGE), min(max(params.offset or 0, 0), FURTHEST)
        wanted = params.type
        if words.startswith(("https://", "http://")):
            place = _Place() if offset or not limit else await self._at_address(words, resolve=params.resolve)
            if place.account is not None or place.post is not None or place.tag is not None:
                return await self._of_place(place, viewer, wanted)
        found = Results()
        if wanted in {None, "accounts"} and not words.startswith(("#", "http://", "https://")):
            ids = await self._accounts(words, params, viewer, limit, offset)
            if ids:
                found.accounts = await self._render.accounts(ids)
        if wanted in {None, "statuses"} and viewer and limit:
            found.statuses = await self._statuses(words, params, viewer, limit, offset)
        if wanted in {None, "hashtags"} and "@" not in words and "://" not in words:
            found.hashtags = await self._hashtags(words, params, viewer, limit, offset)
        return found

    async def _statuses(self, words: str, params: SearchParams, viewer: int, limit: int, offset: int) -> bytes:
        search = await search_posts(
            self._db, words, viewer_id=viewer, domain=self._settings.domain, by_account_id=params.account_id
        )
        cursor = Cursor(limit, params.max_id, None, params.min_id)
        return await self._render.page(await self._feeds.found(search, viewer, cursor, skip=offset), viewer)

    async def _accounts(self, words: str, params: SearchParams, viewer: int, limit: int, offset: int) -> list[int]:
        """Of a whole handle, its account alone; else those that begin so. The name of this server may follow the name."""
        following = params.following
        if "@" in words.removeprefix("@"):
            try:
                handle = parse_handle(words)
            except BadHandle:
                pass
            else:
                here = (handle.domain or "").lower() == self._settings.domain.lower()
                one = await self._of_handle(handle, here=here, resolve=params.resolve)
                if one is not None:
                    return await self._if_wanted(one, viewer, following=following) if limit and not offset else []
                if here:
                    return []
        return await accounts.search_accounts(
            self._db, words, limit=limit, viewer=viewer, following_only=following, offset=offset
        )

    async def _of_handle(self, handle: Handle, *, here: bool, resolve: bool) -> int | None:
        """The account of a whole handle that anybody may see; its server is asked only when nothing is known of it."""
        one = await accounts.find_by_handle(self._db, handle.name, accounts.LOCAL if here else handle.domain or "")
        if one is not None:
            await self._look_up_again(one, resolve=resolve)
            return one.id if one.shown else None
        if here or not resolve or self._resolver is None:
            return None
        return await self._resolver.account(handle)

    async def _look_up_again(self, one: accounts.Account, *, resolve: bool) -> None:
        """Have somebody of another server read anew, some time soon, if that was done long ago."""
        if resolve and self._resolver is not None and one.shown and not one.local:
            await self._resolver.account(Handle(one.username, one.domain))

    async def _if_wanted(self, account_id: int, viewer: int, *, following: bool) -> list[int]:
        """The account, unless it blocks the viewer, or only followed ones are wanted and it is none."""
        if not viewer:
            return [] if following else [account_id]
        relations = await accounts.relationships(self._db, viewer, [account_id])
        one = relations[0]
        hidden = one.blocked_by or (following and not one.following)
        return [] if hidden else [account_id]

    async def _hashtags(self, words: str, params: SearchParams, viewer: int, limit: int, offset: int) -> list[wire.Tag]:
        found = await search_hashtags(
            self._db, words, now=now_ms(), limit=limit, offset=offset, reviewed=params.exclude_unreviewed
        )
        return await show_tags(self._db, found, self._settings.public_url, viewer)

    async def _of_place(self, place: _Place, viewer: int, wanted: str | None) -> Results:
        found = Results()
        if place.account is not None and wanted in {None, "accounts"}:
            found.accounts = await self._render.accounts([place.account])
        if place.post is not None and wanted in {None, "statuses"}:
            found.statuses = await self._render.statuses([place.post], viewer or None)
        if place.tag is not None and wanted in {None, "hashtags"}:
            one = await find_hashtag(self._db, place.tag, now=now_ms())
            if one is not None and one.id:
                found.hashtags = await show_tags(self._db, [one], self._settings.public_url, viewer)
        return found

    async def _at_address(self, url: str, *, resolve: bool) -> _Place:
        """What has the address: anything of this server; elsewhere, profiles that are known here, and what is resolved."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return _Place()
        host, here = parts.netloc.lower(), self._settings.domain.lower()
        if match := _PROFILE.fullmatch(parts.path):
            account = await accounts.find_by_handle(self._db, match[1], accounts.LOCAL if host == here else host)
            if account is not None:
                await self._look_up_again(account, resolve=resolve)
                return _Place(account=account.id) if account.shown else _Place()
        if host == here:
            if match := _POST.fullmatch(parts.path):
                return _Place(post=parse_id(match[1]))
            if match := _TAG.fullmatch(parts.path):
                return _Place(tag=unquote(match[1]))
            return _Place()
        if resolve and self._resolver is not None:
            found = await self._resolver.address(url) or Resolved()
            return _Place(account=found.account_id, post=found.post_id)
        return _Place()


SEARCH = public("read:search")


def add_to(lane: Lane, searching: Searching) -> None:
    """Serve searches from the lane."""
    known: dict[bytes, SearchParams] = {}  # people look for the same again and again, page by page

    async def handle(scope: Any, send: Any) -> None:
        caller = await SEARCH.admit(scope)
        query = scope["query_string"]
        params = known.get(query)
        if params is None:
            params = read_query(scope, SearchParams)
            if len(known) >= _KEPT_QUERIES:
                known.clear()
            if len(query) < _LONGEST_KEPT:
                known[query] = params
        await send_json(send, 200, await searching.answer(viewer_of(caller), params))

    lane.add("GET", "/api/v2/search", handle)


@get("/api/v2/search", guards=[SEARCH])
async def search(
    params: Query[SearchParams], caller: MaybeCalled, searching: NamedDependency[Searching]
) -> Response[wire.Search]:
    """Find accounts, hashtags and, for members, posts: by words and operators, or by address."""
    return answer(await searching.answer(viewer_of(caller), params))


@get("/api/v1/search", guards=[require("read:search")], deprecated=True)
async def old_search(
    params: Query[SearchParams], caller: Called, searching: NamedDependency[Searching]
) -> Response[OldSearch]:
    """The same for old clients: hashtags are names only."""
    found = await searching.find(viewer_of(caller), params)
    names = msgspec.json.encode([one.name for one in found.hashtags])
    return answer(b'{"accounts":%b,"statuses":%b,"hashtags":%b}' % (found.accounts, found.statuses, names))


HANDLERS: list[Any] = [search, old_search]
