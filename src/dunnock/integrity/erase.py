"""Delete what was seen of an account, and what was said of it. A case that staff made of it stays, as all cases."""

from __future__ import annotations

from dunnock.foundation.erase import Step
from dunnock.integrity.store.erase import SEEN

ERASES: tuple[tuple[str, Step], ...] = (("seen", SEEN),)
