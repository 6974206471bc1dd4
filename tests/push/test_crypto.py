"""Messages as an independent library opens them, and the signature as the RFC has it."""

from __future__ import annotations

import base64
import json
import os

import http_ece
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from dunnock.push import crypto


class Browser:
    """Who gets messages."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.secret = os.urandom(16)
        self.p256dh, self.auth = crypto.to_text(self.point), crypto.to_text(self.secret)


BROWSER = Browser()


@given(st.binary(max_size=crypto.MOST_BYTES))
def test_a_standard_message_is_opened_by_another_library(message):
    body = crypto.encrypt(message, BROWSER.p256dh, BROWSER.auth)
    assert len(body) <= 4096
    assert http_ece.decrypt(body, private_key=BROWSER.key, auth_secret=BROWSER.secret, version="aes128gcm") == message


@given(st.binary(max_size=crypto.MOST_BYTES))
def test_a_draft_message_is_opened_by_another_library(message):
    body, salt, point = crypto.encrypt_as_draft(message, BROWSER.p256dh, BROWSER.auth)
    assert len(body) <= 4096
    opened = http_ece.decrypt(
        body,
        salt=salt,
        private_key=BROWSER.key,
        dh=point,
        auth_secret=BROWSER.secret,
        keylabel="P-256",
        version="aesgcm",
    )
    assert opened == message


def test_nobody_else_opens_it():
    body = crypto.encrypt(b"hello", BROWSER.p256dh, BROWSER.auth)
    for key, secret in ((Browser().key, BROWSER.secret), (BROWSER.key, os.urandom(16))):
        with pytest.raises(http_ece.ECEException):
            http_ece.decrypt(body, private_key=key, auth_secret=secret, version="aes128gcm")
    assert body != crypto.encrypt(b"hello", BROWSER.p256dh, BROWSER.auth)  # salt and key are new each time


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_signature_is_for_the_endpoints_server():
    public, secret = crypto.new_pair()
    made = crypto.signed(
        "https://push.example:8443/x/y?z", secret, subject="https://home.example", expires_s=1_800_000_000
    )
    head, claims, signature = made.split(".")
    assert json.loads(_bytes(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(_bytes(claims)) == {
        "aud": "https://push.example:8443", "exp": 1_800_000_000, "sub": "https://home.example",
    }  # fmt: skip
    raw = _bytes(signature)
    assert len(raw) == 64
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(public))
    both = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(both, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        key.verify(both, f"{head}.{claims}x".encode(), ec.ECDSA(SHA256()))


def test_what_is_sealed_opens_with_our_key_and_in_its_place_only():
    _, secret = crypto.new_pair()
    sealed = crypto.seal(secret, "a token", place="1")
    assert "a token" not in sealed
    assert crypto.unseal(secret, sealed, place="1") == "a token"
    assert crypto.unseal(secret, sealed, place="2") is None
    assert crypto.unseal(crypto.new_pair()[1], sealed, place="1") is None


def test_keys_in_either_spelling():
    plain = base64.b64encode(BROWSER.point).decode(), base64.b64encode(BROWSER.secret).decode()
    assert crypto.check_keys(*plain) == (BROWSER.p256dh, BROWSER.auth)
    assert crypto.check_keys(BROWSER.p256dh, BROWSER.auth) == (BROWSER.p256dh, BROWSER.auth)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", ""), ("x", BROWSER.auth), (BROWSER.p256dh, ""), (BROWSER.p256dh, "AAAA"), ("é" * 87, BROWSER.auth),
        (crypto.to_text(b"\4" + bytes(64)), BROWSER.auth),  # no point of the curve
        (crypto.to_text(BROWSER.point[1:]), BROWSER.auth), (BROWSER.p256dh + "AAAA", BROWSER.auth),
        (BROWSER.auth, BROWSER.p256dh), ("not base64!", "neither?"), (BROWSER.p256dh[:-1], BROWSER.auth),
    ],
    ids=[str(number) for number in range(11)],  # the keys are others in each worker
)  # fmt: skip
def test_other_keys_are_refused(p256dh, auth):
    with pytest.raises(ValueError):
        crypto.check_keys(p256dh, auth)
