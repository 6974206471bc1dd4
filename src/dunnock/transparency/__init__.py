"""Transparency: what the world may know of what staff did, with the means to check it.

Owns the published ends of the staff's log, and releases of what was taken down. Above integrity and federation, whose key
signs what is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from dunnock import moderation
from dunnock.federation import Federation
from dunnock.foundation.events import Event
from dunnock.foundation.jobs import Does, Every
from dunnock.foundation.reactions import Reaction
from dunnock.transparency import amendments, indicators, log_ends, monthly, statement_feed, subscriptions
from dunnock.transparency.amendments import AmendReleases
from dunnock.transparency.government import (
    ASKED,
    DONE,
    GovernmentInvalid,
    GovernmentRequest,
    answer_request,
    government_requests,
    may_record,
    record_request,
)
from dunnock.transparency.log_ends import (
    PublishedEnd,
    PublishLogEnd,
    check_published,
    published_ends,
    read_ends,
)
from dunnock.transparency.monthly import MonthlyReport, MonthMissing, find_report, monthly_reports, report_of
from dunnock.transparency.ranking_audits import (
    AuditMissing,
    PublishedAudit,
    audit_before,
    find_audit,
    may_publish_audits,
    publish_audit,
    publish_report,
    published_audits,
)
from dunnock.transparency.releases import (
    Release,
    ReleaseMissing,
    ReleaseRefused,
    Version,
    files_of,
    find_published,
    folder_of,
    list_releases,
    networks_of,
    publish_release,
    published_releases,
    versions_of,
)
from dunnock.transparency.statement_feed import Stated, stated

EVERY: tuple[Every, ...] = (*log_ends.EVERY, *amendments.EVERY, *monthly.EVERY, *indicators.EVERY, *subscriptions.EVERY)
HEARS: Mapping[type[Event], Sequence[Reaction]] = {
    **indicators.HEARS,
    moderation.DecisionTaken: (statement_feed.order_statements, indicators.mark_indicators_stale),
    moderation.DecisionReversed: (statement_feed.withdraw, amendments.mark_stale, indicators.mark_indicators_stale),
}


def jobs_of(federation: Federation, releases: Path) -> Does:
    """What does the jobs of this package; `releases`: the folder that releases lie in."""
    return {
        **log_ends.jobs_of(federation),
        **amendments.jobs_of(federation, releases),
        **monthly.jobs_of(federation),
        **indicators.jobs_of(federation),
        **subscriptions.jobs_of(federation.door, here=federation.places.domain),
        **statement_feed.JOBS,
    }


__all__ = [
    "ASKED",
    "DONE",
    "EVERY",
    "HEARS",
    "AmendReleases",
    "AuditMissing",
    "GovernmentInvalid",
    "GovernmentRequest",
    "MonthMissing",
    "MonthlyReport",
    "PublishLogEnd",
    "PublishedAudit",
    "PublishedEnd",
    "Release",
    "ReleaseMissing",
    "ReleaseRefused",
    "Stated",
    "Version",
    "answer_request",
    "audit_before",
    "check_published",
    "files_of",
    "find_audit",
    "find_published",
    "find_report",
    "folder_of",
    "government_requests",
    "jobs_of",
    "list_releases",
    "may_publish_audits",
    "may_record",
    "monthly_reports",
    "networks_of",
    "publish_audit",
    "publish_release",
    "publish_report",
    "published_audits",
    "published_ends",
    "published_releases",
    "read_ends",
    "record_request",
    "report_of",
    "stated",
    "versions_of",
]
