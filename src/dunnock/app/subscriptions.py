"""Who hears what, who does what, and what happens when: the three tables that join the domains."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock.foundation.jobs import Does, Every
from dunnock.foundation.reactions import Hears

HEARS: Hears = {}
DOES: Does = {}
EVERY: Sequence[Every] = ()
