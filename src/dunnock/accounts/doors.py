"""Who may not join, or not come here at all: mail domains, single mail addresses, networks."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from dunnock.accounts.errors import LimitInvalid, LimitMissing
from dunnock.accounts.events import NetworkBlocksChanged
from dunnock.accounts.paging import Cursor
from dunnock.accounts.server_rules import covering, server_name
from dunnock.accounts.store import limits as store
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.events import Logged

NetworkSeverity = Literal["sign_up_requires_approval", "sign_up_block", "no_access"]
NETWORK_SEVERITIES: tuple[NetworkSeverity, ...] = ("sign_up_requires_approval", "sign_up_block", "no_access")
"""Mildest first."""
HISTORY_DAYS = 7
LONGEST_COMMENT = 2_000
_HASH = re.compile(r"[0-9a-f]{64}")


class MailDomainBlock(msgspec.Struct, frozen=True):
    """Nobody joins with an address of that domain or below it, or only with approval."""

    id: int
    domain: str
    allow_with_approval: bool


class MailBlock(msgspec.Struct, frozen=True):
    """Nobody joins with the address of this hash; `account_id`: whose suspension made it."""

    id: int
    hash: str
    account_id: int | None


class NetworkBlock(msgspec.Struct, frozen=True):
    """A network in CIDR notation; `expires_at` in Unix milliseconds, None: never."""

    id: int
    network: str
    severity: NetworkSeverity
    comment: str
    expires_at: int | None


class Day(msgspec.Struct, frozen=True):
    """How many sign-ups were refused on a day (Unix milliseconds of its midnight)."""

    at: int
    tries: int


# Mail domains -------------------------------------------------------------------------------------------------------


async def mail_domain_blocks(reader: Reader, cursor: Cursor) -> list[MailDomainBlock]:
    """A page of them, newest first."""
    rows = await reader.all(store.MAIL_DOMAINS.page[cursor.upwards], **cursor.bounds)
    return [_mail_domain(row) for row in (rows[::-1] if cursor.upwards else rows)]


async def find_mail_domain_block(reader: Reader, block_id: int) -> MailDomainBlock:
    """One of them. Raises: LimitMissing."""
    row = await reader.one(store.MAIL_DOMAINS.find, the=block_id)
    if row is None:
        raise LimitMissing(block_id)
    return _mail_domain(row)


async def block_mail_domain(tx: Tx, domain: str, *, allow_with_approval: bool = False) -> MailDomainBlock:
    """Let nobody join with an address of that domain. Raises: LimitInvalid (no domain, or there is such a block)."""
    made = MailDomainBlock(tx.new_id(), server_name(domain), allow_with_approval)
    if not await tx.run(store.MAIL_DOMAINS.add, **msgspec.structs.asdict(made)):
        raise LimitInvalid(made.domain, say="Validation failed: Domain has already been taken")
    return made


async def unblock_mail_domain(tx: Tx, block_id: int) -> MailDomainBlock:
    """Let people join with such addresses again. Raises: LimitMissing."""
    held = await find_mail_domain_block(tx, block_id)
    await tx.run(store.DROP_TRIES, the=block_id)
    await tx.run(store.MAIL_DOMAINS.drop, the=block_id)
    return held


async def mail_domain_history(reader: Reader, ids: Collection[int]) -> dict[int, list[Day]]:
    """Refused sign-ups of the last seven days for each block, the latest day first. One query."""
    today = now_ms() // DAY
    held = {
        (block_id, day): tries
        for block_id, day, tries in await reader.all(store.TRIES, ids=list(ids), since=today - HISTORY_DAYS)
    }
    return {
        one: [Day(day * DAY, held.get((one, day), 0)) for day in range(today, today - HISTORY_DAYS, -1)] for one in ids
    }


# Single addresses ---------------------------------------------------------------------------------------------------


async def mail_blocks(reader: Reader, cursor: Cursor) -> list[MailBlock]:
    """A page of them, newest first."""
    rows = await reader.all(store.MAILS.page[cursor.upwards], **cursor.bounds)
    return [MailBlock(*row) for row in (rows[::-1] if cursor.upwards else rows)]


async def find_mail_block(reader: Reader, block_id: int) -> MailBlock:
    """One of them. Raises: LimitMissing."""
    row = await reader.one(store.MAILS.find, the=block_id)
    if row is None:
        raise LimitMissing(block_id)
    return MailBlock(*row)


async def mail_blocks_of(reader: Reader, email: str) -> list[MailBlock]:
    """Those that meet an address."""
    return [MailBlock(*row) for row in await reader.all(store.MAILS.among, keys=[mail_hash(email)])]


async def block_mail(tx: Tx, *, email: str = "", hashed: str = "") -> MailBlock:
    """Let nobody join with an address, given itself or as its hash. Raises: LimitInvalid."""
    found = mail_hash(email) if email.strip() else hashed.strip().lower()
    if not _HASH.fullmatch(found):
        raise LimitInvalid(say="Validation failed: Canonical email hash is invalid")
    made = MailBlock(tx.new_id(), found, None)
    if not await tx.run(store.MAILS.add, **msgspec.structs.asdict(made)):
        raise LimitInvalid(say="Validation failed: Canonical email hash has already been taken")
    return made


async def unblock_mail(tx: Tx, block_id: int) -> MailBlock:
    """Let somebody join with the address again. Raises: LimitMissing."""
    held = await find_mail_block(tx, block_id)
    await tx.run(store.MAILS.drop, the=block_id)
    return held


async def block_mail_of(tx: Tx, account_id: int) -> None:
    """Keep the address of a suspended member from joining anew, as long as the account is suspended."""
    email = await tx.value(store.MAIL_OF, account=account_id)
    if email:
        await tx.run(store.MAILS.add, id=tx.new_id(), hash=mail_hash(email), account_id=account_id)


async def unblock_mail_of(tx: Tx, account_id: int) -> None:
    """Undo `block_mail_of`."""
    await tx.run(store.DROP_MAILS_OF, account=account_id)


def mail_hash(email: str) -> str:
    """SHA-256, in hex, of an address as most mailers read it. Source: Mastodon, EmailHelper.

    Letter case, dots in the name and what follows a plus do not count.
    """
    name, _, domain = email.strip().lower().partition("@")
    return hashlib.sha256(f"{name.partition('+')[0].replace('.', '')}@{domain}".encode()).hexdigest()


# Networks -----------------------------------------------------------------------------------------------------------


async def network_blocks(reader: Reader, cursor: Cursor) -> list[NetworkBlock]:
    """A page of them, newest first."""
    rows = await reader.all(store.NETWORKS.page[cursor.upwards], **cursor.bounds)
    return [NetworkBlock(*row) for row in (rows[::-1] if cursor.upwards else rows)]


async def find_network_block(reader: Reader, block_id: int) -> NetworkBlock:
    """One of them. Raises: LimitMissing."""
    row = await reader.one(store.NETWORKS.find, the=block_id)
    if row is None:
        raise LimitMissing(block_id)
    return NetworkBlock(*row)


async def block_network(
    tx: Tx, network: str, severity: str, *, comment: str, expires_at: int | None, own: str = ""
) -> NetworkBlock:
    """Keep a network out; not the one that `own` address is in. Raises: LimitInvalid."""
    made = NetworkBlock(tx.new_id(), *_network(network, severity, comment), expires_at)
    _keep_out_of(made, own)
    if not await tx.run(store.NETWORKS.add, **msgspec.structs.asdict(made)):
        raise LimitInvalid(made.network, say="Validation failed: Ip has already been taken")
    await tx.record(NetworkBlocksChanged(block_id=made.id))
    return made


async def change_network_block(
    tx: Tx,
    block_id: int,
    *,
    network: str | None,
    severity: str | None,
    comment: str | None,
    expires_at: int | UnsetType | None,
    own: str = "",
) -> NetworkBlock:
    """Change what is not None (the end: not UNSET). Raises: LimitMissing, LimitInvalid."""
    held = await find_network_block(tx, block_id)
    named = _network(
        held.network if network is None else network,
        held.severity if severity is None else severity,
        held.comment if comment is None else comment,
    )
    new = NetworkBlock(block_id, *named, held.expires_at if expires_at is UNSET else expires_at)
    _keep_out_of(new, own)
    other = await tx.one(store.NETWORKS.called, key=new.network)
    if other is not None and other[0] != block_id:
        raise LimitInvalid(new.network, say="Validation failed: Ip has already been taken")
    values = {f"new_{name}": value for name, value in msgspec.structs.asdict(new).items() if name != "id"}
    await tx.run(store.NETWORKS.change, the=block_id, **values)
    await tx.record(NetworkBlocksChanged(block_id=block_id))
    return new


async def unblock_network(tx: Tx, block_id: int) -> NetworkBlock:
    """Let a network in again. Raises: LimitMissing."""
    held = await find_network_block(tx, block_id)
    await tx.run(store.NETWORKS.drop, the=block_id)
    await tx.record(NetworkBlocksChanged(block_id=block_id))
    return held


class Gate:
    """Which networks may not come in, in one process's memory. Without blocks it costs the look at `watches`."""

    __slots__ = ("_db", "_nets", "_stale", "watches")

    def __init__(self, db: Db) -> None:
        """Listens to `db`'s events from now on."""
        self._db = db
        self._nets: dict[tuple[int, int], dict[int, int]] = {}  # (version, prefix) -> network -> end (ms, 0: none)
        self._stale = True
        self.watches = True
        db.listen(self._heard)

    async def shuts_out(self, address: str) -> bool:
        """May nobody come in from that address? Ask only while `watches` is true."""
        if self._stale:
            await self._read()
        parsed = _address(address) if self._nets else None
        if parsed is None:
            return False
        number, bits = int(parsed), parsed.max_prefixlen
        for (version, prefix), held in self._nets.items():
            if version == parsed.version:
                end = held.get(number >> bits - prefix << bits - prefix)
                if end is not None and (end == 0 or end > now_ms()):
                    return True
        return False

    async def _read(self) -> None:
        self._stale = False  # before reading: what is heard meanwhile has it read again
        nets: dict[tuple[int, int], dict[int, int]] = {}
        for row in await self._db.all(store.NETWORKS.all):
            if row[2] == "no_access":
                net = ipaddress.ip_network(row[1])
                nets.setdefault((net.version, net.prefixlen), {})[int(net.network_address)] = row[4] or 0
        self._nets = nets
        self.watches = self._stale or bool(nets)

    def _heard(self, logged: Sequence[Logged]) -> None:
        if any(isinstance(one.event, NetworkBlocksChanged) for one in logged):
            self._stale = self.watches = True


