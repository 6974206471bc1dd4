"""Lists and who is on them. Wire: List; what a list shows is in timelines.py."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, delete, get, post, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.params import FromPath

from dunnock import accounts
from dunnock.api.kit import Called, Form, Id, Paging, Query, page_limit, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import ACCOUNTS_A_PAGE, answer, links, me
from dunnock.api.mastodon.render import Render
from dunnock.discovery import (
    SavedSearch,
    change_saved_search,
    delete_saved_search,
    find_saved_search,
    saved_searches_of,
)
from dunnock.feeds import lists
from dunnock.feeds.as_lists import AsList, FeedsAsLists
from dunnock.foundation.db import Db, Reader
from dunnock.foundation.settings import Settings

READS, WRITES = "read:lists", "write:lists"
PATH = "/api/v1/lists"
_ONE = "/api/v1/lists/{list_id:int}"
_CHANGE = [HttpMethod.PUT, HttpMethod.PATCH]


class ListForm(msgspec.Struct):
    """What a list is called and how it works; what is missing stays."""

    title: str | None = None
    replies_policy: str | None = None
    exclusive: bool | None = None


class ListAccountsForm(msgspec.Struct):
    """Which accounts to put on a list, or to take off."""

    account_ids: list[Id] = []


@get(PATH, guards=[require(READS)])
async def show_lists(
    caller: Called, db: NamedDependency[Db], as_lists: NamedDependency[FeedsAsLists]
) -> list[wire.List]:
    """The caller's lists, For You if they read it, custom feeds, kept searches: other clients know all of it as lists."""
    own = [_wire(one) for one in await lists.lists_of(db, me(caller))]
    made = [_feed(one) for one in await as_lists.of(db, me(caller))]
    return own + made + [_search(one) for one in await saved_searches_of(db, me(caller))]


@post(PATH, guards=[require(WRITES)], status_code=200)
async def make_list(form: Form[ListForm], caller: Called, db: NamedDependency[Db]) -> wire.List:
    """A new list."""
    async with db.begin() as tx:
        made = await lists.make_list(
            tx,
            me(caller),
            title=form.title or "",
            replies=form.replies_policy or "list",
            exclusive=bool(form.exclusive),
        )
    return _wire(made)


@get(_ONE, guards=[require(READS)])
async def show_list(
    list_id: FromPath[int], caller: Called, db: NamedDependency[Db], as_lists: NamedDependency[FeedsAsLists]
) -> wire.List:
    """One list, a feed that is shown as one, or a search that is kept."""
    if (feed := await as_lists.find(db, me(caller), list_id)) is not None:
        return _feed(feed)
    if await _is_search(db, me(caller), list_id):
        return _search(await find_saved_search(db, me(caller), list_id))
    return _wire(await lists.find_list(db, me(caller), list_id))


@route(_ONE, http_method=_CHANGE, guards=[require(WRITES)])
async def change_list(
    list_id: FromPath[int],
    form: Form[ListForm],
    caller: Called,
    db: NamedDependency[Db],
    as_lists: NamedDependency[FeedsAsLists],
) -> wire.List:
    """Rename a list or change how it works; a search that is kept can be renamed, a feed stays as it is."""
    if (feed := await as_lists.find(db, me(caller), list_id)) is not None:
        return _feed(feed)
    async with db.begin() as tx:
        if await _is_search(tx, me(caller), list_id):
            held = await find_saved_search(tx, me(caller), list_id)
            title = held.title if form.title is None else form.title
            return _search(await change_saved_search(tx, me(caller), list_id, title=title, query=held.query))
        changed = await lists.change_list(
            tx, me(caller), list_id, title=form.title, replies=form.replies_policy or None, exclusive=form.exclusive
        )
    return _wire(changed)


@delete(_ONE, guards=[require(WRITES)], status_code=200)
async def delete_list(
    list_id: FromPath[int], caller: Called, db: NamedDependency[Db], as_lists: NamedDependency[FeedsAsLists]
) -> dict[str, str]:
    """Delete a list or a feed of one's own, keep a search or somebody's feed no longer, or switch For You off."""
    feed = await as_lists.find(db, me(caller), list_id)
    async with db.begin() as tx:
        if feed is not None:
            await as_lists.drop(tx, me(caller), feed)
        elif await _is_search(tx, me(caller), list_id):
            await delete_saved_search(tx, me(caller), list_id)
        else:
            await lists.delete_list(tx, me(caller), list_id)
    return {}


@get(f"{_ONE}/accounts", guards=[require(READS)])
async def show_list_accounts(
    *,
    list_id: FromPath[int],
    params: Query[Paging],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    render: NamedDependency[Render],
    as_lists: NamedDependency[FeedsAsLists],
) -> Response[list[wire.Account]]:
    """Who is on a list; `limit=0`: all of them. The cursor is no account id, so follow the Link header."""
    feed = await as_lists.find(db, me(caller), list_id)
    if feed is not None or await _is_search(db, me(caller), list_id):
        return answer(b"[]")
    everybody = params.limit == 0
    cursor = accounts.Cursor(
        limit=0 if everybody else page_limit(params.limit, ACCOUNTS_A_PAGE),
        max_id=params.max_id,
        since_id=params.since_id,
        min_id=params.min_id,
    )
    page = await lists.members_of(db, me(caller), list_id, cursor)
    link = b""
    if not everybody:
        path = f"{PATH}/{list_id}/accounts"
        link = links(settings.public_url, path, cursor, count=len(page.ids), newest=page.newest, oldest=page.oldest)
    return answer(await render.accounts(page.ids), link=link)


@post(f"{_ONE}/accounts", guards=[require(WRITES)], status_code=200)
async def add_to_list(
    list_id: FromPath[int], form: Form[ListAccountsForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Put accounts that the caller follows on a list."""
    async with db.begin() as tx:
        await lists.add_to_list(tx, me(caller), list_id, form.account_ids)
    return {}


@delete(f"{_ONE}/accounts", guards=[require(WRITES)], status_code=200)
async def remove_from_list(
    list_id: FromPath[int], form: Form[ListAccountsForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Take accounts off a list."""
    async with db.begin() as tx:
        await lists.remove_from_list(tx, me(caller), list_id, form.account_ids)
    return {}


@get("/api/v1/accounts/{account_id:int}/lists", guards=[require(READS)])
async def show_lists_with(account_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> list[wire.List]:
    """Those of the caller's lists that an account is on."""
    await accounts.find_shown(db, account_id)
    return [_wire(one) for one in await lists.lists_with(db, me(caller), member=account_id)]


async def _is_search(reader: Reader, account_id: int, list_id: int) -> bool:
    return any(one.id == list_id for one in await saved_searches_of(reader, account_id))


def _feed(one: AsList) -> wire.List:
    return wire.List(id=str(one.id), title=one.title, replies_policy="list", exclusive=False)


def _search(one: SavedSearch) -> wire.List:
    return wire.List(id=str(one.id), title=one.title, replies_policy="list", exclusive=False)


def _wire(one: lists.List) -> wire.List:
    policy: Any = one.replies
    return wire.List(id=str(one.id), title=one.title, replies_policy=policy, exclusive=one.exclusive)


HANDLERS: list[Any] = [
    show_lists, make_list, show_list, change_list, delete_list, show_list_accounts, add_to_list, remove_from_list,
    show_lists_with,
]  # fmt: skip
