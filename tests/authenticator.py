"""A passkey in software: what a phone or a security key does, and what a copied or lying one would."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(told: str) -> bytes:
    return base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))


class Authenticator:
    """One credential. `origin` is what the browser says where it is."""

    def __init__(self, origin: str, *, verifies: bool = True) -> None:
        self.origin, self.verifies = origin, verifies
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.count = 0
        self.rp_id = ""
        self.user = b""

    def create(self, options: str, **changed: Any) -> str:
        asked = json.loads(options)
        self.rp_id, self.user = asked["rp"]["id"], raw(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        data = self._data(WITH_KEY) + bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cose
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"], changed)
        return self._told({"clientDataJSON": text(client), "attestationObject": text(made)})

    def get(self, options: str, **changed: Any) -> str:
        asked = json.loads(options)
        self.count += 1
        self.rp_id = asked["rpId"]
        data = self._data(0)
        client = self._client("webauthn.get", asked["challenge"], changed)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._told(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(data),
                "signature": text(signature),
                "userHandle": text(self.user),
            }
        )

    def _data(self, more: int) -> bytes:
        flags = PRESENT | (VERIFIED if self.verifies else 0) | more
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, changed: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | changed).encode()

    def _told(self, response: dict[str, str]) -> str:
        return json.dumps(
            {
                "id": text(self.credential_id),
                "rawId": text(self.credential_id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )
