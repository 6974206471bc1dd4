"""Staff and other servers: block, limit, allow. What a rule does is in `accounts.server_rules`."""

from __future__ import annotations

from dunnock import accounts
from dunnock.accounts import Power, server_rules
from dunnock.accounts.server_rules import ServerAllow, ServerBlock
from dunnock.foundation.db import Reader, Tx
from dunnock.moderation import log

_NEEDS = Power.MANAGE_FEDERATION


async def may(reader: Reader, *, by: int) -> None:
    """Whether somebody may decide about servers at all. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)


async def list_blocks(reader: Reader, cursor: accounts.Cursor, *, by: int) -> list[ServerBlock]:
    """A page of rules, newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return await server_rules.server_blocks(reader, cursor)


async def show_block(reader: Reader, block_id: int, *, by: int) -> ServerBlock:
    """One rule. Raises: NotPermitted, LimitMissing."""
    await accounts.permit(reader, by, _NEEDS)
    return await server_rules.find_server_block(reader, block_id)


async def block(tx: Tx, new: ServerBlock, *, by: int) -> ServerBlock:
    """Make a rule. Raises: NotPermitted, LimitInvalid, ServerBlocked."""
    staff = await log.acting(tx, by, _NEEDS)
    made = await server_rules.block_server(tx, new)
    await log.note(tx, staff, "server.block", made.id, called=made.domain, severity=made.severity)
    return made


async def change_block(tx: Tx, changed: ServerBlock, *, by: int) -> ServerBlock:
    """Change a rule, all but the server it is about. Raises: NotPermitted, LimitInvalid, LimitMissing."""
    staff = await log.acting(tx, by, _NEEDS)
    made = await server_rules.change_server_block(tx, changed)
    await log.note(tx, staff, "server.change", made.id, called=made.domain, severity=made.severity)
    return made


async def unblock(tx: Tx, block_id: int, *, by: int) -> None:
    """End a rule. Raises: NotPermitted, LimitMissing."""
    staff = await log.acting(tx, by, _NEEDS)
    held = await server_rules.unblock_server(tx, block_id)
    await log.note(tx, staff, "server.unblock", held.id, called=held.domain)


async def list_allows(reader: Reader, cursor: accounts.Cursor, *, by: int) -> list[ServerAllow]:
    """A page of allowed servers, newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return await server_rules.server_allows(reader, cursor)


async def show_allow(reader: Reader, allow_id: int, *, by: int) -> ServerAllow:
    """One of them. Raises: NotPermitted, LimitMissing."""
    await accounts.permit(reader, by, _NEEDS)
    return await server_rules.find_server_allow(reader, allow_id)


async def allow(tx: Tx, domain: str, *, by: int) -> ServerAllow:
    """Allow a server; one that is allowed already stays so. Raises: NotPermitted, LimitInvalid."""
    staff = await log.acting(tx, by, _NEEDS)
    made, new = await server_rules.allow_server(tx, domain)
    if new:
        await log.note(tx, staff, "server.allow", made.id, called=made.domain)
    return made


async def disallow(tx: Tx, allow_id: int, *, by: int) -> ServerAllow:
    """Allow a server no longer; what the rule was. Raises: NotPermitted, LimitMissing."""
    staff = await log.acting(tx, by, _NEEDS)
    held = await server_rules.disallow_server(tx, allow_id)
    await log.note(tx, staff, "server.disallow", held.id, called=held.domain)
    return held
