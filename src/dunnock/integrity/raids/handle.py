"""Staff and raids: what goes on, whom it went to, who takes part; ending one, and leaving an account out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dunnock import accounts, posts
from dunnock.accounts import Power
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Reader, Tx
from dunnock.integrity.errors import RaidMissing
from dunnock.integrity.raids import store
from dunnock.integrity.raids.model import COUNTS_MS, MOST_HITS, Hit, Raid, Raider
from dunnock.moderation import log

NEEDS = Power.MANAGE_REPORTS
MOST_SHOWN = 50
_MOST_RAIDERS = 500


class RaidShown(NamedTuple):
    """A raid for staff. `accounts`: how many take part; `hits`: the members it went to, the first one first; `holds`: now."""

    raid: Raid
    accounts: int
    hits: Sequence[Hit]
    holds: Sequence[posts.OriginHold]


async def list_raids(reader: Reader, *, by: int) -> list[RaidShown]:
    """Raids that go on, the latest first, at most 50. Raises: NotPermitted."""
    await accounts.permit(reader, by, NEEDS)
    rows = await reader.all(store.GOING_ON, since=now_ms() - COUNTS_MS, most=MOST_SHOWN)
    return [await _shown(reader, store.raid_of(row)) for row in rows]


async def show_raid(reader: Reader, raid_id: int, *, by: int) -> RaidShown:
    """One raid. Raises: NotPermitted; RaidMissing."""
    await accounts.permit(reader, by, NEEDS)
    row = await reader.one(store.FIND, the=raid_id)
    if row is None:
        raise RaidMissing(raid_id)
    return await _shown(reader, store.raid_of(row))


async def raid_of_case(reader: Reader, case_id: int, *, by: int) -> RaidShown | None:
    """The raid that a case is about; None: it is about none. Raises: NotPermitted."""
    await accounts.permit(reader, by, NEEDS)
    row = await reader.one(store.OF_CASE, case=case_id)
    return None if row is None else await _shown(reader, store.raid_of(row))


async def raiders_of(reader: Reader, raid_id: int, *, by: int, most: int = _MOST_RAIDERS) -> list[Raider]:
    """Who takes part, those who went to most members first. Raises: NotPermitted."""
    await accounts.permit(reader, by, NEEDS)
    return [store.raider_of(row) for row in await reader.all(store.ACCOUNTS, the=raid_id, most=most)]


async def end_raid(tx: Tx, raid_id: int, *, by: int) -> None:
    """Say that it is no raid: nobody is held back because of it any more, and what was held is let through.

    What its accounts do is not told as a part of it again. Raises: NotPermitted; RaidMissing: there is none that goes on.
    """
    staff = await log.acting(tx, by, NEEDS)
    if not await tx.run(store.END, the=raid_id, now=tx.now, who=by):
        raise RaidMissing(raid_id)
    ended = [await posts.end_origin_hold(tx, one.id, by=by) for one in await posts.holds_of_raid(tx, raid_id)]
    await log.note(tx, staff, "raid.end", raid_id, held=sum(one.posts for one in ended if one is not None))


async def leave_out(tx: Tx, raid_id: int, account_id: int, *, by: int) -> None:
    """Say that an account has no part in a raid: what it wrote is let through, and it does not count again.

    Raises: NotPermitted; RaidMissing: it has no part there.
    """
    staff = await log.acting(tx, by, NEEDS)
    if not await tx.run(store.LEAVE_OUT, the=raid_id, account=account_id):
        raise RaidMissing(raid_id, account_id)
    await posts.let_raider_through(tx, raid_id, account_id)
    await log.note(tx, staff, "raid.leave_out", raid_id, account=str(account_id))


async def _shown(reader: Reader, raid: Raid) -> RaidShown:
    numbers = await reader.one(store.NUMBERS, the=raid.id)
    assert numbers is not None
    hits = [store.hit_of(row) for row in await reader.all(store.HITS, the=raid.id, most=MOST_HITS)]
    return RaidShown(raid, int(numbers[0]), hits, await posts.holds_of_raid(reader, raid.id))
