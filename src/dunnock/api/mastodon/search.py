"""Search: accounts and hashtags by what somebody types, anything of this server by its address. Wire: Search."""

from __future__ import annotations

import re
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.api.kit import BadRequest, MaybeCalled, Query, page_limit, parse_id, public
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, viewer_of
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.tags import tag
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Kind
from dunnock.foundation.settings import Settings
from dunnock.posts.hashtag_search import find_hashtag, search_hashtags
from dunnock.text import BadHandle, parse_handle

A_PAGE = 20
FURTHEST = 4_000
LONGEST = 500
_PROFILE = re.compile(r"/(?:@|users/)([A-Za-z0-9_]+)/?")
_POST = re.compile(r"/(?:@[A-Za-z0-9_.@:-]+|users/[A-Za-z0-9_]+/statuses)/([0-9]{1,19})(?:/activity)?/?")
_TAG = re.compile(r"/tags/([^/]+)/?")


class SearchParams(msgspec.Struct, frozen=True):
    """What to look for: `type` accounts, hashtags or statuses (default: each); `following`: only whom one follows."""

    q: str = ""
    type: Literal["accounts", "hashtags", "statuses"] | None = None
    limit: int | None = None
    offset: int | None = None
    following: bool = False
    resolve: bool = False


class SignInToSearch(DomainError):
    """Only members turn pages, or have other servers asked."""

    code, kind = "sign_in_to_search", Kind.UNAUTHENTICATED
    safe = "Search queries pagination is not supported without authentication"


class _Found(msgspec.Struct):
    """What an address of this server is of."""

    account: int | None = None
    post: int | None = None
    tag: str | None = None


@get("/api/v2/search", guards=[public("read:search")])
async def search(
    params: Query[SearchParams],
    caller: MaybeCalled,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    render: NamedDependency[Render],
) -> Response[wire.Search]:
    """Find accounts, hashtags and, by its address, a post."""
    words, viewer = params.q.strip()[:LONGEST], viewer_of(caller)
    if not words:
        raise BadRequest(say="param is missing or the value is empty or invalid: q")
    if not viewer and params.offset:
        raise SignInToSearch
    if not viewer and params.resolve:
        raise SignInToSearch(
            say="Search queries that resolve remote resources are not supported without authentication"
        )
    limit, offset = page_limit(params.limit, A_PAGE), min(max(params.offset or 0, 0), FURTHEST)
    wants = {params.type} if params.type else {"accounts", "hashtags", "statuses"}
    people, found_posts, tags = b"[]", b"[]", b"[]"
    if words.startswith(("https://", "http://")):
        found = _Found() if offset or not limit else await _at_address(db, words, settings)
        if found.account is not None and "accounts" in wants:
            people = await render.accounts([found.account])
        if found.post is not None and "statuses" in wants:
            found_posts = await render.statuses([found.post], viewer or None)
        if found.tag is not None and "hashtags" in wants:
            one = await find_hashtag(db, found.tag, now=now_ms())
            if one is not None and one.id:
                tags = msgspec.json.encode([tag(one, settings.public_url, signed_in=bool(viewer))])
    else:
        if "accounts" in wants and not words.startswith("#"):
            ids = await _accounts(
                db, words, settings, viewer=viewer, limit=limit, offset=offset, following=params.following
            )
            people = await render.accounts(ids)
        if "hashtags" in wants and "@" not in words:
            tags = await _hashtags(db, words, settings, limit=limit, offset=offset, signed_in=bool(viewer))
    return answer(b'{"accounts":%b,"statuses":%b,"hashtags":%b}' % (people, found_posts, tags))


async def _accounts(
    db: Db, words: str, settings: Settings, *, viewer: int, limit: int, offset: int, following: bool
) -> list[int]:
    """Of a whole handle, its account alone; else those that begin so. The name of this server may follow the name."""
    if "@" in words.removeprefix("@"):
        try:
            handle = parse_handle(words)
        except BadHandle:
            pass
        else:
            here = (handle.domain or "").lower() == settings.domain.lower()
            one = await accounts.find_by_handle(db, handle.name, accounts.LOCAL if here else handle.domain or "")
            if one is not None and one.shown:
                return await _if_wanted(db, one.id, viewer, following=following) if limit and not offset else []
            if here:
                return []
    return await accounts.search_accounts(
        db, words, limit=limit, viewer=viewer, following_only=following, offset=offset
    )


async def _if_wanted(db: Db, account_id: int, viewer: int, *, following: bool) -> list[int]:
    """The account, unless it blocks the viewer, or only followed ones are wanted and it is none."""
    if not viewer:
        return [] if following else [account_id]
    relations = await accounts.relationships(db, viewer, [account_id])
    one = relations[0]
    hidden = one.blocked_by or (following and not one.following)
    return [] if hidden else [account_id]


async def _hashtags(db: Db, words: str, settings: Settings, *, limit: int, offset: int, signed_in: bool) -> bytes:
    found = await search_hashtags(db, words, now=now_ms(), limit=limit, offset=offset)
    return msgspec.json.encode([tag(one, settings.public_url, signed_in=signed_in) for one in found])


async def _at_address(db: Db, url: str, settings: Settings) -> _Found:
    """What of this server has the address; nothing for addresses elsewhere."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return _Found()
    if parts.netloc.lower() != settings.domain.lower():
        return _Found()
    if match := _POST.fullmatch(parts.path):
        return _Found(post=parse_id(match[1]))
    if match := _PROFILE.fullmatch(parts.path):
        account = await accounts.find_by_handle(db, match[1])
        return _Found(account=None if account is None or not account.shown else account.id)
    if match := _TAG.fullmatch(parts.path):
        return _Found(tag=unquote(match[1]))
    return _Found()


HANDLERS: list[Any] = [search]
