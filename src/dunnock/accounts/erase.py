"""Delete what an account and its member are, but for the name: nobody else is to be taken for them."""

from __future__ import annotations

from dunnock.accounts.counts import hold
from dunnock.accounts.events import PersonaChanged
from dunnock.accounts.follow import end_follow
from dunnock.accounts.store import erase as store
from dunnock.accounts.verifiers import settle
from dunnock.foundation.db import Db
from dunnock.foundation.erase import Step

_FOLLOWS = 50


async def erase_member(db: Db, account_id: int) -> int:
    """The member: address, password, sessions, tokens, codes, invitations."""
    async with db.begin() as tx:
        return sum([await tx.run(sql, the=account_id) for sql in store.MEMBER_ROWS])


async def erase_vouching(db: Db, account_id: int) -> int:
    """That it was a verifier, and what it said of others, who show it no longer."""
    async with db.begin() as tx:
        ended = await tx.run(store.END_VERIFIER, the=account_id)
        vouched = [int(row[0]) for row in await tx.all(store.VOUCHED, the=account_id, most=_FOLLOWS)]
        await tx.run(store.DROP_VOUCHED, the=account_id, ids=vouched)
        await settle(tx, vouched)
        return ended + len(vouched)


async def erase_follows(db: Db, account_id: int) -> int:
    """Some follows and requests, both ways, with the counts of the others."""
    async with db.begin() as tx:
        pairs = await tx.all(store.FOLLOWS, the=account_id, most=_FOLLOWS)
        await hold(tx, {one for pair in pairs for one in pair})
        return sum([await end_follow(tx, follower=pair[0], followed=pair[1]) for pair in pairs])


async def erase_profile(db: Db, account_id: int) -> int:
    """All that the profile says but the name."""
    async with db.begin() as tx:
        number = await tx.run(store.BLANK, the=account_id)
        if number:
            await tx.record(PersonaChanged(account_id=account_id, fields="display_name,bio,avatar,header,fields"))
        return number


ERASES: tuple[tuple[str, Step], ...] = (
    ("member", erase_member),
    ("follows", erase_follows),
    ("vouching", erase_vouching),
    ("relations", store.RELATIONS),
    ("notes", store.NOTES),
)
PROFILE: tuple[tuple[str, Step], ...] = (("profile", erase_profile),)
"""The last step: what others still hold by then is gone."""
