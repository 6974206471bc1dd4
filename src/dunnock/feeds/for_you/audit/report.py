"""An audit from plan to report."""

from __future__ import annotations

import functools
import itertools
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import msgspec

from dunnock.feeds.for_you import policy
from dunnock.feeds.for_you.audit.bars import judge
from dunnock.feeds.for_you.audit.figures import Figures, figures_of
from dunnock.feeds.for_you.audit.manipulation import Crowd, crowds
from dunnock.feeds.for_you.audit.plan import Plan
from dunnock.feeds.for_you.audit.reading import Ints, Seen, circles_at, moments, read_all
from dunnock.feeds.for_you.audit.world import FRINGE, World
from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.for_you.model import Model


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that was seen. `base_harmful`, `base_fringe`: their shares of all posts. `passed` says whether each bar held.

    `figures`: of each persona; reports from before have none.
    """

    plan: Plan
    model: str
    policy: str
    base_harmful: float
    base_fringe: float
    seen: tuple[Seen, ...]
    crowds: tuple[Crowd, ...]
    passed: dict[str, bool]
    figures: tuple[Figures, ...] = ()


def bytes_of(report: Report) -> bytes:
    """The report as a file: JSON that people can read, too."""
    return msgspec.json.format(msgspec.json.encode(report)) + b"\n"


def bars_of(report: Report) -> dict[str, bool]:
    """Which bars hold, by the report's own figures: what `passed` must say."""
    return judge(report.seen, report.crowds, harmful=report.base_harmful, fringe=report.base_fringe)


def is_sound(report: Report) -> bool:
    """Do its verdicts and its figures follow from what it says was seen?"""
    figures = tuple(figures_of(one) for one in report.seen)
    return bars_of(report) == report.passed and report.figures in ((), figures)


def run(plan: Plan, model: Model, *, processes: int = 1) -> Report:
    """Let every persona read through all days, and every campaign try. The report is the same with any number of processes."""
    world = World(plan)
    every, anew = range(len(plan.readers)), [now for now, _, is_anew in moments(plan) if is_anew]
    if processes == 1:
        gathered = dict(zip(anew, circles_at(world, anew), strict=True))
        seen, tried = read_all(world, model, every, gathered), crowds(world, model)
    else:
        shares = [share for n in range(processes) if (share := tuple(every[n::processes]))]
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            times = [anew[n::processes] for n in range(processes)]
            found = pool.map(_circles_at, itertools.repeat(plan), times)
            gathered = {
                now: one
                for some, all_of in zip(times, found, strict=True)
                for now, one in zip(some, all_of, strict=True)
            }
            parts = [pool.submit(_read_some, plan, model.text, share, gathered) for share in shares]
            tried = crowds(world, model)
            by_place = {
                place: one
                for part, share in zip(parts, shares, strict=True)
                for place, one in zip(share, part.result(), strict=True)
            }
        seen = tuple(by_place[place] for place in every)
    harmful, fringe = float(world.harmful.mean()), float((world.topic == FRINGE).mean())
    passed = judge(seen, tried, harmful=harmful, fringe=fringe)
    figures = tuple(figures_of(one) for one in seen)
    return Report(plan, model.hash, policy.HASH, harmful, fringe, seen, tried, passed, figures)


@functools.lru_cache(maxsize=1)
def _world(plan: Plan) -> World:
    """Drawn again in a process of its own, once: it is the same."""
    return World(plan)


def _circles_at(plan: Plan, times: list[float]) -> list[Ints]:
    return circles_at(_world(plan), times)


def _read_some(plan: Plan, weights: str, places: tuple[int, ...], gathered: dict[float, Ints]) -> tuple[Seen, ...]:
    return read_all(_world(plan), Model(weights, NAMES), places, gathered)
