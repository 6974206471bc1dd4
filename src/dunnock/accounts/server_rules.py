"""What this server thinks of others: blocked, limited, or the only ones allowed. Obeyed at read, whatever is stored.

A rule covers subdomains; of several that cover a server the strictest holds. The rule called EVERYBODY is limited
federation: it holds for all servers but those that are allowed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

import msgspec

from dunnock import text
from dunnock.accounts.account import Account, Standing
from dunnock.accounts.errors import LimitInvalid, LimitMissing
from dunnock.accounts.events import ServerRulesChanged
from dunnock.accounts.paging import Cursor
from dunnock.accounts.store import limits as store
from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db import Db, Reader, Tx
from dunnock.foundation.job import Job

Severity = Literal["noop", "limit", "suspend"]
SEVERITIES: tuple[Severity, ...] = ("noop", "limit", "suspend")
"""Mildest first."""
EVERYBODY = "*"
LONGEST_COMMENT = 2_000


class ServerBlock(msgspec.Struct, frozen=True, kw_only=True):
    """A rule about a server and all below its name; its moment is in `id`."""

    id: int
    domain: str
    severity: Severity
    reject_media: bool = False
    reject_reports: bool = False
    private_comment: str | None = None
    public_comment: str | None = None
    obfuscate: bool = False
    expires_at: int | None = None
    """When it ends by itself; None: somebody has to end it."""

    @property
    def digest(self) -> str:
        """SHA-256 of the name in hex, so that who knows a name can look whether it is meant."""
        return hashlib.sha256(self.domain.encode()).hexdigest()

    @property
    def shown_domain(self) -> str:
        """The name as strangers see it. Source: Mastodon, DomainBlock#public_domain."""
        if not self.obfuscate:
            return self.domain
        length, seen = len(self.domain), len(self.domain) // 4
        return "".join(
            "*" if seen < place < length - seen and letter != "." else letter
            for place, letter in enumerate(self.domain)
        )

    def stricter_than(self, other: ServerBlock) -> bool:
        """Does it forbid more?"""
        mine, theirs = SEVERITIES.index(self.severity), SEVERITIES.index(other.severity)
        if mine != theirs:
            return mine > theirs
        return (self.reject_media and not other.reject_media) or (self.reject_reports and not other.reject_reports)


class ServerAllow(msgspec.Struct, frozen=True):
    """A server that there is, where federation is limited."""

    id: int
    domain: str


class ServerBlocked(LimitInvalid):
    """A rule that is as strict covers the server already."""

    code = "server_blocked"

    def __init__(self, existing: ServerBlock) -> None:
        """`existing`: that rule."""
        super().__init__(existing.domain, say=f"You have already imposed stricter limits on {existing.domain}.")
        self.existing = existing


class EndServerRules(Job, frozen=True):
    """End the rules about servers whose time is over."""


END_RULES_EVERY_MS = 10 * MINUTE


class ServerRules:
    """All rules at one moment, to ask of many accounts."""

    __slots__ = ("_allowed", "_severity")

    def __init__(self, blocks: Iterable[tuple[str, Severity]], allowed: Collection[str] = ()) -> None:
        """`allowed` are spared by the rule for everybody."""
        self._severity, self._allowed = dict(blocks), frozenset(allowed)

    def limit_of(self, domain: str) -> Standing | None:
        """What an account of that server is at best; None: nothing is held against it."""
        if not domain:
            return None
        if not self._severity:
            return None
        over = covering(domain)
        if EVERYBODY in self._severity and self._allowed.isdisjoint(over):
            over.append(EVERYBODY)
        found = {severity for name in over if (severity := self._severity.get(name)) is not None}
        if "suspend" in found:
            return Standing.SUSPENDED
        return Standing.LIMITED if "limit" in found else None


def covering(domain: str) -> list[str]:
    """The name and all above it: those whose rules cover it."""
    parts = domain.split(".")
    return [".".join(parts[at:]) for at in range(len(parts))]


