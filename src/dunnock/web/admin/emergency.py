"""Staff and the emergency switch: stop posting for a class of accounts, and let them post again."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, moderation, posts
from dunnock.accounts import Power
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.web.admin.desk import Desk, desk_pages
from dunnock.web.pages import DoneParams, Sent


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
    desk: NamedDependency[Desk],
) -> Response[str]:
    """What is stopped now, and the switch."""
    return await _page(desk, EmergencyForm())


@post("/admin/emergency", status_code=303)
async def use_switch(form: Form[EmergencyForm], desk: NamedDependency[Desk]) -> Response[str] | Response[None]:
    """Stop posting, or let people post again."""
    try:
        async with desk.db.begin() as tx:
            if form.what == "stop":
                await moderation.stop_posting(tx, form.who, hours=form.hours, why=form.why, by=desk.by)
            elif form.what == "resume" and form.stop_id is not None:
                await moderation.let_post_again(tx, form.stop_id, by=desk.by)
            elif form.what == "stop_text":
                await moderation.stop_text(tx, form.fragment, who=form.who, hours=form.hours, why=form.why, by=desk.by)
            elif form.what == "resume_text" and form.stop_id is not None:
                await moderation.let_text_again(tx, form.stop_id, by=desk.by)
            else:
                raise Invalid(form.what[:40])
    except DomainError as error:
        return await _page(desk, form, error=error)
    return desk.go("/admin/emergency", "acted")


async def _page(desk: Desk, form: EmergencyForm, error: DomainError | None = None) -> Response[str]:
    await accounts.permit(desk.db, desk.by, Power.MANAGE_BLOCKS)
    stops = await accounts.posting_stops(desk.db)
    texts = await posts.text_stops(desk.db)
    names = await desk.names([*[one.by_account_id for one in stops], *[one.by_account_id for one in texts]])
    return desk.page("emergency.html", error=error, form=form, stops=stops, texts=texts, names=names)


HANDLERS = desk_pages(show_emergency, use_switch)
