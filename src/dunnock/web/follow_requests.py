"""People who ask to follow the member."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.db import Db
from dunnock.web.cards import Cards
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.steps import steps_of_people
from dunnock.web.visitor import Member

_A_PAGE = 40


class AnswerForm(Sent):
    """Who asks, and the answer: `accept` or `reject`."""

    account_id: Id
    act: str = "accept"


@get("/follow_requests")
async def show_requests(
    *,
    params: Query[PageParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Who asks, the latest first."""
    cursor = accounts.Cursor(limit=_A_PAGE, max_id=params.max_id, min_id=params.min_id)
    page = await accounts.follow_requests(db, member.account_id, cursor)
    return show(
        "follow_requests.html",
        people=await Cards(db, account_views).faces(page.ids),
        steps=steps_of_people(page, cursor),
    )


@post("/follow_requests", status_code=303)
async def answer(
    form: Form[AnswerForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Let somebody follow, or not; who is turned away is not told. A request that was taken back needs no answer."""
    try:
        async with db.begin() as tx:
            does = accounts.accept_follow if form.act == "accept" else accounts.reject_follow
            await does(tx, member.account_id, follower=form.account_id)
    except accounts.RequestMissing:
        return show.go("/follow_requests")
    return show.go("/follow_requests", done="follower" if form.act == "accept" else "no_follower")


HANDLERS = pages(show_requests, answer)
