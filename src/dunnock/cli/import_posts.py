"""`dunnock import posts`."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Protocol

import msgspec
from cyclopts import App, Parameter

from dunnock.app import migrate
from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of
from dunnock.foundation.db import Db, open_db
from dunnock.foundation.settings import Settings
from dunnock.posts import sources
from dunnock.posts.bulk import BadRow, Import

if TYPE_CHECKING:
    from rich.progress import ProgressColumn, Task

app = App(name="import", help="Bring in what exists elsewhere.")
_SHOWN_BAD = 20
_PLAIN_EVERY_S = 5.0


class Bar(Protocol):
    """Shows how far an import is."""

    def show(self, done: int) -> None:
        """`done` rows of all are behind us."""


class Total(msgspec.Struct):
    """What became of a file's rows in this run."""

    added: int = 0
    known: int = 0
    linked: int = 0
    bad: int = 0
    first_bad: list[BadRow] = []


@app.command(name="posts")
def import_posts(
    files: Annotated[list[Path], Parameter(negative="")],
    /,
    *,
    kind: Annotated[Literal["parquet", "twitter-io", "mastodon"] | None, Parameter(name="--format")] = None,
    data: DataOption = None,
) -> None:
    """Import posts with their original dates. Stop it whenever you like: the next run goes on where this one was.

    Args:
        files: Parquet tables, CSV files of Twitter's information operations archive, or outbox.json of Mastodon exports.
        kind: The format of all the files [default: found out by looking].
        data: The data directory.
    """
    settings = settings_of(data)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        asyncio.run(_run(settings, files, kind))
    except migrate.MigrationFailed as error:
        raise Refused(str(error)) from None
    except KeyboardInterrupt:
        raise Refused("Stopped. The same command goes on from here.") from None


async def _run(settings: Settings, files: list[Path], kind: str | None) -> None:
    await migrate.bring_up_to_date(settings.database)
    db = await open_db(settings.database, pool=2, timeout_s=60.0)
    try:
        for path in files:
            began = time.monotonic()
            source = sources.open_source(path, kind)
            total = await bring_in(db, source, sources.identity(path), settings, label=path.name)
            _tell(path, total, time.monotonic() - began)
    finally:
        await db.close()


async def bring_in(db: Db, source: sources.Source, identity: str, settings: Settings, *, label: str) -> Total:
    """Import what of the file is not in yet, posts first, then what they reply to."""
    work = Import(db, identity, total=source.total, public_url=settings.public_url)
    total = Total()
    done = await work.done()
    with _bar(label, done, source.total) as bar:
        if done < source.total:
            for rows in source.posts(done):
                done += len(rows)
                outcome = await work.add(rows, done=done)
                total.added += outcome.added
                total.known += outcome.known
                total.bad += len(outcome.bad)
                total.first_bad += outcome.bad[: _SHOWN_BAD - len(total.first_bad)]
                bar.show(done)
        linked = await work.linked()
        for replies in source.replies(linked):
            linked += len(replies)
            total.linked += await work.link(replies, done=linked, total=linked)
    return total


def _tell(path: Path, total: Total, seconds: float) -> None:
    rate = f" in {seconds:.1f} s" if total.added else ""
    told = [f"{total.added:,} posts imported{rate}"]
    if total.known:
        told.append(f"{total.known:,} were here already")
    if total.linked:
        told.append(f"{total.linked:,} replies linked")
    if total.bad:
        told.append(f"{total.bad:,} rows left out")
    print(f"{path.name}: {', '.join(told)}.", flush=True)
    for bad in total.first_bad:
        print(f"  row {bad.row}: {bad.reason}")
    if total.bad > len(total.first_bad):
        print(f"  and {total.bad - len(total.first_bad):,} more")


@contextlib.contextmanager
def _bar(label: str, done: int, total: int) -> Iterator[Bar]:
    if not sys.stderr.isatty():
        yield _Lines(label, done, total)
        return
    from rich.console import Console  # noqa: PLC0415 (comes with cyclopts; not needed without a terminal)
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _rate_column(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4) as progress:
        task = progress.add_task(label, total=total, completed=done)
        yield _Rich(lambda now: progress.update(task, completed=now))


def _rate_column() -> ProgressColumn:
    from rich.progress import ProgressColumn  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f} posts/s" if task.speed else "")

    return Rate()


class _Rich:
    """A bar on a terminal."""

    def __init__(self, update: Callable[[int], object]) -> None:
        self._update = update

    def show(self, done: int) -> None:
        self._update(done)


class _Lines:
    """A line now and then, for logs."""

    def __init__(self, label: str, done: int, total: int) -> None:
        self._label, self._from, self._total = label, done, total
        self._began = self._told = time.monotonic()

    def show(self, done: int) -> None:
        now = time.monotonic()
        if now - self._told < _PLAIN_EVERY_S:
            return
        self._told = now
        rate = (done - self._from) / (now - self._began)
        left = (self._total - done) / rate if rate else 0.0
        print(
            f"{self._label}: {done:,} of {self._total:,} rows, {rate:,.0f} a second, about {left:,.0f} s left",
            file=sys.stderr, flush=True,
        )  # fmt: skip
