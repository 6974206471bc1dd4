"""Settings: whom one does not want to see."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, parse_id
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.web.cards import Cards
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_MOST = 400
_WORDS = {
    "block": ("Blocked people", "Neither of you sees the other.", "Unblock"),
    "mute": ("Muted people", "You don't see their posts; they don't learn of it.", "Unmute"),
    "domain": ("Hidden servers", "You see nobody from there.", "Show again"),
}


class UndoForm(Sent):
    """`target`: an account's id, or a server's name when `kind` is `domain`."""

    kind: str = ""
    target: str = ""


@get("/settings/blocks")
async def list_blocks(
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Blocks, mutes and hidden servers, newest first."""
    cursor = accounts.Cursor(limit=_MOST)
    cards = Cards(db, account_views)
    rows: dict[str, list[tuple[str, object]]] = {}
    for kind, page in (
        ("block", await accounts.blocked(db, member.account_id, cursor)),
        ("mute", await accounts.muted(db, member.account_id, cursor)),
    ):
        rows[kind] = [(str(one.id), one) for one in await cards.faces(page.ids)]
    rows["domain"] = [(name, name) for _, name in await accounts.blocked_domains(db, member.account_id, cursor)]
    groups = [(title, about, kind, undo, rows[kind]) for kind, (title, about, undo) in _WORDS.items()]
    return show("blocks.html", groups=groups)


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
        elif form.kind in _WORDS and (target := parse_id(form.target)) is not None:
            end = accounts.unblock if form.kind == "block" else accounts.unmute
            await end(tx, member.account_id, target=target)
        else:
            raise Invalid(form.kind)
    return show.go("/settings/blocks", done="shown")


HANDLERS = pages(list_blocks, undo)
