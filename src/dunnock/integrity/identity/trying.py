"""How often a member may have the world outside looked at, to prove who they are."""

from __future__ import annotations

from dunnock.accounts.tries import Tries
from dunnock.foundation.clock import HOUR

proving = Tries(most=10, window_ms=HOUR)
