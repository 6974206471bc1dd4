"""Collections: people that somebody recommends under a name. Everybody reads them; owners make and change theirs."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, discovery
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.api.kit.shape import BIGGEST_ID
from dunnock.discovery import Collection, CollectionChanges
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Missing
from dunnock.text import hashtag_key
from dunnock.web.cards import Cards, Face
from dunnock.web.language_names import language_choices
from dunnock.web.own import Own
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.person_page import PersonPage
from dunnock.web.show import Show
from dunnock.web.visitor import Visitor

_MOST_FOUND, _MOST_WITH = 20, 20
_A_PAGE = 50
_ONE = "/collections/{collection_id:int}"


class CollectionForm(Sent):
    """What a collection is called and who finds it."""

    name: str = ""
    description: str = ""
    language: str = ""
    tag: str = ""
    sensitive: bool = False
    discoverable: bool = False

    @property
    def changes(self) -> CollectionChanges:
        """As the use cases take it."""
        return CollectionChanges(
            name=self.name,
            description=self.description.replace("\r\n", "\n"),
            language=self.language,
            tag=self.tag,
            sensitive=self.sensitive,
            discoverable=self.discoverable,
        )


class WhoForm(Sent):
    """Whom to put into a collection."""

    account_id: Id


class ItemForm(Sent):
    """Which place in a collection to give up."""

    item_id: Id


class FollowForm(Sent):
    """Whom of a collection to follow: those that are ticked."""

    ids: tuple[Id, ...] = ()


class PartParams(PageParams, kw_only=True, frozen=True):
    """After how many people."""

    offset: int = 0


class FindParams(PartParams, kw_only=True, frozen=True):
    """Whom to look for."""

    q: str = ""


class Place(msgspec.Struct, frozen=True):
    """Somebody in a collection. `item_id`: their place; `mine`: it is the visitor."""

    item_id: int
    face: Face
    mine: bool


class Part(msgspec.Struct, frozen=True):
    """A page of who is in a collection; `earlier`, `later`: after how many the pages beside it begin, None: there is none."""

    places: list[Place]
    earlier: int | None
    later: int | None


@get("/{handle:str}/collections")
async def show_collections(
    *,
    handle: FromPath[str],
    params: Query[PageParams],  # noqa: ARG001 (what was done before coming here)
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    person_page: NamedDependency[PersonPage],
) -> Response[str] | Response[None]:
    """The collections that somebody made, and those of others that they are in; a form for a new one to themselves."""
    return await _ask(handle, visitor, db, person_page, CollectionForm(discoverable=True))


@post("/collections", status_code=303)
async def make(
    *,
    form: Form[CollectionForm],
    visitor: NamedDependency[Visitor],
    own: NamedDependency[Own],
    person_page: NamedDependency[PersonPage],
) -> Response[str] | Response[None]:
    """A new collection; next one says who is in it."""
    try:
        async with own.db.begin() as tx:
            made = await discovery.make_collection(tx, form.changes, by=own.me)
    except discovery.CollectionRefused as error:
        return await _ask(f"@{own.member.account.handle}", visitor, own.db, person_page, form, error=error)
    return own.go(f"/collections/{made.id}/edit", "collection_made")


@get(_ONE)
async def show_collection(
    *,
    collection_id: FromPath[int],
    params: Query[PartParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Who is in a collection, with the way out for who is in it."""
    one = await _find(db, collection_id, visitor.account_id)
    cards = Cards(db, account_views)
    owner = (await cards.faces([one.account_id]))[0]
    return show(
        "collection.html",
        one=one,
        owner=owner,
        tag=None if one.tag is None else (hashtag_key(one.tag), one.tag),
        part=await _part(cards, one, visitor.account_id, params.offset),
        everybody=await _places(cards, one, visitor.account_id) if visitor.account_id is not None else [],
        going_on=None
        if visitor.account_id is None
        else await discovery.following_all(db, one.id, by=visitor.account_id),
        mine=one.account_id == visitor.account_id,
        invites=visitor.is_staff and bool(one.items),
        joins=visitor.account_id is None and bool(one.items),
        follows=visitor.account_id is not None
        and one.account_id != visitor.account_id
        and any(item.account_id != visitor.account_id for item in one.items),
    )


@get(f"{_ONE}/edit")
async def edit(collection_id: FromPath[int], params: Query[FindParams], own: NamedDependency[Own]) -> Response[str]:
    """What a collection is called and who is in it; with `?q=` whom one could put there."""
    return await _edit(own, collection_id, words=params.q, offset=params.offset)


@post(f"{_ONE}/edit", status_code=303)
async def change(
    collection_id: FromPath[int], form: Form[CollectionForm], own: NamedDependency[Own]
) -> Response[str] | Response[None]:
    """Call a collection something else, or change who finds it."""
    try:
        async with own.db.begin() as tx:
            await discovery.change_collection(tx, _known(collection_id), form.changes, by=own.me)
    except discovery.CollectionRefused as error:
        return await _edit(own, collection_id, form=form, error=error)
    return own.go(f"/collections/{collection_id}/edit", "saved")


