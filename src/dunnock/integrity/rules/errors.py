"""What can go wrong with staff's rules."""

from __future__ import annotations

from dunnock.foundation.errors import DomainError, Kind, Missing


class WatchRuleMissing(Missing):
    """There is no such rule."""

    code = "watch_rule_missing"


class WatchRuleRefused(DomainError):
    """That can't be done with the rule as it is; the text says why."""

    code, kind, safe = "watch_rule_refused", Kind.INVALID, "Validation failed"


class HitRefused(DomainError):
    """What met a rule was judged already, or can't be judged so; the text says why."""

    code, kind, safe = "watch_hit_refused", Kind.INVALID, "Validation failed: That was judged already"
