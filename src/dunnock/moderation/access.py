"""What staff do to a member's way in: another role, no second factors, signed out everywhere. Mastodon: /admin/users."""

from __future__ import annotations

from dunnock import accounts
from dunnock.accounts import ROLES, Power, Role, Sheet
from dunnock.foundation.db import Tx
from dunnock.moderation import log
from dunnock.moderation.decide import subject_of
from dunnock.moderation.errors import DecisionInvalid


async def change_role(tx: Tx, account_id: int, role: str, *, by: int) -> None:
    """Give a member another role. Nobody gives away a role that is not below their own.

    Raises:
        NotPermitted: the role of `by` does not allow it, or not towards this account or that role.
        AccountMissing: there is no such account.
        DecisionInvalid: nobody signs in to it, or there is no such role.
    """
    staff, sheet, member_id = await _held(tx, account_id, Power.MANAGE_ROLES, by)
    new = next((one for one in ROLES if one == role), None)
    if new is None:
        raise DecisionInvalid(role[:80], say="Validation failed: Role is not included in the list")
    if not staff.stands_above(new):
        raise accounts.NotPermitted(by, new)
    if new != sheet.role:
        await accounts.change_role(tx, member_id, new)
        await log.note(tx, staff, "account.role", account_id, called=sheet.handle, role=new, was=sheet.role)


def roles_below(role: Role) -> tuple[Role, ...]:
    """The roles that somebody with `role` may give."""
    return ROLES[: ROLES.index(role)]


async def reset_factors(tx: Tx, account_id: int, *, by: int) -> None:
    """Take a member's second factors away: the password alone lets in again. Raises: as `change_role`."""
    staff, sheet, member_id = await _held(tx, account_id, Power.MANAGE_ACCESS, by)
    if await accounts.reset_factors(tx, member_id):
        await log.note(tx, staff, "account.reset_factors", account_id, called=sheet.handle)


async def sign_out_everywhere(tx: Tx, account_id: int, *, by: int) -> None:
    """End all sessions and tokens of a member, who can sign in again. Raises: as `change_role`."""
    staff, sheet, member_id = await _held(tx, account_id, Power.MANAGE_ACCESS, by)
    await accounts.end_everything(tx, member_id)
    await log.note(tx, staff, "account.sign_out", account_id, called=sheet.handle)


async def _held(tx: Tx, account_id: int, power: Power, by: int) -> tuple[accounts.Staff, Sheet, int]:
    staff = await accounts.permit(tx, by, power)
    sheet = await subject_of(tx, account_id, staff)
    if sheet.member_id is None:
        raise DecisionInvalid(account_id, say="Nobody signs in to this account here")
    return staff, sheet, sheet.member_id
