"""Draws the pictures of accounts that chose none: a dunnock on a twig, and its evening sky. No image library needed."""

from __future__ import annotations

import functools
import math
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

Colour: TypeAlias = tuple[int, int, int]
Span: TypeAlias = tuple[float, float] | None
Shape: TypeAlias = Callable[[float], Span]
"""Where a line at height `y` (0 to 1, downwards) is inside of the shape; None: nowhere."""

SIDE: Final = 240  # pixels of the avatar
HEADER_SIZE: Final = (1500, 500)  # pixels
_LINES: Final = 3  # lines looked at in each row of pixels
_TOP: Final = (221, 229, 232)
_BOTTOM: Final = (176, 196, 205)
_SLATE: Final = (110, 122, 136)
_BROWN: Final = (122, 88, 62)
_DARK: Final = (84, 60, 44)
_TWIG: Final = (92, 78, 70)
_BLACK: Final = (34, 30, 30)


def _ellipse(x: float, y: float, width: float, height: float, tilt: float = 0.0) -> Shape:
    """Around (x, y), half axes `width` and `height`; `tilt` shears it, in parts of x to a part of y."""

    def at(line: float) -> Span:
        off = (line - y) / height
        if abs(off) >= 1:
            return None
        half = width * math.sqrt(1 - off * off)
        middle = x + (line - y) * tilt
        return middle - half, middle + half

    return at


def _polygon(*corners: tuple[float, float]) -> Shape:
    """Convex."""
    edges = list(zip(corners, corners[1:] + corners[:1], strict=True))

    def at(line: float) -> Span:
        crossed = [
            ax + (line - ay) / (by - ay) * (bx - ax) for (ax, ay), (bx, by) in edges if (ay <= line) != (by <= line)
        ]
        return (min(crossed), max(crossed)) if len(crossed) > 1 else None

    return at


_BIRD: Final[Sequence[tuple[Shape, Colour]]] = (
    (_polygon((0.0, 0.775), (1.0, 0.735), (1.0, 0.755), (0.0, 0.80)), _TWIG),
    (_polygon((0.08, 0.86), (0.14, 0.89), (0.42, 0.64), (0.34, 0.56)), _DARK),  # tail
    (_polygon((0.49, 0.70), (0.505, 0.70), (0.515, 0.775), (0.50, 0.775)), _TWIG),  # legs
    (_polygon((0.57, 0.69), (0.585, 0.69), (0.605, 0.77), (0.59, 0.77)), _TWIG),
    (_ellipse(0.52, 0.54, 0.235, 0.185, -0.35), _SLATE),  # breast
    (_ellipse(0.66, 0.335, 0.128, 0.122), _SLATE),  # head
    (_ellipse(0.653, 0.259, 0.098, 0.047), _BROWN),  # crown
    (_ellipse(0.44, 0.535, 0.185, 0.125, -0.75), _BROWN),  # wing
    (_ellipse(0.41, 0.575, 0.15, 0.055, -1.6), _DARK),
    (_ellipse(0.47, 0.505, 0.10, 0.022, -1.9), _DARK),
    (_polygon((0.772, 0.318), (0.772, 0.362), (0.865, 0.352)), _BLACK),  # bill
    (_ellipse(0.695, 0.318, 0.024, 0.024), _BLACK),  # eye
    (_ellipse(0.702, 0.311, 0.007, 0.007), (240, 240, 240)),
)


@functools.cache
def avatar() -> bytes:
    """A PNG of 240x240 pixels."""
    return _png(SIDE, SIDE, [_row(number) for number in range(SIDE)])


@functools.cache
def header() -> bytes:
    """A PNG of 1500x500 pixels: a sky, light above."""
    width, height = HEADER_SIZE
    return _png(width, height, [bytes(_mix(_TOP, _BOTTOM, number / height)) * width for number in range(height)])


def _row(number: int) -> bytes:
    pixels = [_mix(_TOP, _BOTTOM, number / SIDE)] * SIDE
    lines = [(number + (line + 0.5) / _LINES) / SIDE for line in range(_LINES)]
    for shape, colour in _BIRD:
        covered: dict[int, float] = {}
        for span in map(shape, lines):
            if span is not None:
                _cover(covered, max(0.0, span[0] * SIDE), min(float(SIDE), span[1] * SIDE))
        for at, share in covered.items():
            pixels[at] = _mix(pixels[at], colour, min(1.0, share))
    return b"".join(map(bytes, pixels))


def _cover(covered: dict[int, float], start: float, end: float) -> None:
    """Add to the share of each pixel that lies between `start` and `end`."""
    for at in range(int(start), min(SIDE, math.ceil(end))):
        covered[at] = covered.get(at, 0.0) + max(0.0, min(end, at + 1) - max(start, at)) / _LINES


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _png(width: int, height: int, rows: Sequence[bytes]) -> bytes:
    """Eight bits each of red, green and blue. Source: PNG specification, third edition, sections 5 and 11."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
