"""What an engine makes of tables of posts, told so that the engine doesn't show. A program: Spark has a process of its own.

python program.py ENGINE OUT FLAGS WORLD TABLE...: writes what is observed in the tables, and the flags of the world. Both in one
process: to start Spark takes longer than its work.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from dunnock.cli.integrity import scan
from dunnock.integrity.coaction import Trace
from dunnock.integrity.reading import Posts


def observed(engine: str, files: list[Path]) -> dict[str, object]:
    """Accounts, posts, by trace the sets of posts that did something to the same object, and boosts."""
    with Posts(files, engine=engine) as posts:
        seen, boosts = posts.seen(), posts.boosts()
        same: dict[str, list[list[int]]] = {}
        for trace in Trace:
            rows = np.flatnonzero(seen.trace == trace)
            by: dict[int, list[int]] = {}
            for thing, post in zip(seen.object[rows].tolist(), seen.post[rows].tolist(), strict=True):
                by.setdefault(thing, []).append(post)
            same[trace.name] = sorted(sorted(one) for one in by.values())
        ids = posts.ids(np.arange(len(posts)))
        return {
            "accounts": posts.accounts,
            "posts": [
                [ids[n], *told]
                for n, told in enumerate(
                    zip(posts.author.tolist(), posts.at.tolist(), posts.is_repost.tolist(), strict=True)
                )
            ],
            "same": same,
            "boosts": sorted(zip(boosts.booster.tolist(), boosts.author.tolist(), strict=True)),
        }


if __name__ == "__main__":
    engine, out, flags, world, *files = sys.argv[1:]
    Path(out).write_text(json.dumps(observed(engine, [Path(one) for one in files])))
    scan([Path(world)], out=Path(flags), no_text=True, engine="spark" if engine == "spark" else "duckdb")
