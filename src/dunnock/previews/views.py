"""Batch reads of previews for showing, and for counting which pages are linked."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock.foundation.db import Reader
from dunnock.previews import store
from dunnock.previews.address import normal_address
from dunnock.previews.model import Preview


async def of_posts(reader: Reader, ids: Sequence[int]) -> dict[int, Preview]:
    """By post, what its link leads to; posts without a link, or whose link was not looked at yet, are left out. One query."""
    return await store.of_posts(reader, ids) if ids else {}


async def find(reader: Reader, ids: Sequence[int]) -> dict[int, Preview]:
    """By id, the previews that are ready. One query."""
    return await store.ready(reader, ids) if ids else {}


async def shown_by(reader: Reader, preview_id: int, *, most: int) -> list[int]:
    """Ids of posts that show this preview, the newest first."""
    return await store.shown_by(reader, preview_id, most)


async def find_link(reader: Reader, url: str) -> int | None:
    """The preview of the page at an address that somebody posted; None when nobody did."""
    normal = normal_address(url)
    known = None if normal is None else await store.known(reader, normal)
    return None if known is None else known.link_id
