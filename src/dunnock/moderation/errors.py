"""What can go wrong with reports, decisions and blocks."""

from __future__ import annotations

from dunnock.foundation.errors import DomainError, Kind, Missing


class ReportInvalid(DomainError):
    """A report breaks a rule; the text tells which."""

    code, kind, safe = "report_invalid", Kind.INVALID, "Validation failed"


class ReportMissing(Missing):
    """There is no such report."""

    code = "report_missing"


class DecisionInvalid(DomainError):
    """There is no such action, or not for this account."""

    code, kind, safe = "decision_invalid", Kind.INVALID, "Validation failed: Type is not included in the list"


class DecisionMissing(Missing):
    """There is no such decision."""

    code = "decision_missing"


class PresetMissing(Missing):
    """There is no such text."""

    code = "preset_missing"
