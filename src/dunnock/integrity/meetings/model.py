"""What it is that something met a rule or a stop of staff."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

MeetingState = Literal["noted", "waiting", "released", "refused", "lapsed"]
MEETING_STATES: tuple[MeetingState, ...] = get_args(MeetingState)
"""Nothing comes of it; to be looked at; let go by a person; refused by a person; let go with what it met."""
NEWEST = 2**63 - 1


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """Something that met what staff set up. `limited`: it reads as unlisted because of this; `held`: it is not published.

    `with_id`: of the rule or stop that it met. `post_id` None: it is no post. `reason`: of who judged.
    """

    id: int
    with_id: int
    post_id: int | None
    account_id: int | None
    state: MeetingState
    limited: bool
    held: bool = False
    reason: str
    judged_by: int | None
    decision_id: int | None
