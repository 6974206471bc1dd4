"""Find accounts: by id, by handle, by what somebody types."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from dunnock import text
from dunnock.accounts.account import LOCAL, Account, name_key
from dunnock.accounts.errors import AccountMissing
from dunnock.accounts.server_rules import judged
from dunnock.accounts.store import domain_handles as domains
from dunnock.accounts.store import profiles as store
from dunnock.foundation.db import Db, Reader, Row

_AFTER_ALL = "\U0010ffff"
MOST_FOUND = 80
_MANY = 400
_LONGEST_WORDS = 200  # SQLite refuses very long patterns
_MOST_WORDS = 5
_WORDS = re.compile(r"[0-9a-z\u0080-\U0010ffff]+")  # as tables.NAME_WORDS has them


async def find(reader: Reader, account_id: int) -> Account | None:
    """The account, whatever its standing; None when there is none."""
    row = await reader.one(store.FIND, the=account_id)
    return None if row is None else await _judged(reader, row)


async def check_there(reader: Reader, account_id: int) -> None:
    """Is there such an account, whatever its standing? Raises: AccountMissing: there is not."""
    if await find(reader, account_id) is None:
        raise AccountMissing(account_id)


async def find_shown(reader: Reader, account_id: int) -> Account:
    """The account as anybody may see it.

    Raises:
        AccountMissing: there is none, or it is suspended or deleted.
    """
    found = await find(reader, account_id)
    if found is None or not found.shown:
        raise AccountMissing(account_id)
    return found


async def find_many(reader: Reader, ids: Iterable[int]) -> dict[int, Account]:
    """Accounts by id, one query; those that do not exist are left out."""
    rows = await reader.all(store.FIND_MANY, ids=list(ids))
    return {one.id: one for one in await judged(reader, [store.account_of(row) for row in rows])}


class Origin(NamedTuple):
    """Where an account is from: `name` or `name@domain`, its server ("": this one), since when (Unix milliseconds)."""

    handle: str
    domain: str
    created_at: int


async def origins_of(reader: Reader, ids: Collection[int]) -> dict[int, Origin]:
    """Where accounts are from, whatever their standing, in one query; those that do not exist are left out."""
    return {
        row[0]: Origin(row[1] if row[2] == LOCAL else f"{row[1]}@{row[2]}", row[2], row[3])
        for row in (await reader.all(store.ORIGINS, ids=list(ids)) if ids else ())
    }


async def find_after(reader: Reader, after: int, *, most: int) -> list[Account]:
    """Accounts of members and of other servers in the order of their ids, behind `after`: a batch for those who look at all."""
    return [store.account_of(row) for row in await reader.all(store.FIND_AFTER, after=after, most=most)]


async def number_known(reader: Reader, domain: str, *, before: int, most: int) -> int:
    """How many accounts of a server were known here before the id `before`, counted up to `most`."""
    return int(await reader.value(store.NUMBER_OF_SERVER, host=domain, before=before, most=most))


async def find_by_handle(reader: Reader, name: str, domain: str = LOCAL) -> Account | None:
    """The account called `name` on `domain` (canonical; this server's own domain is ""); None when we know none."""
    if not name.isascii():
        return None
    row = await reader.one(store.FIND_BY_HANDLE, name=name.lower(), host=domain)
    return None if row is None else await _judged(reader, row)


async def find_by_handles(reader: Reader, handles: Iterable[text.Handle]) -> dict[str, Account]:
    """Accounts by the handles' `key`, one query; unknown ones are left out."""
    wanted = {handle.key: (handle.name.lower(), handle.domain or LOCAL) for handle in handles}
    if not wanted:
        return {}
    pairs = set(wanted.values())
    rows = await reader.all(
        store.FIND_BY_HANDLES, names=sorted({name for name, _ in pairs}), hosts=sorted({host for _, host in pairs})
    )
    shown = await judged(reader, [store.account_of(row) for row in rows])
    found = {(one.username.lower(), one.domain): one for one in shown}
    return {key: found[pair] for key, pair in wanted.items() if pair in found}


async def _judged(reader: Reader, row: Row) -> Account:
    """With the standing that counts."""
    return (await judged(reader, (store.account_of(row),)))[0]


async def search_accounts(
    db: Db, words: str, *, limit: int = 40, viewer: int = 0, following_only: bool = False, offset: int = 0
) -> list[int]:
    """Ids of accounts whose handle or display name begins with `words`, those that `viewer` follows first.

    Then those who have words in their display name or handle that begin so. When nobody is found, those whose name is one
    slip of the finger away come last, those of this server first, then who is known here for longest. At most 80 with the offset.
    Nothing that others do moves anybody up. `viewer` 0: nobody signed in.
    """
    wanted = words[:_LONGEST_WORDS].strip().removeprefix("@")
    most = min(limit + offset, MOST_FOUND)
    if not wanted or most <= 0 or "\0" in wanted:
        return []
    name, at, host = wanted.partition("@")
    name, host, folded = name.lower(), host.lower(), name_key(wanted)
    found: dict[int, None] = {}
    if not at and "." in name and not following_only:
        worn = await db.value(domains.SHOWN_BY, domain=name)
        found.update({} if worn is None else {int(worn): None})
    if viewer:
        # It looks at every follow of theirs: of the few that most have, at once.
        few = (await db.value(store.COUNT_FOLLOWED, the=viewer, most=_MANY)) < _MANY
        rows = await (db.all if few else db.slow)(
            store.SEARCH_FOLLOWED,
            viewer=viewer,
            exact=name,
            handle_like=_like(name) + ("" if at else "%"),
            host_like=_like(host) + "%",
            name_like=_like(folded) + "%",
            word_like="% " + _like(folded) + "%",
            most=most,
        )
        found.update(dict.fromkeys(row[0] for row in rows))
    if not following_only and len(found) < most:
        found.update(dict.fromkeys(await _by_handle(db, name, host if at else None, viewer=viewer, most=most)))
    if not following_only and len(found) < most:
        rows = await db.all(store.SEARCH_NAMES, viewer=viewer, low=folded, high=folded + _AFTER_ALL, most=most)
        found.update(dict.fromkeys(row[0] for row in rows))
    if not following_only and len(found) < most and not at:
        found.update(dict.fromkeys(await _by_words(db, folded, viewer=viewer, most=most)))
    if not following_only and not found and not at and (meant := text.near(name)):
        rows = await db.all(store.SEARCH_NEAR, viewer=viewer, names=meant, most=most)
        found.update(dict.fromkeys(row[0] for row in rows))
    return list(found)[offset:most]


async def _by_handle(reader: Reader, name: str, host: str | None, *, viewer: int, most: int) -> list[int]:
    """By the beginning of the name, or by the whole name and the beginning of the domain."""
    if host is None:
        rows = await reader.all(store.SEARCH_HANDLES, viewer=viewer, low=name, high=name + _AFTER_ALL, most=most)
    else:
        rows = await reader.all(
            store.SEARCH_HOSTS, viewer=viewer, name=name, low=host, high=host + _AFTER_ALL, most=most
        )
    return [row[0] for row in rows]


async def _by_words(reader: Reader, folded: str, *, viewer: int, most: int) -> list[int]:
    """By the beginnings of words in display name and handle, all of them. One letter of an alphabet says too little."""
    begun = _WORDS.findall(folded)[:_MOST_WORDS]
    if not begun or any(len(word) == 1 and word.isascii() for word in begun):
        return []
    fts, ts = " AND ".join([f'"{word}" *' for word in begun]), " & ".join([f"'{word}':*" for word in begun])
    return [row[0] for row in await reader.all(store.SEARCH_WORDS, viewer=viewer, fts=fts, ts=ts, most=most)]


def _like(words: str) -> str:
    """The words with what LIKE takes for a pattern written as itself."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
