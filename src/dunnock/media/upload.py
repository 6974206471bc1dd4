"""Takes a file that a member sends; processes it at once or, when that takes long, as a job (POST /api/v2/media)."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from msgspec import structs

from dunnock.foundation.clock import HOUR, MINUTE, SECOND, now_ms
from dunnock.foundation.db import Db, Reader, Tx
from dunnock.foundation.ids import ms_of
from dunnock.foundation.job import Job
from dunnock.media import limits, store
from dunnock.media.caption import check
from dunnock.media.errors import MediaFailed, MediaMissing, MediaRejected, MediaTooLarge, MediaUnknown
from dunnock.media.events import MediaAccepted, MediaChanged
from dunnock.media.keep import Kept, MediaStore
from dunnock.media.model import Focus, Kind, Media
from dunnock.media.sniff import is_sound, sniff, sniff_container

GIVE_UP_MS = 3 * HOUR
"""How long a job tries to process a file before it has failed. Ours: nobody waits longer for it."""

_SAY_UNKNOWN = (
    "This kind of file can't be attached: pictures, video and sound can (JPEG, PNG, GIF, WebP, AVIF; MP4, WebM, MP3, …)"
)


class ProcessMedia(Job, frozen=True):
    """Process a file that was set aside."""

    within_ms = int(limits.CLIP_TASK_SECONDS * SECOND) + 10 * MINUTE  # behind others that wait, too
    media_id: int


async def accept(
    db: Db,
    media_store: MediaStore,
    *,
    account_id: int,
    path: Path,
    description: str | None = None,
    focus: Focus | None = None,
    thumbnail: Path | None = None,
    within_s: float | None = None,
    most_bytes: int = limits.SOURCE_BYTES["post"],
) -> Media:
    """Process the file in `path`, keep what is made, then the row: when it raises, nothing is left but files for the sweep.

    `within_s`: when processing takes longer, it goes on as a job and the media is given back in the state `processing`
    (sound and moving pictures at once); None: wait for it. `thumbnail`: a picture to show for it; `most_bytes`: of a picture.
    The caller removes the files.

    Raises:
        MediaRejected: the file is nothing that we read, is damaged, or costs too much.
        MediaTooLarge: the file has too many bytes.
        MediaFailed: no worker or no space for it; trying again later may help.
        DescriptionRefused: the description is too long, or the focus is outside of the picture.
    """
    description = check(description, focus)
    guess = await asyncio.to_thread(_look, path, most_bytes)
    shown = None if thumbnail is None else await media_store.keep(thumbnail, kind="post")
    if guess == "image" or within_s is None:
        try:
            async with asyncio.timeout(within_s):
                kept = await media_store.keep(path, kind="post" if guess == "image" else "clip")
        except TimeoutError:
            kept = None
    else:
        kept = None
    if kept is None:
        return await process_later(
            db,
            media_store,
            account_id=account_id,
            path=path,
            description=description,
            focus=focus,
            kind=guess,
            shown=shown,
        )
    kept = with_thumbnail(kept, shown)
    async with db.begin() as tx:
        media = Media(
            tx.new_id(), account_id, None, kept.kind, "ready", kept.picture, description, focus, kept.blurhash
        )
        await store.add(tx, media, sha256=kept.sha256, unused_since=tx.now)
        await tx.record(MediaAccepted(media_id=media.id, account_id=account_id))
    return media


def with_thumbnail(kept: Kept, shown: Kept | None) -> Kept:
    """With the small form of another picture instead of its own."""
    if shown is None:
        return kept
    picture = structs.replace(kept.picture, small=shown.picture.small)
    return structs.replace(kept, picture=picture, blurhash=shown.blurhash)


def _look(path: Path, most_bytes: int) -> Kind:
    """What the file seems to be, by its first bytes.

    Raises:
        MediaTooLarge, MediaRejected: too many bytes for that; nothing that we read.
    """
    with path.open("rb") as file:
        head = file.read(limits.SNIFF_BYTES)
        size = file.seek(0, 2)
    container = None if sniff(head) is not None else sniff_container(head)
    most = limits.CLIP_BYTES if container is not None else most_bytes
    if size > most:
        raise MediaTooLarge(size, say=f"The file is too large: at most {most // 1024 // 1024} MB are possible here")
    if container is not None:
        return "audio" if is_sound(container, head) else "video"
    if head and sniff(head) is None:
        raise MediaUnknown("no known magic bytes", say=_SAY_UNKNOWN)
    return "image"


async def process_later(
    db: Db,
    media_store: MediaStore,
    *,
    account_id: int,
    path: Path,
    description: str | None = None,
    focus: Focus | None = None,
    kind: Kind = "image",
    shown: Kept | None = None,
) -> Media:
    """Set the file aside and have it processed by a job; the media is in the state `processing`.

    `kind` as far as it is known; `shown`: a picture to show for it.

    Raises:
        MediaFailed: no space for it.
    """
    media = Media(db.new_id(), account_id, None, kind, "processing", None, description, focus)
    await media_store.set_aside(path, media.id)
    try:
        async with db.begin() as tx:
            await store.add(tx, media, sha256=None, unused_since=tx.now)
            if shown is not None:
                await store.keep_thumbnail(tx, media.id, shown.picture, shown.blurhash)
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
            waiting = media_store.waiting(media.id)
            kept = await media_store.keep(waiting, kind="post" if media.kind == "image" else "clip")
        except MediaFailed:
            if now_ms() - ms_of(media.id) < GIVE_UP_MS:
                raise
    async with db.begin() as tx:
        if kept is not None and (shown := await store.thumbnail_of(tx, media.id)) is not None:
            kept = with_thumbnail(kept, Kept(shown, (await store.lock_many(tx, [media.id]))[media.id].blurhash, ""))
        finished = await store.finish(
            tx,
            media.id,
            kind=media.kind if kept is None else kept.kind,
            picture=None if kept is None else kept.picture,
            blurhash=None if kept is None else kept.blurhash,
            sha256=None if kept is None else kept.sha256,
        )
        if finished and kept is not None:
            await tx.record(MediaAccepted(media_id=media.id, account_id=media.account_id))
    await media_store.forget(media.id)


async def change_thumbnail(db: Db, media_store: MediaStore, media_id: int, path: Path, *, by: int) -> Media:
    """Show another picture for a media that no post uses yet.

    Raises:
        MediaMissing: `by` has no such media, or a post uses it.
        MediaRejected, MediaTooLarge, MediaFailed: as `accept`, of the picture.
    """
    shown = await make_thumbnail(db, media_store, media_id, path, by=by)
    async with db.begin() as tx:
        return await put_thumbnail(tx, media_id, shown, by=by)


async def make_thumbnail(db: Db, media_store: MediaStore, media_id: int, path: Path, *, by: int) -> Kept:
    """A picture made ready to be shown for a media of `by`; nothing changes yet.

    Raises:
        MediaMissing: `by` has no such media.
        MediaRejected, MediaTooLarge, MediaFailed: as `accept`, of the picture.
    """
    await find_own(db, media_id, by=by)
    return await media_store.keep(path, kind="post")


async def put_thumbnail(tx: Tx, media_id: int, shown: Kept, *, by: int, post_id: int | None = None) -> Media:
    """Show that picture for the media. `post_id` None: only while no post uses it; else that post may (its edit).

    Raises:
        MediaMissing: `by` has no such media, or another post uses it.
    """
    media = (await store.lock_many(tx, [media_id])).get(media_id)
    if media is None or media.account_id != by or media.post_id not in (None, post_id):
        raise MediaMissing(media_id)
    if media.picture is None:
        await store.keep_thumbnail(tx, media_id, shown.picture, shown.blurhash)
        return structs.replace(media, blurhash=shown.blurhash)
    picture = structs.replace(media.picture, small=shown.picture.small)
    await store.show_otherwise(tx, media_id, picture, shown.blurhash)
    await tx.record(MediaChanged(media_id=media_id, post_id=media.post_id))
    return structs.replace(media, picture=picture, blurhash=shown.blurhash)


async def find_own(reader: Reader, media_id: int, *, by: int) -> Media:
    """The media of an account.

    Raises:
        MediaMissing: there is no such media, or it is another account's.
    """
    media = await store.find(reader, media_id)
    if media is None or media.account_id != by:
        raise MediaMissing(media_id)
    return media
