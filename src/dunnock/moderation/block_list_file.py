"""Lists of servers to block, as others publish them: CSV (Mastodon's columns), one name a line, or JSON (Mastodon's API).

Source: Mastodon, Admin::ExportDomainBlocksController, GET /api/v1/instance/domain_blocks; GoToSocial, domain permissions.
"""

from __future__ import annotations

import csv
import io
from typing import Any

import msgspec

from dunnock import text
from dunnock.accounts import LimitInvalid
from dunnock.accounts.server_rules import LONGEST_COMMENT, Severity, server_name
from dunnock.foundation.errors import Invalid

MOST_BYTES = 4 * 1024 * 1024
MOST_LINES = 20_000
_SEVERITIES: dict[str, Severity] = {"noop": "noop", "silence": "limit", "limit": "limit", "suspend": "suspend"}
_DOMAIN = ("domain", "#domain")


class Listed(msgspec.Struct, frozen=True):
    """What a list says about one server."""

    domain: str
    severity: Severity
    comment: str = ""
    reject_media: bool = False
    reject_reports: bool = False


class ReadList(msgspec.Struct, frozen=True):
    """A list: each server once, by name; and how many lines named none (hidden letters, nonsense)."""

    servers: dict[str, Listed]
    unusable: int


def read_list(content: bytes, *, otherwise: Severity) -> ReadList:
    """What is in the file. `otherwise`: how strict a line is that does not say.

    Raises:
        Invalid: it is no such list, or longer than MOST_LINES; the text tells which.
    """
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(say="This is no text in UTF-8") from error
    rows = _json(words) if words.lstrip()[:1] in {"[", "{"} else _lines(words)
    if len(rows) > MOST_LINES:
        raise Invalid(say=f"A list has at most {MOST_LINES} lines")
    servers: dict[str, Listed] = {}
    unusable = 0
    for row in rows:
        one = _listed(row, otherwise)
        if one is None:
            unusable += 1
        elif one.domain not in servers or _RANK[one.severity] > _RANK[servers[one.domain].severity]:
            servers[one.domain] = one
    return ReadList(servers, unusable)


_RANK = {severity: rank for rank, severity in enumerate(("noop", "limit", "suspend"))}


def _json(words: str) -> list[dict[str, Any]]:
    try:
        held = msgspec.json.decode(words)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Invalid(say="This is no JSON") from error
    if not isinstance(held, list):
        raise Invalid(say="This is no list of servers")
    return [one if isinstance(one, dict) else {"domain": one} for one in held]


def _lines(words: str) -> list[dict[str, Any]]:
    try:
        rows = [row for row in csv.reader(io.StringIO(words)) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise Invalid(say="This is no CSV file") from error
    head = [cell.strip().lower() for cell in rows[0]] if rows else []
    if not any(name in head for name in _DOMAIN):
        return [{"domain": row[0]} for row in rows if not row[0].lstrip().startswith("#")]
    names = [name.removeprefix("#") for name in head]
    return [dict(zip(names, (cell.strip() for cell in row), strict=False)) for row in rows[1:]]


def _listed(row: dict[str, Any], otherwise: Severity) -> Listed | None:
    name = row.get("domain")
    said = str(row.get("severity") or "").lower()
    severity = _SEVERITIES.get(said) if said else otherwise
    if not isinstance(name, str) or severity is None:
        return None
    try:
        domain = server_name(name.removeprefix("*."))
    except LimitInvalid:
        return None
    comment = row.get("public_comment") or row.get("comment") or ""
    return Listed(
        domain,
        severity,
        text.clean(str(comment)).strip()[:LONGEST_COMMENT],
        _true(row.get("reject_media")),
        _true(row.get("reject_reports")),
    )


def _true(cell: object) -> bool:
    return cell is True or str(cell).lower() in {"true", "1", "yes"}
