"""Indicators as STIX 2.1, there and back. Source: OASIS, STIX 2.1, sections 4.7 (Indicator), 3.6 (versions), 7.3 (extensions).

What other programs read is the pattern; what servers read of each other is the extension, so that nobody parses patterns.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from dunnock import text
from dunnock.accounts import LimitInvalid
from dunnock.accounts.server_rules import server_name
from dunnock.foundation.clock import iso
from dunnock.integrity import money
from dunnock.transparency.indicators.model import Indicator, are_prints, is_hash

EXTENSION = "extension-definition--9a3d1a6e-6a43-5f0e-8a2c-5f5a4a0f5a11"
MAX_CONTENT = 8_192
"""Bytes of one entry."""
LONGEST_REASON = 500
_SPACE = uuid.UUID("9a3d1a6e-6a43-5f0e-8a2c-5f5a4a0f5a12")
_DISARM = "https://github.com/DISARMFoundation/DISARMframeworks"
_TECHNIQUE = re.compile(r"T\d{4}(?:\.\d{3})?")
_HANDLE = re.compile(r"[a-z0-9_.-]{1,64}@[a-z0-9.:-]{1,253}")
_SEVERITIES = ("limit", "suspend")
_MOST_TECHNIQUES, _MOST_LETTERS = 50, 300
_encode = msgspec.json.Encoder(order="sorted").encode


def write_indicator(server: str, number: int, one: Indicator, *, at: int, url: str) -> str:
    """What entry `number` of a server's feed says, in one spelling. `url`: of the server, for links to its releases."""
    references = [{"source_name": "DISARM", "external_id": technique, "url": _DISARM} for technique in one.techniques]
    if one.release_id is not None:
        where = f"{url}/transparency/releases/{one.release_id}"
        references.append({"source_name": server, "description": "release", "url": where})
    extension: dict[str, Any] = {
        "extension_type": "property-extension", "kind": one.kind, "value": one.value, "hashed": one.hashed,
    }  # fmt: skip
    extension |= {"letters": one.letters} if one.letters else {}
    extension |= {"severity": one.severity} if one.severity else {}
    told: dict[str, Any] = _about(server, number, at=at) | {
        "name": f"{one.kind} {number}",
        "description": one.reason or "Decided by the staff of this server",
        "indicator_types": ["malicious-activity"],
        "pattern": _pattern(one),
        "pattern_type": "stix",
        "valid_from": iso(at),
        "extensions": {EXTENSION: extension},
    }
    if one.expires_at is not None and one.expires_at > at:
        told["valid_until"] = iso(one.expires_at)
    if references:
        told["external_references"] = references
    return _encode(told).decode()


def write_retraction(server: str, number: int, *, of: str, at: int) -> str:
    """What takes entry `number` back, whose content was `of`: a newer version that is revoked and names nothing."""
    was = msgspec.json.decode(of)
    told = _about(server, number, at=at) | {
        "created": was["created"],
        "name": was["name"],
        "description": "Taken back",
        "revoked": True,
        "pattern": f"[x-dunnock-entry:number = {number}]",
        "pattern_type": "stix",
        "valid_from": was["valid_from"],
    }
    return _encode(told).decode()


