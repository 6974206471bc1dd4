"""Search: people and hashtags for everybody, posts for members; by words, operators, a handle, or an address of this server."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from dunnock import accounts, discovery
from dunnock.api.kit import Query
from dunnock.discovery import SavedSearch, search_posts
from dunnock.feeds import Feeds, Page
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.posts.hashtag_search import FoundHashtag, search_hashtags
from dunnock.text import BadHandle, parse_handle
from dunnock.web.cards import Cards
from dunnock.web.local_path import local_path
from dunnock.web.pages import PageParams, pages
from dunnock.web.show import Show
from dunnock.web.sparkline import sparkline
from dunnock.web.steps import Steps, cursor_of, steps_of
from dunnock.web.visitor import Visitor

LONGEST = 500
_PEOPLE, _TAGS = 10, 10
_A_PAGE, _FURTHEST = 20, 2_000
_MOST_WORDS = 8
_KINDS = frozenset(("people", "tags", "posts"))


class SearchParams(PageParams, kw_only=True, frozen=True):
    """What to look for; `kind`: only `people`, `tags` or `posts`; after how many people or hashtags."""

    q: str = ""
    kind: str = ""
    offset: int = 0


@get("/search")
async def show_search(
    *,
    params: Query[SearchParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    feeds: NamedDependency[Feeds],
    cards: NamedDependency[Cards],
) -> Response[str] | Response[None]:
    """The form with what it found. An address of a page of this server leads there."""
    words, me = params.q.strip()[:LONGEST].replace("\0", ""), visitor.account_id
    if words.startswith(f"{settings.public_url}/"):
        return show.go(local_path(words.removeprefix(settings.public_url)))
    kind = params.kind if params.kind in _KINDS else ""
    offset = min(max(params.offset, 0), _FURTHEST) if kind in {"people", "tags"} else 0
    cursor = cursor_of(params)
    people: list[int] = []
    tags: list[FoundHashtag] = []
    page = Page([], {}, {}, None, None)
    misread: tuple[str, ...] = ()
    says, cut = True, len(params.q.strip()) > LONGEST
    saved: SavedSearch | None = None
    if words:
        db.sync()
        if kind in {"", "people"} and not words.startswith("#"):
            wanted = words.removesuffix(f"@{settings.domain}")
            most = _PEOPLE if not kind else _A_PAGE + 1
            people = await accounts.search_accounts(db, wanted, limit=most, viewer=me or 0, offset=offset)
        if kind in {"", "tags"} and "@" not in words:
            most = _TAGS if not kind else _A_PAGE + 1
            tags = await search_hashtags(db, words, now=now_ms(), limit=most, offset=offset)
        if kind in {"", "posts"} and me is not None:
            search = await search_posts(db, words, viewer_id=me, domain=settings.domain)
            page = await feeds.found(search, me, cursor)
            misread, says, cut = search.misread, search.says, cut or search.cut
            saved = await discovery.saved_as(db, me, words)
    return show(
        "search.html",
        words=words,
        kind=kind,
        people=await cards.faces(people[:_A_PAGE]),
        tags=[(one, sparkline(one.days)) for one in tags[:_A_PAGE]],
        shown=await cards.page(page, "public"),
        full={
            "people": not kind and len(people) == _PEOPLE,
            "tags": not kind and len(tags) == _TAGS,
            "posts": not kind and len(page.entries) == cursor.limit,
        },
        way=_way(params, offset, steps_of(page, cursor), more=max(len(people), len(tags)) > _A_PAGE),
        misread=misread,
        says=says,
        cut=cut,
        most={"letters": LONGEST, "words": discovery.MOST_TERMS},
        saved=saved,
        either="" if page.entries or misread or me is None else _either(words),
        elsewhere=_elsewhere(words) if me is not None and not people else "",
    )


class Way(msgspec.Struct, frozen=True):
    """Where the links to the pages before and after lead: queries behind what was asked, "": no link."""

    before: str = ""
    after: str = ""


def _way(params: SearchParams, offset: int, steps: Steps, *, more: bool) -> Way:
    if params.kind == "posts":
        return Way(f"min_id={steps.newer}" if steps.newer else "", f"max_id={steps.older}" if steps.older else "")
    return Way(f"offset={max(offset - _A_PAGE, 0)}" if offset else "", f"offset={offset + _A_PAGE}" if more else "")


def _either(words: str) -> str:
    """What finds posts with one of several words, where no post has all; empty: it would find nothing more."""
    some = words.split()
    return (
        " OR ".join(some) if 1 < len(some) <= _MOST_WORDS and all(map(str.isalnum, some)) and "OR" not in some else ""
    )


def _elsewhere(words: str) -> str:
    """What another server could be asked for: a handle or an address; else empty."""
    if words.startswith(("https://", "http://")):
        return words
    try:
        return f"acct:{words.removeprefix('@')}" if parse_handle(words).domain else ""
    except BadHandle:
        return ""


HANDLERS = pages(show_search)
