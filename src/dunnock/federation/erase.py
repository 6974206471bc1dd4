"""Delete what is remembered of an account between servers; where it was stays, so that it is known to be gone."""

from __future__ import annotations

from dunnock.federation.store import erase as store
from dunnock.foundation.erase import Step

ERASES: tuple[tuple[str, Step], ...] = (
    ("names of follows", store.FOLLOWS),
    ("names of followers", store.FOLLOWED),
    ("names of likes", store.LIKES),
)
