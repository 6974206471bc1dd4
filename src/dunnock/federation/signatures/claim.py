"""What a signed request claims, and whether the claim is true."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from dunnock.foundation.clock import HOUR, MINUTE

AHEAD_MS = HOUR
"""How far ahead of ours another server's clock may be. Source: Mastodon, SignatureVerification."""
LONGEST_MS = 12 * HOUR
USUAL_MS = 5 * MINUTE
MARGIN_MS = HOUR
MOST_HEADER = 8_192
SMALLEST_KEY = 1_024
LARGEST_KEY = 8_192

Algorithm = Literal["", "rsa-sha256", "rsa-sha512", "hs2019", "ed25519"]


class SignatureMalformed(Exception):
    """There is no signature, or one that can't be true: a part is missing, it is too old, the digest is another."""


class Signer(msgspec.Struct, frozen=True):
    """Who signs: the key's address, and the key (of `cryptography`)."""

    key_id: str
    private: Any


class Request(msgspec.Struct, frozen=True):
    """What was signed. `target` is path and query as sent; header names in lower case; `body` None: a GET."""

    method: str
    scheme: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None = None


class Claim(msgspec.Struct, frozen=True):
    """`key_id` is said to have signed one of `texts` (servers differ on the query), with `algorithm` ("": the key decides)."""

    key_id: str
    texts: tuple[bytes, ...]
    signature: bytes
    algorithm: Algorithm = ""


def check_time(created_ms: int | None, expires_ms: int | None, now_ms: int) -> None:
    """Source: Mastodon, SignatureVerification#matches_time_window?. Raises SignatureMalformed."""
    if created_ms is None:
        raise SignatureMalformed("no date")
    if created_ms > now_ms + AHEAD_MS:
        raise SignatureMalformed("from the future")
    until = min(created_ms + USUAL_MS if expires_ms is None else expires_ms, created_ms + LONGEST_MS) + MARGIN_MS
    if now_ms > until:
        raise SignatureMalformed("too old")


def sha256(body: bytes) -> str:
    """The digest of a body in base64."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def decoded(text: str) -> bytes:
    """Base64 in its strict form. Raises SignatureMalformed."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise SignatureMalformed("base64") from error


def load_public(pem: str) -> Any:
    """A public key that may be used: RSA of a sane size, or Ed25519.

    Raises:
        SignatureMalformed: it is none.
    """
    if len(pem) > MOST_HEADER or "\0" in pem:  # after the key anything may stand
        raise SignatureMalformed("key too long, or no text")
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SignatureMalformed("no key") from error
    if isinstance(key, rsa.RSAPublicKey) and SMALLEST_KEY <= key.key_size <= LARGEST_KEY:
        return key
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    raise SignatureMalformed("another kind of key")


def pem_of(key: ed25519.Ed25519PublicKey) -> str:
    """A public key as `load_public` reads it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def verify(claim: Claim, key: Any) -> bool:
    """Did the owner of this public key sign it?"""
    return any(_fits(claim, text, key) for text in claim.texts)


def _fits(claim: Claim, text: bytes, key: Any) -> bool:
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            if claim.algorithm not in {"", "hs2019", "ed25519"}:
                return False
            key.verify(claim.signature, text)
            return True
        if claim.algorithm == "ed25519":
            return False
        hashed = SHA512() if claim.algorithm == "rsa-sha512" else SHA256()
        key.verify(claim.signature, text, padding.PKCS1v15(), hashed)
    except InvalidSignature:
        return False
    return True
