"""Moderators and admins: who may join. Mastodon: /admin/accounts, pending."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, moderation
from dunnock.api.kit import Form, Id
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid, Missing
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_MOST = 100


class JudgeForm(Sent):
    """`decision`: approve or refuse."""

    member_id: Id
    decision: str = ""


@get("/admin/sign-ups")
async def list_sign_ups(
    show: NamedDependency[Show],
    staff: NamedDependency[Member],  # noqa: ARG001 (asking for it keeps others out)
    db: NamedDependency[Db],
) -> Response[str]:
    """Who waits, longest first."""
    return show("sign_ups.html", waiting=await accounts.members(db, state=accounts.State.PENDING, most=_MOST))


@post("/admin/sign-ups", status_code=303)
async def judge(
    form: Form[JudgeForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Let somebody in, or refuse them."""
    if form.decision not in {"approve", "refuse"}:
        raise Invalid(form.decision)
    async with db.begin() as tx:
        held = await accounts.find_member(tx, form.member_id)
        if held is None or held.state is not accounts.State.PENDING:
            raise Missing(form.member_id)
        judge_them = moderation.approve if form.decision == "approve" else moderation.refuse
        await judge_them(tx, held.account_id, by=staff.account_id)
    return show.go("/admin/sign-ups", done="approved" if form.decision == "approve" else "refused")


HANDLERS = pages(list_sign_ups, judge)
