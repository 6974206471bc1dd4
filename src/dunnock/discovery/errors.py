"""What can go wrong in discovery."""

from __future__ import annotations

from dunnock.foundation.errors import DomainError, Kind


class SubjectMissing(DomainError):
    """Nothing like that could be a trend."""

    code, kind, safe = "subject_missing", Kind.MISSING, "Record not found"
