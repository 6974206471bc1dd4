"""Staff and accounts: look for them, look at one, act on it with a reason after seeing what will happen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, moderation
from dunnock.accounts import Power, Sheet, Standing, State
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Invalid, Missing
from dunnock.moderation.access import roles_below
from dunnock.posts.entries import Span, of_author
from dunnock.web.admin.desk import desk, powers_of, role_of
from dunnock.web.admin.names import names_of
from dunnock.web.cards import Cards
from dunnock.web.evidence import Reads
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

A_PAGE = 40
_POSTS, _ENTRIES, _REPORTS = 10, 20, 20
_UNDO: dict[str, moderation.Action] = {
    "unsensitive": "sensitive", "enable": "disable", "unlimit": "limit", "unsuspend": "suspend",
}  # fmt: skip
_FOR_MANY = ("none", "sensitive", "limit", "disable", "suspend")
_SHOWN_TO_ALL = frozenset(("public", "unlisted"))


class LookParams(msgspec.Struct, frozen=True):
    """Which accounts. `q`: a part of a name, `name@server`, or of a mail address; what is empty does not narrow."""

    q: str = ""
    status: Literal["", "active", "pending", "disabled", "silenced", "suspended", "sensitized"] = ""
    origin: Literal["", "local", "remote"] = ""
    role: Literal["", "moderator", "admin", "owner"] = ""
    domain: str = ""
    max_id: Id | None = None
    done: str = ""


class ActForm(Sent):
    """What to do to an account and why. `sure`: they saw what will happen; `name`: typed by who deletes."""

    what: str = ""
    text: str = ""
    preset_id: str = ""
    mail: bool = False
    role: str = ""
    name: str = ""
    sure: bool = False
    report_id: Id | None = None
    label: str = ""
    label_kind: str = ""
    age: str = ""


class ManyForm(ActForm):
    """The same for several accounts: those that were ticked."""

    account_ids: tuple[Id, ...] = ()


class NameWrong(DomainError):
    """Deleting asks for the account's name, and got another."""

    code, safe = "name_wrong", "Type the account's name exactly as it is shown, to delete all that is theirs."


