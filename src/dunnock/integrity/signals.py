"""Signals: what detectors say of accounts, posts and clusters, with the evidence, for people to judge.

Nothing is done to anybody because of a signal alone. What people say of signals tells how good each detector is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Reader, Tx
from dunnock.integrity.errors import SignalMissing
from dunnock.integrity.events import SignalGrew, SignalRaised
from dunnock.integrity.model import Signal, State, SubjectKind
from dunnock.integrity.store import signals as store

LONGEST_EVIDENCE = 64_000
"""Bytes of JSON. Whoever raises a signal names the strongest of what it saw, and says how much there is."""
_NEEDS = Power.MANAGE_REPORTS


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What people said of a detector's signals. `precision` None: they judged none."""

    detector: str
    waiting: int
    confirmed: int
    dismissed: int
    last_at: int

    @property
    def precision(self) -> float | None:
        """The part of those judged that were right."""
        judged = self.confirmed + self.dismissed
        return self.confirmed / judged if judged else None


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """A week of a detector, which began `at` (Unix milliseconds): signals raised for the first time, and what people said.

    What they said is counted in the week in which they did, of whichever week the signal is.
    """

    at: int
    alerts: int
    confirmed: int
    dismissed: int

    @property
    def precision(self) -> float | None:
        """The part of those judged that were right; None: they judged none."""
        judged = self.confirmed + self.dismissed
        return self.confirmed / judged if judged else None


async def raise_signal(
    tx: Tx,
    detector: str,
    kind: SubjectKind,
    subject_id: int = 0,
    *,
    score: float,
    evidence: Mapping[str, Any],
    name: str = "",
) -> int:
    """Say something of a subject, or say it again with what is known now; the signal's id.

    Args:
        tx: What was seen belongs into the same transaction.
        detector: A slug that stays, `area.detector`: people judge detectors by it.
        kind: What the subject is.
        subject_id: 0 where it has only a `name` (a domain, link or hashtag).
        score: From 0 to 1: how sure.
        evidence: From which a second program can compute the score; ids, times and numbers, no words of people.
        name: Of a domain, link or hashtag.

    What people dismissed stays dismissed, and is counted only: they are not asked the same twice.
    """
    told = msgspec.json.encode(evidence, order="sorted").decode()
    if not 0 <= score <= 1 or len(told) > LONGEST_EVIDENCE:
        raise ValueError(f"{detector}: score {score}, {len(told)} bytes of evidence")
    signal_id = tx.new_id()
    if await tx.run(
        store.ADD, id=signal_id, detector=detector, kind=kind, subject_id=subject_id, name=name, score=score,
        evidence=told, times=1, first_at=tx.now, last_at=tx.now,
    ):  # fmt: skip
        await tx.record(SignalRaised(signal_id, detector, kind, subject_id))
        return signal_id
    row = await tx.one(store.HOLD_SAME, the_detector=detector, the_kind=kind, subject=subject_id, the_name=name)
    assert row is not None
    held = store.signal_of(row)
    await tx.run(store.AGAIN, the=held.id, new_score=score, new_evidence=told, now=tx.now)
    if score > held.score and held.state != "dismissed":
        await tx.record(SignalGrew(held.id, detector))
    return held.id


async def find_signal(reader: Reader, signal_id: int) -> Signal:
    """One signal. Raises: SignalMissing."""
    row = await reader.one(store.FIND, the=signal_id)
    if row is None:
        raise SignalMissing(signal_id)
    return store.signal_of(row)


async def signals_about(reader: Reader, kind: SubjectKind, subject_id: int, *, most: int = 50) -> list[Signal]:
    """What was said of a subject, the latest first."""
    return [store.signal_of(row) for row in await reader.all(store.ABOUT, the_kind=kind, subject=subject_id, most=most)]


async def list_signals(reader: Reader, detector: str, state: State, *, by: int, most: int = 100) -> list[Signal]:
    """A detector's signals in one state, the latest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    rows = await reader.all(store.LIST, the_detector=detector, the_state=state, most=most)
    return [store.signal_of(row) for row in rows]


async def detector_health(reader: Reader, *, since: int, by: int) -> list[Health]:
    """What people said of each detector's signals that were raised since then, by name. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    counted: dict[str, dict[str, int]] = {}
    for detector, state, number, last_at in await reader.all(store.HEALTH, since=since):
        held = counted.setdefault(detector, {"last_at": 0})
        held[state] = number
        held["last_at"] = max(held["last_at"], last_at)
    return [
        Health(
            detector=detector,
            waiting=one.get("open", 0),
            confirmed=one.get("confirmed", 0),
            dismissed=one.get("dismissed", 0),
            last_at=one["last_at"],
        )
        for detector, one in counted.items()
    ]


async def detector_weeks(reader: Reader, *, weeks: int, by: int) -> dict[str, list[Week]]:
    """Each detector in each of the last weeks, the oldest first; those that did nothing are left out. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    now = now_ms()
    first = now - now % store.WEEK - (weeks - 1) * store.WEEK
    counted: dict[str, dict[int, dict[str, int]]] = {}
    for detector, at, state, number in await reader.all(store.WEEKS, since=first):
        counted.setdefault(detector, {}).setdefault(at, {})[state] = number
    for detector, at, number in await reader.all(store.RAISED, since=first):
        counted.setdefault(detector, {}).setdefault(at, {})["alerts"] = number
    starts = [first + n * store.WEEK for n in range(weeks)]
    return {detector: [_week(at, counted[detector].get(at, {})) for at in starts] for detector in sorted(counted)}


def _week(at: int, held: Mapping[str, int]) -> Week:
    return Week(
        at=at, alerts=held.get("alerts", 0), confirmed=held.get("confirmed", 0), dismissed=held.get("dismissed", 0)
    )
