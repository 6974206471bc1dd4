"""What the server says of itself at length: privacy policy and terms of service, with their versions."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from dunnock import server, text
from dunnock.foundation.clock import iso_day, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.web.pages import pages
from dunnock.web.show import Show


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
        heading="Privacy policy",
        html=_safe(words),
        facts=[f"As of {iso_day(at)}"],
        changes="",
        versions=[],
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
    facts = [f"In force from {one.effective_on}"]
    if one.succeeded_by is not None:
        facts.append(f"until {one.succeeded_by}")
    versions = [each.effective_on for each in await server.all_terms(db)]
    return show(
        "guide.html",
        heading="Terms of service",
        html=_safe(one.text),
        facts=facts,
        changes=_safe(one.changes),
        versions=[day for day in reversed(versions) if day != one.effective_on],
    )


def _safe(words: str) -> Markup:
    return Markup(text.markdown(words))  # noqa: S704 (it comes out of the cleaner)


HANDLERS = pages(show_privacy, show_terms, show_terms_of)
