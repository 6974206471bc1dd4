"""Searches that a member keeps. Ours: /api/v1/dunnock/searches; other clients read them as lists (lists.py, timelines.py)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import delete, get, post, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.params import FromPath

from dunnock import discovery
from dunnock.api.kit import Called, Form, require
from dunnock.api.mastodon.pages import me
from dunnock.discovery import SavedSearch
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings

PATH: Final = "/api/v1/dunnock/searches"
_ONE: Final = f"{PATH}/{{search_id:int}}"
_READS, _WRITES = "read:lists", "write:lists"


class SavedSearchWire(msgspec.Struct, rename={"query": "q"}):
    """A search under a name; what it finds is at /api/v1/timelines/list/:id. `rss`: its public posts for readers of news."""

    id: str
    title: str
    query: str
    rss: str


class SavedSearchForm(msgspec.Struct, rename={"query": "q"}):
    """What to look for, and what that is called; what is missing stays, a title of nothing is the search itself."""

    query: str | None = None
    title: str | None = None


@get(PATH, guards=[require(_READS)])
async def show_saved_searches(
    caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> list[SavedSearchWire]:
    """The searches that the member keeps."""
    return [_wire(one, settings) for one in await discovery.saved_searches_of(db, me(caller))]


@post(PATH, guards=[require(_WRITES)], status_code=200)
async def keep_search(
    form: Form[SavedSearchForm], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> SavedSearchWire:
    """Keep a search."""
    async with db.begin() as tx:
        made = await discovery.save_search(tx, me(caller), title=form.title or "", query=form.query or "")
    return _wire(made, settings)


@get(_ONE, guards=[require(_READS)])
async def show_saved_search(
    search_id: FromPath[int], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> SavedSearchWire:
    """One of them."""
    return _wire(await discovery.find_saved_search(db, me(caller), search_id), settings)


@route(_ONE, http_method=[HttpMethod.PUT, HttpMethod.PATCH], guards=[require(_WRITES)])
async def change_saved_search(
    search_id: FromPath[int],
    form: Form[SavedSearchForm],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> SavedSearchWire:
    """Look for something else, or call it otherwise."""
    async with db.begin() as tx:
        held = await discovery.find_saved_search(tx, me(caller), search_id)
        changed = await discovery.change_saved_search(
            tx,
            me(caller),
            search_id,
            title=held.title if form.title is None else form.title,
            query=held.query if form.query is None else form.query,
        )
    return _wire(changed, settings)


@delete(_ONE, guards=[require(_WRITES)], status_code=200)
async def forget_search(search_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Keep it no longer."""
    async with db.begin() as tx:
        await discovery.delete_saved_search(tx, me(caller), search_id)
    return {}


def _wire(one: SavedSearch, settings: Settings) -> SavedSearchWire:
    return SavedSearchWire(
        str(one.id), one.title, one.query, f"{settings.public_url}/searches/{one.id}/{one.secret}.rss"
    )


HANDLERS: list[Any] = [show_saved_searches, keep_search, show_saved_search, change_saved_search, forget_search]
