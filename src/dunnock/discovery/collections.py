"""Collections: people that a member recommends, under a name. Mastodon: Collection (4.6).

Only accounts that agreed to be found (`discoverable`) are put into one; each may leave, and is not put there again.
"""

from __future__ import annotations

from collections.abc import Collection as Collection_
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from dunnock import accounts, text
from dunnock.discovery.errors import CollectionMissing, CollectionNotYours, CollectionRefused, NotToBeCollected
from dunnock.discovery.events import AddedToCollection, CollectionChanged, CollectionEdited
from dunnock.discovery.store import collections as store
from dunnock.foundation.db import Reader, Row, Tx
from dunnock.foundation.ids import ms_of

MOST_ITEMS = 150
MOST_COLLECTIONS = 10  # of a member
LONGEST_NAME = 40
LONGEST_DESCRIPTION = 100


class Item(msgspec.Struct, frozen=True):
    """An account in a collection."""

    id: int
    collection_id: int
    account_id: int
    state: str

    @property
    def created_at(self) -> int:
        """Since when, in Unix milliseconds."""
        return ms_of(self.id)


class Collection(msgspec.Struct, frozen=True):
    """A collection and who is in it, in the order in which they were put there. `tag`: a hashtag's name as written.

    `starter_at`: when staff chose it for those who join, in Unix milliseconds; None: they did not.
    """

    id: int
    account_id: int
    name: str
    description: str
    language: str | None
    tag: str | None
    sensitive: bool
    discoverable: bool
    created_at: int
    updated_at: int
    items: tuple[Item, ...] = ()
    starter_at: int | None = None


class CollectionChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What a collection is to be; UNSET: as it is, or as new ones are."""

    name: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    language: str | UnsetType | None = UNSET
    tag: str | UnsetType | None = UNSET
    sensitive: bool | UnsetType = UNSET
    discoverable: bool | UnsetType = UNSET


_NEW = Collection(0, 0, "", "", None, None, sensitive=False, discoverable=True, created_at=0, updated_at=0)


async def find_collection(reader: Reader, collection_id: int, *, viewer: int) -> Collection:
    """The collection as `viewer` (0: nobody signed in) may see it.

    Raises:
        CollectionMissing: there is none, its owner is gone, or blocks the viewer.
    """
    row = await reader.one(store.FIND, id=collection_id)
    if row is None or not await _may_look(reader, row[1], viewer):
        raise CollectionMissing(collection_id)
    return (await _with_items(reader, [row], viewer))[0]


async def find_collections(reader: Reader, ids: Collection_[int], *, viewer: int) -> dict[int, Collection]:
    """Those of the collections that `viewer` may see, by their ids. A fixed number of queries."""
    rows = await reader.all(store.SOME, ids=list(ids)) if ids else ()
    owners = {row[1] for row in rows}
    there = {an_id for an_id, one in (await accounts.find_many(reader, owners)).items() if one.shown}
    others = there - {viewer}
    if viewer and others:
        there -= {one.id for one in await accounts.relationships(reader, viewer, others) if one.blocked_by}
    seen = await _with_items(reader, [row for row in rows if row[1] in there], viewer)
    return {one.id: one for one in seen}


async def collection_as_it_is(reader: Reader, collection_id: int) -> Collection | None:
    """The collection with everybody in it, whoever may see them; None when there is none (any more)."""
    row = await reader.one(store.FIND, id=collection_id)
    if row is None:
        return None
    return _collection(row, [Item(*one) for one in await reader.all(store.ITEMS, ids=[collection_id])])


async def collections_by(reader: Reader, owner: int, *, viewer: int, limit: int, offset: int) -> list[Collection]:
    """What an account recommends, newest first; to others only what is discoverable.

    Raises:
        AccountMissing: there is no such account for the viewer.
    """
    if not await _may_look(reader, owner, viewer):
        raise accounts.AccountMissing(owner)
    rows = await reader.all(store.BY, owner=owner, viewer=viewer, most=limit, skip=offset)
    return await _with_items(reader, rows, viewer)


async def collections_with(reader: Reader, account: int, *, viewer: int, limit: int, offset: int) -> list[Collection]:
    """The collections that an account is in, newest first. Raises AccountMissing as `collections_by`."""
    if not await _may_look(reader, account, viewer):
        raise accounts.AccountMissing(account)
    rows = await reader.all(store.WITH, account=account, viewer=viewer, most=limit, skip=offset)
    gone = {row[1] for row in rows if not await _may_look(reader, row[1], viewer)}
    return await _with_items(reader, [row for row in rows if row[1] not in gone], viewer)


async def make_collection(tx: Tx, changes: CollectionChanges, *, by: int, members: Sequence[int] = ()) -> Collection:
    """A new collection, with these accounts in it.

    Raises:
        CollectionRefused: a rule is broken, or the member has as many as there may be.
        NotToBeCollected: one of the accounts did not agree.
    """
    await accounts.find_shown(tx, by)
    if await tx.value(store.COUNT_OF, owner=by) >= MOST_COLLECTIONS:
        raise CollectionRefused(by, say=f"Validation failed: You can have up to {MOST_COLLECTIONS} collections")
    wanted = list(dict.fromkeys(members))
    if len(wanted) > MOST_ITEMS:
        raise _too_many()
    new = _checked(_NEW, changes)
    collection_id = tx.new_id()
    row = _values(new) | {"created_at": tx.now, "updated_at": tx.now, "starter_at": None}
    await tx.run(store.ADD, id=collection_id, account_id=by, **row)
    for one in wanted:
        await _put(tx, collection_id, one, by=by)
    await tx.record(CollectionChanged(collection_id=collection_id, by=by))
    return await find_collection(tx, collection_id, viewer=by)


async def change_collection(tx: Tx, collection_id: int, changes: CollectionChanges, *, by: int) -> Collection:
    """Change what was given; a starter collection is none any more until staff choose it again.

    Raises:
        CollectionMissing, CollectionNotYours: there is none, or it is another's.
        CollectionRefused: a rule is broken.
    """
    old = await _own(tx, collection_id, by)
    new = _checked(old, changes)
    if new != old:
        await tx.run(store.CHANGE, the=collection_id, **_values(new), updated_at=tx.now)
        if old.starter_at is not None:
            await tx.run(store.MARK_STARTER, the=collection_id, at=None)
        await tx.record(CollectionEdited(collection_id=collection_id, by=by))
        await tx.record(CollectionChanged(collection_id=collection_id, by=by))
    return await find_collection(tx, collection_id, viewer=by)


async def delete_collection(tx: Tx, collection_id: int, *, by: int) -> None:
    """Delete it. Raises CollectionMissing and CollectionNotYours."""
    await _own(tx, collection_id, by)
    await tx.run(store.DROP_ITEMS, id=collection_id)
    await tx.run(store.DROP_FOLLOWS, id=collection_id)
    await tx.run(store.DROP_BROUGHT, id=collection_id)
    await tx.run(store.DROP, id=collection_id)
    await tx.record(CollectionChanged(collection_id=collection_id, by=by))


async def add_to_collection(tx: Tx, collection_id: int, *, account: int, by: int) -> Item:
    """Put an account into one's collection; once it is there, this changes nothing.

    Raises:
        CollectionMissing, CollectionNotYours: there is no such collection, or it is another's.
        CollectionRefused: there is no such account, or the collection is full.
        NotToBeCollected: the account did not agree.
    """
    await _own(tx, collection_id, by)
    return await _put(tx, collection_id, account, by=by)


async def take_from_collection(tx: Tx, collection_id: int, item_id: int, *, by: int) -> None:
    """Take an account out of one's collection. Raises CollectionMissing and CollectionNotYours."""
    await _own(tx, collection_id, by)
    item = await _item(tx, collection_id, item_id)
    if item.state == "revoked":
        raise CollectionMissing(item_id)
    await tx.run(store.DROP_ITEM, id=item_id)
    await tx.record(CollectionChanged(collection_id=collection_id, by=by))


async def leave_collection(tx: Tx, collection_id: int, item_id: int, *, by: int) -> None:
    """Leave another's collection for good. Raises CollectionMissing and CollectionNotYours."""
    item = await _item(tx, collection_id, item_id)
    if item.account_id != by:
        raise CollectionNotYours(item_id, by)
    if item.state != "revoked":
        await tx.run(store.REVOKE, id=item_id)
        await tx.record(CollectionChanged(collection_id=collection_id, by=by))


async def part(tx: Tx, account_id: int, target_id: int) -> None:
    """Neither recommends the other any more (there is a block)."""
    await tx.run(store.PART, owner=account_id, account=target_id)
    await tx.run(store.PART, owner=target_id, account=account_id)


async def forget_account(tx: Tx, account_id: int) -> None:
    """An account is gone: its collections, its places in others', and what it or others dismissed of each other."""
    for statement in store.FORGET:
        await tx.run(statement, account=account_id)


async def _own(tx: Tx, collection_id: int, by: int) -> Collection:
    row = await tx.one(store.HOLD, id=collection_id)
    if row is None:
        raise CollectionMissing(collection_id)
    if row[1] != by:
        if not await _may_look(tx, row[1], by):
            raise CollectionMissing(collection_id)
        raise CollectionNotYours(collection_id, by)
    return _collection(row)


async def _item(tx: Tx, collection_id: int, item_id: int) -> Item:
    row = await tx.one(store.ITEM, id=item_id, collection=collection_id)
    if row is None:
        raise CollectionMissing(item_id)
    return Item(*row)


