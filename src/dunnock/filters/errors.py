"""What can go wrong with filters."""

from __future__ import annotations

from typing import ClassVar

from dunnock.foundation.errors import DomainError, Kind, Missing


class FilterMissing(Missing):
    """There is no such filter, keyword or filtered post, or it is somebody else's."""

    code = "filter_missing"


class FilterRefused(DomainError):
    """A filter can't be like this; the text says why."""

    code, kind = "filter_refused", Kind.INVALID
    safe: ClassVar[str] = "Validation failed"
