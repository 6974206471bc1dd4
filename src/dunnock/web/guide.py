"""What the server says of itself at length: privacy policy and terms of service, with their versions."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from dunnock import server, text
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.web.about import has_terms, within_page
from dunnock.web.pages import pages
from dunnock.web.show import Show
from dunnock.web.words import N_


@get("/privacy-policy")
async def show_privacy(
    show: NamedDependency[Show], db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[str]:
    """What is kept about people."""
    written = await server.page(db, "privacy")
    words = server.privacy_text(settings.domain) if written is None else written.text
    at = server.PRIVACY_WRITTEN_AT if written is None else written.updated_at
    return show(
        "guide.html",
        heading=N_("Privacy policy"),
        html=_safe(words),
        as_of=at,
        changes="",
        versions=[],
        has_terms=await has_terms(db),
    )


@get("/terms-of-service")
async def show_terms(show: NamedDependency[Show], db: NamedDependency[Db]) -> Response[str]:
    """The terms that hold now."""
    return await _terms(show, db, await server.current_terms(db, now_ms()))


@get("/terms-of-service/{day:str}")
async def show_terms_of(day: FromPath[str], show: NamedDependency[Show], db: NamedDependency[Db]) -> Response[str]:
    """The terms that hold from a day on."""
    return await _terms(show, db, await server.terms_of(db, day))


async def _terms(show: Show, db: Db, one: server.Terms) -> Response[str]:
    versions = [each.effective_on for each in await server.all_terms(db)]
    return show(
        "guide.html",
        heading=N_("Terms of service"),
        html=_safe(one.text),
        as_of=None,
        since=one.effective_on,
        until=one.succeeded_by,
        changes=_safe(one.changes),
        has_terms=True,
        versions=[day for day in reversed(versions) if day != one.effective_on],
    )


def _safe(words: str) -> Markup:
    return within_page(text.markdown(words))


HANDLERS = pages(show_privacy, show_terms, show_terms_of)
