"""What identity makes of others' events."""

from __future__ import annotations

from dunnock import accounts, posts
from dunnock.federation.places import Places
from dunnock.foundation.db import Tx
from dunnock.foundation.http import Door
from dunnock.foundation.jobs import Does
from dunnock.foundation.reactions import Hears
from dunnock.integrity.identity import attested, domains, impostors, links, protected, returns, turns


async def on_account(tx: Tx, event: accounts.AccountMade) -> None:
    """Somebody new, here or elsewhere."""
    await impostors.look_at(tx, event.account_id)


async def on_persona(tx: Tx, event: accounts.PersonaChanged) -> None:
    """Somebody shows themselves otherwise."""
    if not {"display_name", "username", "fields", "avatar"}.isdisjoint(event.fields.split(",")):
        await protected.sync_account(tx, event.account_id)
        await impostors.look_at(tx, event.account_id)
    await turns.look_at(tx, event.account_id)
    if "fields" in event.fields.split(",") and await accounts.member_of(tx, event.account_id) is not None:
        await tx.enqueue(links.CheckLinks(account_id=event.account_id))
    if "display_name" in event.fields.split(","):
        await attested.look_at(tx, event.account_id)


async def on_protected(tx: Tx, event: accounts.AccountProtected) -> None:
    """The names of protected accounts are nobody else's; they themselves are nobody's impostors."""
    await protected.sync_account(tx, event.account_id)
    await impostors.look_at(tx, event.account_id)


async def on_standing(tx: Tx, event: accounts.StandingChanged) -> None:
    """The names of an account that nobody may see are nobody's; what a verifier says counts while it is not limited."""
    await protected.sync_account(tx, event.account_id)
    await accounts.settle_later(tx, event.account_id)


async def on_proofs(tx: Tx, event: accounts.ProofsChanged) -> None:
    """Whose domain is the name's website is no impostor of the name."""
    await impostors.look_at(tx, event.account_id)


EVERY = (*domains.EVERY, *links.EVERY, *protected.EVERY, *turns.EVERY, *returns.EVERY)
HEARS: Hears = {
    accounts.AccountMade: (on_account,),
    accounts.PersonaChanged: (on_persona,),
    accounts.AccountProtected: (on_protected,),
    accounts.StandingChanged: (on_standing,),
    accounts.ProofsChanged: (on_proofs,),
    posts.PostPublished: (impostors.look_at_answer,),
}
JOBS: Does = {
    protected.SyncProtected: protected.sync_protected,
    protected.LookAtEverybody: impostors.look_at_everybody,
    turns.EndNotices: turns.end_notices,
    returns.LookForReturns: returns.look_for_returns,
}


def jobs_of(door: Door, places: Places) -> Does:
    """Who does the jobs that look at the world outside. `places`: of this server."""
    return {**domains.jobs_of(door, places), **links.jobs_of(door, places)}
