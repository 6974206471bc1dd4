"""What is done about decisions when the transaction that asked for it is over."""

from __future__ import annotations

from dunnock.foundation.job import Job


class GatherSubjects(Job, frozen=True):
    """Write down whom a decision about a case is about."""

    decision_id: int


class CarryOut(Job, frozen=True):
    """Do to all subjects of a decision what it says."""

    decision_id: int


class UndoDecision(Job, frozen=True):
    """Take all of a decision back; `by`: for whom."""

    decision_id: int
    by: int


class EndDecisions(Job, frozen=True):
    """Take back decisions whose time is over."""
