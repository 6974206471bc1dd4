"""What detectors there are."""

from __future__ import annotations

DETECTORS = (
    "identity.lookalike",
    "identity.return",
    "identity.shift",
    "media.stopped",
    "money.same_payee",
    "people.flood",
    "people.raiders",
    "takeover.burst",
    "takeover.recalled",
    "takeover.stolen",
    "together.again",
    "together.repurposed",
    "together.script",
    "trends.held",
)
"""By name, as signals have them; people judge them by it."""