async def _put(tx: Tx, collection_id: int, account: int, *, by: int) -> Item:
    row = await tx.one(store.ITEM_OF, collection=collection_id, account=account)
    if row is not None:
        item = Item(*row)
        if item.state == "revoked":
            raise NotToBeCollected(account)
        return item
    found = await accounts.find(tx, account)
    if found is None or not found.shown:
        raise CollectionRefused(account, say="Validation failed: there is no such account")
    if account != by:
        if not found.discoverable:
            raise NotToBeCollected(account)
        between = (await accounts.relationships(tx, by, [account]))[0]
        if between.blocking or between.blocked_by:
            raise NotToBeCollected(account)
    if await tx.value(store.COUNT_ITEMS, id=collection_id) >= MOST_ITEMS:
        raise _too_many()
    item_id = tx.new_id()
    await tx.run(store.ADD_ITEM, id=item_id, collection_id=collection_id, account_id=account, state="accepted")
    await tx.record(AddedToCollection(collection_id=collection_id, item_id=item_id, account_id=account, by=by))
    return Item(item_id, collection_id, account, "accepted")


def _too_many() -> CollectionRefused:
    return CollectionRefused(say=f"Validation failed: a collection can have up to {MOST_ITEMS} accounts")


async def _may_look(reader: Reader, owner: int, viewer: int) -> bool:
    """Is the account there for the viewer?"""
    found = await accounts.find(reader, owner)
    if found is None or not found.shown:
        return False
    if not viewer or viewer == owner:
        return True
    return not (await accounts.relationships(reader, viewer, [owner]))[0].blocked_by


async def _with_items(reader: Reader, rows: Sequence[Row], viewer: int) -> list[Collection]:
    """With those in it whom the viewer may see: no suspended ones, none that they block or are blocked by."""
    items = [Item(*row) for row in await reader.all(store.ITEMS, ids=[row[0] for row in rows])] if rows else []
    people = {one.account_id for one in items}
    shown = {an_id for an_id, one in (await accounts.find_many(reader, people)).items() if one.shown}
    if viewer and people:
        shown -= {
            one.id for one in await accounts.relationships(reader, viewer, people) if one.blocking or one.blocked_by
        }
    return [
        _collection(row, [one for one in items if one.collection_id == row[0] and one.account_id in shown])
        for row in rows
    ]


def _collection(row: Row, items: Iterable[Item] = ()) -> Collection:
    return Collection(
        id=row[0],
        account_id=row[1],
        name=row[2],
        description=row[3],
        language=row[4],
        tag=row[5],
        sensitive=bool(row[6]),
        discoverable=bool(row[7]),
        created_at=row[8],
        updated_at=row[9],
        starter_at=row[10],
        items=tuple(items),
    )


def _values(one: Collection) -> dict[str, object]:
    return {
        "name": one.name,
        "description": one.description,
        "language": one.language,
        "tag": one.tag,
        "sensitive": one.sensitive,
        "discoverable": one.discoverable,
    }


def _checked(old: Collection, changes: CollectionChanges) -> Collection:
    """What the collection becomes.

    Raises:
        CollectionRefused: with `details`.
    """
    wrong: dict[str, list[tuple[str, str]]] = {}
    name = old.name if changes.name is UNSET else " ".join(text.clean(changes.name).split())
    description = old.description if changes.description is UNSET else text.clean(changes.description or "").strip()
    if not name:
        wrong["name"] = [("ERR_BLANK", "can't be blank")]
    for field, value, most in (("name", name, LONGEST_NAME), ("description", description, LONGEST_DESCRIPTION)):
        if len(value) > most:
            wrong[field] = [("ERR_TOO_LONG", f"is too long (maximum is {most} characters)")]
    language = old.language if changes.language is UNSET else changes.language or None
    if language is not None and (known := text.check_language(language)) is None:
        wrong["language"] = [("ERR_INVALID", "is not a language we know (ISO 639)")]
    else:
        language = known if language is not None else None
    tag = old.tag if changes.tag is UNSET else (changes.tag or "").strip().removeprefix("#") or None
    if tag is not None and not text.is_hashtag(tag):
        wrong["tag"] = [("ERR_INVALID", "is no hashtag")]
    if wrong:
        say = ", ".join(f"{field.capitalize()} {reason}" for field, some in wrong.items() for _, reason in some)
        raise CollectionRefused(say=f"Validation failed: {say}", details=wrong)
    return msgspec.structs.replace(
        old,
        name=name,
        description=description,
        language=language,
        tag=tag,
        sensitive=old.sensitive if changes.sensitive is UNSET else changes.sensitive,
        discoverable=old.discoverable if changes.discoverable is UNSET else changes.discoverable,
    )
