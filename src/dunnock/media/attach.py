"""A post takes media for its own, and gives them back when it is gone."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock.foundation.db import Tx
from dunnock.media import store
from dunnock.media.errors import MediaUnusable
from dunnock.media.model import Media

_SAY_GONE = "Media {} does not exist, or is already used"
_SAY_MIXED = "Cannot attach a video to a post that already contains images"
_SAY_UNREADY = "Cannot attach files that have not finished processing. Try again in a moment!"


async def claim(tx: Tx, ids: Sequence[int], *, account_id: int, post_id: int) -> list[Media]:
    """Attach the media to a post of their owner; they are returned in the order asked, each once.

    Those that the post has already stay its own: an edit claims all that it wants to show. What an edit leaves out
    stays attached too, because the post's history shows it.

    Raises:
        MediaUnusable: one does not exist, is somebody else's, belongs to another post or one that is scheduled, or is not
            ready; or there is a video or sound beside another. Source: Mastodon's PostStatusService.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    found = await store.lock_many(tx, wanted)
    if len(wanted) > 1 and any(one.kind in {"video", "audio"} for one in found.values()):
        raise MediaUnusable(wanted[0], say=_SAY_MIXED)
    held = {row[0] for row in await tx.all(store.FIRMLY_HELD, ids=wanted)}
    claimed = []
    for an_id in wanted:
        media = found.get(an_id)
        if media is None or media.account_id != account_id or media.post_id not in (None, post_id) or an_id in held:
            raise MediaUnusable(an_id, say=_SAY_GONE.format(an_id))
        if media.state != "ready":
            raise MediaUnusable(an_id, media.state, say=_SAY_UNREADY)
        if media.post_id is None:
            await tx.run(store.ATTACH, the=an_id, new_post=post_id)
        claimed.append(
            Media(
                media.id,
                media.account_id,
                post_id,
                media.kind,
                media.state,
                media.picture,
                media.description,
                media.focus,
                media.blurhash,
                media.remote_url,
            )
        )
    return claimed


async def hold(tx: Tx, ids: Sequence[int], *, account_id: int, holder_id: int, firm: bool) -> None:
    """Keep unused media from being removed as long as something that is not posted yet wants them.

    `firm`: nobody else may take them meanwhile. Not `firm`: whoever posts them first has them.

    Raises:
        MediaUnusable: one does not exist, is somebody else's, is used already, or is held firmly by something else.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return
    found = await store.lock_many(tx, wanted)
    held = {row[0] for row in await tx.all(store.FIRMLY_HELD, ids=wanted)}
    for an_id in wanted:
        media = found.get(an_id)
        if media is None or media.account_id != account_id or media.post_id is not None or an_id in held:
            raise MediaUnusable(an_id, say=_SAY_GONE.format(an_id))
    await tx.many(store.HOLD, [{"holder_id": holder_id, "media_id": an_id, "firm": firm} for an_id in wanted])


async def let_go(tx: Tx, holder_id: int) -> None:
    """Hold nothing for it any more; what no post took is kept for a day from now on."""
    await tx.run(store.FREE, holder=holder_id, now=tx.now)
    await tx.run(store.LET_GO, holder=holder_id)


async def remove_of(tx: Tx, post_id: int) -> None:
    """Remove all media of a post that is deleted; their files go with the next sweep."""
    await tx.run(store.REMOVE_OF, the=post_id)


async def release(tx: Tx, post_id: int) -> None:
    """Detach all media of a post that is deleted: its author may use them again for a day, then they are removed."""
    await tx.run(store.DETACH, the=post_id, now=tx.now)
