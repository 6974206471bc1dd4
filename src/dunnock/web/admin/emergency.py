"""Staff and the emergency switch: stop posting for a class of accounts, and let them post again."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, moderation, posts
from dunnock.accounts import Power
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.web.admin.desk import desk
from dunnock.web.admin.names import names_of
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class EmergencyForm(Sent):
    """`what`: stop (for `who`) or resume (a stop); with a `fragment` what contains it, `stop_text` and `resume_text`."""

    what: str = ""
    who: str = "newcomers"
    hours: int = 2
    why: str = ""
    fragment: str = ""
    stop_id: Id | None = None


@get("/admin/emergency")
async def show_emergency(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """What is stopped now, and the switch."""
    return await _page(show, staff, db, account_views, EmergencyForm())


@post("/admin/emergency", status_code=303)
async def use_switch(
    *,
    form: Form[EmergencyForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Stop posting, or let people post again."""
    try:
        async with db.begin() as tx:
            if form.what == "stop":
                await moderation.stop_posting(tx, form.who, hours=form.hours, why=form.why, by=staff.account_id)
            elif form.what == "resume" and form.stop_id is not None:
                await moderation.let_post_again(tx, form.stop_id, by=staff.account_id)
            elif form.what == "stop_text":
                await moderation.stop_text(
                    tx, form.fragment, who=form.who, hours=form.hours, why=form.why, by=staff.account_id
                )
            elif form.what == "resume_text" and form.stop_id is not None:
                await moderation.let_text_again(tx, form.stop_id, by=staff.account_id)
            else:
                raise Invalid(form.what[:40])
    except DomainError as error:
        return await _page(show, staff, db, account_views, form, error=error)
    return show.go("/admin/emergency", done="acted")


async def _page(  # noqa: PLR0917 (what a page is made of)
    show: Show,
    staff: Member,
    db: Db,
    account_views: AccountViews,
    form: EmergencyForm,
    error: DomainError | None = None,
) -> Response[str]:
    await accounts.permit(db, staff.account_id, Power.MANAGE_BLOCKS)
    stops = await accounts.posting_stops(db)
    texts = await posts.text_stops(db)
    names = await names_of(
        account_views, [*[one.by_account_id for one in stops], *[one.by_account_id for one in texts]]
    )
    return desk(show, staff, "emergency.html", error=error, form=form, stops=stops, texts=texts, names=names)


HANDLERS = pages(show_emergency, use_switch)
