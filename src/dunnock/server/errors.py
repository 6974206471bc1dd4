"""What can be wrong with what a server says of itself."""

from __future__ import annotations

from typing import ClassVar

from dunnock.foundation.errors import DomainError, Kind, Missing


class GuideRefused(DomainError):
    """A rule, page, version of the terms or announcement can't be like this; the text says why."""

    code, kind = "guide_refused", Kind.INVALID
    safe: ClassVar[str] = "Validation failed"


class RuleMissing(Missing):
    """There is no such rule."""

    code = "rule_missing"


class AnnouncementMissing(Missing):
    """There is no such announcement, or it is not shown."""

    code = "announcement_missing"


class TermsMissing(Missing):
    """No terms of service were published, or none for that day."""

    code = "terms_missing"


class ChoiceRefused(DomainError):
    """The setting can't be changed here, or not to this; the text tells why."""

    code, kind, safe = "choice_refused", Kind.INVALID, "Validation failed"
