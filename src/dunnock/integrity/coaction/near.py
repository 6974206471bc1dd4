"""Texts that are nearly the same: equal fingerprints for texts that share most of their parts.

Min-hashing: the least hash over all runs of 16 bytes of a text; two texts agree in one with the probability of the share of
runs they have in common (A. Broder, "On the resemblance and containment of documents", 1997). A key joins two of them, so
that texts with four fifths in common meet in one of three keys 19 times of 20, and those with a fifth once in eight.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from dunnock.integrity.coaction.observations import Ints, Words

SHORTEST = 32  # bytes; shorter texts are compared whole only (`Trace.TEXT`)
KEYS = 3
_RUN = 16
_CHUNK = 2_000  # texts at a time: they fit into the processor's cache
_BASE = np.uint64(0x9E3779B97F4A7C15)
_SALTS = np.array(
    [
        0xD6E8FEB86659FD93,
        0xA0761D6478BD642F,
        0xE7037ED1A0B428DB,
        0x8EBC6AF09C88C6E3,
        0x589965CC75374CC3,
        0x1D8E4E27C47D124F,
    ],
    np.uint64,
)


def fingerprints(texts: Iterable[Sequence[str]]) -> tuple[Ints, Words]:
    """Which text (counted through all chunks of `texts`) has which key: two columns, up to `KEYS` rows a text."""
    rows, keys, start = [np.empty(0, np.int64)], [np.empty(0, np.uint64)], 0
    for chunk in texts:
        for first in range(0, len(chunk), _CHUNK):
            row, key = _of_chunk(chunk[first : first + _CHUNK])
            rows.append(row + start + first)
            keys.append(key)
        start += len(chunk)
    return np.concatenate(rows), np.concatenate(keys)


def fingerprint(text: str) -> list[int]:
    """The keys of one text, as `fingerprints` gives them, at a tenth of the cost: each post is looked at alone."""
    told = text.encode()
    if len(told) < SHORTEST:
        return []
    run = np.correlate(np.frombuffer(told, np.uint8).astype(np.uint64), _POWERS)
    run += _OF_ONES
    found: Words = np.minimum.reduce(run * _SALT_ROWS, axis=1)
    least: list[int] = (found ^ (found >> _SHIFT)).tolist()
    return [(least[2 * n] * int(_BASE) & _ALL) ^ (least[2 * n + 1] + n & _ALL) for n in range(KEYS)]


def fingerprints_of(texts: Sequence[str]) -> list[list[int]]:
    """The keys of each text, as `fingerprint` gives them."""
    if len(texts) < _FEW:
        return [fingerprint(text) for text in texts]
    found: list[list[int]] = [[] for _ in texts]
    for row, key in zip(*(column.tolist() for column in fingerprints([texts])), strict=True):
        found[row].append(key)
    return found


_FEW = 10  # below, it costs less to take each by itself
_ALL = 2**64 - 1
_POWERS = np.array([pow(int(_BASE), at, 2**64) for at in range(_RUN)], np.uint64)
_OF_ONES = np.uint64(sum(map(int, _POWERS)) & _ALL)  # bytes count from 1
_SALT_ROWS, _SHIFT = _SALTS[:, None].copy(), np.uint64(29)


def _of_chunk(texts: Sequence[str]) -> tuple[Ints, Words]:
    told = np.frombuffer("\0".join(texts).encode(), np.uint8)
    ends = np.append(np.flatnonzero(told == 0), len(told))
    if len(ends) != len(texts):  # that sign is in a text, too
        ends = np.cumsum([len(text.encode()) + 1 for text in texts]) - 1
    starts = np.append(0, ends[:-1] + 1)
    which = np.flatnonzero(ends - starts >= SHORTEST)
    if len(which) == 0:
        return which, np.empty(0, np.uint64)
    run = told.astype(np.uint64) + np.uint64(1)
    # Runs that reach over the end of a text belong to nobody: every second stretch is left out.
    stretches = np.column_stack([starts[which], ends[which] - _RUN + 1]).ravel()
    stretches = stretches[stretches < len(told) - _RUN + 1]
    with np.errstate(over="ignore"):
        base, width = _BASE, 1
        while width < _RUN:  # the hash of 2w bytes from those of w
            run = run[:-width] + base * run[width:]
            base, width = base * base, width * 2
        least, mixed = [], np.empty_like(run)
        for salt in _SALTS:
            np.multiply(run, salt, out=mixed)
            one = np.minimum.reduceat(mixed, stretches)[::2]
            least.append(one ^ (one >> _SHIFT))
        keys = [(least[2 * n] * _BASE) ^ (least[2 * n + 1] + np.uint64(n)) for n in range(KEYS)]
    return np.tile(which, KEYS), np.concatenate(keys)
