"""Networks that a member signed in from before, kept so coarsely that nobody learns from them where the member was.

Of an address only the provider's part counts (16 bits of IPv4, 32 of IPv6), and of that twelve bits of a hash: sixteen such
parts of all of IPv4 look the same. Who guesses a password from a network that looks like a known one by chance (1 in 4,096
each) is still told of by mail.
"""

from __future__ import annotations

import hashlib
import ipaddress

from dunnock.accounts.store import factors as store
from dunnock.foundation import ids
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Reader, Tx

_PARTS = {4: 16, 6: 32}


def mark_of(member_id: int, address: str) -> str:
    """What is kept of an address; empty: it says nothing, as it is none, or this machine's own."""
    try:
        found = ipaddress.ip_network(address).network_address
    except ValueError:
        return ""
    if found.is_loopback:
        return ""
    part = int(found) >> found.max_prefixlen - _PARTS[found.version]
    made = hashlib.blake2b(f"{member_id} {found.version} {part}".encode(), digest_size=2).hexdigest()
    return f"{_prefix(member_id)}{made[:3]}"


async def is_strange(reader: Reader, member_id: int, *, browser: str, address: str) -> bool:
    """Is the sign-in from a browser *and* a network that were never seen with this member, of whom some network is known?

    `browser`, `address`: see `open_session`; without them nothing is strange.
    """
    mark = mark_of(member_id, address)
    if not browser or not mark:
        return False
    seen = [row[0] for row in await reader.all(store.SEEN_NETWORKS, member=member_id, prefix=f"{_prefix(member_id)}%")]
    if not seen or mark in seen:
        return False
    return await reader.value(store.KNOWS_BROWSER, digest=ids.digest(f"{member_id} {browser}")) is None


async def learn_network(tx: Tx, member_id: int, address: str) -> None:
    """The member signed in from there."""
    mark = mark_of(member_id, address)
    if mark and not await tx.run(store.SAW_BROWSER, the=mark, at=tx.now):
        await tx.run(store.ADD_BROWSER, digest=mark, member_id=member_id, seen_at=tx.now)


async def forget_networks(tx: Tx, member_id: int) -> None:
    """The next sign-in is not strange, wherever it comes from: the member showed otherwise who they are."""
    await tx.run(store.DROP_NETWORKS, member=member_id, prefix=f"{_prefix(member_id)}%")


def origin_of(address: str, now: int) -> str:
    """What sign-ins of one day from one place have in common, and those of other places hardly ever; no address."""
    return hashlib.blake2b(f"{now // DAY} {address}".encode(), digest_size=2).hexdigest()


def _prefix(member_id: int) -> str:
    return f"net {member_id} "
