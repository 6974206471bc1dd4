"""Staff and members' objections to decisions."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, moderation
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.web.admin.desk import Desk, desk_pages
from dunnock.web.pages import DoneParams, Sent


class AppealForm(Sent):
    """`what`: grant or reject; `answer`: to the member."""

    what: str = ""
    appeal_id: Id | None = None
    answer: str = ""


@get("/admin/appeals")
async def list_appeals(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    desk: NamedDependency[Desk],
) -> Response[str]:
    """Objections that nobody decided yet, the oldest first."""
    return await _list(desk)


@post("/admin/appeals", status_code=303)
async def decide_appeal(form: Form[AppealForm], desk: NamedDependency[Desk]) -> Response[str] | Response[None]:
    """Give back what was taken, or say why not."""
    try:
        if form.appeal_id is None or form.what not in {"grant", "reject"}:
            raise Invalid(form.what[:40])
        async with desk.db.begin() as tx:
            await moderation.decide_appeal(
                tx, form.appeal_id, granted=form.what == "grant", answer=form.answer, by=desk.by
            )
    except DomainError as error:
        return await _list(desk, error=error)
    return desk.go("/admin/appeals", "acted")


async def _list(desk: Desk, *, error: DomainError | None = None) -> Response[str]:
    found = await moderation.waiting_appeals(desk.db, accounts.Cursor(limit=40), by=desk.by)
    decisions = [await moderation.find_decision(desk.db, one.decision_id) for one in found]
    who = [*[one.account_id for one in found], *[one.by_account_id for one in decisions]]
    return desk.page(
        "appeals.html",
        error=error,
        appeals=list(zip(found, decisions, strict=True)),
        names=await desk.names(who),
    )


HANDLERS = desk_pages(list_appeals, decide_appeal)
