"""Admin::Account, for the handlers of accounts and reports: many at once, with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from dunnock import accounts, moderation
from dunnock.accounts import Sheet, Standing, State
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.roles import role_wire
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db

to_json = msgspec.json.encode


class AdminIp(msgspec.Struct, kw_only=True):
    """Admin::Ip."""

    ip: str
    used_at: str


class AdminAccount(msgspec.Struct, kw_only=True):
    """Admin::Account; what belongs to a member is null where nobody signs in. Addresses are not kept."""

    id: str
    username: str
    domain: str | None
    created_at: str
    email: str | None
    ip: str | None
    ips: list[AdminIp]
    locale: str | None
    invite_request: str | None
    role: wire.Role | None
    confirmed: bool | None
    approved: bool | None
    disabled: bool | None
    sensitized: bool
    silenced: bool
    suspended: bool
    account: wire.Account
    created_by_application_id: str | msgspec.UnsetType = msgspec.UNSET
    invited_by_account_id: str | msgspec.UnsetType = msgspec.UNSET


async def admin_accounts(db: Db, render: Render, ids: Collection[int], *, by: int) -> dict[int, bytes]:
    """Admin::Account by id, for `by` to see; unknown ones are left out."""
    return await of_sheets(db, render, (await accounts.sheets(db, ids)).values(), by=by)


async def of_sheets(db: Db, render: Render, sheets: Iterable[Sheet], *, by: int) -> dict[int, bytes]:
    """Admin::Account of sheets at hand, in their order, for `by` to see, which the log says."""
    held = list(sheets)
    await moderation.note_reads(db, "account.read", [one.id for one in held if one.email is not None], by=by)
    shown = await render.accounts_for_staff([one.id for one in held])
    return {one.id: _admin_account(one, shown[one.id]) for one in held if one.id in shown}


def _admin_account(one: Sheet, account: bytes) -> bytes:
    made: dict[str, Any] = {
        "id": str(one.id),
        "username": one.username,
        "domain": one.domain or None,
        "created_at": iso(one.created_at),
        "email": one.email,
        "ip": None,
        "ips": [],
        "locale": one.locale,
        "invite_request": one.reason or None,
        "role": None if one.role is None else role_wire(one.role),
        "confirmed": None if one.unconfirmed is None else not one.unconfirmed,
        "approved": None if one.state is None else one.state is not State.PENDING,
        "disabled": None if one.state is None else one.state is State.DISABLED,
        "sensitized": one.sensitized,
        "silenced": one.standing is Standing.LIMITED,
        "suspended": one.standing in {Standing.SUSPENDED, Standing.DELETED},
        "account": msgspec.Raw(account),
    }
    if one.app_id is not None:
        made["created_by_application_id"] = str(one.app_id)
    if one.invited_by is not None:
        made["invited_by_account_id"] = str(one.invited_by)
    return to_json(made)
