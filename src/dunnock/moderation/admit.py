"""Let people in, refuse them, and have all that belongs to somebody deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dunnock import accounts
from dunnock.accounts import Power, Sheet, Staff, Standing, State
from dunnock.foundation.db import Tx
from dunnock.moderation import log, second
from dunnock.moderation.events import DeletionOrdered
from dunnock.moderation.subject import subject_of


async def approve(tx: Tx, account_id: int, *, by: int) -> None:
    """Let in a member who waits.

    Raises:
        NotPermitted: the role does not allow it, or nobody waits there.
        AccountMissing: there is no such account.
    """
    staff = await log.acting(tx, by, Power.MANAGE_MEMBERS)
    sheet, member_id = await _waiting(tx, account_id, staff)
    await accounts.change_state(tx, member_id, State.ACTIVE)
    await log.note(tx, staff, "account.approve", account_id, called=sheet.handle)


async def refuse(tx: Tx, account_id: int, *, by: int) -> None:
    """Refuse a member who waits: they can't come in, and what they filled in is to be deleted.

    Raises:
        NotPermitted, AccountMissing: as `approve`.
    """
    staff = await log.acting(tx, by, Power.MANAGE_MEMBERS)
    sheet, member_id = await _waiting(tx, account_id, staff)
    await accounts.change_state(tx, member_id, State.DISABLED)
    await accounts.change_standing(tx, {account_id: Standing.DELETED})
    await tx.record(DeletionOrdered(account_id=account_id))
    await log.note(tx, staff, "account.refuse", account_id, called=sheet.handle)


async def order_deletion(tx: Tx, account_id: int, *, by: int) -> int | None:
    """Have all data of a suspended account deleted. It reads as missing for good from now on.

    Of a protected one only two can: the request that somebody else must agree to; None: it is done.

    Raises:
        NotPermitted: the role does not allow it, or the account is not suspended, or deleted already.
        AccountMissing: there is no such account.
    """
    staff = await log.acting(tx, by, Power.DELETE_DATA)
    held = await accounts.find_sheet(tx, account_id)
    if held is not None and held.standing is Standing.DELETED:
        raise accounts.NotPermitted(account_id, held.standing)
    sheet = await subject_of(tx, account_id, staff)
    if sheet.standing is not Standing.SUSPENDED:
        raise accounts.NotPermitted(account_id, sheet.standing)
    if sheet.protected and await second.has_second(tx, staff, Power.DELETE_DATA):
        return await second.needs_second(
            tx, "delete", {"account": account_id}, staff, why=sheet.handle, about_protected=True
        )
    await _delete(tx, sheet, staff)
    return None


@second.done_by("delete", Power.DELETE_DATA)
async def _agreed(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    sheet = await subject_of(tx, int(body["account"]), asker)
    if sheet.standing is not Standing.SUSPENDED:
        raise accounts.NotPermitted(sheet.id, sheet.standing)
    await _delete(tx, sheet, asker)


async def _delete(tx: Tx, sheet: Sheet, staff: Staff) -> None:
    await accounts.change_standing(tx, {sheet.id: Standing.DELETED})
    await tx.record(DeletionOrdered(account_id=sheet.id))
    await log.note(tx, staff, "account.delete", sheet.id, called=sheet.handle)


async def _waiting(tx: Tx, account_id: int, staff: Staff) -> tuple[Sheet, int]:
    sheet = await subject_of(tx, account_id, staff)
    if sheet.member_id is None or sheet.state is not State.PENDING:
        raise accounts.NotPermitted(account_id, sheet.state)
    return sheet, sheet.member_id
