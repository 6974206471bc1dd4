"""Staff write down what governments asked for."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import transparency
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.web.admin.desk import desk
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class GovernmentForm(Sent):
    """A new request, or (`id`) what was done about one."""

    id: Id | None = None
    authority: str = ""
    country: str = ""
    received_on: str = ""
    law: str = ""
    asked: str = "remove"
    number: int = 1
    done: str = "open"


@get("/admin/government")
async def list_requests(
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str]:
    """What was written down, and a form for more."""
    await transparency.may_record(db, by=staff.account_id)
    return await _list(show, staff, db)


@post("/admin/government", status_code=303)
async def record(
    form: Form[GovernmentForm], show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Write a request down, or what was done about it."""
    try:
        async with db.begin() as tx:
            if form.id is not None:
                await transparency.answer_request(tx, form.id, form.done, by=staff.account_id)
            else:
                await transparency.record_request(tx, _request(form), by=staff.account_id)
    except DomainError as error:
        return await _list(show, staff, db, form=form, error=error)
    return show.go("/admin/government", done="saved")


def _request(form: GovernmentForm) -> transparency.GovernmentRequest:
    asked = next((one for one in transparency.ASKED if one == form.asked), None)
    done = next((one for one in transparency.DONE if one == form.done), None)
    if asked is None or done is None:
        raise Invalid(form.asked[:20])
    return transparency.GovernmentRequest(
        authority=form.authority,
        country=form.country.strip().upper(),
        received_on=form.received_on,
        law=form.law,
        asked=asked,
        number=form.number,
        done=done,
    )


async def _list(
    show: Show, staff: Member, db: Db, *, form: GovernmentForm | None = None, error: DomainError | None = None
) -> Response[str]:
    await transparency.may_record(db, by=staff.account_id)
    found = await transparency.government_requests(db)
    return desk(show, staff, "government.html", error=error, form=form or GovernmentForm(), governments=found)


HANDLERS = pages(list_requests, record)
