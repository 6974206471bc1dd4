"""Search: people and hashtags for everybody, posts for members; by words, operators, a handle, or an address of this server."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Query
from dunnock.discovery import search_posts
from dunnock.feeds import Feeds, Page
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.posts.hashtag_search import search_hashtags
from dunnock.web.cards import Cards
from dunnock.web.local_path import local_path
from dunnock.web.pages import PageParams, pages
from dunnock.web.show import Show
from dunnock.web.steps import Steps, cursor_of, steps_of
from dunnock.web.visitor import Visitor

LONGEST = 500
_PEOPLE, _TAGS = 10, 10
_KINDS = frozenset(("people", "tags", "posts"))


class SearchParams(PageParams, kw_only=True, frozen=True):
    """What to look for; `kind`: only `people`, `tags` or `posts`."""

    q: str = ""
    kind: str = ""


@get("/search")
async def show_search(
    *,
    params: Query[SearchParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    feeds: NamedDependency[Feeds],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """The form with what it found. An address of a page of this server leads there."""
    words, me = params.q.strip()[:LONGEST].replace("\0", ""), visitor.account_id
    if words.startswith(f"{settings.public_url}/"):
        return show.go(local_path(words.removeprefix(settings.public_url)))
    kind = params.kind if params.kind in _KINDS else ""
    cards, cursor = Cards(db, account_views, viewer=me), cursor_of(params)
    people: list[int] = []
    tags, page = [], Page([], {}, {}, None, None)
    if words:
        db.sync()
        if kind in {"", "people"} and not words.startswith("#"):
            wanted = words.removesuffix(f"@{settings.domain}")
            most = _PEOPLE if not kind else 4 * _PEOPLE
            people = await accounts.search_accounts(db, wanted, limit=most, viewer=me or 0)
        if kind in {"", "tags"} and "@" not in words:
            tags = await search_hashtags(db, words, now=now_ms(), limit=_TAGS if not kind else 4 * _TAGS)
        if kind in {"", "posts"} and me is not None:
            search = await search_posts(db, words, viewer_id=me, domain=settings.domain)
            page = await feeds.found(search, me, cursor)
    return show(
        "search.html",
        words=words,
        kind=kind,
        people=await cards.faces(people),
        tags=tags,
        shown=await cards.page(page),
        steps=steps_of(page, cursor) if kind == "posts" else Steps(None, None),
        more=not kind and len(page.entries) == cursor.limit,
    )


HANDLERS = pages(show_search)
