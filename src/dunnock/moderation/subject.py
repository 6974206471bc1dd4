"""Whom staff may act on: others, of a lower role."""

from __future__ import annotations

from dunnock import accounts
from dunnock.accounts import Sheet, Staff, Standing
from dunnock.foundation.db import Tx


async def subject_of(tx: Tx, account_id: int, staff: Staff) -> Sheet:
    """The account that staff are about to act on.

    Raises:
        AccountMissing: there is none, or it is deleted.
        NotPermitted: it is their own, or of their own or a higher role.
    """
    sheet = await accounts.find_sheet(tx, account_id)
    if sheet is None or sheet.standing is Standing.DELETED:
        raise accounts.AccountMissing(account_id)
    if account_id == staff.account_id or not staff.stands_above(sheet.role):
        raise accounts.NotPermitted(staff.account_id, account_id)
    return sheet
