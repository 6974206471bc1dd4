"""Staff and audits of our ranking. Ours: /api/v1/dunnock/admin/ranking_audits; everybody reads /transparency/ranking.json."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec
from litestar import post
from litestar.di import NamedDependency

from dunnock import transparency
from dunnock.api.kit import Called, Form, Upload, require
from dunnock.api.mastodon.pages import me
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.transparency.ranking_audits import LARGEST, PublishedAudit, ReportRefused

HERE: Final = "/api/v1/dunnock/admin/ranking_audits"


class AuditForm(msgspec.Struct):
    """`plan`: what the plan of the report is called; audits of the same name are compared with each other."""

    plan: str = ""
    file: Upload | None = None


class AdminRankingAudit(msgspec.Struct, frozen=True):
    """What was published. `sha256`: of the report."""

    id: str
    plan: str
    sha256: str
    url: str


async def published(db: Db, plan: str, upload: Upload | None, *, by: int) -> PublishedAudit:
    """Publish the report in a form.

    Raises:
        ReportRefused: there is none; and what `transparency.publish_report` raises.
    """
    await transparency.may_publish_audits(db, by=by)
    if upload is None or not 0 < upload.size <= LARGEST:
        raise ReportRefused(say=f"Validation failed: Choose a report of at most {LARGEST >> 20} MiB")
    return await transparency.publish_report(db, plan, await asyncio.to_thread(upload.path.read_bytes), by=by)


@post(HERE, guards=[require("admin:write")], status_code=200)
async def publish_audit(
    form: Form[AuditForm], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> AdminRankingAudit:
    """Publish a report of `dunnock audit run`, whatever it found."""
    made = await published(db, form.plan, form.file, by=me(caller))
    url = f"{settings.public_url}/transparency/audits/{made.id}"
    return AdminRankingAudit(id=str(made.id), plan=made.plan, sha256=made.checksum, url=url)


HANDLERS: list[Any] = [publish_audit]
