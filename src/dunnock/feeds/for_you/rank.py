"""The whole way from candidates to a page with receipts. Pure: what it is given decides what it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from dunnock.feeds.for_you.arrange import Item, Shelf, arrange, shelf_of
from dunnock.feeds.for_you.circles import Quota
from dunnock.feeds.for_you.model import Model
from dunnock.feeds.for_you.receipt import Receipt


class Candidate(msgspec.Struct, frozen=True):
    """What passed the gate. `sources`: where it came from, `walk`, `followed`, `tag`, `friends`, `trending`, `local`."""

    item: Item
    sources: tuple[str, ...]


def rank(
    candidates: Sequence[Candidate],
    values: NDArray[np.float64],
    model: Model,
    *,
    at: int,
    policy: str,
    limit: int = 20,
    draw: Callable[[], float] | None = None,
    quota: Quota | None = None,
    shelf: Shelf | None = None,
) -> list[Receipt]:
    """The receipts of a page, in order. `values` is `(n_candidates, n_features)`; `policy` the hash of the gate's rules.

    `draw`: numbers from 0 up to 1, for the share that is left to chance; None: nothing is. `quota`: see `circles`.
    `shelf`: the candidates' items by columns, where the caller has them.
    """
    if not candidates:
        return []
    parts = model.contributions(values)
    scores = parts.sum(1)
    shelf = shelf or shelf_of([one.item for one in candidates])
    placed = arrange(shelf, scores, model.arrange, limit=limit, draw=draw, quota=quota)
    return [
        Receipt(
            item=candidates[one.index].item.id,
            at=at,
            sources=candidates[one.index].sources,
            values=_named(model.names, values[one.index], values[one.index]),
            parts=_named(model.names, parts[one.index], values[one.index]),
            adjustments=one.adjustments,
            score=float(scores[one.index]),
            placed=one.placed,
            rank=place,
            model=model.hash,
            policy=policy,
            propensity=one.propensity,
        )
        for place, one in enumerate(placed, 1)
    ]


def _named(names: Sequence[str], row: NDArray[np.float64], values: NDArray[np.float64]) -> dict[str, float]:
    return {name: one for name, one, value in zip(names, row.tolist(), values.tolist(), strict=True) if value}
