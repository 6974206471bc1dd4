"""What named verifiers said does not count of somebody who is called otherwise since, nor of a verifier who is."""

from __future__ import annotations

from dunnock import accounts
from dunnock.foundation.db import Tx
from dunnock.integrity.identity.shift import unlike


async def look_at(tx: Tx, account_id: int) -> None:
    """Look at the name of an account as it is now: at what was said of it, and at what it says if it is a verifier."""
    account = await accounts.find(tx, account_id)
    if account is None:
        return
    called = account.display_name or account.username
    for one in await accounts.attested_of(tx, account_id):
        if one.state == "given" and unlike(one.called, called):
            await accounts.doubt_attestation(tx, account_id, verifier_id=one.verifier_id)
    verifier = await accounts.find_verifier(tx, account_id)
    if verifier is None:
        return
    if unlike(verifier.called, called):
        await accounts.doubt_verifier(tx, account_id)
    await accounts.settle_later(tx, account_id)
