"""`dunnock feeds`: how well For You foretells what people take up, and better weights for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

from cyclopts import App, Parameter

from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of
from dunnock.foundation.clock import DAY, iso, now_ms
from dunnock.foundation.db import Db, open_db
from dunnock.foundation.settings import Settings

T = TypeVar("T")
app = App(name="feeds", help="Measure For You, and let it learn.")


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


@app.command
def fit(*, days: float = 7.0, write: bool = False, to: Path | None = None, data: DataOption = None) -> None:
    """Fit weights to what members took up of what For You showed them, and compare them on what came later.

    Args:
        days: How far back to look; receipts are kept for seven days.
        write: Keep the file, so that `use` can put it in force.
        to: Write the file here, too.
        data: The data directory [default: DUNNOCK_DATA, else ./data].
    """
    from dunnock.feeds.for_you.learn import learn  # noqa: PLC0415 (commands start fast)

    settings = settings_of(data)

    async def do(db: Db) -> str:
        from dunnock.accounts import Ages  # noqa: PLC0415
        from dunnock.feeds.for_you.shown import showings  # noqa: PLC0415
        from dunnock.feeds.for_you.versions import in_force, keep  # noqa: PLC0415

        now = now_ms()
        live = await in_force(db)
        pages = await showings(db, Ages(lambda: settings.unknown_age), since=int(now - days * DAY), now=now)
        learned = learn(pages, live, version=f"fitted {iso(now)[:16]}")
        found = learned.compared
        print(
            f"{found.choices + found.later:,} choices of {found.members:,} members ({found.by_chance:,} of what stood there "
            f"by chance): {found.choices:,} before {iso(found.parted)} to fit to, {found.later:,} later ones to compare on."
        )
        print(f"What stands at place n was looked at as n to the power of -{found.examined:.2f}.")
        print(f"this file   {found.scores['file']:.4f}")
        for one in found.better:
            print(f"{one.rival:<11} {found.scores[one.rival]:.4f}  {one.mean:+.4f} ({one.low:+.4f} to {one.high:+.4f})")
        print("Better than each of them." if found.wins else "Not better than each of them, or only by chance.")
        if write:
            async with db.begin() as tx:
                kept = await keep(tx, learned.text, found)
            print(f"Kept as {kept}.")
        return learned.text

    text = _with_db(settings, do)
    if to is not None:
        to.write_text(text, "utf-8")


@app.command
def weights(*, data: DataOption = None) -> None:
    """List the weight files that are kept, and which one counted when."""

    async def do(db: Db) -> None:
        from dunnock.feeds.for_you.versions import changes, in_force, weight_files  # noqa: PLC0415

        live = await in_force(db)
        print(f"In force: {live.hash} (version {live.version})")
        for file in await weight_files(db):
            did = "was not compared" if file.compared is None else "won" if file.compared.wins else "did not win"
            print(f"{iso(file.at)} {file.hash[:16]} {did}")
        for change in await changes(db):
            print(f"{iso(change.at)} {change.hash[:16]} in force: {change.because}")

    _with_db(settings_of(data), do)


@app.command
def use(file: str, /, *, because: str, data: DataOption = None) -> None:
    """Put a file that is kept in force; everybody can read which, when and why.

    Args:
        file: The first characters of its hash, at least eight.
        because: Why.
        data: The data directory [default: DUNNOCK_DATA, else ./data].
    """

    async def do(db: Db) -> None:
        from dunnock.feeds.for_you.versions import put_in_force  # noqa: PLC0415

        async with db.begin() as tx:
            new = await put_in_force(tx, file, because=because)
        print(f"{new.hash} is in force.")

    _with_db(settings_of(data), do)


def _with_db(settings: Settings, do: Callable[[Db], Awaitable[T]]) -> T:
    async def inside() -> T:
        db = await open_db(settings.database, redis_url=settings.redis_url)
        try:
            return await do(db)
        finally:
            await db.close()

    return asyncio.run(inside())
