"""A member's lists: feeds of their own choice of accounts. Mastodon: List; `replies` is its replies_policy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal, TypeAlias, get_args

import msgspec

from dunnock.accounts import Cursor, Page
from dunnock.accounts.paging import page_of
from dunnock.feeds.errors import ListMissing
from dunnock.feeds.events import ListChanged
from dunnock.feeds.store import lists as store
from dunnock.foundation.db import Reader, Row, Tx
from dunnock.foundation.errors import DomainError, Kind, Missing

MOST_LISTS = 50
MOST_MEMBERS = 5_000
LONGEST_TITLE = 256

Replies: TypeAlias = Literal["followed", "list", "none"]
"""Whose conversations the replies of a list's accounts are shown from: everybody one follows, the list's, nobody's."""


class ListRefused(DomainError):
    """A list can't be like this; the text says why."""

    code, kind = "list_refused", Kind.INVALID
    safe: ClassVar[str] = "Validation failed"


class NotFollowed(Missing):
    """Only accounts that one follows (or asked to), and one's own, can be put on a list."""

    code = "not_followed"


class List(msgspec.Struct, frozen=True):
    """A list. `exclusive`: the home feed leaves its accounts out."""

    id: int
    title: str
    replies: str = "list"
    exclusive: bool = False


async def lists_of(reader: Reader, account_id: int) -> list[List]:
    """The account's lists, oldest first."""
    return [_list(row) for row in await reader.all(store.ALL, owner=account_id)]


async def lists_with(reader: Reader, account_id: int, *, member: int) -> list[List]:
    """Those of the account's lists that `member` is on."""
    return [_list(row) for row in await reader.all(store.SHOWN_WITH, owner=account_id, account=member)]


async def find_list(reader: Reader, account_id: int, list_id: int) -> List:
    """One of the account's lists.

    Raises:
        ListMissing: it has no such list.
    """
    row = await reader.one(store.FIND, the_list=list_id, owner=account_id)
    if row is None:
        raise ListMissing(list_id)
    return _list(row)


async def make_list(tx: Tx, account_id: int, *, title: str, replies: str = "list", exclusive: bool = False) -> List:
    """A new, empty list.

    Raises:
        ListRefused: the title is blank or too long, there is no such `replies`, or there are `MOST_LISTS` already.
    """
    made = List(tx.new_id(), _title(title), _replies(replies), exclusive)
    if await tx.value(store.COUNT, owner=account_id) >= MOST_LISTS:
        raise ListRefused(account_id, say="Validation failed: You have reached the maximum number of lists")
    await tx.run(
        store.ADD, id=made.id, account_id=account_id, title=made.title, replies=made.replies, exclusive=exclusive
    )
    await tx.record(ListChanged(list_id=made.id, account_id=account_id))
    return made


async def change_list(
    tx: Tx,
    account_id: int,
    list_id: int,
    *,
    title: str | None = None,
    replies: str | None = None,
    exclusive: bool | None = None,
) -> List:
    """Rename a list or change how it works; what is None stays.

    Raises:
        ListMissing: the account has no such list.
        ListRefused: as `make_list`.
    """
    old = await _hold(tx, account_id, list_id)
    new = List(
        list_id,
        old.title if title is None else _title(title),
        old.replies if replies is None else _replies(replies),
        old.exclusive if exclusive is None else exclusive,
    )
    if new != old:
        await tx.run(store.CHANGE, the_list=list_id, title=new.title, replies=new.replies, exclusive=new.exclusive)
        await tx.record(ListChanged(list_id=list_id, account_id=account_id))
    return new


async def delete_list(tx: Tx, account_id: int, list_id: int) -> None:
    """Delete a list; its accounts stay followed.

    Raises:
        ListMissing: the account has no such list.
    """
    await _hold(tx, account_id, list_id)
    await tx.run(store.EMPTY, the_list=list_id)
    await tx.run(store.DROP, the_list=list_id)
    await tx.record(ListChanged(list_id=list_id, account_id=account_id))


async def forget_lists(tx: Tx, account_id: int) -> None:
    """Delete all lists of an account that is gone."""
    for one in await lists_of(tx, account_id):
        await delete_list(tx, account_id, one.id)


