"""Changes what a media's owner says of it: description and focus (PUT /api/v1/media/:id)."""

from __future__ import annotations

from msgspec import UNSET, UnsetType, structs

from dunnock.foundation.db import Tx
from dunnock.media import store
from dunnock.media.errors import DescriptionRefused, MediaMissing
from dunnock.media.events import MediaChanged
from dunnock.media.model import MOST_DESCRIPTION, Focus, Media

_SAY_LONG = f"Validation failed: Description is too long (maximum is {MOST_DESCRIPTION} characters)"
_SAY_FOCUS = "Validation failed: Focus must be two numbers from -1 to 1"


def check(description: str | None, focus: Focus | None) -> str | None:
    """The description as it is kept: without space around it, None when nothing is left.

    Raises:
        DescriptionRefused: it is too long, or the focus is outside of the picture.
    """
    kept = (description or "").replace("\0", "").strip()
    if len(kept) > MOST_DESCRIPTION:
        raise DescriptionRefused(len(kept), say=_SAY_LONG)
    if focus is not None and not all(-1 <= one <= 1 for one in focus):
        raise DescriptionRefused(focus, say=_SAY_FOCUS)
    return kept or None


async def describe(
    tx: Tx,
    media_id: int,
    *,
    by: int,
    description: str | UnsetType | None = UNSET,
    focus: Focus | UnsetType | None = UNSET,
    post_id: int | None = None,
) -> Media:
    """Replace what is given. `post_id` None: only while no post uses the media; else that post may use it (its edit).

    Raises:
        MediaMissing: `by` has no such media, or another post uses it.
        DescriptionRefused: the description is too long, or the focus is outside of the picture.
    """
    media = (await store.lock_many(tx, [media_id])).get(media_id)
    if media is None or media.account_id != by or media.post_id not in (None, post_id):
        raise MediaMissing(media_id)
    new_focus = media.focus if focus is UNSET else focus
    new_text = check(media.description if description is UNSET else description, new_focus)
    if (new_text, new_focus) == (media.description, media.focus):
        return media
    await store.describe(tx, media_id, description=new_text, focus=new_focus)
    await tx.record(MediaChanged(media_id=media_id, post_id=media.post_id))
    return structs.replace(media, description=new_text, focus=new_focus)
