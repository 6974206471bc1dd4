"""Audits of our own ranking, published as they were made: the file that `dunnock audit run` writes, byte for byte.

Whoever runs the same plan with the same weights gets the same bytes, and can compare their SHA-256.
"""

from __future__ import annotations

import hashlib

import msgspec

from dunnock.feeds.for_you.audit import Report, bytes_of
from dunnock.foundation.db import Reader, Row, Tx
from dunnock.foundation.errors import Invalid, Missing
from dunnock.foundation.ids import ms_of
from dunnock.transparency import store
from dunnock.transparency.events import AuditPublished

MOST = 100
LARGEST = 4 * 1024 * 1024  # bytes of a report
_LONGEST_NAME = 100


class AuditMissing(Missing):
    """No such audit was published."""

    code = "audit_missing"


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
