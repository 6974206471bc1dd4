"""Posts meet what staff stopped: when they are posted or edited, and when a copy of another server's file is there."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock import accounts, posts
from dunnock import media as files
from dunnock.foundation.db import Tx
from dunnock.foundation.reactions import in_batches
from dunnock.integrity.meetings.keep import MOST_AN_HOUR, limit, meets_too_much
from dunnock.integrity.meetings.store import SHOWN
from dunnock.integrity.signals import raise_signal
from dunnock.integrity.stopped_media import store
from dunnock.integrity.stopped_media.model import closeness
from dunnock.media import MediaChanged, StopMatch
from dunnock.moderation import MediaStopsChanged, log
from dunnock.posts import Post

DETECTOR = "media.stopped"


@in_batches
async def look_at_post(tx: Tx, events: Sequence[posts.PostPublished]) -> None:
    """Posts are there; what shows something stopped was narrowed when it was posted."""
    if await files.any_stop(tx):
        for one in events:
            await _meet(tx, one.post_id, narrowed=one.narrowed)


async def look_at_edit(tx: Tx, event: posts.PostEdited) -> None:
    """A post shows something else."""
    await _meet(tx, event.post_id)


async def look_at_file(tx: Tx, event: MediaChanged) -> None:
    """A copy of another server's file is there."""
    if event.post_id is not None:
        await _meet(tx, event.post_id)


async def forget_deleted(tx: Tx, event: posts.PostDeleted) -> None:
    """What is gone needs nobody to look at it."""
    await tx.run(store.FORGET_POST, post=event.post_id)


async def look_again(tx: Tx, post_id: int) -> bool:
    """Something was stopped that a post shows that is there already; did it meet anything that it had not met before?"""
    return await _meet(tx, post_id)


async def _meet(tx: Tx, post_id: int, *, narrowed: bool = False) -> bool:
    if not await files.any_stop(tx):
        return False
    post = await posts.find_living(tx, post_id)
    if post is None or not post.media:
        return False
    shown = await files.find(tx, post.media)
    met = [
        await _write_down(tx, post, match, narrowed=narrowed)
        for match in await files.stopped_among(tx, list(shown.values()))
    ]
    return any(met)


async def _write_down(tx: Tx, post: Post, match: StopMatch, *, narrowed: bool) -> bool:
    hit_id = tx.new_id()
    added = await tx.run(
        store.ADD, id=hit_id, stop_id=match.stop_id, post_id=post.id, media_id=match.media_id, account_id=post.author_id,
        apart=match.apart, state="waiting",
    )  # fmt: skip
    if not added:
        return False
    if match.effect == "limit" and post.author_id not in await accounts.protected_ids(tx):
        await limit(tx, SHOWN, hit_id, post.id, narrowed=narrowed)
    evidence = {
        "stop": str(match.stop_id), "media": str(match.media_id), "print": match.print, "stopped": match.stopped,
        "apart": match.apart,
    }  # fmt: skip
    await raise_signal(tx, DETECTOR, "post", post.id, score=closeness(match.apart), evidence=evidence)
    if match.effect == "limit" and await meets_too_much(tx, SHOWN, match.stop_id, most=MOST_AN_HOUR):
        await files.soften_stop(tx, match.stop_id)
        await log.note_by(tx, log.THE_SERVER, "media.soften", match.stop_id, hits=MOST_AN_HOUR)
        await tx.record(MediaStopsChanged(stop_id=match.stop_id))
    return True