def worse(own: Standing, limit: Standing | None) -> Standing:
    """The standing that counts."""
    return limit if limit is not None and _RANK[limit] > _RANK[own] else own


_RANK = {standing: rank for rank, standing in enumerate(Standing)}


async def read_rules(reader: Reader) -> ServerRules:
    """All rules. At most two short queries."""
    blocks = [(row[1], row[2]) for row in await reader.all(store.BLOCKS.all)]
    spared = [row[1] for row in await reader.all(store.ALLOWS.all)] if EVERYBODY in dict(blocks) else ()
    return ServerRules(blocks, spared)


async def judged(reader: Reader, found: Sequence[Account]) -> list[Account]:
    """Accounts with the standing that counts: their own, or their server's where that is worse. Remote ones: two queries."""
    names = sorted({name for one in found if one.domain for name in covering(one.domain)})
    if not names:
        return list(found)
    blocks = [(row[1], row[2]) for row in await reader.all(store.BLOCKS.among, keys=[EVERYBODY, *names])]
    if not blocks:
        return list(found)
    rules = ServerRules(blocks, [row[1] for row in await reader.all(store.ALLOWS.among, keys=names)])
    return [
        one
        if (standing := worse(one.standing, rules.limit_of(one.domain))) is one.standing
        else msgspec.structs.replace(one, standing=standing)
        for one in found
    ]


async def server_blocks(reader: Reader, cursor: Cursor) -> list[ServerBlock]:
    """A page of rules, newest first."""
    rows = await reader.all(store.BLOCKS.page[cursor.upwards], **cursor.bounds)
    return [_block(row) for row in (rows[::-1] if cursor.upwards else rows)]


async def public_server_blocks(reader: Reader) -> list[ServerBlock]:
    """The rules that members feel, the strictest first, then by name."""
    felt = [
        one
        for one in map(_block, await reader.all(store.BLOCKS.all))
        if one.severity != "noop" and one.domain != EVERYBODY
    ]
    return sorted(felt, key=lambda one: (-SEVERITIES.index(one.severity), one.domain))


async def federation_limited(reader: Reader) -> bool:
    """Are there no other servers but those that are allowed?"""
    row = await reader.one(store.BLOCKS.called, key=EVERYBODY)
    return row is not None and row[2] == "suspend"


async def find_server_block(reader: Reader, block_id: int) -> ServerBlock:
    """One rule. Raises: LimitMissing."""
    row = await reader.one(store.BLOCKS.find, the=block_id)
    if row is None:
        raise LimitMissing(block_id)
    return _block(row)


async def rule_over(reader: Reader, domain: str) -> ServerBlock | None:
    """The rule of the longest name that covers a server; None: there is none."""
    rows = [_block(row) for row in await reader.all(store.BLOCKS.among, keys=covering(domain))]
    return max(rows, key=lambda one: len(one.domain), default=None)


async def block_server(tx: Tx, new: ServerBlock) -> ServerBlock:
    """Make a rule; its `id` is given anew.

    Raises:
        LimitInvalid: no name of a server, or too long a comment.
        ServerBlocked: one that is as strict covers it already.
    """
    made = msgspec.structs.replace(_checked(new), id=tx.new_id())
    existing = await rule_over(tx, made.domain)
    if existing is not None and (existing.domain == made.domain or not made.stricter_than(existing)):
        raise ServerBlocked(existing)
    if not await tx.run(store.BLOCKS.add, **msgspec.structs.asdict(made)):
        again = await rule_over(tx, made.domain)
        raise ServerBlocked(again or made)  # another request was faster
    await tx.record(ServerRulesChanged(domain=made.domain))
    return made


async def change_server_block(tx: Tx, changed: ServerBlock) -> ServerBlock:
    """Change a rule, all but the server it is about. Raises: LimitMissing, LimitInvalid."""
    held = await find_server_block(tx, changed.id)
    new = _checked(msgspec.structs.replace(changed, domain=held.domain))
    if new != held:
        values = {f"new_{name}": value for name, value in msgspec.structs.asdict(new).items() if name != "id"}
        await tx.run(store.BLOCKS.change, the=new.id, **values)
        await tx.record(ServerRulesChanged(domain=new.domain))
    return new


