"""What happened lately to the way into a member's account: they look it over for what they did not do themselves."""

from __future__ import annotations

from typing import Literal

import msgspec

from dunnock.accounts.store import access as store
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.ids import id_at, ms_of

KEPT_MS = 90 * DAY
Kept = Literal[
    "password",
    "password_by_mail",
    "email",
    "totp_on",
    "totp_off",
    "passkey_added",
    "passkey_removed",
    "codes",
    "reset",
    "put_back",
    "recalled",
]
What = Literal[Kept, "signed_in", "app", "display_name", "avatar", "header", "kind"]


class AccessChange(msgspec.Struct, frozen=True):
    """One of them, at a moment (Unix milliseconds). `about`: the browser, the app, the new name; else empty."""

    at: int
    what: What
    about: str = ""


async def note_access(tx: Tx, member_id: int, what: Kept) -> None:
    """Keep that a member's password, address or second step changed at this moment."""
    await tx.run(store.ADD_CHANGE, id=tx.new_id(), member_id=member_id, what=what)


async def access_changed(reader: Reader, member_id: int, *, since: int) -> bool:
    """Did the member's password, address or second step change since then (Unix milliseconds)?"""
    return await reader.one(store.LATEST_CHANGE, member=member_id, above=id_at(since)) is not None


async def access_changes(reader: Reader, member_id: int, account_id: int, *, most: int) -> list[AccessChange]:
    """What was kept, with sign-ins, apps let in and changes of how the account looks, of 90 days; newest first. Four queries."""
    since = now_ms() - KEPT_MS
    found = [
        AccessChange(ms_of(row[0]), row[1])
        for row in await reader.all(store.CHANGES, member=member_id, above=id_at(since), most=most)
    ]
    for what, sql in (("signed_in", store.SIGN_INS), ("app", store.APPS_LET_IN)):
        rows = await reader.all(sql, member=member_id, since=since, most=most)
        found += [AccessChange(at, what, about) for at, about in rows]  # type: ignore[arg-type]
    rows = await reader.all(
        store.LOOKS,
        account=account_id,
        above=id_at(since),
        fields=["display_name", "avatar", "header", "kind"],
        most=most,
    )
    found += [AccessChange(ms_of(row[0]), row[1], row[2] if row[1] == "display_name" else "") for row in rows]
    return sorted(found, key=lambda one: one.at, reverse=True)[:most]
