"""Chooses what makes the files of a media: Pillow for pictures, FFmpeg for what moves or sounds; runs only in a worker."""

from __future__ import annotations

from pathlib import Path

from dunnock.media.process import is_moving_gif, process
from dunnock.media.rendition import ImageKind, Processed


def make(source: Path, out_dir: Path, *, kind: ImageKind) -> Processed:
    """As `process`, or as `clip.process_clip` for clips and for animated GIFs in posts.

    Raises:
        MediaRejected, MediaTooLarge: as these.
    """
    if kind != "clip" and not (kind == "post" and is_moving_gif(source)):
        return process(source, out_dir, kind=kind)
    from dunnock.media.clip import process_clip, process_gif  # noqa: PLC0415 (pictures need no FFmpeg)

    return process_clip(source, out_dir) if kind == "clip" else process_gif(source, out_dir)
