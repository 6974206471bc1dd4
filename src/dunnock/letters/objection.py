"""Links in letters about decisions: who holds one may object without signing in, as suspended and disabled members can't."""

from __future__ import annotations

import hashlib
import hmac

from dunnock import accounts
from dunnock.accounts import LinkOver
from dunnock.foundation.db import Conflict, Db, Reader
from dunnock.letters import store

_LONGEST = 200


async def objection_link(db: Db, member_id: int, decision_id: int, public_url: str) -> str | None:
    """Where a member may object to that one decision, and do nothing else; None: they were deleted meanwhile."""
    _, secret = await store.wishes(db, member_id)
    if secret is None:
        try:
            async with db.begin() as tx:
                secret = await store.secret_of(tx, member_id)
        except Conflict:
            return None
    return f"{public_url}/objection?token={_token(secret, member_id, decision_id)}"


async def check_objection(reader: Reader, token: str) -> tuple[int, int]:
    """Whose account may object to which decision. Raises LinkOver: the token is none of ours."""
    number, _, rest = token[:_LONGEST].partition("-")
    decision = rest.partition("-")[0]
    known = all(one.isascii() and one.isdigit() and len(one) < 20 for one in (number, decision))
    member_id, decision_id = (int(number), int(decision)) if known else (0, 0)
    secret = (await store.wishes(reader, member_id))[1] if 0 < member_id < 1 << 63 else None
    right = secret is not None and hmac.compare_digest(
        _token(secret, member_id, decision_id).encode(), token.encode("utf-8", "surrogatepass")
    )
    member = await accounts.find_member(reader, member_id) if right else None
    if member is None:
        raise LinkOver
    return member.account_id, decision_id


def _token(secret: str, member_id: int, decision_id: int) -> str:
    made = hashlib.blake2b(f"objection {member_id} {decision_id}".encode(), key=secret.encode()[:64], digest_size=24)
    return f"{member_id}-{decision_id}-{made.hexdigest()}"
