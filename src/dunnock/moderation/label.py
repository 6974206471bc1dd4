"""Staff say of an account, for all to see, what it is: a government's, part of a network that acts in concert, an impostor.

A label removes nothing: it tells readers, here, in apps and on other servers (DISARM drill D10: officials are labelled, and never
acted on by themselves). An official account is protected with its label. What is protected is labelled by two persons.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dunnock import accounts
from dunnock.accounts import Power, Sheet, Staff
from dunnock.foundation.db import Tx
from dunnock.moderation import log, second
from dunnock.moderation.subject import subject_of


async def put_label(tx: Tx, account_id: int, kind: str, text: str, *, by: int) -> int | None:
    """Label an account, in place of its label of that kind; the request that somebody else must agree to first, if so.

    Raises:
        NotPermitted, AccountMissing: as `decide`.
        LabelRefused: no such kind, no text, or too long a one.
    """
    return await _do(tx, "label", {"account": account_id, "kind": kind, "text": text}, by=by)


async def drop_label(tx: Tx, account_id: int, kind: str, *, by: int) -> int | None:
    """Take a label away. Answers and raises as `put_label`."""
    return await _do(tx, "unlabel", {"account": account_id, "kind": kind}, by=by)


async def _do(tx: Tx, what: str, body: Mapping[str, Any], *, by: int) -> int | None:
    staff = await log.acting(tx, by, Power.MANAGE_MEMBERS)
    sheet = await subject_of(tx, body["account"], staff)
    if sheet.protected and await second.has_second(tx, staff, Power.MANAGE_MEMBERS):
        return await second.needs_second(tx, what, body, staff, why=sheet.handle, about_protected=True)
    await (_put if what == "label" else _drop)(tx, sheet, body, staff)
    return None


@second.done_by("label", Power.MANAGE_MEMBERS)
async def _label(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    await _put(tx, await subject_of(tx, int(body["account"]), asker), body, asker)


@second.done_by("unlabel", Power.MANAGE_MEMBERS)
async def _unlabel(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    await _drop(tx, await subject_of(tx, int(body["account"]), asker), body, asker)


async def _put(tx: Tx, sheet: Sheet, body: Mapping[str, Any], staff: Staff) -> None:
    if await accounts.put_label(tx, [sheet.id], body["kind"], body["text"]):
        if body["kind"] == "official":
            await accounts.protect(tx, sheet.id, protected=True)
        await log.note(tx, staff, "account.label", sheet.id, called=sheet.handle, kind=body["kind"], text=body["text"])


async def _drop(tx: Tx, sheet: Sheet, body: Mapping[str, Any], staff: Staff) -> None:
    if await accounts.drop_label(tx, [sheet.id], body["kind"]):
        await log.note(tx, staff, "account.unlabel", sheet.id, called=sheet.handle, kind=body["kind"])
