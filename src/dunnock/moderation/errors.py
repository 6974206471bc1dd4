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


class CaseMissing(Missing):
    """There is no such case."""

    code = "case_missing"


class CaseRefused(DomainError):
    """Something about a case is not possible; the text tells what."""

    code, kind, safe = "case_refused", Kind.INVALID, "Validation failed"


class SecondNeeded(DomainError):
    """Another of the staff must agree first; a request was written down. `request_id`: which."""

    code, kind = "second_needed", Kind.DENIED
    safe = "This needs a second person of the staff: your request waits for them"

    def __init__(self, request_id: int) -> None:
        """`request_id`: what they have to agree to."""
        super().__init__(request_id)
        self.request_id = request_id


class RequestMissing(Missing):
    """There is no such request, or it is decided or over."""

    code = "request_missing"


class RequestRefused(DomainError):
    """One can't agree to that: it is one's own, another text than was read, or one signed in too long ago."""

    code, kind, safe = "request_refused", Kind.DENIED, "You can't agree to this request"


class AppealRefused(DomainError):
    """One can't object to that, or not any more."""

    code, kind, safe = "appeal_refused", Kind.INVALID, "Validation failed: You can't object to this decision"


class AppealMissing(Missing):
    """There is no such objection, or it is decided."""

    code = "appeal_missing"


class MediaStopMissing(Missing):
    """There is no such stop of a picture."""

    code = "media_stop_missing"


class MediaStopRefused(DomainError):
    """A picture can't be stopped so; the text says why."""

    code, kind, safe = "media_stop_refused", Kind.INVALID, "Validation failed"


class StopRefused(DomainError):
    """Posting can't be stopped so: for nobody, without a reason, or for less than an hour or more than a day."""

    code, kind, safe = "stop_refused", Kind.INVALID, "Validation failed: Say for whom, why, and for 1 to 24 hours"
