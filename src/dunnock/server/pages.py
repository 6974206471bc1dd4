"""Long texts about the server, in Markdown: what it is, and what it does with personal data.

Mastodon: ExtendedDescription, PrivacyPolicy.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from dunnock import text
from dunnock.foundation.db import Reader, Tx
from dunnock.server import store
from dunnock.server.errors import GuideRefused
from dunnock.server.events import GuideChanged

LONGEST_PAGE = 100_000
Name: TypeAlias = Literal["about", "privacy"]


class Page(msgspec.Struct, frozen=True):
    """A page as written."""

    text: str
    updated_at: int


async def page(reader: Reader, name: Name) -> Page | None:
    """The page; None when nobody wrote one."""
    row = await reader.one(store.PAGE, page=name)
    return None if row is None else Page(row[0], row[1])


async def write_page(tx: Tx, name: Name, words: str) -> None:
    """What the page says from now on; an empty text takes it away.

    Raises:
        GuideRefused: it is longer than `LONGEST_PAGE` characters.
    """
    words = checked(words)
    if words:
        await tx.run(store.PUT_PAGE, name=name, text=words, updated_at=tx.now)
    else:
        await tx.run(store.DROP_PAGE, page=name)
    await tx.record(GuideChanged(what=name))


def checked(words: str) -> str:
    """The text without what can't be stored.

    Raises:
        GuideRefused: it is longer than `LONGEST_PAGE` characters.
    """
    if len(words) > LONGEST_PAGE:
        raise GuideRefused(len(words), say=f"Validation failed: a page has up to {LONGEST_PAGE} characters")
    return text.clean(words).strip()
