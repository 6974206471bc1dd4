"""Staff publish what an audit of our ranking found."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import transparency
from dunnock.api.kit import Form, Query, Upload
from dunnock.api.mastodon.admin_ranking_audits import published
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.web.admin.desk import desk
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class AuditForm(Sent):
    """A report, and what its plan is called."""

    plan: str = ""
    file: Upload | None = None


@get("/admin/ranking-audits")
async def list_audits(
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str]:
    """What is published, and a form for more."""
    return await _list(show, staff, db, AuditForm())


@post("/admin/ranking-audits", status_code=303)
async def publish_audit(
    form: Form[AuditForm], show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Publish a report."""
    try:
        await published(db, form.plan, form.file, by=staff.account_id)
    except DomainError as error:
        return await _list(show, staff, db, form, error=error)
    return show.go("/admin/ranking-audits", done="saved")


async def _list(
    show: Show, staff: Member, db: Db, form: AuditForm, *, error: DomainError | None = None
) -> Response[str]:
    await transparency.may_publish_audits(db, by=staff.account_id)
    found = [(one, one.report) for one in await transparency.published_audits(db)]
    return desk(show, staff, "ranking_audits.html", error=error, form=form, audits=found)


HANDLERS = pages(list_audits, publish_audit)
