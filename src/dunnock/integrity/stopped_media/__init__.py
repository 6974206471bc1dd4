"""Posts that show what staff stopped (`media.stops`): found again, shown to fewer where staff chose that, and put before people.

Owns what met a stop. What is kept because of one is reversible, listed, and let go when the stop is lifted or over.
"""

from __future__ import annotations

from dunnock.integrity.stopped_media.judge import (
    NEWEST,
    count_waiting,
    refuse_shown,
    release_shown,
    shown_of,
    waiting_shown,
)
from dunnock.integrity.stopped_media.model import SHOWN_STATES, Shown, ShownRefused, closeness
from dunnock.integrity.stopped_media.reactions import EVERY, HEARS, JOBS

__all__ = [
    "EVERY",
    "HEARS",
    "JOBS",
    "NEWEST",
    "SHOWN_STATES",
    "Shown",
    "ShownRefused",
    "closeness",
    "count_waiting",
    "refuse_shown",
    "release_shown",
    "shown_of",
    "waiting_shown",
]
