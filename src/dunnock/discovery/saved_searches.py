"""Searches that a member keeps: each is a feed of what it finds, also of what comes later. Misskey: antenna."""

from __future__ import annotations

import hmac

import msgspec

from dunnock.discovery.errors import SavedSearchMissing, SavedSearchRefused
from dunnock.discovery.query import MOST_TERMS, read
from dunnock.discovery.store import saved_searches as store
from dunnock.foundation import ids
from dunnock.foundation.db import Reader, Row, Tx

MOST_SAVED = 50  # of a member
LONGEST_TITLE = 256
LONGEST_QUERY = 500


class SavedSearch(msgspec.Struct, frozen=True):
    """A search under a name. `secret` stands in the address where readers of news find its public posts."""

    id: int
    account_id: int
    title: str
    query: str
    secret: str


async def saved_searches_of(reader: Reader, account_id: int) -> list[SavedSearch]:
    """The member's, oldest first."""
    return [_saved(row) for row in await reader.all(store.ALL, owner=account_id)]


async def find_saved_search(reader: Reader, account_id: int, search_id: int) -> SavedSearch:
    """One of the member's.

    Raises:
        SavedSearchMissing: they have no such search.
    """
    row = await reader.one(store.FIND, id=search_id)
    if row is None or row[1] != account_id:
        raise SavedSearchMissing(search_id)
    return _saved(row)


async def saved_as(reader: Reader, account_id: int, query: str) -> SavedSearch | None:
    """The member's that looks for just that, the oldest; None: they keep none."""
    query = _plain(query)
    return next((one for one in await saved_searches_of(reader, account_id) if one.query == query), None)


async def saved_search_by_secret(reader: Reader, search_id: int, secret: str) -> SavedSearch:
    """The one whose address somebody has.

    Raises:
        SavedSearchMissing: there is none with this secret.
    """
    row = await reader.one(store.FIND, id=search_id)
    if row is None or not hmac.compare_digest(row[4].encode(), secret.encode()):
        raise SavedSearchMissing(search_id)
    return _saved(row)


async def save_search(tx: Tx, account_id: int, *, title: str, query: str) -> SavedSearch:
    """Keep a search; a title of nothing is the query.

    Raises:
        SavedSearchRefused: it asks for nothing, is too long or of more words than are looked for, or there are too many.
    """
    title, query = _checked(title, query)
    if len(await tx.all(store.ALL, owner=account_id)) >= MOST_SAVED:
        raise SavedSearchRefused(account_id, say=f"Validation failed: You can keep {MOST_SAVED} searches at most")
    made = SavedSearch(tx.new_id(), account_id, title, query, ids.secret())
    await tx.run(store.ADD, **msgspec.structs.asdict(made))
    return made


async def change_saved_search(tx: Tx, account_id: int, search_id: int, *, title: str, query: str) -> SavedSearch:
    """Call it otherwise, or look for something else.

    Raises:
        SavedSearchMissing: they have no such search.
        SavedSearchRefused: as `save_search`.
    """
    held = await find_saved_search(tx, account_id, search_id)
    title, query = _checked(title, query)
    await tx.run(store.CHANGE, id=search_id, new_title=title, new_query=query)
    return msgspec.structs.replace(held, title=title, query=query)


async def delete_saved_search(tx: Tx, account_id: int, search_id: int) -> None:
    """Keep it no longer.

    Raises:
        SavedSearchMissing: they have no such search.
    """
    await find_saved_search(tx, account_id, search_id)
    await tx.run(store.DELETE, id=search_id)


def _checked(title: str, query: str) -> tuple[str, str]:
    query = _plain(query)
    title = _plain(title) or query[:LONGEST_TITLE]
    if says := _wrong_with(query):
        raise SavedSearchRefused(say=f"Validation failed: Search {says}", details={"query": [("", says)]})
    if len(title) > LONGEST_TITLE:
        raise SavedSearchRefused(say="Validation failed: Title is too long", details={"title": [("", "is too long")]})
    return title, query


def _wrong_with(query: str) -> str:
    if len(query) > LONGEST_QUERY:
        return "is too long"
    asked = read(query)
    if asked.cut:
        return f"is of more than {MOST_TERMS} words"
    return "" if asked.says else "asks for nothing"


def _plain(words: str) -> str:
    return " ".join(words.replace("\0", "").split())


def _saved(row: Row) -> SavedSearch:
    return SavedSearch(*row)
