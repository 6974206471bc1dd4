"""People look at posts that show what is stopped: they let them go, or refuse them with a reason to which authors can object."""

from __future__ import annotations

from collections.abc import Collection

from dunnock import accounts, moderation, posts
from dunnock.accounts import Power
from dunnock.foundation.db import Reader, Tx
from dunnock.integrity.stopped_media import store
from dunnock.integrity.stopped_media.letting_go import let_go
from dunnock.integrity.stopped_media.model import SHOWN_STATES, Shown, ShownRefused
from dunnock.moderation import log

MOST_AT_ONCE = 50
LONGEST_REASON = 500
NEWEST = 2**63 - 1
_NEEDS = Power.MANAGE_REPORTS


async def waiting_shown(reader: Reader, *, by: int, below: int = NEWEST, most: int = 50) -> list[Shown]:
    """Posts that show what is stopped and wait for a person, the newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return [store.shown_of(row) for row in await reader.all(store.WAITING, below=below, most=most)]


async def shown_of(
    reader: Reader, stop_id: int, state: str, *, by: int, below: int = NEWEST, most: int = 50
) -> list[Shown]:
    """Posts that met one stop and are in one state, the newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    if state not in SHOWN_STATES:
        return []
    rows = await reader.all(store.OF_STOP, the=stop_id, the_state=state, below=below, most=most)
    return [store.shown_of(row) for row in rows]


async def count_waiting(reader: Reader, *, most: int = 100) -> int:
    """How many wait for a person, up to `most`."""
    return int(await reader.value(store.COUNT_WAITING, most=most))


async def release_shown(tx: Tx, ids: Collection[int], *, by: int, reason: str = "") -> None:
    """Let these posts be as they were. Raises: NotPermitted; ShownRefused: they are too many, gone, or judged already."""
    staff = await log.acting(tx, by, _NEEDS)
    for one in await _hold(tx, ids):
        await let_go(tx, one, "released", reason=reason.strip()[:LONGEST_REASON], by=by)
        await log.note(tx, staff, "media.release", one.stop_id, post=str(one.post_id))


async def refuse_shown(tx: Tx, ids: Collection[int], *, by: int, reason: str) -> None:
    """Let these posts be read as unlisted for good: a warning with the reason for each author, who may object.

    Where the objection is granted, or the warning is taken back, the posts are public again.

    Raises:
        NotPermitted: also towards one of the authors.
        ShownRefused: they are too many, gone, judged already, no reason is given, or an author is protected.
        What `moderation.decide` raises.
    """
    staff = await log.acting(tx, by, _NEEDS)
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise ShownRefused(len(words), say=f"Validation failed: Give a reason of up to {LONGEST_REASON} characters")
    held = await _hold(tx, ids)
    protected = await accounts.protected_ids(tx)
    if any(one.account_id in protected for one in held):
        raise ShownRefused(len(held), say="Validation failed: An author is protected; decide about it in a case")
    for account_id in sorted({one.account_id for one in held}):
        theirs = [one for one in held if one.account_id == account_id]
        facts = "; ".join(f"post {one.post_id} shows what staff stopped, and reads as unlisted" for one in theirs)
        judgement = moderation.Judgement(action="none", account_ids=(account_id,), text=words, facts=facts[:1_000])
        decided = await moderation.decide(tx, judgement, by=by)
        if decided.request_id is not None:
            raise ShownRefused(account_id, say="Validation failed: Too many for one person at once; decide in a case")
        for one in theirs:
            limited = one.limited or await posts.set_apart(tx, one.post_id)
            await tx.run(
                store.JUDGE, the=one.id, new_state="refused", stays=limited, why=words, now=tx.now, by=by,
                decision=decided.id,
            )  # fmt: skip
            await log.note(tx, staff, "media.refuse", one.stop_id, post=str(one.post_id))


async def _hold(tx: Tx, ids: Collection[int]) -> list[Shown]:
    wanted = sorted(set(ids))
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise ShownRefused(len(wanted), say=f"Validation failed: Choose 1 to {MOST_AT_ONCE}")
    held = [store.shown_of(row) for row in await tx.all(store.HOLD, ids=wanted)]
    if len(held) != len(wanted) or any(one.state != "waiting" for one in held):
        raise ShownRefused(len(held))
    return held
