"""Suspended accounts that come back under another name: newcomers are compared with them, and staff see the link.

Nothing is done to anybody by it. Compared are members of this server only: of others we know too little.
"""

from __future__ import annotations

from collections.abc import Collection

from dunnock import accounts
from dunnock.accounts import Account, Sheet, Wanted
from dunnock.foundation.clock import DAY, MINUTE, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Every
from dunnock.integrity.identity.likeness import Common, Crowd, Traits, compare
from dunnock.integrity.money import led_to
from dunnock.integrity.pictures import print_of
from dunnock.integrity.signals import raise_signal

NEW_MS = 7 * DAY
MOST_NEW, MOST_FORMER = 400, 1_000
_MOST_FOLLOWS = 200
_PROVIDERS = 3
"""Members of one mail domain, among those compared, from which on it says nothing."""
_AT_ONCE = 200


class LookForReturns(Job, frozen=True):
    """Compare the newest members with those suspended lately."""


EVERY = (Every(LookForReturns(), 15 * MINUTE),)


async def look_for_returns(db: Db, _: LookForReturns) -> None:
    """Do the job: some hundred accounts each time, however many there are."""
    for found in await find_returns(db):
        shown = {"former_id": str(found.former_id), "shares": found.shares, "needed": found.needed}
        async with db.begin(durable=False) as tx:
            await raise_signal(tx, "identity.return", "account", found.account_id, score=found.score, evidence=shown)


async def find_returns(db: Db) -> list[Common]:
    """The likeliest former account of each newcomer that has enough in common with one."""
    now = now_ms()
    new = [one for one in await _sheets(db, "active", MOST_NEW) if one.created_at >= now - NEW_MS]
    former = await _sheets(db, "suspended", MOST_FORMER)
    if not new or not former:
        return []
    domains: dict[str, int] = {}
    for sheet in (*new, *former):
        domains[_domain(sheet)] = domains.get(_domain(sheet), 0) + 1
    people = await accounts.find_many(db, [one.id for one in (*new, *former)])
    assets = await led_to(db, people)
    traits = {
        sheet.id: await _traits(db, people[sheet.id], sheet, assets.get(sheet.id, frozenset()), domains)
        for sheet in (*new, *former)
        if sheet.id in people
    }
    popularity = await _popularity(db, {an_id for one in traits.values() for an_id in one.follows})
    crowd = Crowd(list(traits.values()), popularity, former=len(former))
    found: list[Common] = []
    for one in (traits[sheet.id] for sheet in new if sheet.id in traits):
        pairs = (compare(one, traits[other.id], crowd) for other in former if other.id in traits)
        best = max(pairs, key=lambda pair: pair.nats, default=None)
        if best is not None and best.enough:
            found.append(best)
    return found


async def _sheets(db: Db, status: str, most: int) -> list[Sheet]:
    out: list[Sheet] = []
    below: int | None = None
    wanted = Wanted(origin="local", status="suspended" if status == "suspended" else "active")
    while len(out) < most:
        page = await accounts.look_for(db, wanted, accounts.Cursor(limit=_AT_ONCE, max_id=below))
        out += page
        if len(page) < _AT_ONCE:
            break
        below = page[-1].id
    return out[:most]


async def _traits(db: Db, one: Account, sheet: Sheet, assets: frozenset[int], domains: dict[str, int]) -> Traits:
    follows = await accounts.following(db, one.id, accounts.Cursor(limit=_MOST_FOLLOWS), viewer=one.id)
    domain = _domain(sheet)
    return Traits(
        account_id=one.id,
        handle=one.username,
        name=one.display_name,
        bio=one.bio,
        avatar=print_of(one.avatar) or one.avatar or "",
        mail=domain if domain and domains[domain] <= _PROVIDERS else "",
        inviter=sheet.invited_by or 0,
        follows=frozenset(follows.ids),
        assets=assets,
    )


def _domain(sheet: Sheet) -> str:
    return (sheet.email or "").rpartition("@")[2].casefold()


async def _popularity(db: Db, ids: Collection[int]) -> dict[int, float]:
    """The part of this server's members that follows each, as far as counts tell."""
    members = max(1, (await accounts.take_census(db)).members)
    out: dict[int, float] = {}
    listed = sorted(ids)
    for at in range(0, len(listed), _AT_ONCE):
        counts = await accounts.counts_of(db, listed[at : at + _AT_ONCE])
        out |= {an_id: min(1.0, (count.followers + 1) / (members + 1)) for an_id, count in counts.items()}
    return out
