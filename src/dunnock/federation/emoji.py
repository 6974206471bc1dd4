"""Custom emoji of other servers, copied when they are first seen."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock import media
from dunnock.federation.jobs import CopyEmoji
from dunnock.federation.store.actors import Remote
from dunnock.foundation.db import Tx


async def want_emoji(tx: Tx, icons: Sequence[tuple[str, str]], owner: Remote, *, post_id: int | None = None) -> None:
    """Have those emoji (name, address) copied that are not here yet; `post_id`: the post that shows them, else the profile."""
    if not icons:
        return
    here = {one.shortcode for one in await media.find_emoji(tx, [name for name, _ in icons], owner.domain)}
    missing = tuple([one for one in icons if one[0] not in here])
    if missing:
        await tx.enqueue(CopyEmoji(domain=owner.domain, icons=missing, account_id=owner.account_id, post_id=post_id))
