"""Media and custom emoji as they are shown: read in batches."""

from __future__ import annotations

from collections.abc import Collection

from dunnock.foundation.db import Db, Reader
from dunnock.media import store
from dunnock.media.model import Emoji, Media


async def find(reader: Reader, ids: Collection[int]) -> dict[int, Media]:
    """Media by id; unknown ones are left out. One query, none for no ids."""
    return await store.find_many(reader, list(ids)) if ids else {}


async def shown_before(db: Db, below: int, *, most: int) -> list[Media]:
    """The files that posts show, the newest first, below an id; those that are not processed are left out."""
    return await store.shown_before(db, below, most=most)


async def find_emoji(reader: Reader, shortcodes: Collection[str], domain: str = "") -> list[Emoji]:
    """The custom emoji of these names on a server (`domain` "": this one), by name; unknown ones are left out."""
    return await store.emoji_named(reader, list(shortcodes), domain) if shortcodes else []


async def every_emoji(reader: Reader) -> list[tuple[Emoji, bool]]:
    """All custom emoji of this server with whether each is disabled: for staff, by name."""
    return await store.every_emoji(reader)


async def all_emoji(reader: Reader) -> list[Emoji]:
    """All custom emoji of this server, also those not listed, by name."""
    return await store.all_emoji(reader)
