"""Takes a file that a member sends; processes it at once or, when that takes long, as a job (POST /api/v2/media)."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Db, Reader
from dunnock.foundation.ids import ms_of
from dunnock.foundation.job import Job
from dunnock.media import limits, store
from dunnock.media.caption import check
from dunnock.media.errors import MediaFailed, MediaMissing, MediaRejected, MediaTooLarge
from dunnock.media.events import MediaAccepted
from dunnock.media.keep import MediaStore
from dunnock.media.model import Focus, Media
from dunnock.media.sniff import sniff

GIVE_UP_MS = HOUR
"""How long a job tries to process a file before it has failed. Ours: nobody waits longer for a picture."""

_SAY_IMAGES = "Only images can be attached here (JPEG, PNG, GIF, WebP, AVIF), no video and no audio"
_VIDEO_ENDINGS = (
    ".mp4",
    ".m4v",
    ".mov",
    ".webm",
    ".mkv",
    ".avi",
    ".3gp",
    ".mp3",
    ".m4a",
    ".ogg",
    ".oga",
    ".opus",
    ".wav",
    ".flac",
)


class ProcessMedia(Job, frozen=True):
    """Process a file that was set aside."""

    media_id: int


async def accept(
    db: Db,
    media_store: MediaStore,
    *,
    account_id: int,
    path: Path,
    filename: str = "",
    description: str | None = None,
    focus: Focus | None = None,
    within_s: float | None = None,
) -> Media:
    """Process the image in `path`, keep its files, then the row: when it raises, nothing is left but files for the sweep.

    `filename` only decides what a refusal says. `within_s`: when processing takes longer, it goes on as a job and the
    media is given back in the state `processing`; None: wait for it. The caller removes `path`.

    Raises:
        MediaRejected: the file is not an image that we read, is damaged, or costs too much.
        MediaTooLarge: the file has too many bytes.
        MediaFailed: no worker or no space for it; trying again later may help.
        DescriptionRefused: the description is too long, or the focus is outside of the picture.
    """
    description = check(description, focus)
    await asyncio.to_thread(_check_file, path, filename)
    try:
        async with asyncio.timeout(within_s):
            kept = await media_store.keep(path, kind="post")
    except TimeoutError:
        return await process_later(
            db, media_store, account_id=account_id, path=path, description=description, focus=focus
        )
    async with db.begin() as tx:
        media = Media(tx.new_id(), account_id, None, "image", "ready", kept.picture, description, focus, kept.blurhash)
        await store.add(tx, media, sha256=kept.sha256, unused_since=tx.now)
        await tx.record(MediaAccepted(media_id=media.id, account_id=account_id))
    return media


def _check_file(path: Path, filename: str) -> None:
    most = limits.SOURCE_BYTES["post"]
    with path.open("rb") as file:
        head = file.read(limits.SNIFF_BYTES)
        size = file.seek(0, 2)
    if size > most:
        raise MediaTooLarge(size, say=f"The file is too large: at most {most // 1024 // 1024} MB are possible here")
    if head and sniff(head) is None and (_is_video_or_audio(head) or filename.lower().endswith(_VIDEO_ENDINGS)):
        raise MediaRejected(say=_SAY_IMAGES)


def _is_video_or_audio(head: bytes) -> bool:
    """Source: WHATWG MIME Sniffing, section 6.2."""
    return (
        head[4:8] == b"ftyp"
        or head.startswith((b"\x1a\x45\xdf\xa3", b"OggS", b"ID3", b"fLaC", b"\xff\xfb", b"\xff\xf3"))
        or (head[:4] == b"RIFF" and head[8:12] in (b"WAVE", b"AVI "))
    )


async def process_later(
    db: Db,
    media_store: MediaStore,
    *,
    account_id: int,
    path: Path,
    description: str | None = None,
    focus: Focus | None = None,
) -> Media:
    """Set the file aside and have it processed by a job; the media is in the state `processing`.

    Raises:
        MediaFailed: no space for it.
    """
    media = Media(db.new_id(), account_id, None, "image", "processing", None, description, focus)
    await media_store.set_aside(path, media.id)
    try:
        async with db.begin() as tx:
            await store.add(tx, media, sha256=None, unused_since=tx.now)
            await tx.enqueue(ProcessMedia(media_id=media.id))
    except BaseException:
        await media_store.forget(media.id)
        raise
    return media


async def process_waiting(db: Db, media_store: MediaStore, job: ProcessMedia) -> None:
    """Do the job. What can't be processed ends in the state `failed`.

    Raises:
        MediaFailed: trying again later may help.
    """
    media = await store.find(db, job.media_id)
    if media is None or media.state != "processing":
        await media_store.forget(job.media_id)
        return
    kept = None
    with contextlib.suppress(MediaRejected, MediaTooLarge, FileNotFoundError):
        try:
            kept = await media_store.keep(media_store.waiting(media.id), kind="post")
        except MediaFailed:
            if now_ms() - ms_of(media.id) < GIVE_UP_MS:
                raise
    async with db.begin() as tx:
        finished = await store.finish(
            tx,
            media.id,
            picture=None if kept is None else kept.picture,
            blurhash=None if kept is None else kept.blurhash,
            sha256=None if kept is None else kept.sha256,
        )
        if finished and kept is not None:
            await tx.record(MediaAccepted(media_id=media.id, account_id=media.account_id))
    await media_store.forget(media.id)


async def find_own(reader: Reader, media_id: int, *, by: int) -> Media:
    """The media of an account.

    Raises:
        MediaMissing: there is no such media, or it is another account's.
    """
    media = await store.find(reader, media_id)
    if media is None or media.account_id != by:
        raise MediaMissing(media_id)
    return media
