"""HTTP signatures, both kinds that servers use: pure functions, no I/O. Source: federation.md, section 4."""

from __future__ import annotations

from dunnock.federation.signatures.claim import Claim, Request, SignatureMalformed, Signer, verify
from dunnock.federation.signatures.read import read
from dunnock.federation.signatures.write import Scheme, sign

__all__ = ["Claim", "Request", "Scheme", "SignatureMalformed", "Signer", "read", "sign", "verify"]
