"""How long For You takes from candidates to receipts, on one core: `python benchmarks/for_you.py [--candidates 1500]`.

A made-up crowd of 5,000 people answers posts by taste for two days; then pages are made for readers with a hundred acts each.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np

from dunnock.feeds.for_you.arrange import Item
from dunnock.feeds.for_you.engagements import Engagements
from dunnock.feeds.for_you.features import NAMES, Walks, social
from dunnock.feeds.for_you.model import Model, default_text
from dunnock.feeds.for_you.rank import Candidate, rank

PEOPLE, ACTS, TASTES = 5_000, 60_000, 20


def main() -> None:
    """Print the median and the slowest of a hundred pages, in CPU milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=1_500)
    many = parser.parse_args().candidates
    dice = np.random.default_rng(1)
    known, model = Engagements(), Model(default_text(), NAMES)
    readers = range(100)
    for at in np.sort(dice.uniform(0, 172_800, ACTS)):
        who = int(dice.integers(100 if dice.random() < 0.17 else PEOPLE))
        known.add(who, int(who % TASTES + TASTES * dice.integers(many // TASTES)), float(at))
    ids = known.active(since=0)
    candidates = [
        Candidate(Item(one, one % 700, frozenset({f"t{one % 90}"}), small=one % 4 == 0), ("walk",)) for one in ids
    ]
    took = []
    for reader in readers:
        begun = time.process_time()
        walked = Walks(known.pool(ids, now=172_800), known.activity()).values(known.near(reader, now=172_800))
        values = np.concatenate([walked, social({}, len(ids))], 1)
        receipts = rank(candidates, values, model, at=1, policy="", draw=dice.random)
        took.append((time.process_time() - begun) * 1000)
        assert len(receipts) == 20
    acts = statistics.mean(len(known.acted_on(reader)) for reader in readers)
    print(
        f"{len(ids)} candidates, readers with {acts:.0f} acts: {statistics.median(took):.1f} ms a page, slowest {max(took):.1f}"
    )


if __name__ == "__main__":
    main()
