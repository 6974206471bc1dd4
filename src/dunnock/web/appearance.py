"""How the pages look: chosen by members for all their browsers, by strangers for theirs."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.api.kit import Form
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.web.looks import TRAITS, words_of
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member, Visitor, set_cookie


class AppearanceForm(Sent):
    """A word for each trait of `looks.TRAITS`; empty: as it is by itself."""

    theme: str = ""
    contrast: str = ""
    size: str = ""
    density: str = ""
    motion: str = ""
    links: str = ""


@get("/appearance")
async def ask_appearance(
    show: NamedDependency[Show], visitor: NamedDependency[Visitor]
) -> Response[str] | Response[None]:
    """The form for strangers."""
    if visitor.session is not None:
        return show.go("/settings/appearance")
    return show("appearance.html", with_form=True, traits=TRAITS)


@get("/settings/appearance")
async def ask_members_appearance(
    show: NamedDependency[Show],
    member: NamedDependency[Member],  # noqa: ARG001 (strangers sign in)
) -> Response[str]:
    """The form among the settings."""
    return show("appearance_settings.html", traits=TRAITS)


@post("/appearance", status_code=303)
async def choose_appearance(
    form: Form[AppearanceForm],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[None]:
    """Keep the choice with the member, and in this browser: there it also holds before one signs in."""
    chosen = {trait.name: getattr(form, trait.name) for trait in TRAITS}
    if visitor.session is not None:
        async with db.begin() as tx:
            words = words_of(chosen, checked=show.look.checked)
            await accounts.choose_pages(tx, visitor.session.member_id, words)
    back = "/appearance" if visitor.session is None else "/settings/appearance"
    return show.go(back, done="saved", cookies=[set_cookie(settings, "look", words_of(chosen, checked=False))])


HANDLERS = pages(ask_appearance, ask_members_appearance, choose_appearance)
