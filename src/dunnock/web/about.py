"""What the server says of itself, by part: its rules, and which other servers it limits or shuts out, with the reasons."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from markupsafe import Markup

from dunnock import server
from dunnock.accounts.server_rules import federation_limited, public_server_blocks
from dunnock.foundation.db import Db, Reader
from dunnock.web.locales import Locale
from dunnock.web.pages import pages
from dunnock.web.show import Show


class ShownRule(msgspec.Struct, frozen=True):
    """A rule in one language; `language` None: as it was written, in a language that nobody said."""

    id: int
    text: str
    hint: str
    language: str | None


@get("/about/rules")
async def show_rules(show: NamedDependency[Show], db: NamedDependency[Db]) -> Response[str]:
    """The rules of the server, in the visitor's language where they are there in it."""
    return show("about_rules.html", rules=await rules_for(db, show.locale), has_terms=await has_terms(db))


@get("/about/federation")
async def show_federation(show: NamedDependency[Show], db: NamedDependency[Db]) -> Response[str]:
    """Servers that are limited or shut out, the strictest rule first; names that staff hides are not readable."""
    blocks = await public_server_blocks(db)
    return show(
        "about_federation.html", blocks=blocks, only_allowed=await federation_limited(db), has_terms=await has_terms(db)
    )


async def rules_for(reader: Reader, locale: Locale) -> Sequence[ShownRule]:
    """All rules, as a reader of that language sees them."""
    shown = []
    for rule in await server.rules(reader):
        said = rule.translations.get(locale.tag)
        shown.append(
            ShownRule(rule.id, rule.text, rule.hint, None)
            if said is None
            else ShownRule(rule.id, said.text, said.hint, locale.tag)
        )
    return shown


def within_page(cleaned: str) -> Markup:
    """HTML of the cleaner below the heading that the page has itself, so that it must not have another first one."""
    return Markup(re.sub(r"(</?)h1\b", r"\1h2", cleaned))  # noqa: S704 (it comes out of the cleaner)


async def has_terms(reader: Reader) -> bool:
    """Were terms of service ever published?"""
    return bool(await server.all_terms(reader))


HANDLERS = pages(show_rules, show_federation)
