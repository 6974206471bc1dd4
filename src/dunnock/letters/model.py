"""What members may hear by mail, and what they hear when they said nothing. Source: Mastodon, UserSettings."""

from __future__ import annotations

from typing import Final, Literal, get_args

import msgspec

Kind = Literal[
    "mention", "quote", "follow", "follow_request", "boost", "favourite", "digest", "report", "pending"
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
"""`digest`: what somebody missed who is away; `report`, `pending`: for staff, complaints and sign-ups that wait."""
OF_NOTIFICATIONS: Final = frozenset({"mention", "quote", "follow", "follow_request", "boost", "favourite"})
OF_STAFF: Final = frozenset({"report", "pending"})
WANTED_AT_FIRST: Final = frozenset(KINDS) - {"boost", "favourite"}
NOTICES: Final = "notices"
"""In a link to unsubscribe: all of `OF_NOTIFICATIONS`."""


class Wishes(msgspec.Struct, frozen=True):
    """What a member wants to hear by mail. `always`: notifications also while they are about."""

    wanted: frozenset[str] = WANTED_AT_FIRST
    always: bool = False
