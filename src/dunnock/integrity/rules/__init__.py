"""Staff's own rules: what the server is to look for among acts and signals, tried on the past first, with an end.

Owns the rules; what met them is a kind of `meetings`. What is kept because of one is reversible, listed, and let go when the
rule ends.
"""

from __future__ import annotations

from dunnock.integrity.meetings.model import MEETING_STATES, NEWEST
from dunnock.integrity.rules.condition import ConditionRefused
from dunnock.integrity.rules.errors import HitRefused, WatchRuleMissing, WatchRuleRefused
from dunnock.integrity.rules.handle import (
    Written,
    change_rule,
    count_hits,
    days_left,
    end_rule,
    is_broad,
    list_rules,
    show_rule,
    start_dry,
    start_live,
    trial_of,
    write_rule,
)
from dunnock.integrity.rules.judge import hits_of, refuse_hits, release_hits, waiting_hits
from dunnock.integrity.rules.model import EFFECTS, Hit, Rule, Trial
from dunnock.integrity.rules.reactions import EVERY, HEARS, JOBS
from dunnock.integrity.rules.told import Kept, kept_of, object_to_hit

__all__ = [
    "EFFECTS",
    "EVERY",
    "HEARS",
    "JOBS",
    "MEETING_STATES",
    "NEWEST",
    "ConditionRefused",
    "Hit",
    "HitRefused",
    "Kept",
    "Rule",
    "Trial",
    "WatchRuleMissing",
    "WatchRuleRefused",
    "Written",
    "change_rule",
    "count_hits",
    "days_left",
    "end_rule",
    "hits_of",
    "is_broad",
    "kept_of",
    "list_rules",
    "object_to_hit",
    "refuse_hits",
    "release_hits",
    "show_rule",
    "start_dry",
    "start_live",
    "trial_of",
    "waiting_hits",
    "write_rule",
]
