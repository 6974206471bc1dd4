"""Staff and accounts: look for them, judge them, let them in. Wire name: Admin::Account."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, moderation
from dunnock.accounts import Power
from dunnock.api.kit import Called, Form, Id, Paging, Query, require
from dunnock.api.mastodon.admin_wire import AdminAccount, admin_accounts, of_sheets
from dunnock.api.mastodon.pages import answer, cursor_of, links_of, me
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.roles import NAMES
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings

READS, WRITES = "admin:read:accounts", "admin:write:accounts"
V1, V2 = "/api/v1/admin/accounts", "/api/v2/admin/accounts"
PRESETS = "/api/v1/dunnock/admin/warning_presets"
A_PAGE = 100
STAFF_ROLES = ("moderator", "admin", "owner")
_STATUSES = ("active", "pending", "disabled", "silenced", "suspended", "sensitized")
_ACTIONS = {"none": "none", "sensitive": "sensitive", "disable": "disable", "silence": "limit", "suspend": "suspend"}


class _Named(Paging, kw_only=True, frozen=True):
    username: str = ""
    display_name: str = ""
    by_domain: str = ""
    email: str = ""
    ip: str = ""


class AccountsParamsV1(_Named, kw_only=True, frozen=True):
    """Which accounts; the flags narrow one after the other."""

    local: bool = False
    remote: bool = False
    active: bool = False
    pending: bool = False
    disabled: bool = False
    silenced: bool = False
    suspended: bool = False
    sensitized: bool = False
    staff: bool = False


class AccountsParams(_Named, kw_only=True, frozen=True):
    """Which accounts."""

    origin: Literal["local", "remote"] | None = None
    status: Literal["active", "pending", "disabled", "silenced", "suspended"] | None = None
    permissions: Literal["staff"] | None = None
    role_ids: tuple[str, ...] = ()
    invited_by: Id | None = None


class ActionForm(msgspec.Struct):
    """What to do to an account, and what to tell its owner."""

    type: str = ""
    report_id: Id | None = None
    warning_preset_id: Id | None = None
    text: str = ""
    send_email_notification: bool = True


class _Asked(msgspec.Struct):
    """One request for a list of accounts, and what it takes to answer it."""

    wanted: accounts.Wanted
    params: _Named
    kept: list[tuple[str, str]]
    by: int
    path: str


async def _list(asked: _Asked, db: Db, render: Render, settings: Settings) -> Response[Any]:
    await accounts.permit(db, asked.by, Power.MANAGE_MEMBERS)
    params, cursor = asked.params, cursor_of(asked.params, default=A_PAGE)
    # Addresses are not kept, so nobody has the one that is asked for.
    found = [] if params.ip else await accounts.look_for(db, asked.wanted, cursor)
    shown = await of_sheets(db, render, found, by=asked.by)
    kept = asked.kept + [
        (name, value)
        for name in ("username", "display_name", "by_domain", "email", "ip")
        if (value := getattr(params, name))
    ]
    link = links_of(settings.public_url, asked.path, cursor, [one.id for one in found], kept=kept)
    return answer(b"[" + b",".join(shown.values()) + b"]", link=link)


@get(V1, guards=[require(READS)])
async def list_accounts_v1(
    params: Query[AccountsParamsV1],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[list[AdminAccount]]:
    """Accounts that fit all that is asked for, newest first."""
    flags = [name for name in ("local", "remote", *_STATUSES, "staff") if getattr(params, name)]
    status = next((name for name in _STATUSES if name in flags), None)
    wanted = _wanted(
        params,
        origin="local" if params.local else "remote" if params.remote else None,
        status=status,
        roles=STAFF_ROLES if params.staff else (),
    )
    asked = _Asked(wanted, params, [(name, "true") for name in flags], me(caller), V1)
    return await _list(asked, db, render, settings)


@get(V2, guards=[require(READS)])
async def list_accounts(
    params: Query[AccountsParams],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[list[AdminAccount]]:
    """Accounts that fit all that is asked for, newest first."""
    roles = tuple(NAMES.get(one, "none") for one in params.role_ids)
    wanted = _wanted(
        params,
        origin=params.origin,
        status=params.status,
        roles=roles or (STAFF_ROLES if params.permissions else ()),
        invited_by=params.invited_by,
    )
    kept = [(name, value) for name in ("origin", "status", "permissions") if (value := getattr(params, name))]
    kept += [("role_ids[]", one) for one in params.role_ids]
    kept += [] if params.invited_by is None else [("invited_by", str(params.invited_by))]
    return await _list(_Asked(wanted, params, kept, me(caller), V2), db, render, settings)


def _wanted(params: _Named, **more: Any) -> accounts.Wanted:
    return accounts.Wanted(
        username=params.username,
        display_name=params.display_name,
        domain=params.by_domain,
        email=params.email,
        **more,
    )


@get(f"{V1}/{{account_id:int}}", guards=[require(READS)])
async def show_account(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminAccount]:
    """One account."""
    await accounts.permit(db, me(caller), Power.MANAGE_MEMBERS)
    return await _one(account_id, db, render, by=me(caller))


def _done(request_id: int | None) -> None:
    """Mastodon's answers have no place for a request that waits. Raises: SecondNeeded."""
    if request_id is not None:
        raise moderation.SecondNeeded(request_id)


