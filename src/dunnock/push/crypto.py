"""Encryption of push messages and the signature that comes with them. Pure: keys and bytes in, bytes and texts out.

Source: RFC 8188 (aes128gcm), RFC 8291 (web push encryption), RFC 8292 (VAPID); for apps from before these,
draft-ietf-httpbis-encryption-encoding-03 and draft-ietf-webpush-encryption-04 (aesgcm).
"""

from __future__ import annotations

import base64
import os
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_RECORD = 4096  # bytes; the whole message is one record
MOST_BYTES = _RECORD - 86 - 17
"""Of a message before encryption: push services take 4,096 bytes after it. Source: RFC 8291, section 4."""
_CURVE = ec.SECP256R1()


def to_text(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """The bytes of base64url or base64, with padding or without.

    Raises:
        ValueError: it is neither.
    """
    plain = text.strip().rstrip("=").replace("+", "-").replace("/", "_")
    if not plain.isascii() or not plain.replace("-", "").replace("_", "").isalnum():
        raise ValueError("no base64")
    return base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))


_JWT_HEAD = to_text(b'{"typ":"JWT","alg":"ES256"}')


def new_pair() -> tuple[str, str]:
    """A new key of ours: (public, secret)."""
    made = ec.generate_private_key(_CURVE)
    return to_text(_point(made.public_key())), to_text(made.private_numbers().private_value.to_bytes(32, "big"))


def check_keys(p256dh: str, auth: str) -> tuple[str, str]:
    """An app's keys in our spelling.

    Raises:
        ValueError: no point on the curve, or no sixteen bytes.
    """
    point, secret = from_text(p256dh), from_text(auth)
    if len(point) != 65 or len(secret) != 16:
        raise ValueError("length")
    ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
    return to_text(point), to_text(secret)


def encrypt(message: bytes, p256dh: str, auth: str) -> bytes:
    """The body of a push message by RFC 8291: header and one record."""
    ours = ec.generate_private_key(_CURVE)
    point, theirs, salt = _point(ours.public_key()), from_text(p256dh), os.urandom(16)
    secret = _derived(from_text(auth), _shared(ours, theirs), b"WebPush: info\0" + theirs + point, 32)
    key = _derived(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(salt, secret, b"Content-Encoding: nonce\0", 12)
    record = AESGCM(key).encrypt(nonce, message + b"\2", None)  # 2: the last record, no padding
    return salt + _RECORD.to_bytes(4, "big") + len(point).to_bytes(1, "big") + point + record


def encrypt_as_draft(message: bytes, p256dh: str, auth: str) -> tuple[bytes, bytes, bytes]:
    """(body, salt, our point) of a push message in the form before the RFC; the last two travel in headers."""
    ours = ec.generate_private_key(_CURVE)
    point, theirs, salt = _point(ours.public_key()), from_text(p256dh), os.urandom(16)
    secret = _derived(from_text(auth), _shared(ours, theirs), b"Content-Encoding: auth\0", 32)
    both = b"P-256\0" + b"".join(len(one).to_bytes(2, "big") + one for one in (theirs, point))
    key = _derived(salt, secret, b"Content-Encoding: aesgcm\0" + both, 16)
    nonce = _derived(salt, secret, b"Content-Encoding: nonce\0" + both, 12)
    return AESGCM(key).encrypt(nonce, b"\0\0" + message, None), salt, point  # two bytes: no padding


def signed(endpoint: str, secret: str, *, subject: str, expires_s: int) -> str:
    """The token that says who pushes: a JWT for the endpoint's server, signed with our key. `expires_s`: Unix seconds."""
    place = urlsplit(endpoint)
    claims = {"aud": f"{place.scheme}://{place.netloc}", "exp": expires_s, "sub": subject}
    text = f"{_JWT_HEAD}.{to_text(msgspec.json.encode(claims))}"
    r, s = decode_dss_signature(_private(secret).sign(text.encode(), ec.ECDSA(SHA256())))
    return f"{text}.{to_text(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def seal(secret: str, text: str, *, place: str) -> str:
    """The text so that only our key opens it, and only in this place (a row's id, say)."""
    nonce = os.urandom(12)
    return to_text(nonce + AESGCM(_sealing_key(secret)).encrypt(nonce, text.encode(), place.encode()))


def unseal(secret: str, sealed: str, *, place: str) -> str | None:
    """What was sealed; None when it was not sealed with this key for this place."""
    raw = from_text(sealed)
    try:
        return AESGCM(_sealing_key(secret)).decrypt(raw[:12], raw[12:], place.encode()).decode()
    except InvalidTag:
        return None


def _private(secret: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(from_text(secret), "big"), _CURVE)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _shared(ours: ec.EllipticCurvePrivateKey, theirs: bytes) -> bytes:
    return ours.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs))


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def _sealing_key(secret: str) -> bytes:
    return _derived(b"", from_text(secret), b"dunnock: sealed tokens of push subscriptions", 32)
