"""Moderation: complaints, what staff decide about them, and the log of all they do.

Owns reports, decisions and their subjects, and the staff's log. What a decision does is a fact of `accounts` (standing,
sensitized, a member's state), so that everybody obeys without knowing of this package.
"""

from __future__ import annotations

from dunnock.moderation.access import change_role, reset_factors, sign_out_everywhere
from dunnock.moderation.admit import approve, order_deletion, refuse
from dunnock.moderation.decide import Judgement, decide, find_warning, take_back, warnings
from dunnock.moderation.delete_posts import delete_reported_posts
from dunnock.moderation.errors import DecisionInvalid, DecisionMissing, PresetMissing, ReportInvalid, ReportMissing
from dunnock.moderation.events import (
    DecisionReversed,
    DecisionTaken,
    DeletionOrdered,
    MemberWarned,
    ReportFiled,
    ReportResolved,
)
from dunnock.moderation.handle import (
    WantedReports,
    assign_report,
    change_report,
    list_reports,
    reopen_report,
    resolve_report,
    show_report,
)
from dunnock.moderation.log import WantedEntries, entries
from dunnock.moderation.model import Action, Category, Entry, Report, Warned
from dunnock.moderation.presets import Preset, add_preset, presets, remove_preset
from dunnock.moderation.report import Complaint, file_report, find_report, find_reports

__all__ = [
    "Action",
    "Category",
    "Complaint",
    "DecisionInvalid",
    "DecisionMissing",
    "DecisionReversed",
    "DecisionTaken",
    "DeletionOrdered",
    "Entry",
    "Judgement",
    "MemberWarned",
    "Preset",
    "PresetMissing",
    "Report",
    "ReportFiled",
    "ReportInvalid",
    "ReportMissing",
    "ReportResolved",
    "WantedEntries",
    "WantedReports",
    "Warned",
    "add_preset",
    "approve",
    "assign_report",
    "change_report",
    "change_role",
    "decide",
    "delete_reported_posts",
    "entries",
    "file_report",
    "find_report",
    "find_reports",
    "find_warning",
    "list_reports",
    "order_deletion",
    "presets",
    "refuse",
    "remove_preset",
    "reopen_report",
    "reset_factors",
    "resolve_report",
    "show_report",
    "sign_out_everywhere",
    "take_back",
    "warnings",
]
