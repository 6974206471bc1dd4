"""Settings: one's other accounts, moving to one of them, and coming back. Mastodon: account aliases, account migration."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, federation
from dunnock.accounts.sign_up import prove_password
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form
from dunnock.federation import Resolver
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.web.cards import Cards
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class OthersForm(Sent):
    """One's other accounts, one a line."""

    others: str = ""


class MoveForm(Sent):
    """Where to, and the password."""

    to: str = ""
    password: str = ""


@get("/settings/move")
async def show_move(
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    account_views: NamedDependency[AccountViews],
    resolver: NamedDependency[Resolver],
) -> Response[str]:
    """Which other accounts one names, and where one moved."""
    return await _ask(show, member, account_views, resolver)


@post("/settings/move/others", status_code=303)
async def name_others(
    form: Form[OthersForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    account_views: NamedDependency[AccountViews],
    resolver: NamedDependency[Resolver],
) -> Response[str] | Response[None]:
    """Name them, so that one may move here from there."""
    written = [line.strip() for line in form.others.splitlines() if line.strip()]
    try:
        await federation.name_others(resolver, member.account_id, written)
    except DomainError as error:
        return await _ask(show, member, account_views, resolver, error=error, others=form.others)
    return show.go("/settings/move", done="saved")


@post("/settings/move", status_code=303)
async def move(
    form: Form[MoveForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    account_views: NamedDependency[AccountViews],
    resolver: NamedDependency[Resolver],
) -> Response[str] | Response[None]:
    """Move away, with one's followers."""
    try:
        await prove_password(resolver.house.db, member.member_id, form.password)
        await federation.move_away(resolver, member.account_id, to=form.to.strip())
    except DomainError as error:
        return await _ask(show, member, account_views, resolver, error=error, to=form.to)
    return show.go("/settings/move", done="moved")


@post("/settings/move/back", status_code=303)
async def come_back(
    form: Form[Sent],  # noqa: ARG001 (its token is what counts)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Use the account again."""
    async with db.begin() as tx:
        await accounts.move(tx, member.account_id, to=None)
    return show.go("/settings/move", done="saved")


async def _ask(
    show: Show,
    member: Member,
    account_views: AccountViews,
    resolver: Resolver,
    *,
    error: DomainError | None = None,
    others: str | None = None,
    to: str = "",
) -> Response[str]:
    moved_to = await accounts.moved_to(resolver.house.db, member.account_id)
    faces = await Cards(resolver.house.db, account_views).faces([moved_to]) if moved_to is not None else []
    named = await federation.others_of(resolver, member.account_id)
    return show(
        "move.html",
        error=error,
        others="\n".join(named) if others is None else others,
        to=to,
        moved=faces[0] if faces else None,
    )


HANDLERS = pages(show_move, name_others, move, come_back)
