"""Posts that show what staff stopped (`media.stops`): found again, shown to fewer where staff chose that, and put before people.

What met a stop is a kind of `meetings`: what is kept because of one is reversible, listed, and let go when it is lifted or over.
"""

from __future__ import annotations

from dunnock.integrity.meetings.model import NEWEST
from dunnock.integrity.stopped_media.judge import refuse_shown, release_shown, shown_of, waiting_shown
from dunnock.integrity.stopped_media.model import Shown, ShownRefused, closeness
from dunnock.integrity.stopped_media.reactions import EVERY, HEARS, JOBS

__all__ = [
    "EVERY",
    "HEARS",
    "JOBS",
    "NEWEST",
    "Shown",
    "ShownRefused",
    "closeness",
    "refuse_shown",
    "release_shown",
    "shown_of",
    "waiting_shown",
]
