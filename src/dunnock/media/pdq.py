"""PDQ: 256 bits of how a picture looks, nearly the same when it was resized, recompressed or lightly changed.

Two pictures of chance differ in about 128 bits; up to `nearness.SAME` apart, they are copies of one.
Source: Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (2019), section PDQ.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SIDE = 512
"""Pixels on the longer side of what is looked at."""
LEAST_QUALITY = 50
"""Of 100: pictures with less structure (one colour, a gradient) all look alike and have no print."""
_CORE, _WAVES = 64, 16
_Floats = npt.NDArray[np.float64]


def pdq(pixels: npt.NDArray[np.uint8]) -> str | None:
    """The hash of sRGB `pixels`, shape (height, width, 3), as 64 hexadecimal digits; None: there is too little to see.

    The cost grows with the pixels: hand in a thumbnail of at most `SIDE`.
    """
    if min(pixels.shape[:2]) < _CORE:
        return None
    grey = pixels @ np.array([0.299, 0.587, 0.114])
    for axis in (1, 0):
        window = -(-grey.shape[axis] // (2 * _CORE))
        for _ in range(2):
            grey = _box(grey, window, axis)
    rows, columns = (((np.arange(_CORE) + 0.5) * length / _CORE).astype(np.int64) for length in grey.shape)
    small = grey[np.ix_(rows, columns)]
    if _quality(small) < LEAST_QUALITY:
        return None
    waves = _WAVES_OF @ small @ _WAVES_OF.T
    bits = (waves > np.median(waves)).ravel()
    return f"{int(''.join('1' if bit else '0' for bit in bits[::-1]), 2):064x}"


def _box(values: _Floats, window: int, axis: int) -> _Floats:
    """The mean of the `window` values around each one, of fewer at the edges."""
    length = values.shape[axis]
    ahead = (window + 2) // 2
    at = np.arange(length)
    begin, end = np.maximum(at + ahead - window, 0), np.minimum(at + ahead, length)
    sums = np.cumsum(np.insert(values, 0, 0.0, axis=axis), axis=axis)
    width = (end - begin).reshape((-1, 1) if axis == 0 else (1, -1))
    told: _Floats = (sums.take(end, axis=axis) - sums.take(begin, axis=axis)) / width
    return told


def _quality(small: _Floats) -> int:
    steps = sum(int(np.abs(np.trunc(np.diff(small, axis=axis) * 100 / 255)).sum()) for axis in (0, 1))
    return min(100, steps // 90)


_WAVES_OF: _Floats = np.sqrt(2 / _CORE) * np.cos(
    np.pi / (2 * _CORE) * np.outer(np.arange(1, _WAVES + 1), 2 * np.arange(_CORE) + 1)
)
