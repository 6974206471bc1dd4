"""Delete what an account read and said of announcements."""

from __future__ import annotations

from dunnock.foundation.erase import Step
from dunnock.server.store import ANNOUNCEMENTS_OF

ERASES: tuple[tuple[str, Step], ...] = (("announcements", ANNOUNCEMENTS_OF),)
