"""Blurhash: a blurred placeholder of an image in 36 characters (`blurhash` in the Mastodon API and ActivityPub)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"


def blurhash(pixels: npt.NDArray[np.uint8], *, components: tuple[int, int]) -> str:
    """The blurhash of sRGB `pixels`, shape (height, width, 3), with `components` waves in x and y, 1 to 9 each.

    The cost grows with the pixels: hand in a thumbnail.
    Source: https://github.com/woltapp/blurhash/blob/master/Algorithm.md
    """
    height, width, _ = pixels.shape
    across, down = components
    linear = _LINEAR[pixels]
    # (component, position): the cosine waves; the picture is projected on y first, then on x.
    waves_x = np.cos(np.pi / width * np.outer(np.arange(across), np.arange(width)))
    waves_y = np.cos(np.pi / height * np.outer(np.arange(down), np.arange(height)))
    factors = np.einsum("jy,yxc,ix->jic", waves_y, linear, waves_x, optimize=True) / (width * height)
    factors *= 2
    factors[0, 0] /= 2
    average, *rest = factors.reshape(-1, 3)
    digits = [_base83((across - 1) + (down - 1) * 9, 1)]
    scale = 1.0
    if rest:
        strongest = int(np.clip(np.floor(np.abs(rest).max() * 166 - 0.5), 0, 82))
        scale = (strongest + 1) / 166
        digits.append(_base83(strongest, 1))
    else:
        digits.append(_base83(0, 1))
    red, green, blue = (_srgb(float(value)) for value in average)
    digits.append(_base83((red << 16) + (green << 8) + blue, 4))
    for factor in rest:
        red, green, blue = (_quantised(float(value) / scale) for value in factor)
        digits.append(_base83((red * 19 + green) * 19 + blue, 2))
    return "".join(digits)


def _linear_table() -> npt.NDArray[np.float64]:
    values = np.arange(256) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


_LINEAR = _linear_table()


def _srgb(linear: float) -> int:
    linear = min(max(linear, 0.0), 1.0)
    if linear <= 0.0031308:
        return int(linear * 12.92 * 255 + 0.5)
    return int((1.055 * linear ** (1 / 2.4) - 0.055) * 255 + 0.5)


def _quantised(share: float) -> int:
    """A share of the strongest wave, -1 to 1, as one of 19 steps that are finer around 0."""
    root = np.copysign(abs(share) ** 0.5, share)
    return int(np.clip(np.floor(root * 9 + 9.5), 0, 18))


def _base83(value: int, length: int) -> str:
    return "".join(_DIGITS[value // 83**place % 83] for place in range(length - 1, -1, -1))
