"""Staff name verifiers, and end them."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, moderation
from dunnock.accounts import Power
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.web.admin.desk import desk
from dunnock.web.cards import Cards
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

HERE = "/admin/verifiers"
_MOST_DAYS = 3_660


class VerifierForm(Sent):
    """`what`: name (whom `handle` names, `words`: what for, `days` 0: without an end) or end (`account_id`)."""

    what: str = ""
    account_id: Id | None = None
    handle: str = ""
    words: str = ""
    days: int = 0


@get(HERE)
async def list_verifiers(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Who is one, and a form for more."""
    await accounts.permit(db, staff.account_id, Power.MANAGE_SETTINGS)
    return await _list(show, staff, db, account_views, VerifierForm())


@post(HERE, status_code=303)
async def act_on_verifiers(
    *,
    form: Form[VerifierForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Name one, which somebody else must agree to, or end one."""
    by = staff.account_id
    try:
        await accounts.permit(db, by, Power.MANAGE_SETTINGS)
        whom = form.account_id
        if whom is None and form.handle.strip():
            whom = await account_views.id_of(form.handle.strip().removeprefix("@"))
        if whom is None or form.what not in {"name", "end"} or not 0 <= form.days <= _MOST_DAYS:
            raise Invalid(form.what[:40], say="There is no such account here")
        async with db.begin() as tx:
            if form.what == "end":
                await moderation.end_verifier(tx, whom, by=by)
                done = "saved"
            else:
                until = tx.now // DAY * DAY + (form.days + 1) * DAY if form.days else None
                asked = await moderation.name_verifier(tx, whom, form.words, until=until, by=by)
                done = "saved" if asked is None else "second"
    except DomainError as error:
        return await _list(show, staff, db, account_views, form, error=error)
    return show.go(HERE, done=done)


async def _list(
    show: Show,
    staff: Member,
    db: Db,
    account_views: AccountViews,
    form: VerifierForm,
    *,
    error: DomainError | None = None,
) -> Response[str]:
    named = await accounts.list_verifiers(db)
    faces = await Cards(db, account_views).faces([one.account_id for one in named])
    now = now_ms()
    return desk(
        show, staff, "verifiers.html", error=error, form=form, named=named, faces={one.id: one for one in faces},
        counting={one.account_id for one in named if one.counts(now)},
    )  # fmt: skip


HANDLERS = pages(list_verifiers, act_on_verifiers)