@get("/admin/accounts")
async def look_for_accounts(
    *,
    params: Query[LookParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Accounts that fit, newest first."""
    return await _list(params, show, staff, db, account_views)


@post("/admin/accounts", status_code=303)
async def act_on_many(
    *,
    form: Form[ManyForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """First show whom it is about and what they will read, then (`sure`) judge all of them, or none."""
    by, ids = staff.account_id, form.account_ids[:A_PAGE]
    try:
        if form.what not in _FOR_MANY:
            raise Invalid(form.what, say="Choose what to do")
        if not ids:
            raise Invalid(say="Choose at least one account")
        if form.sure:
            async with db.begin() as tx:
                decided = await moderation.decide(tx, judgement_of(form, ids), by=by)
            return show.go("/admin/accounts", done="second" if decided.request_id else "acted")
        await accounts.permit(db, by, Power.MANAGE_MEMBERS)
        return desk(
            show,
            staff,
            "accounts_sure.html",
            form=form,
            sheets=[await _sheet(db, one) for one in ids],
            reads_text=await _words(db, form, by=by),
        )
    except DomainError as error:
        return await _list(LookParams(), show, staff, db, account_views, error=error)


async def _list(
    params: LookParams,
    show: Show,
    staff: Member,
    db: Db,
    account_views: AccountViews,
    *,
    error: DomainError | None = None,
) -> Response[str]:
    await accounts.permit(db, staff.account_id, Power.MANAGE_MEMBERS)
    found = await accounts.look_for(db, _wanted(params), accounts.Cursor(limit=A_PAGE, max_id=params.max_id))
    faces = {one.id: one for one in await Cards(db, account_views).faces([one.id for one in found])}
    await _seen(db, found, by=staff.account_id)
    return desk(
        show,
        staff,
        "accounts.html",
        error=error,
        asked=params,
        acts=_FOR_MANY,
        presets=await moderation.presets(db, by=staff.account_id),
        rows=[(one, faces.get(one.id)) for one in found],
        older=found[-1].id if len(found) == A_PAGE else None,
    )


async def _seen(db: Db, sheets: Sequence[Sheet], *, by: int) -> None:
    """The log says whose addresses and sign-ins somebody saw."""
    await moderation.note_reads(db, "account.read", [one.id for one in sheets if one.email is not None], by=by)


def _wanted(params: LookParams) -> accounts.Wanted:
    typed = params.q.strip()
    is_handle, is_mail = typed.startswith("@"), "@" in typed and not typed.startswith("@")
    name, _, domain = typed.removeprefix("@").partition("@")
    return accounts.Wanted(
        origin=params.origin or None,
        status=params.status or None,
        roles=(params.role,) if params.role else (),
        username="" if is_mail else name,
        domain=domain if is_handle and domain else params.domain,
        email=typed if is_mail else "",
    )


class Places(msgspec.Struct, frozen=True):
    """Where the page of one account reads, and for whom."""

    show: Show
    staff: Member
    reads: Reads


@get("/admin/accounts/{account_id:int}")
async def show_account(
    *,
    account_id: FromPath[int],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    reads: NamedDependency[Reads],
) -> Response[str]:
    """One account: who it is, what was said and decided about it, what it wrote, and what can be done."""
    return await _one(account_id, Places(show, staff, reads))


@post("/admin/accounts/{account_id:int}", status_code=303)
async def act_on_account(
    *,
    account_id: FromPath[int],
    form: Form[ActForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    reads: NamedDependency[Reads],
) -> Response[str] | Response[None]:
    """First show what will happen, then (`sure`) do it."""
    places = Places(show, staff, reads)
    if not form.sure:
        return await _preview(account_id, form, places)
    try:
        async with db.begin() as tx:
            asked = await _act(tx, account_id, form, by=staff.account_id)
    except DomainError as error:
        return await _one(account_id, places, form=form, error=error)
    return show.go(f"/admin/accounts/{account_id}", done="acted" if asked is None else "second")


async def _act(tx: Tx, account_id: int, form: ActForm, *, by: int) -> int | None:
    """Do it; the request that somebody else must agree to first, if so."""
    match form.what:
        case "approve":
            await moderation.approve(tx, account_id, by=by)
        case "refuse":
            await moderation.refuse(tx, account_id, by=by)
        case "role":
            return await moderation.change_role(tx, account_id, form.role, by=by)
        case "age":
            return await moderation.set_age(tx, account_id, form.age, by=by)
        case "reset_factors":
            return await moderation.reset_factors(tx, account_id, by=by)
        case "sign_out":
            return await moderation.sign_out_everywhere(tx, account_id, by=by)
        case "delete":
            sheet = await accounts.find_sheet(tx, account_id)
            if sheet is None or form.name.strip().removeprefix("@") != sheet.handle:
                raise NameWrong(account_id)
            return await moderation.order_deletion(tx, account_id, by=by)
        case undo if undo in _UNDO:
            return await moderation.take_back(tx, account_id, _UNDO[undo], by=by)
        case "label":
            return await moderation.put_label(tx, account_id, form.label_kind, form.label, by=by)
        case "unlabel":
            return await moderation.drop_label(tx, account_id, form.label_kind, by=by)
        case "protect" | "unprotect":
            return await moderation.protect(tx, account_id, protected=form.what == "protect", by=by)
        case _:
            return (await moderation.decide(tx, judgement_of(form, (account_id,)), by=by)).request_id
    return None


def judgement_of(form: Any, account_ids: tuple[int, ...]) -> moderation.Judgement:
    """What a form with `what`, `text`, `preset_id`, `mail` and `report_id` decides."""
    return moderation.Judgement(
        action=form.what,
        account_ids=account_ids,
        text=form.text,
        report_id=form.report_id,
        preset_id=int(form.preset_id) if form.preset_id.isascii() and form.preset_id.isdigit() else None,
        mail=form.mail,
    )


async def _preview(account_id: int, form: ActForm, places: Places) -> Response[str]:
    """What an act would do, counted, with the words that the member would read."""
    db, staff = places.reads.db, places.staff
    held = await accounts.permit(db, staff.account_id, Power.MANAGE_MEMBERS)
    sheet = await _sheet(db, account_id)
    if account_id == staff.account_id or not held.stands_above(sheet.role):
        raise accounts.NotPermitted(staff.account_id, account_id)
    counts = (await accounts.counts_of(db, [account_id])).get(account_id)
    open_ones = await moderation.list_reports(
        db, moderation.WantedReports(target_id=account_id), accounts.Cursor(limit=_REPORTS), by=staff.account_id
    )
    sessions = [] if sheet.member_id is None else await accounts.sessions_of(db, sheet.member_id)
    return desk(
        places.show,
        staff,
        "account_sure.html",
        sheet=sheet,
        form=form,
        reads_text=await _words(db, form, by=staff.account_id),
        counts=counts,
        reports=len(open_ones),
        sessions=len(sessions),
    )


async def _words(db: Db, form: ActForm, *, by: int) -> str:
    """What the members would read."""
    preset = next((one for one in await moderation.presets(db, by=by) if str(one.id) == form.preset_id), None)
    return "\n\n".join(part for part in ("" if preset is None else preset.text, form.text.strip()) if part)


async def _one(
    account_id: int, places: Places, *, form: ActForm | None = None, error: DomainError | None = None
) -> Response[str]:
    db, by = places.reads.db, places.staff.account_id
    held = await accounts.permit(db, by, Power.MANAGE_MEMBERS)
    sheet = await _sheet(db, account_id)
    await _seen(db, [sheet], by=by)
    card = await places.reads.account_views.one(account_id)
    faces = await Cards(db, places.reads.account_views).faces([account_id])
    ids = await of_author(db, account_id, Span(), _POSTS * 2, boosts=False)
    written = [one for one in (await places.reads.posts(ids)).values() if one.visibility in _SHOWN_TO_ALL][:_POSTS]
    reports = []
    for resolved in (False, True):
        wanted = moderation.WantedReports(resolved=resolved, target_id=account_id)
        reports += await moderation.list_reports(db, wanted, accounts.Cursor(limit=_REPORTS), by=by)
    done_to = moderation.WantedEntries(kind="account", subject=account_id, deeds=True)
    entries = await moderation.entries(db, accounts.Cursor(limit=_ENTRIES), by=by, wanted=done_to)
    people = {one.by_account_id for one in entries} | {one.account_id for one in reports if one.account_id}
    people |= {sheet.invited_by} if sheet.invited_by else set()
    names = await names_of(places.reads.account_views, people)
    judged = account_id != by and held.stands_above(sheet.role) and sheet.standing is not Standing.DELETED
    return desk(
        places.show,
        places.staff,
        "account.html",
        error=error,
        form=form or ActForm(mail=True),
        sheet=sheet,
        face=faces[0] if faces else None,
        counts=None if card is None else (await accounts.counts_of(db, [account_id])).get(account_id),
        second=sheet.member_id is not None and (await accounts.factors_of(db, sheet.member_id)).any,
        sessions=[] if sheet.member_id is None else await accounts.sessions_of(db, sheet.member_id),
        age=None if sheet.member_id is None else await accounts.age_of(db, account_id, now=now_ms()),
        written=written,
        reports=reports,
        entries=entries,
        names=names,
        acts=_acts(sheet) if judged else [],
        presets=await moderation.presets(db, by=by),
        roles=roles_below(role_of(places.staff)) if judged and sheet.member_id else (),
        may_delete=judged and sheet.standing is Standing.SUSPENDED and Power.DELETE_DATA in powers_of(places.staff),
    )


def _acts(sheet: Sheet) -> list[str]:
    """What can be done to an account as it is, mildest first."""
    here = sheet.member_id is not None
    if here and sheet.state is State.PENDING:
        return ["approve", "refuse"]
    acts = ["none"] if here else []
    acts.append("unsensitive" if sheet.sensitized else "sensitive")
    if sheet.standing is not Standing.SUSPENDED:
        acts.append("unlimit" if sheet.standing is Standing.LIMITED else "limit")
    if here:
        acts.append("enable" if sheet.state is State.DISABLED else "disable")
    acts.append("unsuspend" if sheet.standing is Standing.SUSPENDED else "suspend")
    return acts


async def _sheet(db: Db, account_id: int) -> Sheet:
    sheet = await accounts.find_sheet(db, account_id)
    if sheet is None:
        raise Missing(account_id)
    return sheet


HANDLERS = pages(look_for_accounts, act_on_many, show_account, act_on_account)