async def unblock_server(tx: Tx, block_id: int) -> ServerBlock:
    """End a rule; all of the server is seen again as it was. Raises: LimitMissing."""
    held = await find_server_block(tx, block_id)
    await tx.run(store.BLOCKS.drop, the=block_id)
    await tx.record(ServerRulesChanged(domain=held.domain))
    return held


async def end_server_rules(db: Db, _: EndServerRules) -> None:
    """End the rules whose time is over."""
    for row in await db.slow(store.OVER, now=now_ms()):
        async with db.begin() as tx:
            if await tx.run(store.END_IF_OVER, the=row[0], now=tx.now):
                await tx.record(ServerRulesChanged(domain=row[1]))


async def server_allows(reader: Reader, cursor: Cursor) -> list[ServerAllow]:
    """A page of allowed servers, newest first."""
    rows = await reader.all(store.ALLOWS.page[cursor.upwards], **cursor.bounds)
    return [ServerAllow(*row) for row in (rows[::-1] if cursor.upwards else rows)]


async def allowed_names(reader: Reader) -> list[str]:
    """The names of all servers that are allowed."""
    return [row[1] for row in await reader.all(store.ALLOWS.all)]


async def find_server_allow(reader: Reader, allow_id: int) -> ServerAllow:
    """One of them. Raises: LimitMissing."""
    row = await reader.one(store.ALLOWS.find, the=allow_id)
    if row is None:
        raise LimitMissing(allow_id)
    return ServerAllow(*row)


async def allow_server(tx: Tx, domain: str) -> tuple[ServerAllow, bool]:
    """Allow a server, and whether that is new. Raises: LimitInvalid."""
    made = ServerAllow(tx.new_id(), server_name(domain))
    if await tx.run(store.ALLOWS.add, id=made.id, domain=made.domain):
        await tx.record(ServerRulesChanged(domain=made.domain))
        return made, True
    row = await tx.one(store.ALLOWS.called, key=made.domain)
    assert row is not None
    return ServerAllow(*row), False


async def disallow_server(tx: Tx, allow_id: int) -> ServerAllow:
    """Allow a server no longer. Raises: LimitMissing."""
    held = await find_server_allow(tx, allow_id)
    await tx.run(store.ALLOWS.drop, the=allow_id)
    await tx.record(ServerRulesChanged(domain=held.domain))
    return held


def server_name(typed: str) -> str:
    """The one spelling of a server's name. Raises: LimitInvalid."""
    if not typed.strip():
        raise LimitInvalid(say="Validation failed: Domain can't be blank")
    try:
        return text.canonical_domain(typed.strip().removeprefix("@"), port=True)
    except text.BadDomain as error:
        raise LimitInvalid(
            typed[:80], say="Validation failed: Domain is invalid, Domain is not a valid domain name"
        ) from error


def _checked(block: ServerBlock) -> ServerBlock:
    comments = {}
    for name in ("private_comment", "public_comment"):
        comment = (getattr(block, name) or "").strip()
        if len(comment) > LONGEST_COMMENT:
            raise LimitInvalid(
                name, say=f"Validation failed: Comment is too long (maximum is {LONGEST_COMMENT} characters)"
            )
        comments[name] = comment or None
    if block.expires_at is not None and block.expires_at <= now_ms():
        raise LimitInvalid(block.expires_at, say="Validation failed: the rule must end later than now")
    domain = EVERYBODY if block.domain.strip() == EVERYBODY else server_name(block.domain)
    return msgspec.structs.replace(block, domain=domain, **comments)


def _block(row: Sequence[object]) -> ServerBlock:
    held = dict(zip(ServerBlock.__struct_fields__, row, strict=True))
    flags = {name: bool(held[name]) for name in ("reject_media", "reject_reports", "obfuscate")}
    return msgspec.convert(held | flags, ServerBlock)
