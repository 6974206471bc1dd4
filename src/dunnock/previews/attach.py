"""Which link of a post gets a preview; posts call it when one is published, edited or deleted."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock.foundation.clock import DAY, HOUR
from dunnock.foundation.db import Tx
from dunnock.previews import store
from dunnock.previews.address import host_of, normal_address
from dunnock.previews.job import FetchPreview

FRESH_MS = 14 * DAY
"""How long what was found counts as known. Source: Mastodon, FetchLinkCardService."""
AGAIN_MS = HOUR
"""After how long the next post makes us look again where nothing was found. Ours."""


async def attach(tx: Tx, post_id: int, links: Sequence[str], *, here: str) -> None:
    """Show the first of a post's links that leads elsewhere than `here` (this server's domain); none: show nothing.

    Whatever is not known of it, or too old, is fetched by a job.
    """
    url = next((one for link in links if (one := normal_address(link)) is not None and host_of(one) != here), None)
    if url is None:
        await detach(tx, post_id)
        return
    found = await store.known(tx, url) or await store.add(tx, url)
    if tx.now - found.asked_at > (FRESH_MS if found.state == "ready" else AGAIN_MS):
        await store.note_asked(tx, found.id)
        await tx.enqueue(FetchPreview(preview_id=found.id, host=host_of(url)))
    await store.attach(tx, post_id, found)


async def detach(tx: Tx, post_id: int) -> None:
    """Show no preview with a post."""
    await store.detach(tx, post_id)
