"""What members say of their other accounts: which are theirs too, and which one they move to.

Source: federation.md, section 3 (Move, out).
"""

from __future__ import annotations

from collections.abc import Sequence

from dunnock import accounts
from dunnock.accounts.account import Account
from dunnock.accounts.errors import MoveRefused
from dunnock.federation.errors import RemoteFailed
from dunnock.federation.move import find_new, moved_lately
from dunnock.federation.resolve import Resolver
from dunnock.federation.store import actors
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Reader
from dunnock.text import BadHandle, parse_handle


async def move_away(resolver: Resolver, account_id: int, *, to: str) -> int:
    """Let a member's account move to another, given by handle or address; its followers everywhere are told. Gives the other.

    Raises:
        MoveRefused: it moved lately; there is no such account, or it does not say to be the same person's.
        AccountMissing: there is no such account here.
    """
    house = resolver.house
    me = await accounts.find(house.db, account_id)
    if me is None or not me.local or not me.shown:
        raise accounts.AccountMissing(account_id)
    await _check_time(house.db, account_id)
    target = await _meant(resolver, to)
    if target is None:
        raise MoveRefused(to, say="Validation failed: No account was found there")
    if target.id == account_id:
        raise MoveRefused(to, say="Validation failed: An account can't move to itself")
    uri = target.uri or house.places.actor(target.username)
    try:
        found = await find_new(house, uri, old=house.places.actor(me.username))
    except RemoteFailed as error:
        raise MoveRefused(to, say="Validation failed: The server of the other account does not answer") from error
    if found is None:
        raise MoveRefused(to, say="Validation failed: The other account does not name this one as its owner's")
    async with house.db.begin() as tx:
        await _check_time(tx, account_id)
        await accounts.move(tx, account_id, to=found)
    return found


async def name_others(resolver: Resolver, account_id: int, written: Sequence[str]) -> None:
    """Let a member's account name these (handles or addresses) as its owner's other accounts: they may move here.

    Raises:
        MoveRefused: one of them is no account that can be found, or they are too many.
    """
    uris = []
    for to in written[: accounts.MOST_ALIASES + 1]:
        found = await _meant(resolver, to)
        if found is None or found.id == account_id:
            raise MoveRefused(to, say=f"Validation failed: No other account was found at {to[:100]}")
        uris.append(found.uri or resolver.house.places.actor(found.username))
    async with resolver.house.db.begin() as tx:
        await accounts.change_aliases(tx, account_id, tuple(uris))


async def others_of(resolver: Resolver, account_id: int) -> list[str]:
    """The handles, or where they are not known the addresses, of the accounts that a member's account names."""
    house, told = resolver.house, []
    for uri in await accounts.aliases_of(house.db, account_id):
        local, remote = house.places.local(uri), await actors.by_uri(house.db, uri)
        if local is not None:
            told.append(f"@{local.name}@{house.places.domain}")
        else:
            told.append(uri if remote is None else f"@{remote.username}@{remote.domain}")
    return told


async def _check_time(reader: Reader, account_id: int) -> None:
    if await moved_lately(reader, account_id, within_ms=accounts.MOVES_APART_MS):
        days = accounts.MOVES_APART_MS // DAY
        raise MoveRefused(account_id, say=f"Validation failed: An account can move once in {days} days")


async def _meant(resolver: Resolver, to: str) -> Account | None:
    if "://" in to:
        an_id = (await resolver.address(to)).account_id
    else:
        try:
            an_id = await resolver.account(parse_handle(to))
        except BadHandle:
            return None
    return None if an_id is None else await accounts.find(resolver.house.db, an_id)
