"""Staff and releases of what was taken down: what is made, and its way to the public."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import transparency
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.foundation.settings import Settings
from dunnock.web.admin.desk import desk
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class ReleaseForm(Sent):
    """Which release is to be published."""

    release_id: Id | None = None


@get("/admin/releases")
async def list_releases(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Releases that are made, published or not."""
    return await _list(show, staff, db, settings)


@post("/admin/releases", status_code=303)
async def publish_release(
    *,
    form: Form[ReleaseForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Publish one, or ask the second person."""
    try:
        if form.release_id is None:
            raise Invalid(form.release_id)
        async with db.begin() as tx:
            asked = await transparency.publish_release(tx, form.release_id, by=staff.account_id)
    except DomainError as error:
        return await _list(show, staff, db, settings, error=error)
    return show.go("/admin/releases", done="acted" if asked is None else "second")


async def _list(
    show: Show, staff: Member, db: Db, settings: Settings, *, error: DomainError | None = None
) -> Response[str]:
    found = await transparency.list_releases(db, by=staff.account_id)
    rows = [(one, transparency.folder_of(settings.data / "releases", one.manifest) is not None) for one in found]
    return desk(show, staff, "releases.html", error=error, releases=rows)


HANDLERS = pages(list_releases, publish_release)
