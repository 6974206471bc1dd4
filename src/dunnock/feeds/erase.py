"""Delete what an account reads by: lists (and its place on those of others), hashtags, conversations."""

from __future__ import annotations

from dunnock.feeds.store.erase import READING
from dunnock.foundation.erase import Step

ERASES: tuple[tuple[str, Step], ...] = (("reading", READING),)
