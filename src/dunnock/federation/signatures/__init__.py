"""HTTP signatures, both kinds that servers use, and proofs within documents: pure functions, no I/O.

Source: federation.md, sections 4 and 5.
"""

from __future__ import annotations

from dunnock.federation.signatures.claim import Claim, Request, SignatureMalformed, Signer, verify
from dunnock.federation.signatures.proof import Proof, holds, proofs_of, prove
from dunnock.federation.signatures.read import key_id_of, read
from dunnock.federation.signatures.write import Scheme, sign

__all__ = [
    "Claim",
    "Proof",
    "Request",
    "Scheme",
    "SignatureMalformed",
    "Signer",
    "holds",
    "key_id_of",
    "proofs_of",
    "prove",
    "read",
    "sign",
    "verify",
]
