"""Drills: attacks that were really done, played against a throw-away server through its public doors only.

Each drill is one file: what is played, what must happen, and what was seen. docs/drills.md says more of each.
"""

from __future__ import annotations

from dunnock.cli.drills import (
    d01_paid_trend,
    d02_persona,
    d03_repurposed,
    d04_rogue_staff,
    d05_lookalikes,
    d06_minors,
    d07_carol,
    d08_two_levels,
    d09_networks,
    d10_officials,
    d11_money,
    d12_raid,
    d13_promotion,
    d14_return,
    d15_no_text,
    d16_federated,
    d17_look_alikes,
)
from dunnock.cli.drills.report import Drill, Measure, Outcome

DRILLS: tuple[Drill, ...] = (
    d01_paid_trend.DRILL,
    d02_persona.DRILL,
    d03_repurposed.DRILL,
    d04_rogue_staff.DRILL,
    d05_lookalikes.DRILL,
    d06_minors.DRILL,
    d07_carol.DRILL,
    d08_two_levels.DRILL,
    d09_networks.DRILL,
    d10_officials.DRILL,
    d11_money.DRILL,
    d12_raid.DRILL,
    d13_promotion.DRILL,
    d14_return.DRILL,
    d15_no_text.DRILL,
    d16_federated.DRILL,
    d17_look_alikes.DRILL,
)
"""Those that can be played, by number."""

__all__ = ["DRILLS", "Drill", "Measure", "Outcome"]
