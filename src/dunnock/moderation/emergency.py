"""Staff stop posting for a class of accounts, or a text for all, at once and for a while: when accounts are taken over, or a raid
is under way.

One person may: it has to be quick, ends by itself within a day, and all of the staff are told. The server itself may stop a text,
too, by what it observes (`hold_text`): that is shown like all others, and any of the staff ends it.
"""

from __future__ import annotations

from dunnock import accounts, posts
from dunnock.accounts import Power
from dunnock.foundation.clock import DAY, HOUR
from dunnock.foundation.db import Tx
from dunnock.moderation import log
from dunnock.moderation.errors import StopRefused
from dunnock.moderation.events import TextStopsChanged

_NEEDS = Power.MANAGE_BLOCKS
MOST_HOURS = 24
_NEW_MS = 7 * DAY


async def stop_posting(tx: Tx, who: str, *, hours: int, why: str, by: int) -> int:
    """Let nobody of a class post, boost or edit for so many hours; the stop's id.

    Raises:
        NotPermitted: the role of `by` does not allow it.
        StopRefused: no such class, no reason, or not 1 to 24 hours.
    """
    staff = await log.acting(tx, by, _NEEDS)
    known = next((one for one in accounts.WHO if one == who), None)
    if known is None or _unsaid(why, hours):
        raise StopRefused(who[:40])
    made = await accounts.stop_posting(tx, known, why=why.strip(), by=by, until=tx.now + hours * HOUR)
    await log.note(tx, staff, "posting.stop", made, called=known, hours=hours, why=why.strip())
    return made


async def let_post_again(tx: Tx, stop_id: int, *, by: int) -> None:
    """End a stop; one that is over stays so. Raises: NotPermitted."""
    staff = await log.acting(tx, by, _NEEDS)
    if await accounts.end_stop(tx, stop_id):
        await log.note(tx, staff, "posting.resume", stop_id)


async def stop_text(tx: Tx, fragment: str, *, who: str = "everybody", hours: int, why: str, by: int) -> int | None:
    """Let nobody of a class post, boost or edit what contains the fragment for so many hours; the stop's id.

    Case, width, spaces, punctuation and invisible characters make no difference. None: it is stopped already, as long.

    Raises:
        NotPermitted: the role of `by` does not allow it.
        StopRefused: no such class, no reason, or not 1 to 24 hours.
        FragmentRefused: less than 6 letters and digits, too long, or too many are stopped.
    """
    staff = await log.acting(tx, by, _NEEDS)
    made = await _stop_text(tx, fragment, who=who, hours=hours, why=why, by=by)
    if made is not None:
        await log.note(tx, staff, "text.stop", made, called=fragment.strip(), who=who, hours=hours, why=why.strip())
        await tx.record(TextStopsChanged(stop_id=made))
    return made


async def hold_text(tx: Tx, fragment: str, *, who: str = "everybody", hours: int, why: str) -> int | None:
    """As `stop_text`, by the server itself: a hold that staff see with its reason, and end when it is wrong.

    Raises:
        StopRefused, FragmentRefused: as `stop_text`.
    """
    made = await _stop_text(tx, fragment, who=who, hours=hours, why=why, by=None)
    if made is not None:
        await log.note_by(
            tx, log.THE_SERVER, "text.stop", made, called=fragment.strip(), who=who, hours=hours, why=why.strip()
        )
    return made


async def let_text_again(tx: Tx, stop_id: int, *, by: int) -> None:
    """Let a text be posted again; a stop that is over stays so. Raises: NotPermitted."""
    staff = await log.acting(tx, by, _NEEDS)
    if await posts.end_text_stop(tx, stop_id):
        await log.note(tx, staff, "text.resume", stop_id)
        await tx.record(TextStopsChanged(stop_id=stop_id))


async def _stop_text(tx: Tx, fragment: str, *, who: str, hours: int, why: str, by: int | None) -> int | None:
    known = next((one for one in posts.WHOSE if one == who), None)
    if known is None or _unsaid(why, hours):
        raise StopRefused(who[:40])
    return await posts.stop_text(
        tx, fragment, who=known, why=why.strip(), by=by, until=tx.now + hours * HOUR, newer_than=tx.now - _NEW_MS
    )


def _unsaid(why: str, hours: int) -> bool:
    return not why.strip() or len(why) > 500 or not 1 <= hours <= MOST_HOURS
