"""Settings: whom one does not want to see."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Query, parse_id
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.web.cards import Cards
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.steps import steps_between, steps_of_people
from dunnock.web.visitor import Member

_A_PAGE = 40
_PLACES = {"block": "/settings/blocks", "mute": "/settings/blocks/muted", "domain": "/settings/blocks/servers"}


class ServerParams(PageParams, kw_only=True, frozen=True):
    """`domain`: the server that they think of hiding."""

    domain: str = ""


class HideForm(Sent):
    """Which server to hide."""

    domain: str = ""


class MuteForm(Sent):
    """Whom to mute otherwise: for how many seconds from now (0: until further notice), and their notifications too?"""

    target: str = ""
    duration: int = 0
    notifications: bool = False


class UndoForm(Sent):
    """`target`: an account's id, or a server's name when `kind` is `domain`."""

    kind: str = ""
    target: str = ""


@get("/settings/blocks")
async def list_blocks(
    *,
    params: Query[PageParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Blocked people, latest first."""
    cursor = _cursor(params)
    page = await accounts.blocked(db, member.account_id, cursor)
    faces = await Cards(db, account_views).faces(page.ids)
    return show("blocks.html", kind="block", rows=faces, steps=steps_of_people(page, cursor))


@get("/settings/blocks/muted")
async def list_mutes(
    *,
    params: Query[PageParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Muted people, latest first, with how long each is muted and a way to change that."""
    me, cursor = member.account_id, _cursor(params)
    page = await accounts.muted(db, me, cursor)
    faces = await Cards(db, account_views).faces(page.ids)
    how = {one.id: one for one in await accounts.relationships(db, me, page.ids)}
    rows = [(one, how[one.id]) for one in faces if one.id in how]
    return show("blocks_muted.html", kind="mute", rows=rows, steps=steps_of_people(page, cursor))


@get("/settings/blocks/servers")
async def list_servers(
    params: Query[ServerParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str]:
    """Hidden servers, latest first; with `domain`, what hiding that one would cost."""
    return await _servers(show, db, member, params)


@post("/settings/blocks/servers", status_code=303)
async def hide_server(
    form: Form[HideForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Hide a server."""
    try:
        async with db.begin() as tx:
            await accounts.block_domain(tx, member.account_id, domain=form.domain)
    except DomainError as error:
        return await _servers(show, db, member, ServerParams(), typed=form.domain, error=error)
    return show.go(_PLACES["domain"], done="server_hidden")


@post("/settings/blocks/muted", status_code=303)
async def change_mute(
    form: Form[MuteForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Mute somebody for longer or shorter, with their notifications or without."""
    target = parse_id(form.target)
    if target is None:
        raise Invalid(form.target)
    async with db.begin() as tx:
        await accounts.mute(
            tx, member.account_id, target=target, duration=form.duration, notifications=form.notifications
        )
    return show.go(_PLACES["mute"], done="saved")


@post("/settings/blocks", status_code=303)
async def undo(
    form: Form[UndoForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """End one of them."""
    async with db.begin() as tx:
        if form.kind == "domain":
            await accounts.unblock_domain(tx, member.account_id, domain=form.target)
        elif form.kind in _PLACES and (target := parse_id(form.target)) is not None:
            end = accounts.unblock if form.kind == "block" else accounts.unmute
            await end(tx, member.account_id, target=target)
        else:
            raise Invalid(form.kind)
    return show.go(_PLACES[form.kind], done="shown")


def _cursor(params: PageParams) -> accounts.Cursor:
    return accounts.Cursor(limit=_A_PAGE, max_id=params.max_id, min_id=params.min_id)


async def _servers(
    show: Show, db: Db, member: Member, params: ServerParams, *, typed: str = "", error: DomainError | None = None
) -> Response[str]:
    me, cursor = member.account_id, _cursor(params)
    asked: dict[str, Any] | None = None
    if params.domain:
        typed = params.domain
        try:
            following, followers = await accounts.preview_domain_block(db, me, domain=typed)
            asked = {"domain": typed.strip(), "following": following, "followers": followers}
        except DomainError as refused:
            error = refused
    found = await accounts.blocked_domains(db, me, cursor)
    return show(
        "blocks_servers.html",
        kind="domain",
        rows=[name for _, name in found],
        steps=steps_between([at for at, _ in found], cursor),
        asked=asked,
        typed=typed,
        error=error,
    )


HANDLERS = pages(list_blocks, list_mutes, list_servers, hide_server, change_mute, undo)
