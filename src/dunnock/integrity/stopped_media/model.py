"""What it is that a post shows something that staff stopped."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from dunnock.foundation.errors import DomainError, Kind

ShownState = Literal["waiting", "released", "refused", "lapsed"]
SHOWN_STATES: tuple[ShownState, ...] = get_args(ShownState)
"""It waits for a person; one let it go; one refused it; the stop ended before anybody looked."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A post that showed what is stopped. `apart`: bits of 256; `limited`: it reads as unlisted because of this."""

    id: int
    stop_id: int
    post_id: int
    media_id: int
    account_id: int
    apart: int
    state: ShownState
    limited: bool
    reason: str
    judged_by: int | None
    decision_id: int | None


class ShownRefused(DomainError):
    """It was judged already, or can't be judged so; the text says why."""

    code, kind, safe = "stopped_media_refused", Kind.INVALID, "Validation failed: That was judged already"


def closeness(apart: int) -> float:
    """How sure it is that two prints so many bits apart are of one picture: 1 for none, 0.5 for the 31 that count as the same."""
    return 1 - apart / 62
