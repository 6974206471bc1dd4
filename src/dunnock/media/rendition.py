"""What comes out of image processing; apart from `process` because the server reads it and must not load Pillow."""

from __future__ import annotations

from typing import Literal

import msgspec

ImageKind = Literal["post", "avatar", "header", "emoji"]


class Rendition(msgspec.Struct, frozen=True):
    """One written file. `width` and `height` in pixels, `size` in bytes, `sha256` in hexadecimal of those bytes."""

    name: str
    width: int
    height: int
    size: int
    mime: str
    sha256: str


class Processed(msgspec.Struct, frozen=True):
    """The files made from one image: all without metadata, upright and in sRGB.

    `small` is a still preview, `static` the first frame in full size, None when nothing moves.
    """

    original: Rendition
    small: Rendition
    static: Rendition | None
    blurhash: str
    animated: bool

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the stored bytes of the original, by which a store addresses it."""
        return self.original.sha256
