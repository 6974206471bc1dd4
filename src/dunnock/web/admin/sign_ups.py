"""Staff: who may join. Mastodon: /admin/accounts, pending."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, moderation
from dunnock.accounts import Power
from dunnock.api.kit import Form, Id
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid, Missing
from dunnock.web.admin.desk import desk
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_MOST = 100


class JudgeForm(Sent):
    """`decision`: approve or refuse; one member, or those that were ticked."""

    member_id: Id | None = None
    member_ids: tuple[Id, ...] = ()
    decision: str = ""


@get("/admin/sign-ups")
async def list_sign_ups(
    show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """Who waits, longest first."""
    return await _list(show, staff, db)


@post("/admin/sign-ups", status_code=303)
async def judge(
    form: Form[JudgeForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str] | Response[None]:
    """Let people in, or refuse them: all that were chosen, or nobody."""
    if form.decision not in {"approve", "refuse"}:
        raise Invalid(form.decision)
    ids = form.member_ids[:_MOST] if form.member_id is None else (form.member_id,)
    if not ids:
        return await _list(show, staff, db, error=Invalid(say="Choose at least one person"))
    judge_them = moderation.approve if form.decision == "approve" else moderation.refuse
    async with db.begin() as tx:
        for one in ids:
            held = await accounts.find_member(tx, one)
            if held is None or held.state is not accounts.State.PENDING:
                raise Missing(one)
            await judge_them(tx, held.account_id, by=staff.account_id)
    return show.go("/admin/sign-ups", done="approved" if form.decision == "approve" else "refused")


async def _list(show: Show, staff: Member, db: Db, *, error: DomainError | None = None) -> Response[str]:
    await accounts.permit(db, staff.account_id, Power.MANAGE_MEMBERS)
    waiting = await accounts.members(db, state=accounts.State.PENDING, most=_MOST)
    await moderation.note_reads(db, "account.read", [one.account_id for one in waiting], by=staff.account_id)
    return desk(show, staff, "sign_ups.html", error=error, waiting=waiting)


HANDLERS = pages(list_sign_ups, judge)
