"""How far apart two prints (`media.pdq`) are, and by which keys all near ones are found.

Two prints of one picture differ in at most 31 of 256 bits. Cut into 16 parts of 16 bits, at least one part then differs in at
most one bit; so all copies are found by the 17 values near each part, exactly, whatever there is beside them.
Source: M. Norouzi, A. Punjani, D. Fleet, "Fast Search in Hamming Space with Multi-Index Hashing" (2012).
"""

from __future__ import annotations

SAME = 31
"""Bits in which two prints of one picture differ at most."""
ALIKE = 62
"""Bits in which prints differ at most where a picture was cut by a little or something was added; some of chance do, too."""
_MIRROR = int("5" * 64, 16)
_PARTS, _BITS = 16, 16


def apart(one: str, other: str) -> int:
    """In how many of 256 bits two prints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def apart_or_mirrored(one: str, other: str) -> int:
    """In how many bits two prints differ at least, if one of the pictures may be the other in a mirror.

    Mirrored, each second column of waves has the other sign, and so are its bits.
    """
    return min(apart(one, other), (int(one, 16) ^ _MIRROR ^ int(other, 16)).bit_count())


def keys_of(told: str) -> list[int]:
    """The 16 parts of a print, each with its place."""
    bits = int(told, 16)
    return [part << _BITS | bits >> part * _BITS & 0xFFFF for part in range(_PARTS)]


def keys_near(told: str) -> list[int]:
    """The parts of a print, and what each becomes when one bit is another."""
    return [key ^ flip for key in keys_of(told) for flip in (0, *(1 << bit for bit in range(_BITS)))]