# At the door --------------------------------------------------------------------------------------------------------


class Verdict(msgspec.Struct, frozen=True):
    """What the blocks say of somebody who wants to join. `mail_domain`: the block that met the address."""

    refused: bool = False
    mail_refused: bool = False
    mail_taken: bool = False
    needs_approval: bool = False
    mail_domain: int | None = None


async def judge_newcomer(reader: Reader, email: str, address: str) -> Verdict:
    """May they join, with this mail address, from this network? `address` "": not known. Three short queries."""
    host = email.strip().lower().rpartition("@")[2]
    rows = await reader.all(store.MAIL_DOMAINS.among, keys=covering(host)) if host else []
    met = [_mail_domain(row) for row in rows]
    strict = [one for one in met if not one.allow_with_approval]
    severity = _strictest(await _over(reader, address)) if address else None
    return Verdict(
        refused=severity in {"sign_up_block", "no_access"},
        mail_refused=bool(strict),
        mail_taken=bool(await mail_blocks_of(reader, email)),
        needs_approval=bool(met) or severity == "sign_up_requires_approval",
        mail_domain=strict[0].id if strict else None,
    )


async def count_try(tx: Tx, block_id: int) -> None:
    """Somebody wanted to join with an address of a blocked domain."""
    await tx.run(store.COUNT_TRY, block_id=block_id, day=tx.now // DAY)


async def _over(reader: Reader, address: str) -> list[NetworkSeverity]:
    parsed = _address(address)
    if parsed is None:
        return []
    now = now_ms()
    longest, kind = parsed.max_prefixlen, type(parsed)
    over = [f"{kind(int(parsed) >> bits << bits)}/{longest - bits}" for bits in range(longest + 1)]
    rows = await reader.all(store.NETWORKS.among, keys=over)
    return [row[2] for row in rows if row[4] is None or row[4] > now]


def _keep_out_of(block: NetworkBlock, own: str) -> None:
    """Nobody shuts themselves out: there would be no way back in."""
    parsed = _address(own)
    if block.severity == "no_access" and parsed is not None and parsed in ipaddress.ip_network(block.network):
        raise LimitInvalid(block.network, say="Validation failed: Ip is where you are yourself")


def _strictest(severities: Iterable[NetworkSeverity]) -> NetworkSeverity | None:
    return max(severities, key=NETWORK_SEVERITIES.index, default=None)


def _address(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed


def _network(network: str, severity: str, comment: str) -> tuple[str, NetworkSeverity, str]:
    try:
        net = ipaddress.ip_network(network.strip(), strict=False)
    except ValueError as error:
        raise LimitInvalid(network[:80], say="Validation failed: Ip is invalid") from error
    if isinstance(net, ipaddress.IPv6Network) and net.network_address.ipv4_mapped and net.prefixlen >= 96:
        net = ipaddress.IPv4Network((int(net.network_address.ipv4_mapped), net.prefixlen - 96))
    known = next((one for one in NETWORK_SEVERITIES if one == severity), None)
    if known is None:
        why = "is not included in the list" if severity else "can't be blank"
        raise LimitInvalid(severity[:80], say=f"Validation failed: Severity {why}")
    if len(comment) > LONGEST_COMMENT:
        raise LimitInvalid(say=f"Validation failed: Comment is too long (maximum is {LONGEST_COMMENT} characters)")
    return str(net), known, comment.strip()


def _mail_domain(row: Row) -> MailDomainBlock:
    return MailDomainBlock(row[0], row[1], bool(row[2]))
