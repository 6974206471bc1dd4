"""Staff name verifiers: accounts of this server that say, for all to see, who others are. Nobody can buy that.

Two persons name one, as with all that readers take at its word; one alone can end it. Each step is in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dunnock import accounts
from dunnock.accounts import Power, Staff
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import Missing
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Does, Every
from dunnock.moderation import log, second
from dunnock.moderation.subject import subject_of

_POWER = Power.MANAGE_SETTINGS


class EndVerifiers(Job, frozen=True):
    """Let nothing count any more that verifiers said whose time is over."""


EVERY = (Every(EndVerifiers(), HOUR),)


async def name_verifier(tx: Tx, account_id: int, what: str, *, until: int | None, by: int) -> int | None:
    """Let an account say who others are; the request that somebody else must agree to first, None: it is done.

    `what`: what it speaks for ("journalists of the Example Times"); `until` in Unix milliseconds, None: without an end.

    Raises:
        NotPermitted, AccountMissing: as `decide`.
        VerifierRefused: as `accounts.name_verifier`; also before anybody else is asked.
    """
    staff = await log.acting(tx, by, _POWER)
    sheet = await subject_of(tx, account_id, staff)
    await accounts.check_verifier(tx, account_id, what, until=until)
    body = {"account": account_id, "what": " ".join(what.split()), "until": until}
    if await second.has_second(tx, staff, _POWER):
        return await second.needs_second(tx, "verifier", body, staff, why=sheet.handle, about_protected=sheet.protected)
    await _name(tx, body, staff)
    return None


async def end_verifier(tx: Tx, account_id: int, *, by: int) -> None:
    """Let nothing count any more that a verifier said.

    Raises:
        NotPermitted: the role of `by` does not allow it.
        Missing: the account is no verifier.
    """
    staff = await log.acting(tx, by, _POWER)
    held = await accounts.find_verifier(tx, account_id)
    if held is None or not await accounts.end_verifier(tx, account_id):
        raise Missing(account_id)
    await log.note(tx, staff, "account.no_verifier", account_id, called=held.username, what=held.what)


async def end_verifiers(db: Db, _: EndVerifiers) -> None:
    """Do the job."""
    for account_id in await accounts.verifiers_over(db, now=now_ms()):
        async with db.begin() as tx:
            held = await accounts.find_verifier(tx, account_id)
            if held is not None and held.until is not None and held.until <= tx.now:
                await accounts.end_verifier(tx, account_id)
                await log.note_by(
                    tx,
                    log.THE_SERVER,
                    "account.no_verifier",
                    account_id,
                    called=held.username,
                    what=held.what,
                    over=True,
                )


@second.done_by("verifier", _POWER)
async def _named(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    await subject_of(tx, int(body["account"]), asker)
    await _name(tx, body, asker)


async def _name(tx: Tx, body: Mapping[str, Any], staff: Staff) -> None:
    made = await accounts.name_verifier(tx, int(body["account"]), body["what"], until=body["until"])
    await log.note(
        tx, staff, "account.verifier", made.account_id, called=made.username, what=made.what, until=made.until
    )  # fmt: skip


JOBS: Does = {EndVerifiers: end_verifiers}
