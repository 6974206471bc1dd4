"""What staff have the server look for: rules with a condition and an end, and what met one."""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec

from dunnock.foundation.clock import DAY
from dunnock.integrity.meetings.model import Meeting

Effect = Literal["review", "limit", "hold"]
EFFECTS: tuple[Effect, ...] = get_args(Effect)
"""Put before people; also show the post as an unlisted one until they said something; not publish what members here wrote."""
LONGEST_OBJECTION = 1_000
State = Literal["draft", "dry", "live", "ended"]
LONGEST_LIFE_MS = 90 * DAY
MOST_IN_FORCE = 50
"""Rules in a dry run or live at the same time."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. `version` grows when its condition changes; `tested` is of which version the trial in `trial` was. Milliseconds.

    `trial`: JSON of `Trial`, "" before the first one.
    """

    id: int
    name: str
    condition: str
    effect: Effect
    state: State
    version: int
    tested: int
    trial: str
    made_by: int
    live_by: int | None
    expires_at: int
    ended_at: int | None


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule would have met in what is kept of the last 30 days.

    `looked`: at so many acts `of` those that are kept (0: they were not counted), as many of each day; `whole`: at all.

    `standing`: of the accounts, those that are known here a month, have followers and no decision against them.
    """

    looked: int
    hits: int
    accounts: int
    standing: int
    sample: tuple[str, ...]
    whole: bool
    at: int
    of: int = 0


class Hit(Meeting, frozen=True, kw_only=True):
    """Something that met a rule. `told`: the values by which it did; `objection`: what its author says to that."""

    version: int
    kind: str
    subject_id: int
    told: dict[str, Any]
    objection: str = ""
    objected_at: int | None = None

    @property
    def rule_id(self) -> int:
        """The rule that it met."""
        return self.with_id
