"""What staff do with reports: look, assign, change, resolve, open again. Mastodon: /api/v1/admin/reports."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from dunnock import accounts
from dunnock.accounts import Power, Staff
from dunnock.foundation.db import Reader, Tx
from dunnock.moderation import log
from dunnock.moderation.case_model import SEVERITIES
from dunnock.moderation.errors import ReportInvalid, ReportMissing
from dunnock.moderation.events import ReportResolved
from dunnock.moderation.model import CATEGORIES, Report
from dunnock.moderation.report import check_rules, find_report
from dunnock.moderation.store import reports as store

_MOST_COUNTED = 2_000


class WantedReports(msgspec.Struct, frozen=True, kw_only=True):
    """Which reports staff look for; open ones unless `resolved`."""

    resolved: bool = False
    account_id: int | None = None
    target_id: int | None = None
    domain: str = ""
    """The server of the accounts complained about."""
    assigned_to: int | None = None
    unassigned: bool = False
    severity: int = 0
    """At least so bad."""
    joined: bool = False
    """Of open ones about one account only the newest, which stands for all."""


class About(msgspec.Struct, frozen=True):
    """The complaints that wait about an account: how many, and as how many independent people those who complain count."""

    reports: int
    people: float


async def list_reports(reader: Reader, wanted: WantedReports, cursor: accounts.Cursor, *, by: int) -> list[Report]:
    """Reports, newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, Power.MANAGE_REPORTS)
    given: dict[str, int | str] = {}
    if wanted.account_id is not None:
        given["account_id"] = wanted.account_id
    if wanted.target_id is not None:
        given["target_id"] = wanted.target_id
    if wanted.domain:
        given["domain"] = wanted.domain.strip().casefold()
    if wanted.assigned_to is not None:
        given["assigned_to"] = wanted.assigned_to
    if wanted.severity > 0:
        given["severity"] = wanted.severity
    given |= {name: 1 for name in ("unassigned", "joined") if getattr(wanted, name)}
    return await store.page(reader, given, cursor.bounds, resolved=wanted.resolved, upwards=cursor.upwards)


async def waiting_about(reader: Reader, account_ids: Collection[int], *, by: int) -> dict[int, About]:
    """What waits about each of these accounts. Those who act together count as the square root of them (DISARM drill D12).

    Three queries. Of many complaints the newest 2,000 say who complains. Raises: NotPermitted.
    """
    await accounts.permit(reader, by, Power.MANAGE_REPORTS)
    if not account_ids:
        return {}
    ids = list(set(account_ids))
    counts = {row[0]: int(row[1]) for row in await reader.all(store.OPEN_COUNTS, ids=ids)}
    people: dict[int, set[int]] = {}
    for target_id, account_id in await reader.all(store.OPEN_BY, ids=ids, most=_MOST_COUNTED):
        people.setdefault(target_id, set()).add(account_id)
    known = await accounts.independence_of(reader, {one for held in people.values() for one in held})
    return {an_id: About(number, accounts.effective(people.get(an_id, ()), known)) for an_id, number in counts.items()}


async def show_report(reader: Reader, report_id: int, *, by: int) -> Report:
    """One report. Raises: NotPermitted, ReportMissing."""
    await accounts.permit(reader, by, Power.MANAGE_REPORTS)
    return await find_report(reader, report_id)


async def change_report(
    tx: Tx,
    report_id: int,
    *,
    by: int,
    category: str | None = None,
    rule_ids: Collection[int] | None = None,
    severity: int | None = None,
) -> None:
    """Give a report another category, other rules, another severity; None: as it is.

    Raises:
        NotPermitted, ReportMissing: as they say.
        ReportInvalid: no such category, rule or severity.
    """
    staff, report = await _hold(tx, report_id, by)
    new = report.category if category is None else next((one for one in CATEGORIES if one == category), None)
    if new is None:
        raise ReportInvalid(category, say="Validation failed: Category is not included in the list")
    kept = report.rule_ids if new == "violation" else ()
    held = kept if rule_ids is None else tuple(sorted(set(rule_ids)))
    if rule_ids is not None:
        await check_rules(tx, new, held)
    bad = report.severity if severity is None else severity
    if not 0 <= bad < len(SEVERITIES):
        raise ReportInvalid(bad, say="Validation failed: Severity is not included in the list")
    if (new, held, bad) != (report.category, report.rule_ids, report.severity):
        await tx.run(
            store.CHANGE, the=report_id, new_category=new, new_rules=store.stored(held), new_severity=bad, now=tx.now
        )
        await log.note(tx, staff, "report.change", report_id, category=new, rules=list(held), severity=bad)


async def assign_report(tx: Tx, report_id: int, *, by: int, to: int | None) -> None:
    """Have somebody of the staff see to a report (None: nobody).

    Raises:
        NotPermitted, ReportMissing: as they say.
        ReportInvalid: `to` may not handle reports.
    """
    staff, report = await _hold(tx, report_id, by)
    if to not in (None, by):
        try:
            await accounts.permit(tx, to, Power.MANAGE_REPORTS)
        except accounts.NotPermitted as error:
            raise ReportInvalid(to, say="Choose somebody who may handle reports") from error
    if report.assigned_to != to:
        await tx.run(store.ASSIGN, the=report_id, whom=to, now=tx.now)
        act = "report.assign" if to is not None else "report.unassign"
        await log.note(tx, staff, act, report_id)


async def resolve_report(tx: Tx, report_id: int, *, by: int) -> None:
    """Be done with a report. Raises: NotPermitted, ReportMissing."""
    staff, _ = await _hold(tx, report_id, by)
    await resolve(tx, report_id, staff)


async def reopen_report(tx: Tx, report_id: int, *, by: int) -> None:
    """Have a report wait again. Raises: NotPermitted, ReportMissing."""
    staff, _ = await _hold(tx, report_id, by)
    if await tx.run(store.REOPEN, the=report_id, now=tx.now):
        await log.note(tx, staff, "report.reopen", report_id)


async def resolve(tx: Tx, report_id: int, staff: Staff) -> None:
    """Close an open report; one that is closed stays as it is."""
    if await tx.run(store.RESOLVE, the=report_id, whom=staff.account_id, now=tx.now):
        await log.note(tx, staff, "report.resolve", report_id)
        await tx.record(ReportResolved(report_id=report_id))


async def resolve_all_about(tx: Tx, account_id: int, staff: Staff) -> None:
    """Close every open report about an account."""
    for report in map(store.report, await tx.all(store.OPEN_ABOUT, target=account_id)):
        await resolve(tx, report.id, staff)


async def _hold(tx: Tx, report_id: int, by: int) -> tuple[Staff, Report]:
    staff = await log.acting(tx, by, Power.MANAGE_REPORTS)
    row = await tx.one(store.HOLD, the=report_id)
    if row is None:
        raise ReportMissing(report_id)
    return staff, store.report(row)
