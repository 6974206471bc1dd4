"""Collections of recommended people. Wire: Collection, CollectionItem (Mastodon 4.6)."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal
from urllib.parse import quote

import msgspec
from litestar import HttpMethod, Response, delete, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock import discovery
from dunnock.api.kit import Called, Form, Id, MaybeCalled, Query, link_header, page_limit, public, require
from dunnock.api.kit.errors import WrappedRefusal
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, me, viewer_of
from dunnock.api.mastodon.render import Render
from dunnock.discovery import Collection, CollectionChanges, Item, People
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.foundation.settings import Settings
from dunnock.text import escape, hashtag_key

READS, WRITES = "read:collections", "write:collections"
A_PAGE = 40
PATH = "/api/v1/collections"
_ONE = PATH + "/{collection_id:int}"


class CollectionForm(msgspec.Struct):
    """What a collection is called and how it works; what is missing stays. `account_ids`: who is in a new one."""

    name: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    language: str | UnsetType | None = UNSET
    tag_name: str | UnsetType | None = UNSET
    sensitive: bool | UnsetType = UNSET
    discoverable: bool | UnsetType = UNSET
    account_ids: list[Id] = []

    @property
    def changes(self) -> CollectionChanges:
        """As the use cases take it."""
        return CollectionChanges(
            name=self.name,
            description=self.description,
            language=self.language,
            tag=self.tag_name,
            sensitive=self.sensitive,
            discoverable=self.discoverable,
        )


class ItemForm(msgspec.Struct):
    """Whom to put into a collection."""

    account_id: Id | None = None


class PageParams(msgspec.Struct, frozen=True):
    """How many, and after how many."""

    limit: int | None = None
    offset: int | None = None


class ShallowTag(msgspec.Struct, kw_only=True):
    """ShallowTag."""

    name: str
    url: str


class CollectionItem(msgspec.Struct, kw_only=True):
    """CollectionItem."""

    id: str
    account_id: str | None
    state: Literal["pending", "accepted"]
    created_at: str


class WireCollection(msgspec.Struct, kw_only=True):
    """Collection."""

    id: str
    account_id: str
    uri: str
    url: str | None
    name: str
    description: str
    language: str | None
    local: bool
    sensitive: bool
    discoverable: bool
    tag: ShallowTag | None
    created_at: str
    updated_at: str
    item_count: int
    items: list[CollectionItem]


class WrappedCollection(msgspec.Struct, kw_only=True):
    """WrappedCollection."""

    collection: WireCollection


class Collections(msgspec.Struct, kw_only=True):
    """Collections."""

    collections: list[WireCollection]


class CollectionWithAccounts(msgspec.Struct, kw_only=True):
    """CollectionWithAccounts: the accounts are those in it, and its owner."""

    accounts: list[wire.Account]
    collection: WireCollection


class WrappedCollectionItem(msgspec.Struct, kw_only=True):
    """WrappedCollectionItem."""

    collection_item: CollectionItem


@contextlib.asynccontextmanager
async def _told() -> AsyncIterator[None]:
    """What is wrong with a collection is told inside `error`, as Mastodon does it here and nowhere else."""
    try:
        yield
    except discovery.CollectionRefused as refused:
        raise WrappedRefusal(refused) from refused


def item_wire(one: Item) -> CollectionItem:
    """CollectionItem."""
    return CollectionItem(
        id=str(one.id), account_id=str(one.account_id), state="accepted", created_at=iso(one.created_at)
    )


def collection_wire(one: Collection, public_url: str, *, items: Sequence[Item] | None = None) -> WireCollection:
    """Collection. `items`: which of those in it are told; None: all."""
    tag = None
    if one.tag is not None:
        key = hashtag_key(one.tag)
        tag = ShallowTag(name=one.tag, url=f"{public_url}/tags/{quote(key)}")
    return WireCollection(
        id=str(one.id),
        account_id=str(one.account_id),
        uri=f"{public_url}/ap/{one.account_id}/collections/{one.id}",
        url=f"{public_url}/collections/{one.id}",
        name=one.name,
        description=escape(one.description),
        language=one.language,
        local=True,
        sensitive=one.sensitive,
        discoverable=one.discoverable,
        tag=tag,
        created_at=iso(one.created_at),
        updated_at=iso(one.updated_at),
        item_count=len(one.items),
        items=[item_wire(item) for item in (one.items if items is None else items)],
    )


@post(PATH, guards=[require(WRITES)], status_code=200)
async def make_collection(
    form: Form[CollectionForm], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> WrappedCollection:
    """A new collection."""
    async with _told(), db.begin() as tx:
        made = await discovery.make_collection(tx, form.changes, by=me(caller), members=form.account_ids)
    return WrappedCollection(collection=collection_wire(made, settings.public_url))


@get(_ONE, guards=[public(READS)])
async def show_collection(
    collection_id: FromPath[int],
    params: Query[PageParams],
    caller: MaybeCalled,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
) -> Response[CollectionWithAccounts]:
    """One collection with the accounts in it and its owner; with `limit` and `offset` (ours) a part of them."""
    found = await discovery.find_collection(db, collection_id, viewer=viewer_of(caller))
    limit, offset = page_limit(params.limit, discovery.MOST_ITEMS), max(params.offset or 0, 0)
    items = found.items[offset : offset + limit]
    people = await render.accounts(
        [found.account_id, *(one.account_id for one in items if one.account_id != found.account_id)]
    )
    base = render.addresses.base
    shown = msgspec.json.encode(collection_wire(found, base, items=items))
    link = link_header(
        base,
        f"{PATH}/{collection_id}",
        [("limit", str(limit))],
        next={"offset": offset + limit} if limit and len(found.items) > offset + limit else None,
        prev={"offset": max(offset - limit, 0)} if offset else None,
    )
    return answer(b'{"accounts":%b,"collection":%b}' % (people, shown), link=link)


CHANGE = [HttpMethod.PATCH, HttpMethod.PUT]


@route(_ONE, http_method=CHANGE, guards=[require(WRITES)])
async def change_collection(
    collection_id: FromPath[int],
    form: Form[CollectionForm],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> WrappedCollection:
    """Change a collection."""
    async with _told(), db.begin() as tx:
        changed = await discovery.change_collection(tx, collection_id, form.changes, by=me(caller))
    return WrappedCollection(collection=collection_wire(changed, settings.public_url))


@delete(_ONE, guards=[require(WRITES)], status_code=200)
async def delete_collection(collection_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Delete a collection."""
    async with db.begin() as tx:
        await discovery.delete_collection(tx, collection_id, by=me(caller))
    return {}


