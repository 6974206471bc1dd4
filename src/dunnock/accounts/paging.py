"""Pages of lists whose cursor is the moment of the relation, not the account."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

BEGIN = 0
END = 2**63 - 1


class Cursor(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a list: the newest `limit` between the ids (both exclusive); with `min_id` those right above it."""

    limit: int = 40
    max_id: int | None = None
    since_id: int | None = None
    min_id: int | None = None

    @property
    def upwards(self) -> bool:
        """Are the oldest above `min_id` wanted, not the newest?"""
        return self.min_id is not None

    @property
    def bounds(self) -> dict[str, int]:
        """Parameters of the statements: `above`, `below` and `most`."""
        above = self.min_id if self.min_id is not None else self.since_id
        return {
            "above": BEGIN if above is None else above,
            "below": END if self.max_id is None else self.max_id,
            "most": self.limit,
        }


class Page(msgspec.Struct, frozen=True):
    """Account ids, newest relation first; `newest` and `oldest` are the cursors of its ends, None when it is empty."""

    ids: tuple[int, ...] = ()
    newest: int | None = None
    oldest: int | None = None


def page_of(rows: Sequence[tuple[int, int]], *, upwards: bool) -> Page:
    """A page of rows (cursor, account id) in the order in which they were asked for."""
    if not rows:
        return Page()
    ordered = rows[::-1] if upwards else rows
    return Page(tuple(row[1] for row in ordered), ordered[0][0], ordered[-1][0])
