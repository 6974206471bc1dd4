"""An audit from plan to report."""

from __future__ import annotations

import msgspec

from dunnock.feeds.for_you import policy
from dunnock.feeds.for_you.audit.bars import judge
from dunnock.feeds.for_you.audit.manipulation import Crowd, crowds
from dunnock.feeds.for_you.audit.plan import Plan
from dunnock.feeds.for_you.audit.reading import Seen, read_all
from dunnock.feeds.for_you.audit.world import FRINGE, World
from dunnock.feeds.for_you.model import Model


class Report(msgspec.Struct, frozen=True):
    """All that was seen. `base_harmful`, `base_fringe`: their shares of all posts. `passed` says whether each bar held."""

    plan: Plan
    model: str
    policy: str
    base_harmful: float
    base_fringe: float
    seen: tuple[Seen, ...]
    crowds: tuple[Crowd, ...]
    passed: dict[str, bool]


def run(plan: Plan, model: Model) -> Report:
    """Let every persona read through all days, and every campaign try."""
    world = World(plan)
    seen, tried = read_all(world, model), crowds(world, model)
    harmful, fringe = float(world.harmful.mean()), float((world.topic == FRINGE).mean())
    passed = judge(seen, tried, harmful=harmful, fringe=fringe)
    return Report(plan, model.hash, policy.HASH, harmful, fringe, seen, tried, passed)
