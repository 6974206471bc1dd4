"""Searches that a member keeps: read as feeds, called otherwise, given up; their public posts for readers of news."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import discovery
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Query
from dunnock.discovery import SavedSearch, SavedSearchMissing, SavedSearchRefused, search_posts
from dunnock.discovery.saved_searches import LONGEST_QUERY, LONGEST_TITLE
from dunnock.feeds import Cursor, Feeds
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.web.cards import Cards
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.steps import Steps, cursor_of, steps_of
from dunnock.web.syndication import Channel, feed, split
from dunnock.web.visitor import Member

_ONE = "/searches/{search_id:int}"


class SavedSearchForm(Sent):
    """What to look for, and what that is called ("": as the search itself)."""

    query: str = ""
    title: str = ""


@get("/searches")
async def show_saved_searches(
    show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """All of them, and a form for another."""
    return await _ask(show, db, member, SavedSearchForm())


@post("/searches", status_code=303)
async def keep_search(
    form: Form[SavedSearchForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Keep a search, and read it."""
    try:
        async with db.begin() as tx:
            made = await discovery.save_search(tx, member.account_id, title=form.title, query=form.query)
    except SavedSearchRefused as error:
        return await _ask(show, db, member, form, error=error)
    return show.go(f"/searches/{made.id}", done="search_kept")


@get(_ONE)
async def show_saved_search(
    *,
    search_id: FromPath[int],
    params: Query[PageParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    feeds: NamedDependency[Feeds],
    cards: NamedDependency[Cards],
) -> Response[str]:
    """What it finds, the newest first."""
    one = await discovery.find_saved_search(db, member.account_id, search_id)
    cursor = cursor_of(params)
    db.sync()
    search = await search_posts(db, one.query, viewer_id=member.account_id, domain=settings.domain)
    page = await feeds.found(search, member.account_id, cursor)
    shown = await cards.page(page, "public")
    return _show(
        show, one, SavedSearchForm(query=one.query, title=one.title), shown=shown, steps=steps_of(page, cursor)
    )


@post(_ONE, status_code=303)
async def change_saved_search(
    *,
    search_id: FromPath[int],
    form: Form[SavedSearchForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str] | Response[None]:
    """Look for something else, or call it otherwise."""
    try:
        async with db.begin() as tx:
            await discovery.change_saved_search(tx, member.account_id, search_id, title=form.title, query=form.query)
    except SavedSearchRefused as error:
        held = await discovery.find_saved_search(db, member.account_id, search_id)
        return _show(show, held, form, error=error)
    return show.go(f"/searches/{search_id}", done="saved")


@post(f"{_ONE}/delete", status_code=303)
async def forget_search(
    search_id: FromPath[int],
    form: Form[Sent],  # noqa: ARG001 (its token is checked)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Keep it no longer."""
    async with db.begin() as tx:
        await discovery.delete_saved_search(tx, member.account_id, search_id)
    return show.go("/searches", done="search_gone")


@get("/searches/{search_id:int}/{name:str}")
async def feed_saved_search(
    *,
    search_id: FromPath[int],
    name: FromPath[str],
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    feeds: NamedDependency[Feeds],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """What everybody may find of it, as RSS or Atom, for whoever has the address.

    Raises:
        SavedSearchMissing: the address is not right.
    """
    secret, kind = split(name)
    if kind is None:
        raise SavedSearchMissing(search_id)
    one = await discovery.saved_search_by_secret(db, search_id, secret)
    db.sync()
    search = await search_posts(db, one.query, viewer_id=one.account_id, domain=settings.domain, public=True)
    page = await feeds.found(search, one.account_id, Cursor(limit=20))
    shown = await Cards(db, account_views).page(page, "public")
    channel = Channel(title=one.title, url=f"{settings.public_url}/searches/{one.id}", about=one.query)
    return feed(kind, channel, shown, base=settings.public_url, here=show.path, now=now_ms())


async def _ask(
    show: Show, db: Db, member: Member, form: SavedSearchForm, *, error: SavedSearchRefused | None = None
) -> Response[str]:
    kept = await discovery.saved_searches_of(db, member.account_id)
    return show("saved_searches.html", searches=kept, form=form, error=error, longest=(LONGEST_QUERY, LONGEST_TITLE))


def _show(
    show: Show,
    one: SavedSearch,
    form: SavedSearchForm,
    *,
    shown: Any = (),
    steps: Steps | None = None,
    error: SavedSearchRefused | None = None,
) -> Response[str]:
    return show(
        "saved_search.html",
        one=one,
        form=form,
        shown=shown,
        steps=steps,
        error=error,
        longest=(LONGEST_QUERY, LONGEST_TITLE),
    )


HANDLERS = pages(
    show_saved_searches, keep_search, show_saved_search, change_saved_search, forget_search, feed_saved_search
)
