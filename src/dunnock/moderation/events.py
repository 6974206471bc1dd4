"""Facts about reports and decisions."""

from __future__ import annotations

from dunnock.foundation.events import Event


class ReportFiled(Event, frozen=True):
    """Somebody complained about an account; staff are to hear of it."""

    report_id: int


class ReportResolved(Event, frozen=True):
    """Staff are done with a report."""

    report_id: int


class DecisionTaken(Event, frozen=True):
    """Staff judged accounts or posts; the decision's subjects tell which."""

    decision_id: int


class MemberWarned(Event, frozen=True):
    """A member is to be told of a decision about them (Mastodon: AccountWarning)."""

    account_id: int
    decision_id: int


class DecisionReversed(Event, frozen=True):
    """A decision about an account was taken back."""

    decision_id: int
    account_id: int


class DeletionOrdered(Event, frozen=True):
    """Staff want all data of a suspended account gone; its standing is `deleted` already."""

    account_id: int
