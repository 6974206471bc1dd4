"""Delete the push subscriptions of an account."""

from __future__ import annotations

from dunnock.foundation.erase import Step
from dunnock.push.store import OF_ACCOUNT

ERASES: tuple[tuple[str, Step], ...] = (("push", OF_ACCOUNT),)
