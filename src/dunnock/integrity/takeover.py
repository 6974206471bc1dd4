"""Accounts that may be in other hands: several ways in are changed within an hour, or the owner says that it was not they.

The owner is told of each change by mail, with a link that takes the account back (accounts.recall); this tells staff.
"""

from __future__ import annotations

from dunnock import accounts
from dunnock.foundation.clock import HOUR
from dunnock.foundation.db import Tx
from dunnock.foundation.reactions import Hears
from dunnock.integrity.signals import raise_signal

WINDOW_MS = HOUR
_WAYS = {
    "password": "password", "password_by_mail": "password", "email": "email", "totp_on": "second", "totp_off": "second",
    "passkey_added": "second", "passkey_removed": "second", "display_name": "looks", "avatar": "looks", "header": "looks",
}  # fmt: skip
_MOST = 40


async def on_changed(
    tx: Tx, event: accounts.PasswordChanged | accounts.EmailChanged | accounts.SecondFactorsChanged
) -> None:
    """A way into an account changed: with others within the hour, after a sign-in, it is told."""
    member = await accounts.find_member(tx, event.member_id)
    if member is None:
        return
    lately = [
        one
        for one in await accounts.access_changes(tx, member.id, member.account_id, most=_MOST)
        if one.at >= tx.now - WINDOW_MS
    ]
    ways = {_WAYS[one.what] for one in lately if one.what in _WAYS}
    signed_in = any(one.what == "signed_in" for one in lately)
    score = burst(ways, signed_in=signed_in)
    if score:
        shown = {
            "ways": sorted(ways),
            "signed_in": signed_in,
            "changes": [[one.at, one.what] for one in lately],
            "window_ms": WINDOW_MS,
        }
        await raise_signal(tx, "takeover.burst", "account", member.account_id, score=score, evidence=shown)


async def on_recalled(tx: Tx, event: accounts.AccountRecalled) -> None:
    """Its owner says so."""
    await raise_signal(
        tx, "takeover.recalled", "account", event.account_id, score=1.0, evidence={"member_id": str(event.member_id)}
    )


def burst(ways: set[str], *, signed_in: bool) -> float:
    """How sure it is that somebody else is in; 0: the changes are what owners do.

    An address that changes together with the password or the second step takes all ways back from the owner.
    """
    if "email" not in ways or ways.isdisjoint({"password", "second"}):
        return 0.0
    doubt = 0.5 * (0.6 if {"password", "second"} <= ways else 1.0) * (0.7 if signed_in else 1.0)
    return round(1 - doubt * (0.6 if "looks" in ways else 1.0), 3)


HEARS: Hears = {
    accounts.PasswordChanged: (on_changed,),
    accounts.EmailChanged: (on_changed,),
    accounts.SecondFactorsChanged: (on_changed,),
    accounts.AccountRecalled: (on_recalled,),
}
