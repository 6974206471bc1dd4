"""What a network did over time, and what was said and done about it: for the plot, and for the table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from dunnock import moderation
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Reader
from dunnock.foundation.ids import id_at, ms_of
from dunnock.integrity.graph import MOST_ACCOUNTS
from dunnock.integrity.handle import show_cluster
from dunnock.integrity.model import ACTS_KEPT_MS
from dunnock.integrity.regroup import edits_of
from dunnock.integrity.signals import signals_about
from dunnock.integrity.store import clusters as store
from dunnock.integrity.store import signals

MOST_ACTS = 200_000
_MOST_STRETCHES = 90
_STEPS = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 28 * DAY)
_AN_ID = id_at(1)  # ids of a millisecond

What = Literal["signal", "member_signal", "case", "case_closed", "decision", "decision_undone", "merge", "split"]


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was said or done. `name`: a detector, or what was decided; `subject_id`: of a case, decision or network.

    `number`: of how many accounts a detector says so, or how many a decision is about.
    """

    at: int
    what: What
    name: str = ""
    subject_id: int = 0
    number: int = 0


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the time, from `at` on: public posts and boosts, accounts that came, and those that were there at its end."""

    at: int
    acts: int
    joined: int
    accounts: int


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, the oldest first. `step_ms`: how long a stretch is; `whole`: every act that is known was counted."""

    step_ms: int
    stretches: Sequence[Stretch]
    moments: Sequence[Moment]
    whole: bool


async def timeline_of(reader: Reader, cluster_id: int, *, by: int) -> Timeline:
    """A network over time, in at most 90 stretches. Acts are known for 30 days, and the first 200,000 are counted.

    Raises: NotPermitted; ClusterMissing.
    """
    held = await show_cluster(reader, cluster_id, by=by)
    joined = {row[0]: row[1] for row in await reader.all(store.SINCE, the=cluster_id)}
    since = id_at(held.first_at)
    for account_id, first in await reader.all(store.FIRST_ACTS, the=cluster_id, since=since, most=MOST_ACCOUNTS):
        if first is not None:
            joined[account_id] = min(joined[account_id], ms_of(first))
    moments = await _moments(reader, cluster_id, held.case_id, by)
    times = [held.first_at, held.last_at, *joined.values(), *(one.at for one in moments)]
    step = step_for(min(times), max(times))
    first, last = min(times) // step, max(times) // step
    known_since = max(first * step, now_ms() - ACTS_KEPT_MS)
    acts = {
        row[0]: row[1]
        for row in await reader.all(
            store.ACTS, the=cluster_id, since=id_at(known_since), before=id_at((last + 1) * step), step=step * _AN_ID,
            most=MOST_ACTS,
        )
    }  # fmt: skip
    return Timeline(
        step_ms=step,
        stretches=stretches(range(first, last + 1), step, acts, list(joined.values())),
        moments=moments,
        whole=sum(acts.values()) < MOST_ACTS,
    )


def step_for(first: int, last: int) -> int:
    """How long stretches are, in milliseconds, so that at most 90 cover the time."""
    return next((step for step in _STEPS if last // step - first // step < _MOST_STRETCHES), _longest(first, last))


def stretches(numbers: range, step: int, acts: dict[int, int], joined: Sequence[int]) -> list[Stretch]:
    """Each stretch with what happened in it. `acts`: by the stretch's number; `joined`: when accounts came."""
    came: dict[int, int] = {}
    for at in joined:
        came[at // step] = came.get(at // step, 0) + 1
    out, there = [], 0
    for number in numbers:
        there += came.get(number, 0)
        out.append(Stretch(at=number * step, acts=acts.get(number, 0), joined=came.get(number, 0), accounts=there))
    return out


def _longest(first: int, last: int) -> int:
    return (last - first) // (_MOST_STRETCHES - 1) // DAY * DAY + DAY


async def _moments(reader: Reader, cluster_id: int, case_id: int | None, by: int) -> list[Moment]:
    found = [
        Moment(at=one.first_at, what="signal", name=one.detector, number=one.times)
        for one in await signals_about(reader, "cluster", cluster_id)
    ]
    found += [
        Moment(at=row[1], what="member_signal", name=row[0], number=row[2])
        for row in await reader.all(signals.OF_MEMBERS, the=cluster_id)
    ]
    found += [
        Moment(
            at=ms_of(one.id), what=one.act, subject_id=one.other_id if one.cluster_id == cluster_id else one.cluster_id
        )
        for one in await edits_of(reader, cluster_id, by=by)
    ]
    if case_id is not None:
        case = await moderation.show_case(reader, case_id, by=by)
        found.append(Moment(at=ms_of(case.id), what="case", subject_id=case.id))
        if case.closed_at is not None:
            found.append(Moment(at=case.closed_at, what="case_closed", subject_id=case.id))
        for one in await moderation.decisions_of_case(reader, case_id, by=by):
            taken = Moment(at=ms_of(one.id), what="decision", name=one.action, subject_id=one.id, number=one.subjects)
            found.append(taken)
            if one.reversed_at is not None:
                found.append(msgspec.structs.replace(taken, at=one.reversed_at, what="decision_undone"))
    return sorted(found, key=lambda one: (one.at, one.what, one.name))
