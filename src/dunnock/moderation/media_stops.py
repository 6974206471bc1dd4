"""Staff stop pictures and films: whoever posts what looks like one of them is read by fewer until somebody looked at it.

By hand, by its hash, or with the posts of a report or a case. Taken back at any time; what it kept is as it was then.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from dunnock import accounts, media, posts
from dunnock.accounts import Power, Staff
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Reader, Tx
from dunnock.media import MediaStop, StopEffect
from dunnock.moderation import log
from dunnock.moderation.cases import find_case, subjects_of
from dunnock.moderation.errors import MediaStopMissing, MediaStopRefused
from dunnock.moderation.events import MediaStopsChanged

_NEEDS = Power.MANAGE_REPORTS
MOST_DAYS = 3_650
LONGEST_WHY = 500
MOST_AT_ONCE = 100
_MOST_POSTS = 200


class Stopping(msgspec.Struct, frozen=True, kw_only=True):
    """How something is stopped: `effect` review (people look at it) or limit (it also reads as unlisted); `days` 0: for good."""

    why: str
    effect: str = "limit"
    days: int = 0


class StoppedMedia(msgspec.Struct, frozen=True, kw_only=True):
    """The stops that were made, and how many files could not be: they have too little to see, or are stopped already."""

    ids: tuple[int, ...]
    left: int


async def stop_media(tx: Tx, media_ids: Collection[int], how: Stopping, *, by: int, source: str = "") -> StoppedMedia:
    """Stop what these files of posts here show; each is a stop of its own.

    Raises:
        NotPermitted: the role of `by` does not allow it.
        MediaStopRefused: no reason, no such effect, no or too many files, or too long.
    """
    staff, effect = await _acting(tx, how, by)
    if not 0 < len(set(media_ids)) <= MOST_AT_ONCE:
        raise MediaStopRefused(len(media_ids), say=f"Validation failed: Choose 1 to {MOST_AT_ONCE} pictures")
    found = await media.find(tx, set(media_ids))
    made, left = [], len(set(media_ids)) - len(found)
    for an_id in sorted(found):
        one = found[an_id]
        shown = None if one.post_id is None else await posts.find_living(tx, one.post_id)
        prints = one.picture.prints if one.picture is not None else ()
        tells = shown is not None and shown.visibility in posts.OPEN
        stop_id = await _stop(tx, staff, prints, how, effect, tells=tells, source=source) if prints else None
        if stop_id is None:
            left += 1
        else:
            made.append(stop_id)
    return StoppedMedia(ids=tuple(made), left=left)


async def stop_media_of_posts(
    tx: Tx, post_ids: Collection[int], how: Stopping, *, by: int, source: str = ""
) -> StoppedMedia:
    """Stop what these posts show, as `stop_media`; those without pictures say nothing. Raises: as `stop_media`."""
    ids: list[int] = []
    for post_id in sorted(set(post_ids))[:_MOST_POSTS]:
        shown = await posts.find_living(tx, post_id)
        ids += shown.media if shown is not None else ()
    if not ids:
        await _acting(tx, how, by)
        return StoppedMedia(ids=(), left=0)
    return await stop_media(tx, ids[:MOST_AT_ONCE], how, by=by, source=source)


async def stop_media_of_case(tx: Tx, case_id: int, how: Stopping, *, by: int) -> StoppedMedia:
    """Stop what the posts and files of a case show. Raises: as `stop_media`; CaseMissing."""
    await find_case(tx, case_id)
    files = [one.subject_id for one in await subjects_of(tx, case_id, "media", by=by)]
    for post in await subjects_of(tx, case_id, "post", by=by):
        shown = await posts.find_living(tx, post.subject_id)
        files += shown.media if shown is not None else ()
    if not files:
        raise MediaStopRefused(case_id, say="Validation failed: No post of the case shows a picture")
    return await stop_media(tx, list(dict.fromkeys(files))[:MOST_AT_ONCE], how, by=by, source=f"case {case_id}")


async def stop_prints(
    tx: Tx, prints: Sequence[str], how: Stopping, *, by: int, tells: bool = True, source: str = ""
) -> int | None:
    """Stop what looks like this, by its PDQ hashes: one of a picture, several moments of a film. None: it is stopped already.

    Raises: as `stop_media`; PrintsRefused: these are no hashes.
    """
    staff, effect = await _acting(tx, how, by)
    return await _stop(tx, staff, prints, how, effect, tells=tells, source=source)


async def lift_media_stop(tx: Tx, stop_id: int, *, by: int) -> None:
    """Stop it no longer: what was kept because of it and nobody judged is as it was. Once over it stays so.

    Raises: NotPermitted; MediaStopMissing.
    """
    staff = await log.acting(tx, by, _NEEDS)
    held = await media.find_stop(tx, stop_id)
    if held is None:
        raise MediaStopMissing(stop_id)
    if await media.end_media_stop(tx, stop_id):
        await log.note(tx, staff, "media.resume", stop_id, why=held.why)
        await tx.record(MediaStopsChanged(stop_id=stop_id))


async def list_media_stops(
    reader: Reader, *, by: int, over: bool = False, below: int | None = None, most: int = 50
) -> list[MediaStop]:
    """What is stopped, or (`over`) was, the newest first, below an id. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return await media.media_stops(reader, over=over, most=most, **({} if below is None else {"below": below}))


async def find_media_stop(reader: Reader, stop_id: int, *, by: int) -> MediaStop:
    """One stop. Raises: NotPermitted; MediaStopMissing."""
    await accounts.permit(reader, by, _NEEDS)
    held = await media.find_stop(reader, stop_id)
    if held is None:
        raise MediaStopMissing(stop_id)
    return held


async def _acting(tx: Tx, how: Stopping, by: int) -> tuple[Staff, StopEffect]:
    staff = await log.acting(tx, by, _NEEDS)
    effect = next((one for one in media.STOP_EFFECTS if one == how.effect), None)
    if effect is None:
        raise MediaStopRefused(how.effect[:40], say="Validation failed: Effect is review or limit")
    if not how.why.strip() or len(how.why.strip()) > LONGEST_WHY:
        raise MediaStopRefused(len(how.why), say=f"Validation failed: Say why, in up to {LONGEST_WHY} characters")
    if not 0 <= how.days <= MOST_DAYS:
        raise MediaStopRefused(how.days, say=f"Validation failed: It ends after 1 to {MOST_DAYS} days, or (0) never")
    return staff, effect


async def _stop(
    tx: Tx, staff: Staff, prints: Sequence[str], how: Stopping, effect: StopEffect, *, tells: bool, source: str
) -> int | None:
    until = tx.now + how.days * DAY if how.days else None
    made = await media.stop_prints(
        tx, prints, effect=effect, why=how.why.strip(), by=staff.account_id, until=until, tells=tells, source=source
    )
    if made is not None:
        await log.note(tx, staff, "media.stop", made, why=how.why.strip(), effect=effect, days=how.days, source=source)
        await tx.record(MediaStopsChanged(stop_id=made, made=True))
    return made
