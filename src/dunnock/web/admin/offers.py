"""Staff: texts for warnings, everybody's invitations, and what each role may do."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, moderation
from dunnock.accounts import POWERS, Power
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.moderation import house
from dunnock.web.admin.desk import desk
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_A_PAGE, _MOST_USES, _MOST_DAYS = 50, 10_000, 3_660


class PresetForm(Sent):
    """`what`: add or remove."""

    what: str = ""
    id: Id | None = None
    title: str = ""
    text: str = ""


class InvitationForm(Sent):
    """`what`: invite or end. For how many people and days; 0: no limit."""

    what: str = ""
    id: Id | None = None
    most_uses: int = 1
    days: int = 7


@get("/admin/warnings")
async def list_presets(
    show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """Texts that staff wrote once, to tell members why."""
    return await _presets(show, staff, db)


@post("/admin/warnings", status_code=303)
async def change_presets(
    form: Form[PresetForm], show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Keep a text, or drop it."""
    try:
        async with db.begin() as tx:
            match form.what, form.id:
                case "add", _:
                    await moderation.add_preset(tx, title=form.title, text=form.text, by=staff.account_id)
                case "remove", int(an_id):
                    await moderation.remove_preset(tx, an_id, by=staff.account_id)
                case _:
                    raise Invalid(form.what)
    except DomainError as error:
        return await _presets(show, staff, db, form=form, error=error)
    return show.go("/admin/warnings", done="saved")


async def _presets(
    show: Show, staff: Member, db: Db, *, form: PresetForm | None = None, error: DomainError | None = None
) -> Response[str]:
    await house.permit(db, Power.MANAGE_SETTINGS, by=staff.account_id)
    held = await moderation.presets(db, by=staff.account_id)
    return desk(show, staff, "warnings.html", error=error, form=form or PresetForm(), presets=held)


@get("/admin/invitations")
async def list_invitations(
    params: Query[PageParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Invitations of everybody, newest first."""
    cursor = accounts.Cursor(limit=_A_PAGE, max_id=params.max_id)
    found = await house.list_invitations(db, cursor, by=staff.account_id)
    makers: dict[int, int] = {}
    for member_id in {one.by_member_id for one in found if one.by_member_id}:
        member = await accounts.find_member(db, member_id)
        if member is not None:
            makers[member_id] = member.account_id
    cards = await account_views.get(makers.values())
    names = {member_id: cards[an_id].handle for member_id, an_id in makers.items() if an_id in cards}
    older = found[-1].id if len(found) == _A_PAGE else None
    return desk(show, staff, "invitations.html", invitations=found, names=names, makers=makers, older=older)


@post("/admin/invitations", status_code=303)
async def change_invitations(
    form: Form[InvitationForm], show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Make an invitation of one's own, or end anybody's."""
    if not (0 <= form.most_uses <= _MOST_USES and 0 <= form.days <= _MOST_DAYS):
        raise Invalid(form.most_uses, form.days)
    async with db.begin() as tx:
        match form.what, form.id:
            case "end", int(an_id):
                await house.end_invitation(tx, an_id, by=staff.account_id)
            case "invite", _:
                await house.permit(tx, Power.INVITE, by=staff.account_id)
                expires_at = tx.now + form.days * DAY if form.days else None
                await accounts.invite(
                    tx, by_member_id=staff.member_id, most_uses=form.most_uses or None, expires_at=expires_at
                )
            case _:
                raise Invalid(form.what)
    return show.go("/admin/invitations", done="withdrawn" if form.what == "end" else "invited")


@get("/admin/roles")
async def show_roles(
    show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """What each role may do, and who has it."""
    await house.permit(db, Power.MANAGE_ROLES, by=staff.account_id)
    held: dict[str, list[accounts.Member]] = {}
    for one in await accounts.staff(db):
        held.setdefault(str(one.role), []).append(one)
    powers = {str(role): {one.name for one in Power if one in power} for role, power in POWERS.items()}
    return desk(show, staff, "roles.html", held=held, may=powers, powers_in_order=[one.name for one in Power])


HANDLERS = pages(list_presets, change_presets, list_invitations, change_invitations, show_roles)
