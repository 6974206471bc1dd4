"""Delete an account's collections, its place in those of others, and whom it does not want to be suggested."""

from __future__ import annotations

from dunnock.discovery.store.erase import FINDING
from dunnock.foundation.erase import Step

ERASES: tuple[tuple[str, Step], ...] = (("finding", FINDING),)
