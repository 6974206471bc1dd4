"""What a member keeps: bookmarks and favourites, the latest act first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import Response, get
from litestar.di import NamedDependency

from dunnock.api.kit import Query
from dunnock.feeds import Feeds
from dunnock.web.cards import Cards
from dunnock.web.pages import PageParams, pages
from dunnock.web.show import Show
from dunnock.web.steps import cursor_of, steps_of
from dunnock.web.visitor import Member

if TYPE_CHECKING:
    from dunnock.posts.entries import Kept


@get(["/bookmarks", "/favourites"])
async def show_kept(
    *,
    params: Query[PageParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    feeds: NamedDependency[Feeds],
    cards: NamedDependency[Cards],
) -> Response[str]:
    """Posts that the member bookmarked, or marked as favourites; nobody else sees these pages."""
    what: Kept = "bookmarks" if show.path == "/bookmarks" else "favourites"
    cursor = cursor_of(params)
    page = await feeds.kept(member.account_id, what, cursor)
    shown = await cards.page(page)
    return show("kept.html", what=what, shown=shown, steps=steps_of(page, cursor))


HANDLERS = pages(show_kept)
