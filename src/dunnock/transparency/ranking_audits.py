"""Audits of our own ranking, published as they were made: the file that `dunnock audit run` writes, byte for byte.

Whoever runs the same plan with the same weights gets the same bytes, and can compare their SHA-256.
"""

from __future__ import annotations

import asyncio
import hashlib

import msgspec

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.feeds.for_you import versions
from dunnock.feeds.for_you.audit import Report, bytes_of, is_sound
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.errors import Invalid, Missing
from dunnock.foundation.ids import ms_of
from dunnock.moderation import log
from dunnock.transparency import store
from dunnock.transparency.events import AuditPublished

MOST = 100
LARGEST = 4 * 1024 * 1024  # bytes of a report
_LONGEST_NAME = 100
_NEEDS = Power.MANAGE_SETTINGS


class AuditMissing(Missing):
    """No such audit was published."""

    code = "audit_missing"


class ReportRefused(Invalid):
    """The file is no report as `dunnock audit run` writes it, or nobody could check it."""

    code = "report_refused"


class PublishedAudit(msgspec.Struct, frozen=True):
    """One audit. `plan`: what its plan is called; `text`: the report; `checksum`: SHA-256 of it; `at`: Unix milliseconds."""

    id: int
    plan: str
    text: str
    checksum: str

    @property
    def at(self) -> int:
        """When it was published."""
        return ms_of(self.id)

    @property
    def report(self) -> Report:
        """The report, read."""
        return msgspec.json.decode(self.text, type=Report)


async def publish_audit(tx: Tx, plan: str, report: Report) -> PublishedAudit:
    """Publish what an audit found, whatever it found. The same report of the same plan again changes nothing.

    Raises:
        Invalid: it is too large, or its plan has no name that fits in a line.
    """
    content = bytes_of(report)
    if len(content) > LARGEST or not 0 < len(plan) <= _LONGEST_NAME or not plan.isprintable():
        raise Invalid(plan[:40], say="Validation failed: The report is too large, or its plan has no name")
    checksum = hashlib.sha256(content).hexdigest()
    new = PublishedAudit(tx.new_id(), plan, content.decode(), checksum)
    if await tx.run(store.ADD_AUDIT, id=new.id, plan=plan, report=new.text, checksum=checksum):
        await tx.record(AuditPublished(audit_id=new.id))
        return new
    row = await tx.one(store.AUDIT_OF, plan=plan, checksum=checksum)
    assert row is not None
    return _audit(row)


async def may_publish_audits(reader: Reader, *, by: int) -> None:
    """Raises NotPermitted: the role of `by` does not let them publish audits."""
    await accounts.permit(reader, by, _NEEDS)


async def publish_report(db: Db, plan: str, content: bytes, *, by: int) -> PublishedAudit:
    """Publish a report that staff bring as a file, whatever it found; it is in their log. The same again changes nothing.

    Everybody can run it again: the weights that it names must be kept here, and its verdicts must be what its figures say.

    Raises:
        NotPermitted: the role of `by` does not allow it.
        ReportRefused: it is no report, not byte for byte as the program writes it, names weights that nobody can read here, or
            says that a bar held that did not.
        Invalid: as `publish_audit`.
    """
    await may_publish_audits(db, by=by)
    report = await asyncio.to_thread(_read, content)
    if await versions.text_named(db, report.model) is None:
        raise ReportRefused(report.model[:64], say="Validation failed: The report names weights that are not kept here")
    async with db.begin() as tx:
        staff = await log.acting(tx, by, _NEEDS)
        there = await tx.one(store.AUDIT_OF, plan=plan.strip(), checksum=hashlib.sha256(content).hexdigest())
        made = await publish_audit(tx, plan.strip(), report)
        if there is None:
            held = sum(report.passed.values())
            await log.note(
                tx, staff, "audit.publish", made.id, called=made.plan, checksum=made.checksum, held=held,
                bars=len(report.passed),
            )  # fmt: skip
    return made


def _read(content: bytes) -> Report:
    if len(content) > LARGEST:
        raise ReportRefused(len(content), say="Validation failed: The report is too large, or its plan has no name")
    try:
        report = msgspec.json.decode(content, type=Report)
        sound = is_sound(report)
        same = bytes_of(report) == content
    except (msgspec.MsgspecError, RecursionError, ArithmeticError, ValueError, IndexError, TypeError) as error:
        raise ReportRefused(str(error)[:80], say="Validation failed: This is no report of an audit") from error
    if not same:
        raise ReportRefused(say="Validation failed: The report is not as the program wrote it")
    if not sound:
        raise ReportRefused(say="Validation failed: The report says that something held which its figures deny")
    return report


async def published_audits(reader: Reader) -> list[PublishedAudit]:
    """The newest 100, newest first."""
    return [_audit(row) for row in await reader.all(store.AUDITS, most=MOST)]


async def find_audit(reader: Reader, audit_id: int) -> PublishedAudit:
    """One of them.

    Raises:
        AuditMissing: there is none.
    """
    row = await reader.one(store.AUDIT, the=audit_id)
    if row is None:
        raise AuditMissing(audit_id)
    return _audit(row)


async def audit_before(reader: Reader, audit: PublishedAudit) -> PublishedAudit | None:
    """The last audit by a plan of the same name before this one; None: it is the first."""
    row = await reader.one(store.AUDIT_BEFORE, plan=audit.plan, the=audit.id)
    return None if row is None else _audit(row)


def _audit(row: Row) -> PublishedAudit:
    return PublishedAudit(row[0], row[1], row[2], row[3])
