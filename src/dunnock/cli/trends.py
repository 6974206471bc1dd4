"""`dunnock trends`: look at the rules of trends on tables of acts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from dunnock.cli import Refused

if TYPE_CHECKING:
    from dunnock.discovery.trend_replay import Report

app = App(name="trends", help="The rules of trends, on tables of acts.")
_MINUTE = 60_000


@app.command
def replay(file: Path, /) -> None:
    """Say what would have been a trend: which attacks reach the top 10, and how soon genuine bursts are listed.

    Args:
        file: A CSV table in the order of time with columns time, actor, tag, deleted_at (seconds since 1970; empty: never)
            and label (organic, or anything else for an attack; only for this report).
    """
    from dunnock.discovery import trend_replay  # noqa: PLC0415 (commands start fast)

    try:
        report = trend_replay.replay(file)
    except (OSError, trend_replay.NotReplayable) as error:
        raise Refused(str(error)) from error
    _print(report)


def _print(report: Report) -> None:
    from dunnock.discovery import trend_replay  # noqa: PLC0415 (commands start fast)

    print(f"{report.rows:,} acts in {report.days:.1f} days, {report.refreshes:,} refreshes.")
    print(f"CPU: {report.cpu_s:.1f} s in all, the slowest refresh {report.slowest_s:.3f} s.")
    first = sum(1 for one in report.attacks if one.rank == 1)
    for one in report.reached_top:
        seen = one.seen
        assert seen is not None
        assert one.top_after is not None
        print(
            f"attack {one.tag}: rank {one.rank}, in the top 10 after {one.top_after / _MINUTE:.0f} minutes; "
            f"{seen.raw} accounts count as {seen.effective:.1f} of {seen.communities} communities"
        )
    held: dict[str, int] = {}
    for one in report.attacks:
        if one.held is not None:
            held[one.held] = held.get(one.held, 0) + 1
    print("attacks held back: " + (", ".join(f"{why} {count}" for why, count in sorted(held.items())) or "none"))
    print(f"attacks at rank 1: {first} of {len(report.attacks)}")
    for name, delays in (
        ("20", [one.delay for one in report.bursts]),
        ("10", [one.top_delay for one in report.bursts]),
    ):
        came = sorted(one for one in delays if one is not None)
        if came:
            print(
                f"genuine bursts listed in the top {name}: {len(came)} of {len(delays)}; "
                f"minutes after their start: median {came[len(came) // 2] / _MINUTE:.0f}, "
                f"9 of 10 within {came[len(came) * 9 // 10] / _MINUTE:.0f}; "
                f"within 20: {sum(1 for delay in came if delay <= trend_replay.SOON)}"
            )
        else:
            print(f"genuine bursts listed in the top {name}: 0 of {len(delays)}")
    known = [one for one in report.bursts if not one.strange]
    soon = sum(1 for one in known if one.delay is not None and one.delay <= trend_replay.SOON)
    print(f"of those that accounts began which did something before: {len(known)}; listed within 20 minutes: {soon}")
    print(f"attacks in top 10: {len(report.reached_top)} of {len(report.attacks)}")
    print(f"organic overlap: {report.overlap:.4f}")
