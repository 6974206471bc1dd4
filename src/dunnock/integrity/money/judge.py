"""Staff say that nobody is to be led somewhere; whoever leads there can't post it, and readers are warned."""

from __future__ import annotations

import msgspec

from dunnock import accounts
from dunnock.accounts import Power, Staff
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.errors import Invalid, Missing
from dunnock.integrity.money import store
from dunnock.integrity.money.events import AssetJudged
from dunnock.integrity.money.links import asset_at
from dunnock.integrity.money.model import Known
from dunnock.integrity.money.observe import know
from dunnock.moderation import log

LONGEST_WHY = 500
_NEEDS = Power.MANAGE_BLOCKS


async def block(tx: Tx, written: str, *, why: str, by: int) -> Known:
    """Block what an address, link or wallet leads to, in all its spellings.

    Raises:
        NotPermitted: the role of `by` does not allow it.
        Invalid: it is nothing that money or people are led to, or no reason is given.
    """
    staff = await log.acting(tx, by, _NEEDS)
    found = asset_at(written)
    if found is None:
        raise Invalid(written[:80], say="Validation failed: That is no payment, wallet, chat or shop that is known")
    (one,) = await know(tx, [found])
    await _block(tx, one, why, staff)
    return msgspec.structs.replace(one, state="blocked", why=why.strip())


async def block_known(tx: Tx, asset_id: int, *, why: str, by: int) -> None:
    """Block something that was seen here. Raises: NotPermitted; Missing: it was not; Invalid: no reason is given."""
    staff = await log.acting(tx, by, _NEEDS)
    rows = await tx.all(store.BY_IDS, ids=[asset_id])
    if not rows:
        raise Missing(asset_id)
    await _block(tx, Known(*rows[0]), why, staff)


async def unblock(tx: Tx, asset_id: int, *, by: int) -> None:
    """Let people lead there again. Raises: NotPermitted, Missing."""
    staff = await log.acting(tx, by, _NEEDS)
    rows = await tx.all(store.BY_IDS, ids=[asset_id])
    if not rows:
        raise Missing(asset_id)
    one = Known(*rows[0])
    if one.state:
        await _set(tx, one, "", "", by)
        await log.note(tx, staff, "asset.unblock", one.id, called=one.key)


async def stopped(reader: Reader, *, by: int, most: int = 200) -> list[Known]:
    """What is blocked or held, the newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, Power.MANAGE_REPORTS)
    return await all_stopped(reader, most=most)


async def all_stopped(reader: Reader, *, most: int = 10_000) -> list[Known]:
    """As `stopped`, for the server itself."""
    return [Known(*row) for row in await reader.all(store.IN_STATE, most=most)]


async def known_after(reader: Reader, after: int, *, most: int) -> list[Known]:
    """What was seen here, by id: a batch for those who look at all."""
    return [Known(*row) for row in await reader.all(store.AFTER, after=after, most=most)]


async def _block(tx: Tx, one: Known, why: str, staff: Staff) -> None:
    if not why.strip() or len(why) > LONGEST_WHY:
        raise Invalid(say="Validation failed: Say why")
    await _set(tx, one, "blocked", why.strip(), staff.account_id)
    await log.note(tx, staff, "asset.block", one.id, called=one.key, why=why.strip())


async def _set(tx: Tx, one: Known, state: str, why: str, by: int) -> None:
    await tx.run(store.SET_STATE, the=one.id, new_state=state, new_why=why, whom=by)
    await tx.record(AssetJudged(asset_id=one.id, state=state))
