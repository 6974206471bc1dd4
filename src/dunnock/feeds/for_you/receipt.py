"""A receipt: everything that brought one item to its place for one viewer, and nothing else.

`recompute` is for whoever does not trust the ranking: from a receipt and the text of the weight file it works the score out
again. It shares no code with the scorer.
"""

from __future__ import annotations

import functools
import hashlib
import math
import tomllib
from typing import Any

import msgspec


@functools.lru_cache(maxsize=8)
def _features(weights: str) -> dict[str, Any]:
    """What a weight file says of its features; a page of receipts names one file many times."""
    read: dict[str, Any] = tomllib.loads(weights)["feature"]
    return read


class Adjustment(msgspec.Struct, frozen=True, array_like=True):
    """What the arranger did to the score, and why: `same_author`, `same_tag`, `small_author`, `circle`, `explored`."""

    name: str
    amount: float


class Receipt(msgspec.Struct, frozen=True):
    """Why an item stood at its place. `at`: Unix milliseconds; `model`, `policy`: hashes of the files in force.

    `values`: features that are not 0; `parts`: what each added; `score`: their sum; `placed`: the score after
    `adjustments`; `rank`: 1 is the first. `propensity`: how probable it was that the item was shown at all: 1 but for
    what was drawn at random.
    """

    item: int
    at: int
    sources: tuple[str, ...]
    values: dict[str, float]
    parts: dict[str, float]
    adjustments: tuple[Adjustment, ...]
    score: float
    placed: float
    rank: int
    model: str
    policy: str
    propensity: float = 1.0


class Recomputed(msgspec.Struct, frozen=True):
    """What `recompute` found: `wrong` says in words where the receipt and the file differ."""

    score: float
    placed: float
    wrong: tuple[str, ...]


def recompute(receipt: Receipt, weights: str, *, tolerance: float = 1e-9) -> Recomputed:
    """Work the score of a receipt out again from the text of the weight file that it names."""
    wrong: list[str] = []
    if hashlib.sha256(weights.encode()).hexdigest() != receipt.model:
        wrong.append("the receipt names another weight file")
    table = _features(weights)
    score = 0.0
    for name in sorted(receipt.values):
        entry = table.get(name)
        part = 0.0
        if entry is not None:
            x = receipt.values[name] / float(entry.get("scale", 1.0))
            part = float(entry["weight"]) * (x if entry.get("shape", "log") == "plain" else math.log(1.0 + x))
        score += part
        if not math.isclose(part, receipt.parts.get(name, 0.0), rel_tol=0, abs_tol=tolerance):
            wrong.append(f"{name} adds {part!r}, not {receipt.parts.get(name, 0.0)!r}")
    wrong.extend(f"{name} is in the sum without a value" for name in receipt.parts.keys() - receipt.values.keys())
    if abs(score - receipt.score) > tolerance:
        wrong.append(f"the score is {score!r}, not {receipt.score!r}")
    placed = score + sum(one.amount for one in receipt.adjustments)
    if abs(placed - receipt.placed) > tolerance:
        wrong.append(f"the place was decided by {placed!r}, not {receipt.placed!r}")
    return Recomputed(score, placed, tuple(wrong))