@post(f"{_ONE}/delete", status_code=303)
async def delete(
    *,
    collection_id: FromPath[int],
    form: Form[Sent],  # noqa: ARG001 (asking for it is what checks that it is ours)
    own: NamedDependency[Own],
) -> Response[None]:
    """Delete a collection."""
    async with own.db.begin() as tx:
        await discovery.delete_collection(tx, _known(collection_id), by=own.me)
    return own.go(f"/@{own.member.account.handle}/collections", "collection_gone")


@post(f"{_ONE}/add", status_code=303)
async def add(
    collection_id: FromPath[int], form: Form[WhoForm], own: NamedDependency[Own]
) -> Response[str] | Response[None]:
    """Put somebody into a collection, who agreed to be found."""
    try:
        async with own.db.begin() as tx:
            await discovery.add_to_collection(tx, _known(collection_id), account=form.account_id, by=own.me)
    except (discovery.CollectionRefused, discovery.NotToBeCollected) as error:
        return await _edit(own, collection_id, error=error)
    return own.go(f"/collections/{collection_id}/edit", "saved")


@post(f"{_ONE}/remove", status_code=303)
async def remove(collection_id: FromPath[int], form: Form[ItemForm], own: NamedDependency[Own]) -> Response[None]:
    """Take somebody out of one's collection."""
    async with own.db.begin() as tx:
        await discovery.take_from_collection(tx, _known(collection_id), form.item_id, by=own.me)
    return own.go(f"/collections/{collection_id}/edit", "saved")


@post(f"{_ONE}/leave", status_code=303)
async def leave(collection_id: FromPath[int], form: Form[ItemForm], own: NamedDependency[Own]) -> Response[None]:
    """Leave another's collection for good."""
    async with own.db.begin() as tx:
        await discovery.leave_collection(tx, _known(collection_id), form.item_id, by=own.me)
    return own.go(f"/collections/{collection_id}", "collection_left")


@post(f"{_ONE}/follow", status_code=303)
async def follow(collection_id: FromPath[int], form: Form[FollowForm], own: NamedDependency[Own]) -> Response[None]:
    """Follow all of a collection that are ticked."""
    async with own.db.begin() as tx:
        await discovery.follow_collection(tx, _known(collection_id), by=own.me, only=form.ids)
    return own.go(f"/collections/{collection_id}", "followed")


def _known(collection_id: int) -> int:
    if not 0 < collection_id <= BIGGEST_ID:
        raise Missing(collection_id)
    return collection_id


async def _find(db: Db, collection_id: int, viewer: int | None) -> Collection:
    return await discovery.find_collection(db, _known(collection_id), viewer=viewer or 0)


async def _places(cards: Cards, one: Collection, viewer: int | None) -> list[Place]:
    faces = {face.id: face for face in await cards.faces([item.account_id for item in one.items])}
    return [
        Place(item.id, faces[item.account_id], item.account_id == viewer)
        for item in one.items
        if item.account_id in faces
    ]


async def _part(cards: Cards, one: Collection, viewer: int | None, offset: int) -> Part:
    at = min(max(offset, 0), len(one.items))
    places = await _places(cards, msgspec.structs.replace(one, items=one.items[at : at + _A_PAGE]), viewer)
    return Part(places, max(at - _A_PAGE, 0) if at else None, at + _A_PAGE if len(one.items) > at + _A_PAGE else None)


async def _ask(
    handle: str,
    visitor: Visitor,
    db: Db,
    person_page: PersonPage,
    form: CollectionForm,
    *,
    error: DomainError | None = None,
) -> Response[str] | Response[None]:
    card = await person_page.find(handle)
    if led := person_page.spelt(handle, card, "/collections"):
        return led
    viewer = visitor.account_id or 0
    made = await discovery.collections_by(db, card.id, viewer=viewer, limit=discovery.MOST_COLLECTIONS, offset=0)
    return await person_page(
        card,
        "person_collections.html",
        tab="/collections",
        made=made,
        within=await discovery.collections_with(db, card.id, viewer=viewer, limit=_MOST_WITH, offset=0),
        full_up=len(made) >= discovery.MOST_COLLECTIONS,
        form=form,
        languages=language_choices(form.language),
        error=error,
    )


async def _edit(
    own: Own,
    collection_id: int,
    *,
    form: CollectionForm | None = None,
    words: str = "",
    offset: int = 0,
    error: DomainError | None = None,
) -> Response[str]:
    one = await _find(own.db, collection_id, own.me)
    if one.account_id != own.me:
        raise discovery.CollectionNotYours(collection_id, own.me)
    found: list[Face] = []
    if words.strip():
        within = {item.account_id for item in one.items}
        ids = await accounts.search_accounts(own.db, words, limit=_MOST_FOUND, viewer=own.me)
        found = await own.cards.faces([an_id for an_id in ids if an_id not in within])
    held = form or CollectionForm(
        name=one.name,
        description=one.description,
        language=one.language or "",
        tag=one.tag or "",
        sensitive=one.sensitive,
        discoverable=one.discoverable,
    )
    return own.show(
        "collection_edit.html",
        one=one,
        form=held,
        languages=language_choices(held.language),
        part=await _part(own.cards, one, own.me, offset),
        words=words,
        found=found,
        error=error,
    )


HANDLERS = pages(show_collections, make, show_collection, edit, change, delete, add, remove, leave, follow)
