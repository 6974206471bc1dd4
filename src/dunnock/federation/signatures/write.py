"""Signs requests that go out."""

from __future__ import annotations

import base64
from email.utils import formatdate
from typing import Any, Literal
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ed25519, padding
from cryptography.hazmat.primitives.hashes import SHA256

from dunnock.federation.signatures.claim import Signer, sha256

Scheme = Literal["draft", "rfc9421"]
"""Which kind of signature; servers are asked with the first before the second."""


def sign(
    signer: Signer, method: str, url: str, *, body: bytes | None, now_ms: int, scheme: Scheme = "draft"
) -> dict[str, str]:
    """The headers that make it a signed request, besides its content type. `body` None: a GET."""
    parts = urlsplit(url)
    host = parts.netloc.lower()
    usual = {"https": ":443", "http": ":80"}.get(parts.scheme, "")
    host = host.removesuffix(usual) if usual else host
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if scheme == "draft":
        return _draft(signer, method, host, target, body=body, now_ms=now_ms)
    return _message(signer, method, f"{parts.scheme}://{host}{target}", body, now_ms)


def _draft(signer: Signer, method: str, host: str, target: str, *, body: bytes | None, now_ms: int) -> dict[str, str]:
    headers = {"date": formatdate(now_ms / 1000, usegmt=True)}
    lines = [f"(request-target): {method.lower()} {target}", f"host: {host}", f"date: {headers['date']}"]
    names = "(request-target) host date"
    if body is not None:
        headers["digest"] = f"SHA-256={sha256(body)}"
        lines.append(f"digest: {headers['digest']}")
        names += " digest"
    signature = base64.b64encode(_signed(signer.private, "\n".join(lines).encode())).decode()
    headers["signature"] = f'keyId="{signer.key_id}",algorithm="rsa-sha256",headers="{names}",signature="{signature}"'
    return headers


def _message(signer: Signer, method: str, url: str, body: bytes | None, now_ms: int) -> dict[str, str]:
    headers: dict[str, str] = {}
    covered = [("@method", method.upper()), ("@target-uri", url)]
    if body is not None:
        headers["content-digest"] = f"sha-256=:{sha256(body)}:"
        covered.append(("content-digest", headers["content-digest"]))
    inner = " ".join(f'"{name}"' for name, _ in covered)
    params = f'({inner});created={now_ms // 1000};keyid="{signer.key_id}"'
    lines = [f'"{name}": {value}' for name, value in covered] + [f'"@signature-params": {params}']
    signature = base64.b64encode(_signed(signer.private, "\n".join(lines).encode())).decode()
    return headers | {"signature-input": f"sig1={params}", "signature": f"sig1=:{signature}:"}


def _signed(key: Any, text: bytes) -> bytes:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(text)
    signed: bytes = key.sign(text, padding.PKCS1v15(), SHA256())
    return signed
