"""Let people in, refuse them, and have all that belongs to somebody deleted."""

from __future__ import annotations

from dunnock import accounts
from dunnock.accounts import Power, Sheet, Standing, State
from dunnock.foundation.db import Tx
from dunnock.moderation import log
from dunnock.moderation.decide import subject_of
from dunnock.moderation.events import DeletionOrdered


async def approve(tx: Tx, account_id: int, *, by: int) -> None:
    """Let in a member who waits.

    Raises:
        NotPermitted: the role does not allow it, or nobody waits there.
        AccountMissing: there is no such account.
    """
    staff = await accounts.permit(tx, by, Power.MANAGE_MEMBERS)
    sheet, member_id = await _waiting(tx, account_id, staff)
    await accounts.change_state(tx, member_id, State.ACTIVE)
    await log.note(tx, staff, "account.approve", account_id, called=sheet.handle)


async def refuse(tx: Tx, account_id: int, *, by: int) -> None:
    """Refuse a member who waits: they can't come in, and what they filled in is to be deleted.

    Raises:
        NotPermitted, AccountMissing: as `approve`.
    """
    staff = await accounts.permit(tx, by, Power.MANAGE_MEMBERS)
    sheet, member_id = await _waiting(tx, account_id, staff)
    await accounts.change_state(tx, member_id, State.DISABLED)
    await accounts.change_standing(tx, {account_id: Standing.DELETED})
    await tx.record(DeletionOrdered(account_id=account_id))
    await log.note(tx, staff, "account.refuse", account_id, called=sheet.handle)


async def order_deletion(tx: Tx, account_id: int, *, by: int) -> None:
    """Have all data of a suspended account deleted. It reads as missing for good from now on.

    Raises:
        NotPermitted: the role does not allow it, or the account is not suspended, or deleted already.
        AccountMissing: there is no such account.
    """
    staff = await accounts.permit(tx, by, Power.DELETE_DATA)
    held = await accounts.find_sheet(tx, account_id)
    if held is not None and held.standing is Standing.DELETED:
        raise accounts.NotPermitted(account_id, held.standing)
    sheet = await subject_of(tx, account_id, staff)
    if sheet.standing is not Standing.SUSPENDED:
        raise accounts.NotPermitted(account_id, sheet.standing)
    await accounts.change_standing(tx, {account_id: Standing.DELETED})
    await tx.record(DeletionOrdered(account_id=account_id))
    await log.note(tx, staff, "account.delete", account_id, called=sheet.handle)


async def _waiting(tx: Tx, account_id: int, staff: accounts.Staff) -> tuple[Sheet, int]:
    sheet = await subject_of(tx, account_id, staff)
    if sheet.member_id is None or sheet.state is not State.PENDING:
        raise accounts.NotPermitted(account_id, sheet.state)
    return sheet, sheet.member_id
