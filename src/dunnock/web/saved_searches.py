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
from dunnock.web.own import Own
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.steps import cursor_of, steps_of
from dunnock.web.syndication import Channel, feed, split

_ONE = "/searches/{search_id:int}"


class SavedSearchForm(Sent):
    """What to look for, and what that is called ("": as the search itself)."""

    query: str = ""
    title: str = ""


@get("/searches")
async def show_saved_searches(own: NamedDependency[Own]) -> Response[str]:
    """All of them, and a form for another."""
    return await _ask(own, SavedSearchForm())


@post("/searches", status_code=303)
async def keep_search(form: Form[SavedSearchForm], own: NamedDependency[Own]) -> Response[str] | Response[None]:
    """Keep a search, and read it."""
    try:
        made = await own.do(discovery.save_search, title=form.title, query=form.query)
    except SavedSearchRefused as error:
        return await _ask(own, form, error=error)
    return own.go(f"/searches/{made.id}", "search_kept")


@get(_ONE)
async def show_saved_search(
    *,
    search_id: FromPath[int],
    params: Query[PageParams],
    own: NamedDependency[Own],
    settings: NamedDependency[Settings],
    feeds: NamedDependency[Feeds],
) -> Response[str]:
    """What it finds, the newest first."""
    one = await discovery.find_saved_search(own.db, own.me, search_id)
    cursor = cursor_of(params)
    own.db.sync()
    search = await search_posts(own.db, one.query, viewer_id=own.me, domain=settings.domain)
    page = await feeds.found(search, own.me, cursor)
    shown = await own.cards.page(page, "public")
    form = SavedSearchForm(query=one.query, title=one.title)
    return _show(own, one, form, shown=shown, steps=steps_of(page, cursor))


@post(_ONE, status_code=303)
async def change_saved_search(
    search_id: FromPath[int], form: Form[SavedSearchForm], own: NamedDependency[Own]
) -> Response[str] | Response[None]:
    """Look for something else, or call it otherwise."""
    try:
        await own.do(discovery.change_saved_search, search_id, title=form.title, query=form.query)
    except SavedSearchRefused as error:
        held = await discovery.find_saved_search(own.db, own.me, search_id)
        return _show(own, held, form, error=error)
    return own.go(f"/searches/{search_id}", "saved")


@post(f"{_ONE}/delete", status_code=303)
async def forget_search(
    search_id: FromPath[int],
    form: Form[Sent],  # noqa: ARG001 (its token is checked)
    own: NamedDependency[Own],
) -> Response[None]:
    """Keep it no longer."""
    await own.do(discovery.delete_saved_search, search_id)
    return own.go("/searches", "search_gone")


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
    return feed(kind, channel, shown, base=settings.public_url, here=show.path, now=now_ms(), known=show.known)


async def _ask(own: Own, form: SavedSearchForm, *, error: SavedSearchRefused | None = None) -> Response[str]:
    kept = await discovery.saved_searches_of(own.db, own.me)
    return own.show(
        "saved_searches.html", searches=kept, form=form, error=error, longest=(LONGEST_QUERY, LONGEST_TITLE)
    )


def _show(own: Own, one: SavedSearch, form: SavedSearchForm, **values: Any) -> Response[str]:
    """`values`: what it finds (`shown`, `steps`), or why it was not changed (`error`)."""
    return own.show(
        "saved_search.html",
        one=one,
        form=form,
        longest=(LONGEST_QUERY, LONGEST_TITLE),
        **{"shown": (), "steps": None, **values},
    )


HANDLERS = pages(
    show_saved_searches, keep_search, show_saved_search, change_saved_search, forget_search, feed_saved_search
)
