"""Signatures within documents: whoever hands one on, its author's word can be checked. Source: FEP-8b32 (eddsa-jcs-2022).

Only the JSON as it stands is signed and read, so nobody's contexts are fetched and nothing is read in two ways.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dunnock.federation.multikey import read_base58, write_base58
from dunnock.federation.signatures.canonical import canonical
from dunnock.foundation.clock import iso

TYPE, SUITE, PURPOSE = "DataIntegrityProof", "eddsa-jcs-2022", "assertionMethod"
MOST_PROOFS = 3
_LENGTH = 64


class Proof(msgspec.Struct, frozen=True):
    """A proof as it stands in a document: whose key made it, when it says so, and itself."""

    key_id: str
    created: str
    held: Mapping[str, Any]


def proofs_of(document: Mapping[str, Any]) -> list[Proof]:
    """Those of a kind that can be checked here."""
    held = document.get("proof")
    found = []
    for one in (held if isinstance(held, list) else [held])[:MOST_PROOFS]:
        if not isinstance(one, dict) or (one.get("type"), one.get("cryptosuite")) != (TYPE, SUITE):
            continue
        key_id, created = one.get("verificationMethod"), one.get("created")
        if isinstance(key_id, str) and isinstance(created, str) and one.get("proofPurpose") == PURPOSE:
            found.append(Proof(key_id, created, one))
    return found


def holds(document: Mapping[str, Any], proof: Proof, key: Any) -> bool:
    """Did the owner of the key say exactly this document?"""
    signature = read_base58(proof.held.get("proofValue"), length=_LENGTH)
    if signature is None or not isinstance(key, Ed25519PublicKey):
        return False
    about = {name: value for name, value in document.items() if name != "proof"}
    options = {name: value for name, value in proof.held.items() if name != "proofValue"}
    context = _listed(about.get("@context"))
    if "@context" in options and context[: len(_listed(options["@context"]))] != _listed(options["@context"]):
        return False
    # Some leave the context out of the proof and sign it all the same, as the cryptosuite says.
    tried = [options] if "@context" in options else [options | {"@context": about.get("@context")}, options]
    return any(_fits(key, signature, about, one) for one in tried)


def prove(document: Mapping[str, Any], *, key_id: str, key: Ed25519PrivateKey, created_ms: int) -> dict[str, Any]:
    """The document with a proof by the key. The same moment gives the same bytes."""
    options = {
        "@context": document.get("@context"),
        "type": TYPE,
        "cryptosuite": SUITE,
        "verificationMethod": key_id,
        "proofPurpose": PURPOSE,
        "created": f"{iso(created_ms)[:19]}Z",
    }
    return {**document, "proof": {**options, "proofValue": write_base58(key.sign(_hashed(document, options)))}}


def _hashed(about: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(canonical(options)).digest() + hashlib.sha256(canonical(about)).digest()


def _fits(key: Ed25519PublicKey, signature: bytes, about: Mapping[str, Any], options: Mapping[str, Any]) -> bool:
    try:
        key.verify(signature, _hashed(about, options))
    except (InvalidSignature, ValueError):
        return False
    return True


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
