"""Staff and members' objections to decisions."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, moderation
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.web.admin.desk import desk
from dunnock.web.admin.names import names_of
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class AppealForm(Sent):
    """`what`: grant or reject; `answer`: to the member."""

    what: str = ""
    appeal_id: Id | None = None
    answer: str = ""


@get("/admin/appeals")
async def list_appeals(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Objections that nobody decided yet, the oldest first."""
    return await _list(show, staff, db, account_views)


@post("/admin/appeals", status_code=303)
async def decide_appeal(
    *,
    form: Form[AppealForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Give back what was taken, or say why not."""
    try:
        if form.appeal_id is None or form.what not in {"grant", "reject"}:
            raise Invalid(form.what[:40])
        async with db.begin() as tx:
            await moderation.decide_appeal(
                tx, form.appeal_id, granted=form.what == "grant", answer=form.answer, by=staff.account_id
            )
    except DomainError as error:
        return await _list(show, staff, db, account_views, error=error)
    return show.go("/admin/appeals", done="acted")


async def _list(
    show: Show, staff: Member, db: Db, account_views: AccountViews, *, error: DomainError | None = None
) -> Response[str]:
    found = await moderation.waiting_appeals(db, accounts.Cursor(limit=40), by=staff.account_id)
    decisions = [await moderation.find_decision(db, one.decision_id) for one in found]
    who = [*[one.account_id for one in found], *[one.by_account_id for one in decisions]]
    return desk(
        show,
        staff,
        "appeals.html",
        error=error,
        appeals=list(zip(found, decisions, strict=True)),
        names=await names_of(account_views, who),
    )


HANDLERS = pages(list_appeals, decide_appeal)
