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


class StaffRequested(Event, frozen=True):
    """One of the staff wants something that another must agree to."""

    request_id: int


class DecisionHalted(Event, frozen=True):
    """A decision can't be carried out as who took it may not any more: somebody else of the staff has to see to it."""

    decision_id: int


class StaffAlarmed(Event, frozen=True):
    """One of the staff asks for unusually much about protected accounts: all others are to look."""

    by_account_id: int
    request_id: int


class AppealFiled(Event, frozen=True):
    """A member objects to a decision about them."""

    appeal_id: int


class AppealDecided(Event, frozen=True):
    """Somebody of the staff said yes or no to a member's objection."""

    appeal_id: int
    account_id: int
    granted: bool


class TextStopsChanged(Event, frozen=True):
    """Staff stopped a text, or let it be posted again."""

    stop_id: int


class ReportMessageWritten(Event, frozen=True):
    """Staff wrote to those who run another server about a report."""

    message_id: int


class MediaStopsChanged(Event, frozen=True):
    """A picture is stopped from now on, or no longer. `made`: just now; what was posted before is to be looked through."""

    stop_id: int
    made: bool = False
