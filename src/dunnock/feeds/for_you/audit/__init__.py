"""Audits of our own ranking: test personas read For You in a made-up world, and what they were shown is counted.

The gate, the features, the scorer and the arranger are those that serve members. The same plan and weights give the same report,
byte for byte. Nothing that a persona does counts for anybody else.

Source: DISARM I00097 and I00114 (T0153.006, T0097.208); Haroon et al., "Auditing YouTube's recommendation system", PNAS 2023.
"""

from dunnock.feeds.for_you.audit.bars import SENTENCES
from dunnock.feeds.for_you.audit.figures import Comparison, Figures, compare, figures_of
from dunnock.feeds.for_you.audit.page import page_of
from dunnock.feeds.for_you.audit.plan import BadPlan, Persona, Plan, plan_named, plans, read_plan
from dunnock.feeds.for_you.audit.reading import Seen
from dunnock.feeds.for_you.audit.report import Report, bars_of, bytes_of, is_sound, run

__all__ = [
    "SENTENCES",
    "BadPlan",
    "Comparison",
    "Figures",
    "Persona",
    "Plan",
    "Report",
    "Seen",
    "bars_of",
    "bytes_of",
    "compare",
    "figures_of",
    "is_sound",
    "page_of",
    "plan_named",
    "plans",
    "read_plan",
    "run",
]
