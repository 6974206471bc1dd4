"""The page where anybody chooses the language of the pages."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.api.kit import Form, Query
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.web.local_path import local_path
from dunnock.web.locales import LOCALES, PSEUDO, locale_of
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Visitor, set_cookie


class LanguageParams(msgspec.Struct, frozen=True):
    """Where the visitor came from, and goes back to."""

    back: str = "/"
    done: str = ""


class LanguageForm(Sent):
    """The language that was chosen: its tag."""

    language: str = ""
    back: str = "/"


@get("/language")
async def ask_language(
    params: Query[LanguageParams], show: NamedDependency[Show], settings: NamedDependency[Settings]
) -> Response[str]:
    """All languages, each called as its readers call it."""
    choices = (*LOCALES, *PSEUDO) if settings.dev else LOCALES
    return show("language.html", with_form=True, choices=choices, back=local_path(params.back))


@post("/language", status_code=303)
async def choose_language(
    form: Form[LanguageForm],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[None]:
    """Keep the choice: with the member, so that it goes along to other browsers, else in this browser."""
    chosen = locale_of(form.language, pseudo=settings.dev)
    back = local_path(form.back)
    if chosen is None:
        return show.go(back)
    if visitor.session is not None:
        async with db.begin() as tx:
            await accounts.choose_locale(tx, visitor.session.member_id, chosen.tag)
    return show.go(back, cookies=[set_cookie(settings, "locale", chosen.tag)])


HANDLERS = pages(ask_language, choose_language)
