"""The claim of a request's signature, of whichever kind it is: RFC 9421 where `Signature-Input` is there, else the draft."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime

from dunnock.federation.signatures.claim import (
    MOST_HEADER,
    Claim,
    Request,
    SignatureMalformed,
    check_time,
    decoded,
    sha256,
)

_PART = re.compile(r'\s*([A-Za-z]+)\s*=\s*(?:"([^"]*)"|([0-9.]+))\s*(?:,|$)')
_KEY_ID = re.compile(r'key[iI]d="([^"]{1,2048})"')
_ALGORITHMS = {"": "", "hs2019": "hs2019", "rsa-sha256": "rsa-sha256", "rsa-sha512": "rsa-sha512", "ed25519": "ed25519"}
_MODERN = {"": "", "rsa-v1_5-sha256": "rsa-sha256", "ed25519": "ed25519"}
_INPUT = re.compile(r'([a-z*][a-z0-9_.*-]{0,60})=\(([^()]*)\)((?:;[a-z]+=(?:"[^"\\]*"|-?[0-9]+))*)')
_COMPONENT = re.compile(r'"(@?[a-z0-9-]+)"((?:;[a-z]+)?)')
_PARAM = re.compile(r';([a-z]+)=(?:"([^"\\]*)"|(-?[0-9]+))')
_BYTES = re.compile(r"([a-z*][a-z0-9_.*-]{0,60})=:([A-Za-z0-9+/=]+):")


def read(request: Request, *, now_ms: int) -> Claim:
    """What the request claims; all but the signature itself has been checked: parts, age, the body's digest.

    Raises:
        SignatureMalformed: there is no signature, or it can't be true.

    Source: RFC 9421; draft-cavage-http-signatures-12; federation.md, section 4.
    """
    if "signature-input" in request.headers:
        return _read_message(request, now_ms)
    return _read_draft(request, now_ms)


def key_id_of(request: Request) -> str:
    """Whose key the request says that it is signed with, before anything of that is checked; "" when it says nothing."""
    held = request.headers.get("signature-input") or request.headers.get("signature", "")
    found = _KEY_ID.search(held[:MOST_HEADER])
    return "" if found is None else found[1]


# draft-cavage -------------------------------------------------------------------------------------------------------


def _read_draft(request: Request, now_ms: int) -> Claim:
    header = request.headers.get("signature", "")
    if not header or len(header) > MOST_HEADER:
        raise SignatureMalformed("no signature")
    parts: dict[str, str] = {}
    at = 0
    while at < len(header):
        found = _PART.match(header, at)
        if found is None or found[1] in parts:
            raise SignatureMalformed("unreadable")
        parts[found[1]] = found[2] if found[2] is not None else found[3]
        at = found.end()
    algorithm = _ALGORITHMS.get(parts.get("algorithm", "").lower())
    if algorithm is None:
        raise SignatureMalformed("algorithm")
    if not parts.get("keyId") or not parts.get("signature"):
        raise SignatureMalformed("keyId and signature are needed")
    names = parts.get("headers", "(created)" if algorithm == "hs2019" else "date").lower().split()
    if len(names) != len(set(names)):
        raise SignatureMalformed("a header twice")
    if ({"(created)", "(expires)"} & set(names)) and algorithm not in {"hs2019", ""}:
        raise SignatureMalformed("(created) with this algorithm")
    wanted = {"(request-target)", "host"} | ({"digest"} if request.body is not None else set())
    if not wanted <= set(names) or not {"date", "(created)"} & set(names):
        raise SignatureMalformed("too little is signed")
    created, expires = _seconds(parts.get("created")), _seconds(parts.get("expires"))
    check_time(created if "(created)" in names else _date(request.headers.get("date", "")), expires, now_ms)
    if request.body is not None:
        _check_draft_digest(request.headers.get("digest", ""), request.body)
    path, query, _ = request.target.partition("?")
    targets = [request.target] + ([path] if query else [])
    texts = tuple(_draft_text(request, names, target, parts) for target in targets)
    return Claim(parts["keyId"], texts, decoded(parts["signature"]), algorithm)  # type: ignore[arg-type]  # of the map above


def _draft_text(request: Request, names: list[str], target: str, parts: dict[str, str]) -> bytes:
    lines = []
    for name in names:
        if name == "(request-target)":
            lines.append(f"(request-target): {request.method.lower()} {target}")
        elif name in {"(created)", "(expires)"}:
            if name[1:-1] not in parts:
                raise SignatureMalformed(f"{name} is not said")
            lines.append(f"{name}: {parts[name[1:-1]]}")
        else:
            value = request.headers.get(name)
            if value is None:
                raise SignatureMalformed(f"there is no header {name}")
            lines.append(f"{name}: {value}")
    return "\n".join(lines).encode()


def _check_draft_digest(header: str, body: bytes) -> None:
    found = [
        value
        for name, _, value in (part.strip().partition("=") for part in header.split(","))
        if name.lower() == "sha-256"
    ]
    if found != [sha256(body)]:
        raise SignatureMalformed("the body's digest is another")


def _date(text: str) -> int | None:
    try:
        said = parsedate_to_datetime(text)
        # "-0000" names no zone, and would be read in the zone of this machine. Source: RFC 9110, 5.6.7: all are UTC.
        return int((said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp() * 1000)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def _seconds(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return int(float(text) * 1000)
    except (ValueError, OverflowError) as error:
        raise SignatureMalformed("time") from error


# RFC 9421 -----------------------------------------------------------------------------------------------------------


def _read_message(request: Request, now_ms: int) -> Claim:
    inputs, held = request.headers["signature-input"], request.headers.get("signature", "")
    if len(inputs) > MOST_HEADER or len(held) > MOST_HEADER:
        raise SignatureMalformed("too long")
    signatures = dict(_BYTES.findall(held))
    found = next((one for one in _INPUT.finditer(inputs) if one[1] in signatures), None)
    if found is None:
        raise SignatureMalformed("unreadable")
    label, inner, after = found[1], found[2], found[3]
    components = _COMPONENT.findall(inner)
    if " ".join(f'"{name}"{more}' for name, more in components) != " ".join(inner.split()):
        raise SignatureMalformed("unreadable")
    names = [name for name, _ in components]
    if any(more for _, more in components) or len(names) != len(set(names)):
        raise SignatureMalformed("parts of another kind")
    params = {name: text or number for name, text, number in _PARAM.findall(after)}
    algorithm = _MODERN.get(params.get("alg", ""))
    if algorithm is None or not params.get("keyid"):
        raise SignatureMalformed("algorithm or key")
    _check_enough(set(names), request)
    check_time(_seconds(params.get("created")), _seconds(params.get("expires")), now_ms)
    if request.body is not None:
        _check_content_digest(request.headers.get("content-digest", ""), request.body)
    lines = [f'"{name}": {_component(request, name)}' for name in names]
    lines.append(f'"@signature-params": ({inner}){after}')
    return Claim(params["keyid"], ("\n".join(lines).encode(),), decoded(signatures[label]), algorithm)  # type: ignore[arg-type]


def _check_enough(names: set[str], request: Request) -> None:
    target = "@target-uri" in names or (
        {"@authority", "@path"} <= names and ("@query" in names or "?" not in request.target)
    )
    if "@method" not in names or not target or (request.body is not None and "content-digest" not in names):
        raise SignatureMalformed("too little is signed")


def _component(request: Request, name: str) -> str:
    host = request.headers.get("host", "").lower()
    path, mark, query = request.target.partition("?")
    match name:
        case "@method":
            return request.method.upper()
        case "@target-uri":
            return f"{request.scheme}://{host}{request.target}"
        case "@authority":
            return host
        case "@scheme":
            return request.scheme
        case "@path":
            return path
        case "@query":
            return f"?{query}" if mark else "?"
        case "@request-target":
            return request.target
    if name.startswith("@") or name not in request.headers:
        raise SignatureMalformed(f"there is no {name}")
    return request.headers[name].strip()


def _check_content_digest(header: str, body: bytes) -> None:
    found = [value for name, value in _BYTES.findall(header) if name == "sha-256"]
    if found != [sha256(body)]:
        raise SignatureMalformed("the body's digest is another")
