"""How our ranking does, for everybody: audits with test personas, the weights in force, and each change of them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import transparency
from dunnock.feeds.for_you import versions
from dunnock.feeds.for_you.audit import SENTENCES, Figures, Seen, figures_of
from dunnock.feeds.for_you.learn import Comparison
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.web.about import has_terms
from dunnock.web.pages import pages
from dunnock.web.show import Show

_OPEN = {"cache-control": "public, max-age=60", "access-control-allow-origin": "*"}
_WIDTH, _HEIGHT, _EDGE = 160, 56, 3


class Row(msgspec.Struct, frozen=True):
    """A persona now and, where there is one, in the last audit by the same plan; with its figures, and lines day by day."""

    now: Seen
    then: Seen | None
    figures: Figures
    fringe: str
    interest: str
    days: str
    interest_days: str


class AuditTold(msgspec.Struct, frozen=True, kw_only=True):
    """An audit, for programs. `sha256`: of the file at `report`."""

    id: str
    plan: str
    published_at: str
    sha256: str
    weights: str
    passed: dict[str, bool]
    page: str
    report: str


class VersionTold(msgspec.Struct, frozen=True, kw_only=True):
    """A weight file, for programs. `compared` null: it was not fitted here."""

    sha256: str
    kept_at: str
    file: str
    compared: Comparison | None


class ChangeTold(msgspec.Struct, frozen=True, kw_only=True):
    """From when on which weight file counted, and why."""

    at: str
    sha256: str
    because: str


class RankingTold(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, newest first."""

    in_force: str
    changes: list[ChangeTold]
    weights: list[VersionTold]
    audits: list[AuditTold]


@get("/transparency/ranking")
async def show_ranking(show: NamedDependency[Show], db: NamedDependency[Db]) -> Response[str]:
    """What audits found, and which weights counted when."""
    return show(
        "ranking.html",
        audits=[(one, one.report) for one in await transparency.published_audits(db)],
        in_force=await versions.in_force(db),
        files={one.hash: one for one in await versions.weight_files(db)},
        changes=await versions.changes(db),
        has_terms=await has_terms(db),
    )


@get("/transparency/ranking.json")
async def list_ranking(db: NamedDependency[Db], settings: NamedDependency[Settings]) -> Response[bytes]:
    """The same for programs. Format: docs/transparency.md."""
    at = f"{settings.public_url}/transparency"
    told = RankingTold(
        in_force=(await versions.in_force(db)).hash,
        changes=[
            ChangeTold(at=iso(one.at), sha256=one.hash, because=one.because) for one in await versions.changes(db)
        ],
        weights=[
            VersionTold(sha256=one.hash, kept_at=iso(one.at), file=f"{at}/weights/{one.hash}", compared=one.compared)
            for one in await versions.weight_files(db)
        ],
        audits=[
            AuditTold(
                id=str(one.id),
                plan=one.plan,
                published_at=iso(one.at),
                sha256=one.checksum,
                weights=one.report.model,
                passed=one.report.passed,
                page=f"{at}/audits/{one.id}",
                report=f"{at}/audits/{one.id}/report.json",
            )
            for one in await transparency.published_audits(db)
        ],
    )
    return _file(msgspec.json.encode(told), "application/json")


@get("/transparency/audits/{audit_id:int}")
async def show_audit(audit_id: FromPath[int], show: NamedDependency[Show], db: NamedDependency[Db]) -> Response[str]:
    """What one audit found, with lines day by day, beside the last one by the same plan."""
    audit = await transparency.find_audit(db, audit_id)
    before = await transparency.audit_before(db, audit)
    report = audit.report
    then = {} if before is None else {one.persona: one for one in before.report.seen}
    rows = [
        Row(
            one,
            then.get(one.persona),
            figures_of(one),
            _line(one.fringe),
            _line(one.interest),
            _said(one.fringe),
            _said(one.interest),
        )
        for one in report.seen
    ]
    return show(
        "audit.html",
        audit=audit,
        report=report,
        before=before,
        earlier=None if before is None else before.report,
        rows=rows,
        sentences=SENTENCES,
        has_terms=await has_terms(db),
    )


@get("/transparency/audits/{audit_id:int}/report.json")
async def fetch_audit(audit_id: FromPath[int], db: NamedDependency[Db]) -> Response[bytes]:
    """The report, byte for byte as `dunnock audit run` writes it."""
    audit = await transparency.find_audit(db, audit_id)
    return _file(audit.text.encode(), "application/json")


@get("/transparency/weights/{named:str}")
async def fetch_weights(named: FromPath[str], db: NamedDependency[Db]) -> Response[bytes]:
    """A weight file by its SHA-256, as receipts name it."""
    text = await versions.text_named(db, named)
    if text is None:
        raise versions.WeightsMissing(named[:64])
    return _file(text.encode(), "text/plain; charset=utf-8")


def _line(shares: Sequence[float]) -> str:
    """Points of a line in a box of 160 by 56; its top is the largest share, or a hundredth."""
    most, high = max(*shares, 0.01), _HEIGHT - 2 * _EDGE
    each = (_WIDTH - 2 * _EDGE) / max(len(shares) - 1, 1)
    return " ".join(f"{_EDGE + n * each:.1f},{_EDGE + high - high * one / most:.1f}" for n, one in enumerate(shares))


def _said(shares: Sequence[float]) -> str:
    return ", ".join(f"{one:.4f}" for one in shares)


def _file(content: bytes, kind: str) -> Response[bytes]:
    """With the digest of it. Source: RFC 9530."""
    seen = base64.b64encode(hashlib.sha256(content).digest()).decode()
    headers = {**_OPEN, "repr-digest": f"sha-256=:{seen}:", "x-content-type-options": "nosniff"}
    return Response(content, media_type=kind, headers=headers)


HANDLERS = pages(show_ranking, list_ranking, show_audit, fetch_audit, fetch_weights)
