"""Staff and what needs a second person: read exactly what will be done, then agree or say no."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import moderation
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.web.admin.desk import desk
from dunnock.web.admin.names import names_of
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member, Visitor


class RequestForm(Sent):
    """`what`: approve or refuse; `digest`: what was read."""

    what: str = ""
    request_id: Id | None = None
    digest: str = ""


@get("/admin/requests")
async def list_requests(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """What waits for a second person."""
    return await _list(show, staff, db, account_views)


@post("/admin/requests", status_code=303)
async def decide_request(
    *,
    form: Form[RequestForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Agree, if one signed in lately, or say no."""
    try:
        if form.request_id is None or form.what not in {"approve", "refuse"}:
            raise Invalid(form.what[:40])
        proven = 0 if visitor.session is None else visitor.session.proven_at
        async with db.begin() as tx:
            if form.what == "approve":
                await moderation.approve_request(
                    tx, form.request_id, form.digest, by=staff.account_id, signed_in_at=proven
                )
            else:
                await moderation.refuse_request(tx, form.request_id, by=staff.account_id)
    except DomainError as error:
        return await _list(show, staff, db, account_views, error=error)
    return show.go("/admin/requests", done="acted")


async def _list(
    show: Show, staff: Member, db: Db, account_views: AccountViews, *, error: DomainError | None = None
) -> Response[str]:
    waiting = await moderation.open_requests(db, by=staff.account_id)
    latest = [one for one in await moderation.latest_requests(db, by=staff.account_id) if one.verdict]
    about = [one.said.get("account") for one in [*waiting, *latest]]
    who = [*[one.by_account_id for one in [*waiting, *latest]], *[one.decided_by for one in latest], *about]
    return desk(
        show,
        staff,
        "requests.html",
        error=error,
        waiting=waiting,
        latest=latest,
        names=await names_of(account_views, who),
    )


HANDLERS = pages(list_requests, decide_request)