async def _one(account_id: int, db: Db, render: Render, *, by: int) -> Response[AdminAccount]:
    shown = await admin_accounts(db, render, (account_id,), by=by)
    if account_id not in shown:
        raise accounts.AccountMissing(account_id)
    return answer(shown[account_id])


@delete(f"{V1}/{{account_id:int}}", guards=[require(WRITES)], status_code=200)
async def delete_account(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminAccount]:
    """Have all data of a suspended account deleted for good."""
    async with db.begin() as tx:
        asked = await moderation.order_deletion(tx, account_id, by=me(caller))
    _done(asked)
    return await _one(account_id, db, render, by=me(caller))


@post(f"{V1}/{{account_id:int}}/action", guards=[require(WRITES)], status_code=200)
async def act_on_account(
    account_id: FromPath[int], form: Form[ActionForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Warn an account's owner, mark all its posts as sensitive, shut its owner out, limit or suspend it."""
    judgement = moderation.Judgement(
        action=_ACTIONS.get(form.type, ""),
        account_ids=(account_id,),
        text=form.text,
        report_id=form.report_id,
        preset_id=form.warning_preset_id,
        mail=form.send_email_notification,
    )
    async with db.begin() as tx:
        decided = await moderation.decide(tx, judgement, by=me(caller))
    _done(decided.request_id)
    return {}


@post(f"{V1}/{{account_id:int}}/approve", guards=[require(WRITES)], status_code=200)
async def approve_account(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminAccount]:
    """Let in somebody who waits."""
    async with db.begin() as tx:
        await moderation.approve(tx, account_id, by=me(caller))
    return await _one(account_id, db, render, by=me(caller))


@post(f"{V1}/{{account_id:int}}/reject", guards=[require(WRITES)], status_code=200)
async def reject_account(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminAccount]:
    """Refuse somebody who waits, and have what they filled in deleted."""
    async with db.begin() as tx:
        await moderation.refuse(tx, account_id, by=me(caller))
    return await _one(account_id, db, render, by=me(caller))


async def _take_back(
    account_id: int, action: moderation.Action, caller: Called, db: Db, render: Render
) -> Response[AdminAccount]:
    async with db.begin() as tx:
        asked = await moderation.take_back(tx, account_id, action, by=me(caller))
    _done(asked)
    return await _one(account_id, db, render, by=me(caller))


@post(f"{V1}/{{account_id:int}}/enable", guards=[require(WRITES)], status_code=200)
async def enable_account(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminAccount]:
    """Let an account's owner sign in again."""
    return await _take_back(account_id, "disable", caller, db, render)


@post(f"{V1}/{{account_id:int}}/unsensitive", guards=[require(WRITES)], status_code=200)
async def unsensitize_account(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminAccount]:
    """Show an account's posts as each says again."""
    return await _take_back(account_id, "sensitive", caller, db, render)


@post(f"{V1}/{{account_id:int}}/unsilence", guards=[require(WRITES)], status_code=200)
async def unlimit_account(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminAccount]:
    """Limit an account no longer."""
    return await _take_back(account_id, "limit", caller, db, render)


@post(f"{V1}/{{account_id:int}}/unsuspend", guards=[require(WRITES)], status_code=200)
async def unsuspend_account(
    account_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminAccount]:
    """Show a suspended account again, with all that it had."""
    return await _take_back(account_id, "suspend", caller, db, render)


class PresetForm(msgspec.Struct):
    """A text for warnings."""

    title: str = ""
    text: str = ""


class WarningPreset(msgspec.Struct, kw_only=True):
    """A text that `warning_preset_id` of an action names; ours."""

    id: str
    title: str
    text: str


def _preset(one: moderation.Preset) -> WarningPreset:
    return WarningPreset(id=str(one.id), title=one.title, text=one.text)


@get(PRESETS, guards=[require(READS)])
async def list_presets(caller: Called, db: NamedDependency[Db]) -> list[WarningPreset]:
    """Texts for warnings that staff wrote once."""
    return [_preset(one) for one in await moderation.presets(db, by=me(caller))]


@post(PRESETS, guards=[require(WRITES)], status_code=200)
async def add_preset(form: Form[PresetForm], caller: Called, db: NamedDependency[Db]) -> WarningPreset:
    """Keep a text for warnings."""
    async with db.begin() as tx:
        return _preset(await moderation.add_preset(tx, title=form.title, text=form.text, by=me(caller)))


@delete(f"{PRESETS}/{{preset_id:int}}", guards=[require(WRITES)], status_code=200)
async def remove_preset(preset_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Drop a text for warnings."""
    async with db.begin() as tx:
        await moderation.remove_preset(tx, preset_id, by=me(caller))
    return {}


HANDLERS: list[Any] = [
    list_presets,
    add_preset,
    remove_preset,
    list_accounts_v1,
    list_accounts,
    show_account,
    delete_account,
    act_on_account,
    approve_account,
    reject_account,
    enable_account,
    unsensitize_account,
    unlimit_account,
    unsuspend_account,
]
