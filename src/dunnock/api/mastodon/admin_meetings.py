"""What the endpoints of watch rules and of stopped pictures take alike: which of what met one, and what staff say of it."""

from __future__ import annotations

import msgspec

from dunnock.api.kit import Id
from dunnock.integrity.rules import NEWEST


class MeetingsParams(msgspec.Struct, frozen=True):
    """Those with an id below `max_id`."""

    max_id: int = NEWEST


class MeetingsForm(msgspec.Struct):
    """Which (up to 50), and why."""

    ids: list[Id] = msgspec.field(default_factory=list)
    reason: str = ""