async def members_of(reader: Reader, account_id: int, list_id: int, cursor: Cursor) -> Page:
    """Who is on the list, latest first; `cursor.limit` 0: all.

    Raises:
        ListMissing: the account has no such list.
    """
    await find_list(reader, account_id, list_id)
    bounds = cursor.bounds | {"most": cursor.limit or MOST_MEMBERS}
    rows = await reader.all(store.MEMBERS[cursor.upwards], the_list=list_id, **bounds)
    return page_of([(row[0], row[1]) for row in rows], upwards=cursor.upwards)


async def add_to_list(tx: Tx, account_id: int, list_id: int, members: Iterable[int]) -> None:
    """Put accounts on a list: all of them or, when one is refused, none.

    Raises:
        ListMissing: the account has no such list.
        NotFollowed: one of them does not exist, or is neither followed nor oneself.
        ListRefused: one of them is on the list already, or there are `MOST_MEMBERS`.
    """
    await _hold(tx, account_id, list_id)
    wanted = list(dict.fromkeys(members))
    if not wanted:
        return
    allowed = {row[0] for row in await tx.all(store.MAY_ADD, ids=wanted, owner=account_id)}
    if len(allowed) != len(wanted):
        raise NotFollowed([one for one in wanted if one not in allowed])
    if await tx.value(store.COUNT_MEMBERS, the_list=list_id) + len(wanted) > MOST_MEMBERS:
        raise ListRefused(list_id, say=f"Validation failed: A list holds up to {MOST_MEMBERS} accounts")
    for one in wanted:
        if not await tx.run(store.ADD_MEMBER, list_id=list_id, account_id=one, id=tx.new_id()):
            raise ListRefused(one, say="Validation failed: Account has already been taken")
    await tx.record(ListChanged(list_id=list_id, account_id=account_id))


async def remove_from_list(tx: Tx, account_id: int, list_id: int, members: Iterable[int]) -> None:
    """Take accounts off a list; those who are not on it do no harm.

    Raises:
        ListMissing: the account has no such list.
    """
    await _hold(tx, account_id, list_id)
    if await tx.run(store.DROP_MEMBERS, the_list=list_id, ids=list(members)):
        await tx.record(ListChanged(list_id=list_id, account_id=account_id))


async def carry_lists(tx: Tx, account_id: int, *, old: int, new: int) -> None:
    """Put the account `new` on those of somebody's lists that `old` is on, whose owner moved there.

    If the follow still waits and is refused, `remove_unfollowed` takes the new account off again.
    """
    for row in await tx.all(store.WITH, owner=account_id, account=old):
        if await tx.run(store.ADD_MEMBER, list_id=row[0], account_id=new, id=tx.new_id()):
            await tx.record(ListChanged(list_id=row[0], account_id=account_id))


async def remove_unfollowed(tx: Tx, account_id: int, *, member: int) -> None:
    """Take an account off all lists of somebody who does not follow it (any more)."""
    if await tx.all(store.MAY_ADD, ids=[member], owner=account_id):
        return
    for row in await tx.all(store.WITH, owner=account_id, account=member):
        await tx.run(store.DROP_MEMBERS, the_list=row[0], ids=[member])
        await tx.record(ListChanged(list_id=row[0], account_id=account_id))


async def _hold(tx: Tx, account_id: int, list_id: int) -> List:
    row = await tx.one(store.HOLD, the_list=list_id, owner=account_id)
    if row is None:
        raise ListMissing(list_id)
    return _list(row)


def _list(row: Row) -> List:
    return List(row[0], row[1], row[2], bool(row[3]))


def _title(given: str) -> str:
    title = given.strip()
    if not title:
        raise ListRefused(say="Validation failed: Title can't be blank")
    if len(title) > LONGEST_TITLE:
        raise ListRefused(
            len(title), say=f"Validation failed: Title is too long (maximum is {LONGEST_TITLE} characters)"
        )
    return title


def _replies(given: str) -> str:
    if given not in get_args(Replies):
        raise ListRefused(given[:40], say=f"'{given[:40]}' is not a valid replies_policy")
    return given
