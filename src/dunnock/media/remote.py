"""Files of other servers: a copy is made here, so that readers' addresses stay here; what can't be had is said to be unknown."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from dunnock.foundation.clock import HOUR, MINUTE
from dunnock.foundation.db import Db, Reader, Tx
from dunnock.foundation.http import Door, OutsideFailed, OutsideForbidden, Wanted
from dunnock.foundation.job import Job
from dunnock.media import limits, store
from dunnock.media.cache import has_room
from dunnock.media.errors import MediaFailed, MediaRejected, MediaTooLarge
from dunnock.media.events import MediaChanged
from dunnock.media.keep import Kept, MediaStore
from dunnock.media.model import MOST_DESCRIPTION, Focus, Kind, Media, write_picture
from dunnock.media.rendition import ImageKind

PAUSES_MS: Final = (MINUTE, 15 * MINUTE, 4 * HOUR)
"""Between the tries where nobody answers; then there is no copy."""
MOST_EMOJI: Final = 1024 * 1024
"""Bytes of an emoji's picture."""
_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})
_CLIPS = frozenset(
    {
        *("video/mp4", "video/webm", "video/quicktime", "video/x-matroska", "video/ogg", "audio/mpeg", "audio/mp3"),
        *("audio/mp4", "audio/x-m4a", "audio/aac", "audio/flac", "audio/ogg", "audio/wav", "audio/x-wav", "audio/opus"),
        *("audio/webm", "application/ogg", "application/octet-stream"),
    }
)


class RemoteFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file as another server tells of it."""

    url: str
    kind: Kind = "image"
    description: str | None = None
    focus: Focus | None = None
    blurhash: str | None = None


class FetchMedia(Job, frozen=True):
    """Make a copy of a file of another server."""

    within_ms = int(limits.CLIP_TASK_SECONDS * 1000) + 10 * MINUTE
    media_id: int
    host: str
    tries: int = 0

    @property
    def lane(self) -> str | None:
        """One server's files wait for each other, not for others'."""
        return f"media {self.host}"


async def add_remote(tx: Tx, files: Sequence[RemoteFile], *, account_id: int, post_id: int) -> tuple[int, ...]:
    """Note the files that a remote post shows, and have them copied; their ids in order."""
    ids = []
    for one in files:
        media = Media(
            tx.new_id(),
            account_id,
            post_id,
            one.kind,
            "processing",
            None,
            None if one.description is None else one.description[:MOST_DESCRIPTION],
            one.focus,
            one.blurhash,
            one.url,
        )
        await store.add_remote(tx, media)
        await tx.enqueue(FetchMedia(media_id=media.id, host=urlsplit(one.url).netloc.lower()))
        ids.append(media.id)
    return tuple(ids)


async def same_remote(reader: Reader, ids: Sequence[int], files: Sequence[RemoteFile]) -> bool:
    """Are the files that a post shows still these, with these words?"""
    found = await store.find_many(reader, list(ids)) if ids else {}
    held = [(one.remote_url, one.description, one.focus) for an_id in ids if (one := found.get(an_id)) is not None]
    said = [
        (one.url, None if one.description is None else one.description[:MOST_DESCRIPTION], one.focus) for one in files
    ]
    return held == said


async def copy_picture(door: Door, media_store: MediaStore, url: str, kind: ImageKind) -> str:
    """A picture of another server kept here: JSON of its Picture, for the row of who shows it.

    Raises:
        OutsideForbidden, OutsideFailed: it can't be had.
        MediaRejected, MediaTooLarge, MediaFailed: it is nothing that we read, or there is no room.
    """
    return write_picture(
        (await _copy(door, media_store, url, kind, most=limits.SOURCE_BYTES["post"], types=_IMAGES)).picture
    )


async def copy_emoji(db: Db, door: Door, media_store: MediaStore, *, shortcode: str, domain: str, url: str) -> None:
    """Copy a custom emoji of another server, or its new picture. Raises as `copy_picture`."""
    kept = await _copy(door, media_store, url, "emoji", most=MOST_EMOJI, types=_IMAGES)
    async with db.begin() as tx:
        await tx.run(
            store.PUT_EMOJI,
            shortcode=shortcode,
            domain=domain,
            file=kept.picture.original.path,
            still_file=kept.picture.still.path,
            category=None,
            listed=False,
            created_at=tx.now,
        )


def remote_jobs_of(door: Door, media_store: MediaStore) -> dict[type[Job], Callable[[Db, Any], Awaitable[None]]]:
    """Who does the job of this module."""

    async def fetch(db: Db, job: FetchMedia) -> None:
        await _fetch(db, door, media_store, job)

    return {FetchMedia: fetch}


async def _fetch(db: Db, door: Door, media_store: MediaStore, job: FetchMedia) -> None:
    media = await store.find(db, job.media_id)
    if media is None or media.state != "processing" or media.remote_url is None:
        return
    kept = None
    image = media.kind == "image"
    try:
        most, types = (limits.SOURCE_BYTES["post"], _IMAGES) if image else (limits.CLIP_BYTES, _CLIPS | _IMAGES)
        kept = await _copy(door, media_store, media.remote_url, "post" if image else "clip", most=most, types=types)
    except (OutsideForbidden, MediaRejected, MediaTooLarge):
        kept = None
    except (OutsideFailed, MediaFailed):
        if job.tries < len(PAUSES_MS):
            async with db.begin() as tx:
                again = msgspec.structs.replace(job, tries=job.tries + 1)
                await tx.enqueue(again, run_at=tx.now + PAUSES_MS[job.tries])
            return
    async with db.begin() as tx:
        finished = await store.finish(
            tx,
            media.id,
            kind="unknown" if kept is None else kept.kind,
            picture=None if kept is None else kept.picture,
            blurhash=media.blurhash if kept is None else kept.blurhash,
            sha256=None if kept is None else kept.sha256,
        )
        if finished:
            await tx.record(MediaChanged(media_id=media.id, post_id=media.post_id))


async def _copy(
    door: Door, media_store: MediaStore, url: str, kind: ImageKind, *, most: int, types: frozenset[str]
) -> Kept:
    if not await has_room(media_store.storage):
        raise MediaFailed("no room")
    answer = await door.get(url, Wanted(types=types, most=most, hops=3, within_s=60))
    if not answer.fine:
        if answer.status in {401, 403, 404, 410}:
            raise MediaRejected(answer.status)
        raise OutsideFailed(answer.status)
    handle, name = tempfile.mkstemp(prefix="remote-")
    try:
        await asyncio.to_thread(_write, handle, answer.body)
        return await media_store.keep(Path(name), kind=kind)
    finally:
        await asyncio.to_thread(Path(name).unlink, missing_ok=True)


def _write(handle: int, body: bytes) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(body)
