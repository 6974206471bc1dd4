"""Staff and other servers: rules with their reasons, the servers that are allowed, both as files of Mastodon's."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, moderation
from dunnock.accounts import LimitInvalid
from dunnock.accounts.server_rules import ServerBlock, ServerBlocked, Severity, rule_over, server_name
from dunnock.api.kit import Form, Id, Query, Upload
from dunnock.foundation import clock
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.moderation import block_lists, figures, servers
from dunnock.web.admin.desk import desk
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_A_PAGE, _ALL, _MOST_ROWS, _MOST_BYTES = 100, 10_000, 5_000, 2 * 1024 * 1024
_COLUMNS: Final = ("#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate")
_THEIRS: Final[dict[Severity, str]] = {"noop": "noop", "limit": "silence", "suspend": "suspend"}
_OURS: Final[dict[str, Severity]] = {theirs: ours for ours, theirs in _THEIRS.items()} | {"limit": "limit"}


class ServersParams(msgspec.Struct, frozen=True):
    """`max_id`: older rules; `about`: the server to look at; `made`, `left`: what an import did."""

    max_id: Id | None = None
    about: str = ""
    done: str = ""
    made: int = 0
    left: int = 0


class ServerForm(Sent):
    """`what`: block, change, unblock, allow or disallow; an import brings a `file`."""

    what: str = ""
    id: Id | None = None
    domain: str = ""
    severity: str = "limit"
    reject_media: bool = False
    reject_reports: bool = False
    obfuscate: bool = False
    public_comment: str = ""
    private_comment: str = ""
    until: str = ""
    file: Upload | None = None


@get("/admin/servers")
async def list_servers(
    params: Query[ServersParams], show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """All rules, newest first, and the servers that are allowed."""
    return await _list(params, show, staff, db)


@post("/admin/servers", status_code=303)
async def decide_about_servers(
    form: Form[ServerForm], show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Make, change or end a rule; allow a server; bring in a file of rules."""
    by = staff.account_id
    try:
        if form.what == "import":
            made, left = await _bring_in(db, form.file, by=by)
            return show.go(f"/admin/servers?made={made}&left={left}", done="brought_in")
        async with db.begin() as tx:
            await _decide(tx, form, by=by)
    except DomainError as error:
        return await _list(ServersParams(), show, staff, db, form=form, error=error)
    return show.go("/admin/servers", done="saved")


