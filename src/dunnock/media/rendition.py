"""What comes out of image processing; apart from `process` because the server reads it and must not load Pillow."""

from __future__ import annotations

from typing import Literal

import msgspec

ImageKind = Literal["post", "avatar", "header", "emoji", "clip"]
"""What a file is taken for; `clip`: sound or moving pictures in a post."""


class Clip(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of sound or moving pictures. `bitrate` in bits a second; `rate` in frames a second, as a fraction."""

    seconds: float
    bitrate: int
    rate: str | None = None
    codec: str | None = None
    sound: str | None = None
    sound_rate: int | None = None
    sound_channels: str | None = None


class Rendition(msgspec.Struct, frozen=True):
    """One written file. `width` and `height` in pixels, `size` in bytes, `sha256` in hexadecimal of those bytes."""

    name: str
    width: int
    height: int
    size: int
    mime: str
    sha256: str


class Processed(msgspec.Struct, frozen=True):
    """The files made from one file: all without metadata, pictures upright and in sRGB.

    `small` is a still preview, None for sound without a cover; `static` the first frame in full size of a picture that
    moves. `clip`: what is known of a `gifv`, `video` or `audio`. `prints`: what it looks like (`pdq`), of a moving picture at
    several moments.
    """

    original: Rendition
    small: Rendition | None
    static: Rendition | None
    blurhash: str | None
    animated: bool
    kind: Literal["image", "gifv", "video", "audio"] = "image"
    clip: Clip | None = None
    prints: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the stored bytes of the original, by which a store addresses it."""
        return self.original.sha256
