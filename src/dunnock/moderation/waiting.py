"""How many wait for staff."""

from __future__ import annotations

import msgspec

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.foundation.db import Reader
from dunnock.moderation.store import reports as store

MOST = 100


class Waiting(msgspec.Struct, frozen=True):
    """Open reports and people who would like to join; both counted up to `MOST`."""

    reports: int = 0
    sign_ups: int = 0


async def waiting(reader: Reader, *, by: int) -> Waiting:
    """What waits for somebody of the staff. Three small queries. Raises: NotPermitted."""
    await accounts.permit(reader, by, Power.MANAGE_REPORTS | Power.MANAGE_MEMBERS)
    return Waiting(
        await reader.value(store.HOW_MANY_OPEN, most=MOST),
        await accounts.how_many(reader, accounts.State.PENDING, most=MOST),
    )