def bundle_of(server: str, contents: Iterable[str]) -> dict[str, Any]:
    """Entries as a bundle for programs of others. The same entries make the same bundle."""
    objects = [msgspec.json.decode(one) for one in contents]
    first = min((one["created"] for one in objects), default="2026-01-01T00:00:00.000Z")
    by = {
        "type": "identity", "spec_version": "2.1", "id": _identity(server), "created": first, "modified": first,
        "name": server, "identity_class": "organization",
    }  # fmt: skip
    extension = {
        "type": "extension-definition", "spec_version": "2.1", "id": EXTENSION, "created": "2026-11-27T00:00:00.000Z",
        "modified": "2026-11-27T00:00:00.000Z", "created_by_ref": _identity(server), "name": "Dunnock indicator",
        "description": "What an indicator is about, for servers of the fediverse: docs/indicators.md",
        "schema": "docs/indicators.md", "version": "1.0.0", "extension_types": ["property-extension"],
    }  # fmt: skip
    whole = f"{server} {' '.join(one['id'] + one['modified'] for one in objects)}"
    return {
        "type": "bundle",
        "id": f"bundle--{uuid.uuid5(_SPACE, whole)}",
        "objects": [by, extension, *objects],
    }


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry of another server says. `about` None: it takes back what it said under the same `uid`."""

    uid: str
    about: Indicator | None


def read_indicator(content: str) -> Said | None:
    """An entry of another server, with everything in it checked; None: nothing that is of use here."""
    try:
        held = msgspec.json.decode(content, type=_Wire)
    except (msgspec.MsgspecError, RecursionError):
        return None
    if held.type != "indicator" or not _UID.fullmatch(held.id):
        return None
    if held.revoked:
        return Said(uid=held.id, about=None)
    extension = held.extensions.get(EXTENSION)
    try:
        made = None if extension is None else _read(held, msgspec.json.decode(extension, type=_Extension))
    except msgspec.MsgspecError:
        return None
    return None if made is None else Said(uid=held.id, about=made)


_UID = re.compile(r"indicator--[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class _Reference(msgspec.Struct):
    source_name: str = ""
    external_id: str = ""


class _Wire(msgspec.Struct):
    type: str
    id: str
    description: str = ""
    revoked: bool = False
    valid_until: str = ""
    external_references: list[_Reference] = []
    extensions: dict[str, msgspec.Raw] = {}


class _Extension(msgspec.Struct):
    kind: str
    value: str
    hashed: bool = False
    letters: int = 0
    severity: str = ""


def _read(held: _Wire, raw: _Extension) -> Indicator | None:
    value = _value(raw)
    if value is None:
        return None
    techniques = [one.external_id for one in held.external_references if _TECHNIQUE.fullmatch(one.external_id)]
    return Indicator(
        kind=raw.kind,  # type: ignore[arg-type]  # `_value` knows the kinds
        value=value,
        hashed=raw.hashed,
        letters=raw.letters if raw.kind == "text" else 0,
        severity=raw.severity if raw.kind == "server" else "",
        reason=text.clean(held.description).strip()[:LONGEST_REASON],
        techniques=tuple(dict.fromkeys(techniques))[:_MOST_TECHNIQUES],
        expires_at=_moment(held.valid_until),
    )


def _value(raw: _Extension) -> str | None:
    """The value in our spelling; None: it is none of its kind."""
    if raw.hashed:
        fits = raw.kind in {"account", "destination", "text"} and is_hash(raw.value)
        return raw.value if fits and (raw.kind != "text" or 0 < raw.letters <= _MOST_LETTERS) else None
    match raw.kind:
        case "account":
            return raw.value if _HANDLE.fullmatch(raw.value) else None
        case "server":
            try:
                name = server_name(raw.value)
            except LimitInvalid:
                return None
            return name if raw.severity in _SEVERITIES else None
        case "link":
            return money.canonical(raw.value)
        case "destination":
            found = money.asset_at(raw.value)
            return None if found is None or found.kind != "wallet" else found.key
        case "media":
            return raw.value if are_prints(raw.value) else None
        case _:
            return None


def _moment(written: str) -> int | None:
    try:
        return int(datetime.fromisoformat(written).timestamp() * 1000) if written else None
    except (ValueError, OverflowError):
        return None


def _about(server: str, number: int, *, at: int) -> dict[str, Any]:
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.uuid5(_SPACE, f'{server} {number}')}",
        "created_by_ref": _identity(server),
        "created": iso(at),
        "modified": iso(at),
    }


def _identity(server: str) -> str:
    return f"identity--{uuid.uuid5(_SPACE, server)}"


def _pattern(one: Indicator) -> str:
    match one.kind, one.hashed:
        case "account", True:
            parts: Mapping[str, Any] = {"user-account:x_hmac": one.value}
        case "account", False:
            parts = {"user-account:account_type": "fediverse", "user-account:user_id": one.value}
        case "server", _:
            parts = {"domain-name:value": one.value}
        case "link", _:
            parts = {"url:value": f"https://{one.value}"}
        case "media", _:
            return f"[{' OR '.join(f'file:hashes.PDQ = {_quoted(told)}' for told in one.value.split('.'))}]"
        case "text", _:
            parts = {"x-dunnock-text:x_hmac": one.value, "x-dunnock-text:letters": one.letters}
        case _, True:
            parts = {"x-dunnock-destination:x_hmac": one.value}
        case _:
            parts = {"x-dunnock-destination:value": one.value}
    return f"[{' AND '.join(f'{name} = {_quoted(value)}' for name, value in parts.items())}]"


def _quoted(value: Any) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
