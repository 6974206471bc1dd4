"""Forget what an account did in raids, and that it was raided."""

from __future__ import annotations

from dunnock.foundation.erase import Step
from dunnock.integrity.raids.store import FORGET

ERASES: tuple[tuple[str, Step], ...] = (("raids", FORGET),)
