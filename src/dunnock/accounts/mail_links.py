"""Links in mails: a random token each, good once and for a while. Only digests are stored."""

from __future__ import annotations

from typing import Literal, TypeAlias

from dunnock.accounts.errors import LinkOver
from dunnock.accounts.store import mail as store
from dunnock.accounts.tries import Tries
from dunnock.foundation import ids
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Reader, Tx

Purpose: TypeAlias = Literal["confirm", "reset"]
LASTS_MS: dict[Purpose, int] = {"confirm": 7 * DAY, "reset": 6 * HOUR}
# What strangers may have us send (SC-124). Source of the numbers: Mastodon, config/initializers/rack_attack.rb.
mailing = Tries(5, 30 * MINUTE)  # to one address, or for one member
asking = Tries(25, 5 * MINUTE)  # from one place


async def make_link(tx: Tx, member_id: int, purpose: Purpose, email: str) -> str:
    """The token of a new link; those made before stay good, as mails may arrive out of order."""
    token = ids.secret()
    await tx.run(
        store.ADD_LINK,
        digest=ids.digest(token),
        member_id=member_id,
        purpose=purpose,
        email=email,
        expires_at=tx.now + LASTS_MS[purpose],
    )
    return token


async def check_link(reader: Reader, token: str, purpose: Purpose) -> tuple[int, str]:
    """The member of a link that is still good, and the address to which it was sent. Raises LinkOver."""
    row = await reader.one(store.LINK, digest=ids.digest(token), purpose=purpose, now=now_ms()) if token else None
    if row is None:
        raise LinkOver
    return row[0], row[1]


async def use_link(tx: Tx, token: str, purpose: Purpose) -> tuple[int, str]:
    """As `check_link`, and the link is used up with this transaction. Raises LinkOver."""
    member_id, email = await check_link(tx, token, purpose)
    if not await tx.run(store.USE_LINK, the=ids.digest(token), for_purpose=purpose, now=tx.now):
        raise LinkOver  # somebody was faster
    return member_id, email
