"""`dunnock integrity`: accounts that act together, found in tables of posts. Needs no server."""

from __future__ import annotations

import contextlib
import csv
import ctypes
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cyclopts import App, Parameter

from dunnock.cli import Refused

app = App(name="integrity", help="Find accounts that act together.")


@app.command
def scan(
    files: Annotated[list[Path], Parameter(negative="")],
    /,
    *,
    out: Path,
    no_text: Annotated[bool, Parameter(name="--no-text", negative="")] = False,
    threshold: float | None = None,
    engine: Literal["duckdb", "spark"] = "duckdb",
) -> None:
    """Write a row for each account that acts together with others: account_id, score, cluster_id, evidence.

    Args:
        files: Tables of posts: Parquet, CSV or JSON with account_id, post_id, created_at, and what there is of text, is_repost,
            repost_of, repost_of_author, hashtags, urls, mentions, reply_to, media; or CSV of Twitter's archive.
        out: Where the rows go: CSV, or Parquet where the name ends so. The evidence is JSON.
        no_text: Look at behaviour only, not at what was written.
        threshold: The least score, in nats [default: 7; by chance at most one account in 1,000 reaches it].
        engine: What reads the tables. Spark needs Java and `pip install 'dunnock[spark]'`; it finds the same.
    """
    from dunnock.integrity import scan as scanning  # noqa: PLC0415 (commands start fast)

    if not files:
        raise Refused("Name a table of posts.")
    _keep_memory()
    least = scanning.THRESHOLD if threshold is None else threshold
    flags = scanning.scan(files, text=not no_text, threshold=least, engine=engine, tell=_tell)
    rows = (
        (flag.account, repr(flag.score), flag.cluster, msgspec.json.encode(flag.evidence).decode()) for flag in flags
    )
    _write(out, _FLAGS, rows)
    print(f"{len(flags):,} accounts in {len({flag.cluster for flag in flags}):,} clusters act together: {out}")


def _keep_memory() -> None:
    """What one column leaves, the next one takes: to give it back and to have it zeroed again is a tenth of a scan's cost.

    Where there is another library than glibc, all stays as it is. Source: mallopt(3).
    """
    mmap_max, trim_threshold, top_pad = -4, -1, -2
    with contextlib.suppress(OSError, AttributeError, TypeError):
        tune = ctypes.CDLL(None).mallopt
        tune(mmap_max, 0)
        tune(trim_threshold, 2**31 - 1)
        tune(top_pad, 64 * 2**20)


_FLAGS = {"account_id": "VARCHAR", "score": "DOUBLE", "cluster_id": "BIGINT", "evidence": "VARCHAR"}


@app.command
def coshares(
    file: Path,
    /,
    *,
    out: Path,
    within: int = 60,
    least: int = 2,
    account: str = "account_id",
    thing: Annotated[str, Parameter(name="--object")] = "object_id",
    at: str = "created_at",
) -> None:
    """Write every pair of accounts that shared the same within seconds of each other: account_id, other_account_id, times.

    Counted plainly, as CooRTweet and CooRnet do, with nothing left out; `scan` weighs how improbable it is.

    Args:
        file: A table of shares: Parquet, CSV or JSON.
        out: Where the rows go: CSV, or Parquet where the name ends so.
        within: Seconds between two shares, at most.
        least: How often a pair did so, at least.
        account: The column that says who shared.
        thing: The column that says what: an address, a hashtag, a post.
        at: The column that says when: a date, or Unix seconds.
    """
    from dunnock.integrity.coshares import coshares as counted  # noqa: PLC0415 (commands start fast)

    if within < 0 or least < 1:
        raise Refused("--within is at least 0, and --least at least 1.")
    pairs = counted(file, window_s=within, least=least, account=account, thing=thing, at=at)
    _write(out, {"account_id": "VARCHAR", "other_account_id": "VARCHAR", "times": "BIGINT"}, pairs)
    print(f"{len(pairs):,} pairs shared the same at most {within} s apart, {least} times or more: {out}")


@app.command
def drill(
    ids: Annotated[list[str] | None, Parameter(negative="")] = None,
    /,
    *,
    every: Annotated[bool, Parameter(name="--all", negative="")] = False,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Play attacks that were really done against a throw-away server, through its public doors; exit code 1 on a miss.

    Args:
        ids: Which, as D02 [default: lists those that there are].
        every: All of them: some minutes.
        json: Say what came of it as JSON.
    """
    from dunnock.cli.drills import DRILLS, Measure, Outcome  # noqa: PLC0415 (commands start fast)
    from dunnock.cli.drills.report import as_text  # noqa: PLC0415
    from dunnock.cli.drills.stage import DrillFailed, Stage  # noqa: PLC0415

    known = {one.id: one for one in DRILLS}
    wanted = list(known) if every else [one.upper() for one in ids or ()]
    unknown = [one for one in wanted if one not in known]
    if unknown:
        raise Refused(f"There is no drill {unknown[0]}. There are {', '.join(known)}.")
    if not wanted:
        print("\n".join(f"{one.id}  {one.title}" for one in DRILLS))
        return
    outcomes: list[Outcome] = []
    for one in (known[name] for name in wanted):
        _tell(f"{one.id}: {one.title}")
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="dunnock-drill-") as folder:
            try:
                with Stage(Path(folder), lambda line: _tell(f"  {line}")).open() as stage:
                    measures = one.play(stage)
            except DrillFailed as error:
                measures = [Measure("the drill", "can be played", str(error), held=False)]
        outcomes.append(Outcome(one.id, one.title, one.left_out, round(time.monotonic() - begun, 1), measures))
        if not json:
            print(as_text(outcomes[-1]), flush=True)
    if json:
        print(msgspec.json.format(msgspec.json.encode(outcomes)).decode())
    if missed := [one.id for one in outcomes if not one.held]:
        raise Refused(f"{len(missed)} of {len(outcomes)} drills missed a target: {', '.join(missed)}")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _write(out: Path, columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> None:
    """All or nothing: what was there stays until the whole of the new is written. `columns`: names and DuckDB's types."""
    try:
        _replace(out, columns, rows)
    except OSError as error:
        raise Refused(f"{out} can't be written: {error.strerror}.") from None


def _replace(out: Path, columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> None:
    with tempfile.TemporaryDirectory(dir=out.resolve().parent, prefix=".scan-") as folder:
        table = Path(folder) / "flags.csv"
        with table.open("w", encoding="utf-8", newline="") as file:
            written = csv.writer(file)
            written.writerow(columns)
            written.writerows(rows)
        if out.suffix == ".parquet":
            import duckdb  # noqa: PLC0415 (only where it is asked for)

            whole = Path(folder) / "flags.parquet"
            duckdb.read_csv(str(table), dtype=dict(columns), header=True).write_parquet(str(whole))
            table = whole
        table.replace(out)
