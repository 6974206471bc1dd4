"""Forget what an account did that met a rule or a stop."""

from __future__ import annotations

from dunnock.foundation.erase import Step
from dunnock.integrity.meetings import store

ERASES: tuple[tuple[str, Step], ...] = (("watch_hits", store.FORGET_HITS), ("media_stop_hits", store.FORGET_SHOWN))
