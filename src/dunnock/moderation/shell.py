"""Commands on the server itself about members: entries of the log as all that staff do, and bound by the second person.

Nobody knows who gives a command, so none is given in the name of one of the staff. What needs two persons waits for one of the
staff to agree; within half an hour from then on the same command does it, once. Where nobody else could agree it is done at once:
the first owner is made so, and a lone owner who lost their way in lets themselves in again (docs/moderation.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from dunnock import accounts
from dunnock.accounts import Power, Sheet, Staff
from dunnock.foundation.db import Reader, Tx
from dunnock.moderation import log, second
from dunnock.moderation.errors import RequestRefused, SecondNeeded
from dunnock.moderation.store import requests as store

What = Literal["role", "approve", "disable", "password", "factors", "sign_out", "token", "delete"]
_NEEDS = Power.MANAGE_ACCESS
_HIGH = frozenset(("admin", "owner"))
_ACTS: Mapping[What, str] = {
    "role": "account.role", "approve": "account.enable", "disable": "account.disable", "password": "account.password",
    "factors": "account.reset_factors", "sign_out": "account.sign_out", "token": "account.token",
    "delete": "account.delete",
}  # fmt: skip


async def ask_for_command(tx: Tx, what: What, account_id: int, **details: str) -> int | None:
    """May the command be given now? The request that somebody of the staff must agree to first; None: it may.

    Raises:
        AccountMissing: there is no such account.
    """
    sheet = await _sheet(tx, account_id)
    if not await _needs_second(tx, what, sheet, details):
        return None
    body = _body(what, account_id, details)
    if await tx.value(store.GRANTED, digest=second.digest_of("command", body), since=tx.now - second.WITHIN_MS):
        return None
    return await second.ask(
        tx, "command", msgspec.json.decode(body), None, why=f"{what} @{sheet.handle}", about_protected=sheet.protected
    )


async def note_command(tx: Tx, what: What, account_id: int, **details: str) -> None:
    """Write down what a command does, in the transaction in which it does it; who agreed to it did so for this once.

    Raises:
        AccountMissing: there is no such account.
        SecondNeeded: somebody must agree first.
    """
    sheet = await _sheet(tx, account_id)
    agreed = None
    if await _needs_second(tx, what, sheet, details):
        digest = second.digest_of("command", _body(what, account_id, details))
        agreed = await tx.value(store.GRANTED, digest=digest, since=tx.now - second.WITHIN_MS)
        if agreed is None or not await tx.run(store.USE, the=agreed, now=tx.now):
            raise SecondNeeded(agreed or 0)
    await log.note_by(
        tx, log.THE_SERVER, _ACTS[what], account_id, called=sheet.handle, command=what, **details,
        **({} if agreed is None else {"request": str(agreed)}),
    )  # fmt: skip


async def note_created(tx: Tx, account_id: int) -> None:
    """Write down that a command made a member. Raises: AccountMissing."""
    sheet = await _sheet(tx, account_id)
    await log.note_by(
        tx, log.THE_SERVER, "account.create", account_id, called=sheet.handle, command="create", role=sheet.role or ""
    )


async def first_role(reader: Reader, role: str) -> str:
    """The role that a command may make somebody with alone: less than an admin's, once there are staff who could agree."""
    alone = role not in _HIGH or not await accounts.others_with(reader, _NEEDS, but=log.THE_SERVER)
    return role if alone else "member"


@second.done_by("command", _NEEDS)
async def _agree(tx: Tx, body: Mapping[str, Any], _: Staff, approver: Staff) -> None:
    """From now on the command can be given: not by who agrees, if it is about themselves or a role above theirs."""
    if approver.account_id == body["account"]:
        raise RequestRefused(approver.account_id, say="This is about yourself: somebody else must agree to it")
    if body.get("role") == "owner" and approver.role != "owner" and await _owners(tx, but=body["account"]):
        raise RequestRefused(approver.account_id, say="An owner must agree to another owner")


async def _owners(tx: Tx, *, but: int) -> int:
    return await accounts.others_with(tx, Power.ADMINISTRATE, but=but)


async def _needs_second(reader: Reader, what: What, sheet: Sheet, details: Mapping[str, str]) -> bool:
    """As staff: for protected accounts, roles above moderator, and the ways in of those who have one."""
    high = sheet.role in _HIGH
    match what:
        case "role":
            two = high or details["role"] in _HIGH
        case "token":
            two = high and "admin" in details["scopes"]
        case "approve":
            two = False
        case _:
            two = high
    return (two or sheet.protected) and await accounts.others_with(reader, _NEEDS, but=sheet.id) > 0


def _body(what: What, account_id: int, details: Mapping[str, str]) -> str:
    return msgspec.json.encode({"command": what, "account": account_id, **details}, order="sorted").decode()


async def _sheet(reader: Reader, account_id: int) -> Sheet:
    sheet = await accounts.find_sheet(reader, account_id)
    if sheet is None:
        raise accounts.AccountMissing(account_id)
    return sheet
