"""`dunnock feeds`: how well For You foretells what people take up, and better weights for it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from dunnock.cli import Refused

app = App(name="feeds", help="Measure For You on a table of events.")


@app.command
def evaluate(
    events: Path,
    /,
    *,
    since: Annotated[float, Parameter(name="--from")] = 0.1,
    until: Annotated[float, Parameter(name="--to")] = 1.0,
    weights: Path | None = None,
    shipped: bool = False,
    verbose: bool = False,
) -> None:
    """Rank what accounts took up, in windows of six hours, knowing only what was before.

    Args:
        events: A CSV file with the columns time (Unix seconds), user, item.
        since: Where to begin: up to 1 a share of all events, else Unix seconds.
        until: Where to end, in the same way.
        weights: Rank with this weight file throughout, instead of fitting to the windows before.
        shipped: The same with the weights that come with the program.
        verbose: Say how far it is.
    """
    from dunnock.feeds.for_you.evaluate import evaluate as measure  # noqa: PLC0415 (commands start fast)
    from dunnock.feeds.for_you.evaluate import moment, read_events  # noqa: PLC0415
    from dunnock.feeds.for_you.features import NAMES  # noqa: PLC0415
    from dunnock.feeds.for_you.model import BadWeights, Model, default_text  # noqa: PLC0415

    began = time.monotonic()
    try:
        table = read_events(events)
        model = Model(default_text() if weights is None else weights.read_text("utf-8"), NAMES)
        figures = measure(
            table,
            model,
            since=moment(table, since),
            until=moment(table, until),
            fixed=shipped or weights is not None,
            tell=print if verbose else lambda _: None,
        )
    except (OSError, ValueError, BadWeights) as error:
        raise Refused(str(error)) from error
    print(f"NDCG@10 {figures.ndcg:.4f} Recall@20 {figures.recall:.4f}")
    print(f"Ranking by popularity alone: NDCG@10 {figures.popularity:.4f}")
    print(f"Coverage {figures.coverage:.3f} of the candidates stood in a first 20.")
    print(f"Small authors: {figures.small:.3f} of the first 20, {figures.small_offered:.3f} of the candidates.")
    print(f"{figures.rankings:,} rankings in {time.monotonic() - began:.0f} s.")
