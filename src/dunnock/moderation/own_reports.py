"""What became of a member's own complaints, in the words that they may hear.

They learn that something was done, never what, nor who of the staff did it, nor who else complained.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from dunnock import accounts
from dunnock.foundation.db import Reader
from dunnock.foundation.ids import ms_of
from dunnock.moderation.errors import ReportMissing
from dunnock.moderation.model import Category, Report
from dunnock.moderation.store import reports as store
from dunnock.moderation.store import talk

Outcome = Literal["waiting", "in_hand", "acted", "closed"]


class Answer(msgspec.Struct, frozen=True):
    """What those who run the other server answered, as far as staff here passed it on. `at`: Unix milliseconds."""

    at: int
    text: str


class OwnReport(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint as its author sees it. `outcome`: `acted`, a decision that still stands came of it; `closed`: none did."""

    id: int
    target_id: int
    category: Category
    comment: str
    post_ids: tuple[int, ...]
    rule_ids: tuple[int, ...]
    collection_ids: tuple[int, ...]
    forwarded: bool
    outcome: Outcome
    closed_at: int | None
    answers: tuple[Answer, ...] = ()

    @property
    def at(self) -> int:
        """When it was sent."""
        return ms_of(self.id)


async def own_reports(reader: Reader, account_id: int, cursor: accounts.Cursor) -> list[OwnReport]:
    """The account's complaints, newest first. Three queries at most."""
    rows = await reader.all(store.MADE_BY[cursor.upwards], who=account_id, **cursor.bounds)
    return await _told(reader, [store.report(row) for row in (rows[::-1] if cursor.upwards else rows)])


async def own_report(reader: Reader, report_id: int, *, by: int) -> OwnReport:
    """One of the account's complaints. Raises: ReportMissing, also for those of others."""
    row = await reader.one(store.FIND, the=report_id)
    if row is None or (held := store.report(row)).account_id != by:
        raise ReportMissing(report_id)
    return (await _told(reader, [held]))[0]


async def _told(reader: Reader, held: list[Report]) -> list[OwnReport]:
    closed = [one.id for one in held if not one.is_open]
    acted = {row[0] for row in await reader.all(store.ACTED_ON, ids=closed)} if closed else set()
    answers: dict[int, list[Answer]] = {}
    went_there = [one.id for one in held if one.forwarded]
    for report_id, message_id, text in await reader.all(talk.PASSED_ON, ids=went_there) if went_there else []:
        answers.setdefault(report_id, []).append(Answer(ms_of(message_id), text))
    return [
        OwnReport(
            id=one.id,
            target_id=one.target_id,
            category=one.category,
            comment=one.comment,
            post_ids=one.post_ids,
            rule_ids=one.rule_ids,
            collection_ids=one.collection_ids,
            forwarded=one.forwarded,
            outcome=_outcome(one, acted=one.id in acted),
            closed_at=one.resolved_at,
            answers=tuple(answers.get(one.id, ())),
        )
        for one in held
    ]


def _outcome(held: Report, *, acted: bool) -> Outcome:
    if held.is_open:
        return "waiting" if held.assigned_to is None else "in_hand"
    return "acted" if acted else "closed"
