"""A member's own block of a whole server."""

from __future__ import annotations

import re
from typing import Final

from dunnock import text
from dunnock.accounts import counts
from dunnock.accounts.door_acts import note_act
from dunnock.accounts.events import DomainBlocked, DomainUnblocked
from dunnock.accounts.follow import end_follow
from dunnock.accounts.paging import Cursor
from dunnock.accounts.severance import sever
from dunnock.accounts.store import relations as store
from dunnock.foundation.db import Reader, Tx

_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def _named(domain: str) -> str:
    """The one spelling of a server's name; a single word passes too, as apps expect (it hides nobody)."""
    domain = domain.strip()
    if not domain:
        raise text.BadDomain(say="Validation failed: Domain can't be blank")
    word = domain.lower()
    return word if _LABEL.fullmatch(word) else text.canonical_domain(domain, port=True)


async def block_domain(tx: Tx, account_id: int, *, domain: str) -> None:
    """Hide a server from oneself, and end follows and requests both ways. Doing it twice changes nothing.

    Raises:
        BadDomain: that is no name of a server.
    """
    name = _named(domain)
    across = await tx.all(store.FOLLOWS_ACROSS, me=account_id, domain=name)
    await counts.hold(tx, {account_id, *(one for row in across for one in row[:2])})
    if not await tx.run(store.ADD_DOMAIN_BLOCK, id=tx.new_id(), account_id=account_id, domain=name):
        return
    await note_act(tx, account_id, "server", name)
    lost = await tx.all(store.FOLLOWS_ACROSS, me=account_id, domain=name)
    for follower, followed, _ in lost:
        await end_follow(tx, follower=follower, followed=followed)
    await tx.record(DomainBlocked(account_id=account_id, domain=name))
    following = sum(follower == account_id for follower, _, requested in lost if not requested)
    followers = sum(followed == account_id for _, followed, requested in lost if not requested)
    if following or followers:
        await sever(tx, account_id, "own_block", target=name, followers=followers, following=following)


async def preview_domain_block(reader: Reader, account_id: int, *, domain: str) -> tuple[int, int]:
    """How many whom the account follows, and how many of its followers, it would lose by hiding a server.

    Raises:
        BadDomain: that is no name of a server.
    """
    name = _named(domain)
    lost = [row for row in await reader.all(store.FOLLOWS_ACROSS, me=account_id, domain=name) if not row[2]]
    following = sum(follower == account_id for follower, _, _ in lost)
    return following, len(lost) - following


async def unblock_domain(tx: Tx, account_id: int, *, domain: str) -> None:
    """Show a server again; follows do not come back. Without a block nothing happens.

    Raises:
        BadDomain: that is no name of a server.
    """
    name = _named(domain)
    if await tx.run(store.END_DOMAIN_BLOCK, me=account_id, which=name):
        await note_act(tx, account_id, "server", name, was=True)
        await tx.record(DomainUnblocked(account_id=account_id, domain=name))


async def blocked_domains(reader: Reader, account_id: int, cursor: Cursor) -> list[tuple[int, str]]:
    """The servers that the account hides, each with its cursor, newest first."""
    rows = await reader.all(store.BLOCKED_DOMAINS[cursor.upwards], the=account_id, **cursor.bounds)
    return [(row[0], row[1]) for row in (rows[::-1] if cursor.upwards else rows)]
