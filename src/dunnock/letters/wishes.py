"""What a member wants to hear by mail; and links in letters that stop them without signing in."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection

from dunnock.accounts import LinkOver
from dunnock.foundation.db import Reader, Tx
from dunnock.letters import store
from dunnock.letters.model import KINDS, NOTICES, OF_NOTIFICATIONS, Wishes

_LONGEST = 200


async def wishes_of(reader: Reader, member_id: int) -> Wishes:
    """What they want."""
    return (await store.wishes(reader, member_id))[0]


async def change_wishes(tx: Tx, member_id: int, *, wanted: Collection[str], always: bool) -> None:
    """Want this from now on; kinds that there are not are left out."""
    await store.change(tx, member_id, Wishes(frozenset(wanted) & frozenset(KINDS), always))


def unsubscribe_token(secret: str, member_id: int, kind: str) -> str:
    """What stops letters of a kind to a member, and does nothing else."""
    made = hashlib.blake2b(f"{member_id} {kind}".encode(), key=secret.encode()[:64], digest_size=24).hexdigest()
    return f"{member_id}-{kind}-{made}"


async def check_unsubscribe(reader: Reader, token: str) -> tuple[int, str]:
    """Whose letters of which kind it stops. Raises LinkOver: it is none of ours."""
    number, _, rest = token[:_LONGEST].partition("-")
    kind = rest.rpartition("-")[0]
    known = kind in {*KINDS, NOTICES} and number.isascii() and number.isdigit() and len(number) < 20
    member_id = int(number) if known else 0
    secret = (await store.wishes(reader, member_id))[1] if 0 < member_id < 1 << 63 else None
    right = secret is not None and hmac.compare_digest(
        unsubscribe_token(secret, member_id, kind).encode(), token.encode("utf-8", "surrogatepass")
    )
    if not right:
        raise LinkOver
    return member_id, kind


async def unsubscribe(tx: Tx, token: str) -> str:
    """Stop them; the kind. Raises LinkOver."""
    member_id, kind = await check_unsubscribe(tx, token)
    held = await wishes_of(tx, member_id)
    gone = OF_NOTIFICATIONS if kind == NOTICES else {kind}
    await store.change(tx, member_id, Wishes(held.wanted - gone, held.always))
    return kind