@get("/admin/servers/blocks.csv")
async def export_blocks(
    show: NamedDependency[Show],  # noqa: ARG001 (a refusal is a page)
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[bytes]:
    """The rules as Mastodon's file; the private comments stay here."""
    found = await servers.list_blocks(db, accounts.Cursor(limit=_ALL), by=staff.account_id)
    rows = [
        (
            one.domain,
            _THEIRS[one.severity],
            *(str(flag) for flag in (one.reject_media, one.reject_reports)),
            one.public_comment or "",
            str(one.obfuscate),
        )
        for one in found
    ]
    await moderation.note_export(db, "blocks.csv", rows=len(rows), by=staff.account_id)
    return _file("blocks.csv", [_COLUMNS, *rows])


@get("/admin/servers/allowed.csv")
async def export_allows(
    show: NamedDependency[Show],  # noqa: ARG001 (a refusal is a page)
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[bytes]:
    """The servers that are allowed, as Mastodon's file."""
    found = await servers.list_allows(db, accounts.Cursor(limit=_ALL), by=staff.account_id)
    await moderation.note_export(db, "allowed.csv", rows=len(found), by=staff.account_id)
    return _file("allowed.csv", [("#domain",), *((one.domain,) for one in found)])


def _file(name: str, rows: list[tuple[str, ...]]) -> Response[bytes]:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
    }
    return Response(text.getvalue().encode(), media_type="text/csv; charset=utf-8", headers=headers)


def _block(form: ServerForm) -> ServerBlock:
    severity = _OURS.get(form.severity)
    if severity is None:
        raise Invalid(form.severity, say="Choose how strict the rule is")
    return ServerBlock(
        id=form.id or 0,
        domain=form.domain,
        severity=severity,
        reject_media=form.reject_media,
        reject_reports=form.reject_reports,
        public_comment=form.public_comment,
        private_comment=form.private_comment,
        obfuscate=form.obfuscate,
        expires_at=_end_of(form.until),
    )


def _end_of(day: str) -> int | None:
    """The end of a day, in UTC; None: no day was given."""
    if not day.strip():
        return None
    try:
        begins = datetime.fromisoformat(day.strip()).replace(tzinfo=UTC)
    except ValueError as error:
        raise Invalid(day[:40], say="The day must look like 2026-11-26") from error
    return int(begins.timestamp() * 1000) + clock.DAY


async def _decide(tx: Tx, form: ServerForm, *, by: int) -> None:
    match form.what, form.id:
        case "block", _:
            await servers.block(tx, _block(form), by=by)
        case "change", int():
            await servers.change_block(tx, _block(form), by=by)
        case "unblock", int(an_id):
            await servers.unblock(tx, an_id, by=by)
        case "allow", _:
            await servers.allow(tx, form.domain, by=by)
        case "disallow", int(an_id):
            await servers.disallow(tx, an_id, by=by)
        case _:
            raise Invalid(form.what)


async def _bring_in(db: Db, file: Upload | None, *, by: int) -> tuple[int, int]:
    """Make the rules of a file: all in one transaction. How many were made, how many were left out.

    Left out is what a rule that is as strict covers already. A file without severities allows servers.
    """
    await servers.may(db, by=by)
    if file is None or not file.size or file.size > _MOST_BYTES:
        raise Invalid(say="Choose a CSV file of at most 2 MiB")
    try:
        rows = list(csv.reader(io.StringIO(file.path.read_text("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid(say="This is not a CSV file in UTF-8") from error
    head = [cell.strip().lower().removeprefix("#") for cell in rows[0]] if rows else []
    if "domain" not in head:
        raise Invalid(say="The first line must name the columns: #domain, #severity, …")
    if len(rows) - 1 > _MOST_ROWS:
        raise Invalid(say=f"A file has at most {_MOST_ROWS} lines")
    made = left = 0
    async with db.begin() as tx:
        for cells in rows[1:]:
            row = dict(zip(head, (cell.strip() for cell in cells), strict=False))
            if not row.get("domain"):
                continue
            if "severity" not in head:
                await servers.allow(tx, row["domain"], by=by)
                made += 1
                continue
            severity = _OURS.get(row.get("severity", "").lower())
            if severity is None:
                raise Invalid(say=f"Unknown severity in the line of {row['domain'][:80]}")
            new = ServerBlock(
                id=0,
                domain=row["domain"],
                severity=severity,
                public_comment=row.get("public_comment", ""),
                reject_media=_true(row.get("reject_media", "")),
                reject_reports=_true(row.get("reject_reports", "")),
                obfuscate=_true(row.get("obfuscate", "")),
            )
            try:
                await servers.block(tx, new, by=by)
                made += 1
            except ServerBlocked:
                left += 1
    return made, left


def _true(cell: str) -> bool:
    return cell.lower() in {"true", "1", "yes"}


class Known(msgspec.Struct, frozen=True):
    """What we know of a server: (key of `figures`, total) each, and the rule over it."""

    domain: str
    figures: list[tuple[str, int]]
    rule: ServerBlock | None


async def _known(db: Db, typed: str, *, by: int) -> Known:
    """Figures of a server, before deciding about it. Raises: LimitInvalid, NotPermitted."""
    await figures.permit(db, by=by)
    domain = server_name(typed)
    span, about = figures.Span.of(None, None), figures.About(domain=domain)
    found = [(key, await figures.measure(db, key, span, about)) for key in figures.OF_SERVER]
    totals = [(key, one.total) for key, one in found if one is not None]
    return Known(domain, totals, await rule_over(db, domain))


async def _list(
    params: ServersParams,
    show: Show,
    staff: Member,
    db: Db,
    *,
    form: ServerForm | None = None,
    error: DomainError | None = None,
) -> Response[str]:
    by = staff.account_id
    found = await servers.list_blocks(db, accounts.Cursor(limit=_A_PAGE, max_id=params.max_id), by=by)
    known = None
    if params.about.strip():
        try:
            known = await _known(db, params.about, by=by)
        except LimitInvalid as wrong:
            error = wrong
    allowed = await servers.list_allows(db, accounts.Cursor(limit=_A_PAGE), by=by)
    return desk(
        show,
        staff,
        "servers.html",
        error=error,
        form=form or ServerForm(domain="" if known is None else known.domain),
        blocks=found,
        behind=await block_lists.behind(db, [one.id for one in found]),
        about=params.about,
        known=known,
        allows=allowed,
        judged=await moderation.judged_servers(db, by=by),
        brought=(params.made, params.left) if params.done == "brought_in" else None,
        older=found[-1].id if len(found) == _A_PAGE else None,
    )


HANDLERS = pages(list_servers, decide_about_servers, export_blocks, export_allows)
