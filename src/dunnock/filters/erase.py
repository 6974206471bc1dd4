"""Delete the filters of an account."""

from __future__ import annotations

from dunnock.filters.store import FILTERS_OF
from dunnock.foundation.erase import Step

ERASES: tuple[tuple[str, Step], ...] = (("filters", FILTERS_OF),)
