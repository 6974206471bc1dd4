"""Makes the files of a picture in a worker and keeps them; no row refers to them yet."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from dunnock.foundation.storage import LocalStorage, Storage
from dunnock.media import limits
from dunnock.media.errors import MediaFailed
from dunnock.media.model import TYPES, File, Kind, Picture, write_picture
from dunnock.media.workers import ImageWorkers

if TYPE_CHECKING:
    from dunnock.media.rendition import ImageKind, Rendition


class Kept(msgspec.Struct, frozen=True):
    """What was made of a file, and is kept. `sha256` is that of the original, in hexadecimal."""

    picture: Picture
    blurhash: str | None
    sha256: str
    kind: Kind = "image"


class MediaStore:
    """Storage and image workers together, and a folder for what is under way. Belongs to one event loop."""

    def __init__(
        self, storage: Storage, workers: ImageWorkers, *, folder: Path, clips: ImageWorkers | None = None
    ) -> None:
        """`folder`: on this machine's disk, not served; made when it is needed. `clips`: workers for what takes minutes."""
        self.storage = storage
        self.workers = workers
        self.clips = clips or ImageWorkers(
            size=1, timeout=limits.CLIP_TASK_SECONDS, waiting=limits.CLIPS_WAITING, clips=True
        )
        self._work = folder / "work"
        self._waiting = folder / "waiting"

    @classmethod
    def local(cls, root: Path) -> MediaStore:
        """Everything in folders below `root`, with workers of the usual number."""
        return cls(LocalStorage(root / "files"), ImageWorkers(), folder=root)

    async def keep(self, source: Path, *, kind: ImageKind) -> Kept:
        """Process an image and keep its files. Until a row refers to them they live for a day.

        Raises:
            MediaRejected: the file is not an image that we read, is damaged, or costs too much.
            MediaTooLarge: the file has too many bytes.
            MediaFailed: no worker or no space for it; trying again later may help.
        """
        try:
            out_dir = _fresh_folder(self._work)  # not in a thread: a cancelled call would not know what to remove
        except OSError as error:
            raise MediaFailed("no folder to work in", error) from error
        try:
            workers = self.clips if kind == "clip" else self.workers
            processed = await workers.process(source, out_dir, kind=kind)
            picture = Picture(
                original=await self._put(out_dir, processed.original),
                small=None if processed.small is None else await self._put(out_dir, processed.small),
                static=None if processed.static is None else await self._put(out_dir, processed.static),
                clip=processed.clip,
                prints=processed.prints,
            )
        except OSError as error:
            raise MediaFailed("not stored", error) from error
        finally:
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, out_dir, ignore_errors=True))
        return Kept(picture, processed.blurhash, processed.sha256, processed.kind)

    async def _put(self, folder: Path, made: Rendition) -> File:
        suffix = made.name.rpartition(".")[2]
        if Path(made.name).name != made.name or TYPES.get(suffix) != made.mime:
            raise MediaFailed("a worker made something else than what we serve", made)
        try:
            name = await self.storage.put(folder / made.name, sha256=made.sha256, suffix=suffix)
        except ValueError as error:
            raise MediaFailed("a worker made something else than it says", made) from error
        return File(path=name, width=made.width, height=made.height, bytes=made.size, mime=made.mime)

    async def set_aside(self, source: Path, media_id: int) -> None:
        """Keep a file as it was sent, durably, for a job that processes it.

        Raises:
            MediaFailed: no space for it.
        """
        try:
            await asyncio.to_thread(_copy_durably, source, self.waiting(media_id))
        except OSError as error:
            raise MediaFailed("not set aside", error) from error

    def waiting(self, media_id: int) -> Path:
        """Where the file lies that was set aside; it may not exist."""
        return self._waiting / str(media_id)

    async def forget(self, media_id: int) -> None:
        """Remove what was set aside; nothing there is no error."""
        await asyncio.to_thread(self.waiting(media_id).unlink, missing_ok=True)

    async def clear(self, *, before: int) -> None:
        """Remove what crashes left in the folder before this moment (Unix milliseconds)."""
        await asyncio.to_thread(_clear, (self._work, self._waiting), before)

    async def aclose(self) -> None:
        """End the workers."""
        await asyncio.gather(self.workers.aclose(), self.clips.aclose())


async def take_picture(media_store: MediaStore, path: Path, kind: ImageKind) -> str:
    """Keep an avatar or a header; the JSON of its Picture, for the row of the account that is changed next.

    Raises:
        MediaRejected: the file is not an image that we read, is damaged, or costs too much.
        MediaTooLarge: the file has too many bytes.
        MediaFailed: no worker or no space for it; trying again later may help.
    """
    return write_picture((await media_store.keep(path, kind=kind)).picture)


def _fresh_folder(inside: Path) -> Path:
    inside.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Path(tempfile.mkdtemp(dir=inside))


def _copy_durably(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with source.open("rb") as old, target.open("xb") as new:
            shutil.copyfileobj(old, new, 1 << 20)
            new.flush()
            os.fsync(new.fileno())
    except OSError:
        target.unlink(missing_ok=True)
        raise


def _clear(folders: tuple[Path, ...], before: int) -> None:
    for folder in folders:
        with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    if entry.stat(follow_symlinks=False).st_mtime_ns // 1_000_000 >= before:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path, ignore_errors=True)
                    else:
                        Path(entry.path).unlink()
