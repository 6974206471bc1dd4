"""Staff and what needs a second person: read exactly what will be done, then agree or say no."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import moderation
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.web.admin.desk import Desk, desk_pages
from dunnock.web.pages import DoneParams, Sent
from dunnock.web.visitor import Visitor


class RequestForm(Sent):
    """`what`: approve or refuse; `digest`: what was read."""

    what: str = ""
    request_id: Id | None = None
    digest: str = ""


@get("/admin/requests")
async def list_requests(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    desk: NamedDependency[Desk],
) -> Response[str]:
    """What waits for a second person."""
    return await _list(desk)


@post("/admin/requests", status_code=303)
async def decide_request(
    form: Form[RequestForm], desk: NamedDependency[Desk], visitor: NamedDependency[Visitor]
) -> Response[str] | Response[None]:
    """Agree, if one signed in lately, or say no."""
    try:
        if form.request_id is None or form.what not in {"approve", "refuse"}:
            raise Invalid(form.what[:40])
        proven = 0 if visitor.session is None else visitor.session.proven_at
        async with desk.db.begin() as tx:
            if form.what == "approve":
                await moderation.approve_request(tx, form.request_id, form.digest, by=desk.by, signed_in_at=proven)
            else:
                await moderation.refuse_request(tx, form.request_id, by=desk.by)
    except DomainError as error:
        return await _list(desk, error=error)
    return desk.go("/admin/requests", "acted")


async def _list(desk: Desk, *, error: DomainError | None = None) -> Response[str]:
    waiting = await moderation.open_requests(desk.db, by=desk.by)
    latest = [one for one in await moderation.latest_requests(desk.db, by=desk.by) if one.verdict]
    about = [one.said.get("account") for one in [*waiting, *latest]]
    who = [*[one.by_account_id for one in [*waiting, *latest]], *[one.decided_by for one in latest], *about]
    return desk.page(
        "requests.html",
        error=error,
        waiting=waiting,
        latest=latest,
        names=await desk.names(who),
    )


HANDLERS = desk_pages(list_requests, decide_request)
