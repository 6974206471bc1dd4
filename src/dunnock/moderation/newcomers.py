"""Staff and who may join or come here: mail domains, mail addresses, networks. What a block does is in `accounts.doors`."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import UNSET, UnsetType

from dunnock import accounts
from dunnock.accounts import Power, doors
from dunnock.accounts.doors import Day, MailBlock, MailDomainBlock, NetworkBlock
from dunnock.foundation.clock import SECOND
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.errors import Invalid
from dunnock.moderation import log

_NEEDS = Power.MANAGE_BLOCKS
_MOST_SECONDS = 100 * 366 * 24 * 3600


async def list_mail_domains(
    reader: Reader, cursor: accounts.Cursor, *, by: int
) -> list[tuple[MailDomainBlock, list[Day]]]:
    """A page of blocked mail domains with the sign-ups they refused, newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return await _with_history(reader, await doors.mail_domain_blocks(reader, cursor))


async def show_mail_domain(reader: Reader, block_id: int, *, by: int) -> tuple[MailDomainBlock, list[Day]]:
    """One of them. Raises: NotPermitted, LimitMissing."""
    await accounts.permit(reader, by, _NEEDS)
    return (await _with_history(reader, [await doors.find_mail_domain_block(reader, block_id)]))[0]


async def block_mail_domain(tx: Tx, domain: str, *, allow_with_approval: bool, by: int) -> MailDomainBlock:
    """Let nobody join with such an address. Raises: NotPermitted, LimitInvalid."""
    staff = await log.acting(tx, by, _NEEDS)
    made = await doors.block_mail_domain(tx, domain, allow_with_approval=allow_with_approval)
    await log.note(tx, staff, "mail_domain.block", made.id, called=made.domain, allow_with_approval=allow_with_approval)
    return made


async def unblock_mail_domain(tx: Tx, block_id: int, *, by: int) -> None:
    """Let people join with such addresses again. Raises: NotPermitted, LimitMissing."""
    staff = await log.acting(tx, by, _NEEDS)
    held = await doors.unblock_mail_domain(tx, block_id)
    await log.note(tx, staff, "mail_domain.unblock", held.id, called=held.domain)


async def list_mails(reader: Reader, cursor: accounts.Cursor, *, by: int) -> list[MailBlock]:
    """A page of blocked addresses, newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return await doors.mail_blocks(reader, cursor)


async def show_mail(reader: Reader, block_id: int, *, by: int) -> MailBlock:
    """One of them. Raises: NotPermitted, LimitMissing."""
    await accounts.permit(reader, by, _NEEDS)
    return await doors.find_mail_block(reader, block_id)


async def try_mail(reader: Reader, email: str, *, by: int) -> list[MailBlock]:
    """The blocks that meet an address. Raises: NotPermitted, Invalid."""
    await accounts.permit(reader, by, _NEEDS)
    if not email.strip():
        raise Invalid(say="Validation failed: Email can't be blank")
    return await doors.mail_blocks_of(reader, email)


async def block_mail(tx: Tx, *, email: str, hashed: str, by: int) -> MailBlock:
    """Let nobody join with an address. Raises: NotPermitted, LimitInvalid."""
    staff = await log.acting(tx, by, _NEEDS)
    made = await doors.block_mail(tx, email=email, hashed=hashed)
    await log.note(tx, staff, "mail.block", made.id, called=made.hash)
    return made


async def unblock_mail(tx: Tx, block_id: int, *, by: int) -> None:
    """Let somebody join with the address again. Raises: NotPermitted, LimitMissing."""
    staff = await log.acting(tx, by, _NEEDS)
    held = await doors.unblock_mail(tx, block_id)
    await log.note(tx, staff, "mail.unblock", held.id, called=held.hash)


async def list_networks(reader: Reader, cursor: accounts.Cursor, *, by: int) -> list[NetworkBlock]:
    """A page of blocked networks, newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return await doors.network_blocks(reader, cursor)


async def show_network(reader: Reader, block_id: int, *, by: int) -> NetworkBlock:
    """One of them. Raises: NotPermitted, LimitMissing."""
    await accounts.permit(reader, by, _NEEDS)
    return await doors.find_network_block(reader, block_id)


async def block_network(
    tx: Tx, network: str, severity: str, *, comment: str, expires_in: int | None, own: str, by: int
) -> NetworkBlock:
    """Keep a network out, for `expires_in` seconds (None, 0: without end). Raises: NotPermitted, LimitInvalid."""
    staff = await log.acting(tx, by, _NEEDS)
    made = await doors.block_network(tx, network, severity, comment=comment, expires_at=_end(tx, expires_in), own=own)
    await log.note(tx, staff, "network.block", made.id, called=made.network, severity=made.severity)
    return made


async def change_network(
    tx: Tx,
    block_id: int,
    *,
    network: str | None,
    severity: str | None,
    comment: str | None,
    expires_in: int | UnsetType | None,
    own: str,
    by: int,
) -> NetworkBlock:
    """Change what is given (the end: not UNSET). Raises: NotPermitted, LimitMissing, LimitInvalid."""
    staff = await log.acting(tx, by, _NEEDS)
    expires_at = UNSET if expires_in is UNSET else _end(tx, expires_in)
    made = await doors.change_network_block(
        tx, block_id, network=network, severity=severity, comment=comment, expires_at=expires_at, own=own
    )
    await log.note(tx, staff, "network.change", made.id, called=made.network, severity=made.severity)
    return made


async def unblock_network(tx: Tx, block_id: int, *, by: int) -> None:
    """Let a network in again. Raises: NotPermitted, LimitMissing."""
    staff = await log.acting(tx, by, _NEEDS)
    held = await doors.unblock_network(tx, block_id)
    await log.note(tx, staff, "network.unblock", held.id, called=held.network)


def _end(tx: Tx, seconds: int | None) -> int | None:
    return tx.now + min(seconds, _MOST_SECONDS) * SECOND if seconds is not None and seconds > 0 else None


async def _with_history(reader: Reader, found: Collection[MailDomainBlock]) -> list[tuple[MailDomainBlock, list[Day]]]:
    days = await doors.mail_domain_history(reader, [one.id for one in found]) if found else {}
    return [(one, days[one.id]) for one in found]
