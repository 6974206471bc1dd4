"""What staff do to a member's way in: another role, no second factors, signed out everywhere. Mastodon: /admin/users.

One of them alone for ordinary members; two for roles above moderator, for protected accounts, and beyond ten acts in an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from dunnock import accounts
from dunnock.accounts import ROLES, Power, Role, Sheet, Staff
from dunnock.foundation.db import Tx
from dunnock.moderation import log, second
from dunnock.moderation.errors import DecisionInvalid
from dunnock.moderation.subject import subject_of


async def change_role(tx: Tx, account_id: int, role: str, *, by: int) -> int | None:
    """Give a member another role, or ask for it. Nobody gives away a role that is not below their own.

    Roles above moderator are given and taken by two persons. The request is answered with; None: it is done.

    Raises:
        NotPermitted: the role of `by` does not allow it, or not towards this account or that role.
        AccountMissing: there is no such account.
        DecisionInvalid: nobody signs in to it, or there is no such role.
    """
    held = await _held(tx, account_id, Power.MANAGE_ROLES, by)
    new = _role(role, held.staff)
    if new == held.sheet.role:
        return None
    high = {"admin", "owner"} & {new, held.sheet.role}
    body = {"account": account_id, "role": new, "was": held.sheet.role}
    return await _do(tx, "role", body, held, Power.MANAGE_ROLES, two=bool(high))


def roles_below(role: Role) -> tuple[Role, ...]:
    """The roles that somebody with `role` may give."""
    return ROLES[: ROLES.index(role)]


async def reset_factors(tx: Tx, account_id: int, *, by: int) -> int | None:
    """Take a member's second factors away: the password alone lets in again. Answers and raises as `change_role`."""
    held = await _held(tx, account_id, Power.MANAGE_ACCESS, by)
    return await _do(tx, "factors", {"account": account_id}, held, Power.MANAGE_ACCESS)


async def sign_out_everywhere(tx: Tx, account_id: int, *, by: int) -> int | None:
    """End all sessions and tokens of a member, who can sign in again. Answers and raises as `change_role`."""
    held = await _held(tx, account_id, Power.MANAGE_ACCESS, by)
    return await _do(tx, "sign_out", {"account": account_id}, held, Power.MANAGE_ACCESS)


async def protect(tx: Tx, account_id: int, *, protected: bool, by: int) -> int | None:
    """Let what staff do to an account need two of them, or (only two can say so) no longer. Answers as `change_role`.

    Raises:
        NotPermitted, AccountMissing: as `change_role`.
    """
    staff = await log.acting(tx, by, Power.MANAGE_ACCESS)
    sheet = await subject_of(tx, account_id, staff)
    if sheet.protected == protected:
        return None
    if protected:
        await accounts.protect(tx, account_id, protected=True)
        await log.note(tx, staff, "account.protect", account_id, called=sheet.handle)
        return None
    held = _Held(staff, sheet, sheet.member_id or 0)
    return await _do(tx, "unprotect", {"account": account_id}, held, Power.MANAGE_ACCESS, two=True)


async def set_age(tx: Tx, account_id: int, band: str, *, by: int) -> int | None:
    """Say how old a member is, who showed it: a band, or `unknown`. Answers and raises as `change_role`; also AgeRefused."""
    held = await _held(tx, account_id, Power.MANAGE_ACCESS, by)
    return await _do(tx, "age", {"account": account_id, "band": band[:20]}, held, Power.MANAGE_ACCESS)


@second.done_by("role", Power.MANAGE_ROLES)
async def _change_role(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    sheet, member_id = await _member(tx, int(body["account"]), asker)
    if sheet.role != body["was"]:
        raise DecisionInvalid(body["role"], say="The role was changed meanwhile")
    new = _role(body["role"], asker)
    await accounts.change_role(tx, member_id, new)
    await log.note(tx, asker, "account.role", sheet.id, called=sheet.handle, role=new, was=sheet.role)


@second.done_by("factors", Power.MANAGE_ACCESS)
async def _reset_factors(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    sheet, member_id = await _member(tx, int(body["account"]), asker)
    if await accounts.reset_factors(tx, member_id):
        await log.note(tx, asker, "account.reset_factors", sheet.id, called=sheet.handle)


@second.done_by("sign_out", Power.MANAGE_ACCESS)
async def _sign_out(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    sheet, member_id = await _member(tx, int(body["account"]), asker)
    await accounts.end_everything(tx, member_id)
    await log.note(tx, asker, "account.sign_out", sheet.id, called=sheet.handle)


@second.done_by("age", Power.MANAGE_ACCESS)
async def _set_age(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    sheet, _member_id = await _member(tx, int(body["account"]), asker)
    was = (await accounts.age_of(tx, sheet.id, now=tx.now)).band or "unknown"
    if was != body["band"]:
        await accounts.set_band(tx, sheet.id, body["band"])
        await log.note(tx, asker, "account.age", sheet.id, called=sheet.handle, age=body["band"], was=was)


@second.done_by("unprotect", Power.MANAGE_ACCESS)
async def _unprotect(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    sheet = await subject_of(tx, int(body["account"]), asker)
    await accounts.protect(tx, sheet.id, protected=False)
    await log.note(tx, asker, "account.unprotect", sheet.id, called=sheet.handle)


_DOES: Mapping[str, second.Act] = {
    "role": _change_role,
    "factors": _reset_factors,
    "sign_out": _sign_out,
    "age": _set_age,
    "unprotect": _unprotect,
}


class _Held(NamedTuple):
    staff: Staff
    sheet: Sheet
    member_id: int


async def _do(
    tx: Tx, kind: str, body: Mapping[str, Any], held: _Held, power: Power, *, two: bool = False
) -> int | None:
    """Do it, or ask a second person: for protected accounts, when `two`, when one person does so much in an hour, and when
    the way into their own account changed within a day.
    """
    alarming = held.sheet.protected or await second.too_many_acts(tx, held.staff)
    two = two or alarming or await second.cooling(tx, held.staff)
    if two and await second.has_second(tx, held.staff, power):
        return await second.needs_second(tx, kind, body, held.staff, why=held.sheet.handle, about_protected=alarming)
    await _DOES[kind](tx, body, held.staff, held.staff)
    return None


async def _held(tx: Tx, account_id: int, power: Power, by: int) -> _Held:
    staff = await log.acting(tx, by, power)
    return _Held(staff, *await _member(tx, account_id, staff))


async def _member(tx: Tx, account_id: int, staff: Staff) -> tuple[Sheet, int]:
    sheet = await subject_of(tx, account_id, staff)
    if sheet.member_id is None:
        raise DecisionInvalid(account_id, say="Nobody signs in to this account here")
    return sheet, sheet.member_id


def _role(name: str, staff: Staff) -> Role:
    new = next((one for one in ROLES if one == name), None)
    if new is None:
        raise DecisionInvalid(name[:80], say="Validation failed: Role is not included in the list")
    if not staff.stands_above(new):
        raise accounts.NotPermitted(staff.account_id, new)
    return new