@post(_ONE + "/items", guards=[require(WRITES)], status_code=200)
async def add_item(
    collection_id: FromPath[int], form: Form[ItemForm], caller: Called, db: NamedDependency[Db]
) -> WrappedCollectionItem:
    """Put an account that agreed to be found into one's collection."""
    if form.account_id is None:
        raise Invalid(collection_id, say="`account_id` parameter is missing")
    async with db.begin() as tx:
        item = await discovery.add_to_collection(tx, collection_id, account=form.account_id, by=me(caller))
    return WrappedCollectionItem(collection_item=item_wire(item))


@delete(_ONE + "/items/{item_id:int}", guards=[require(WRITES)], status_code=200)
async def remove_item(
    collection_id: FromPath[int], item_id: FromPath[int], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Take an account out of one's collection."""
    async with db.begin() as tx:
        await discovery.take_from_collection(tx, collection_id, item_id, by=me(caller))
    return {}


@post(_ONE + "/items/{item_id:int}/revoke", guards=[require(WRITES)], status_code=200)
async def revoke_item(
    collection_id: FromPath[int], item_id: FromPath[int], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Leave another's collection for good."""
    async with db.begin() as tx:
        await discovery.leave_collection(tx, collection_id, item_id, by=me(caller))
    return {}


def _page(found: Sequence[Collection], path: str, *, limit: int, offset: int, settings: Settings) -> Response[Any]:
    body = Collections(collections=[collection_wire(one, settings.public_url) for one in found])
    link = link_header(
        settings.public_url,
        path,
        [("limit", str(limit))],
        next={"offset": offset + limit} if limit and len(found) == limit else None,
        prev={"offset": max(offset - limit, 0)} if offset else None,
    )
    return answer(msgspec.json.encode(body), link=link)


@get("/api/v1/accounts/{account_id:int}/collections", guards=[public(READS)])
async def list_collections(
    account_id: FromPath[int],
    params: Query[PageParams],
    caller: MaybeCalled,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[Collections]:
    """An account's collections, newest first; to others only what is discoverable."""
    limit, offset = page_limit(params.limit, A_PAGE), min(max(params.offset or 0, 0), 10_000)
    found = await discovery.collections_by(db, account_id, viewer=viewer_of(caller), limit=limit, offset=offset)
    return _page(found, f"/api/v1/accounts/{account_id}/collections", limit=limit, offset=offset, settings=settings)


@get("/api/v1/accounts/{account_id:int}/in_collections", guards=[require(READS)])
async def list_in_collections(
    account_id: FromPath[int],
    params: Query[PageParams],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[Collections]:
    """The collections that an account is in, newest first."""
    limit, offset = page_limit(params.limit, A_PAGE), min(max(params.offset or 0, 0), 10_000)
    found = await discovery.collections_with(db, account_id, viewer=me(caller), limit=limit, offset=offset)
    path = f"/api/v1/accounts/{account_id}/in_collections"
    return _page(found, path, limit=limit, offset=offset, settings=settings)


# What Mastodon does not have ------------------------------------------------------------------------------------------


class FollowForm(msgspec.Struct):
    """Whom of a collection to follow: all but `without_ids`; with `account_ids` no others than these."""

    account_ids: list[Id] | None = None
    without_ids: list[Id] = []


class FollowedAll(msgspec.Struct, kw_only=True):
    """How many are followed now, how many were asked, how many can't be followed, and how many are still to come."""

    followed: int
    asked: int
    left_out: int
    waiting: int


@get("/api/v1/dunnock/collections/starters", guards=[public(READS)])
async def list_starters(
    caller: MaybeCalled, db: NamedDependency[Db], people: NamedDependency[People], settings: NamedDependency[Settings]
) -> Response[Collections]:
    """The collections that staff chose for those who just joined, with whom they chose them for."""
    found = await discovery.starters(db, viewer=viewer_of(caller), ages=people.ages)
    body = Collections(collections=[collection_wire(one, settings.public_url) for one in found])
    return answer(msgspec.json.encode(body))


@post("/api/v1/dunnock/collections/{collection_id:int}/follow", guards=[require("write:follows")], status_code=200)
async def follow_collection(
    collection_id: FromPath[int],
    form: Form[FollowForm],
    caller: Called,
    people: NamedDependency[People],
    db: NamedDependency[Db],
) -> FollowedAll:
    """Follow all who are in a collection, with exceptions: 25 at once or nobody, the others in the background."""
    async with db.begin() as tx:
        done = await discovery.follow_collection(
            tx, collection_id, by=me(caller), only=form.account_ids, without=form.without_ids, ages=people.ages
        )
    return _followed(done)


@get("/api/v1/dunnock/collections/{collection_id:int}/follow", guards=[require("read:follows")])
async def show_following_all(collection_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> FollowedAll:
    """How far following all in a large collection is; 404 when it was not begun, or was done at once."""
    found = await discovery.following_all(db, collection_id, by=me(caller))
    if found is None:
        raise discovery.CollectionMissing(collection_id)
    return _followed(found)


def _followed(done: discovery.FollowedAll) -> FollowedAll:
    return FollowedAll(followed=done.followed, asked=done.asked, left_out=done.left_out, waiting=done.waiting)


_STARTER = "/api/v1/dunnock/admin/collections/{collection_id:int}/starter"


@post(_STARTER, guards=[require("admin:write")], status_code=200)
async def choose_starter(
    collection_id: FromPath[int], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> WrappedCollection:
    """Show a collection to those who join, with who is in it now."""
    async with db.begin() as tx:
        chosen = await discovery.choose_starter(tx, collection_id, by=me(caller))
    return WrappedCollection(collection=collection_wire(chosen, settings.public_url))


@delete(_STARTER, guards=[require("admin:write")], status_code=200)
async def drop_starter(
    collection_id: FromPath[int], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> WrappedCollection:
    """Show a collection no longer to those who join."""
    async with db.begin() as tx:
        dropped = await discovery.drop_starter(tx, collection_id, by=me(caller))
    return WrappedCollection(collection=collection_wire(dropped, settings.public_url))


HANDLERS: list[Any] = [
    make_collection,
    show_collection,
    change_collection,
    delete_collection,
    add_item,
    remove_item,
    revoke_item,
    list_collections,
    list_in_collections,
    list_starters,
    follow_collection,
    show_following_all,
    choose_starter,
    drop_starter,
]
