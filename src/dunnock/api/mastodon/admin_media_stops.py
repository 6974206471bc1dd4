"""Pictures that staff stopped, and posts that show them. Ours: /api/v1/dunnock/admin/{media_stops,media_stop_hits}."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.api.kit import Called, Form, Id, Query, require, told_id
from dunnock.api.mastodon.admin_cases import DECIDES, READS, WRITES
from dunnock.api.mastodon.admin_meetings import MeetingsForm, MeetingsParams
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.integrity import stopped_media
from dunnock.media import MediaStop as Stop
from dunnock.moderation import media_stops

HERE: Final = "/api/v1/dunnock/admin"


class StopsParams(MeetingsParams, frozen=True):
    """With an id below `max_id`; `over`: those that are no longer in force."""

    over: bool = False


class ShownParams(MeetingsParams, frozen=True):
    """Those in one state, with an id below `max_id`."""

    state: Literal["waiting", "released", "refused", "lapsed"] = "waiting"


class MediaStopForm(msgspec.Struct):
    """What is stopped: the pictures of posts here (`status_ids`), files (`media_ids`), a whole case, or PDQ `hashes` of one file.

    `effect`: review or limit; `days` 0: until somebody ends it.
    """

    why: str = ""
    effect: str = "limit"
    days: int = 0
    hashes: list[str] = msgspec.field(default_factory=list)
    status_ids: list[Id] = msgspec.field(default_factory=list)
    media_ids: list[Id] = msgspec.field(default_factory=list)
    case_id: Id | None = None


class MediaStop(msgspec.Struct, kw_only=True):
    """Something stopped, by its PDQ `hashes`. `told`: other servers may know its hashes; `source`: the case, report or feed."""

    id: str
    hashes: list[str]
    effect: str
    why: str
    source: str
    told: bool
    account_id: str
    expires_at: str | None
    ended_at: str | None


class MediaStopsMade(msgspec.Struct, kw_only=True):
    """What was stopped; `left`: how many files could not be, because there is too little to see, or they are stopped already."""

    stops: list[MediaStop]
    left: int


class MediaStopHit(msgspec.Struct, kw_only=True):
    """A post that showed what is stopped. `distance`: bits of 256; `limited`: it reads as unlisted because of it."""

    id: str
    stop_id: str
    status_id: str
    media_id: str
    account_id: str
    distance: int
    state: str
    limited: bool
    reason: str
    judged_by_id: str | None
    decision_id: str | None


@get(f"{HERE}/media_stops", guards=[require(READS)])
async def list_stops(params: Query[StopsParams], caller: Called, db: NamedDependency[Db]) -> list[MediaStop]:
    """Pictures and films that staff stopped, the newest first; at most 50."""
    found = await media_stops.list_media_stops(db, by=me(caller), over=params.over, below=params.max_id)
    return [_stop(one) for one in found]


@post(f"{HERE}/media_stops", guards=[require(WRITES)], status_code=200)
async def stop_media(form: Form[MediaStopForm], caller: Called, db: NamedDependency[Db]) -> MediaStopsMade:
    """Stop what looks like these; posts that show it are read by fewer, or only looked at."""
    by = me(caller)
    how = media_stops.Stopping(why=form.why, effect=form.effect, days=form.days)
    async with db.begin() as tx:
        if form.case_id is not None:
            made = await media_stops.stop_media_of_case(tx, form.case_id, how, by=by)
        elif form.status_ids:
            made = await media_stops.stop_media_of_posts(tx, form.status_ids, how, by=by)
        elif form.media_ids:
            made = await media_stops.stop_media(tx, form.media_ids, how, by=by)
        else:
            one = await media_stops.stop_prints(tx, form.hashes, how, by=by)
            made = media_stops.StoppedMedia(ids=() if one is None else (one,), left=int(one is None))
        stops = [_stop(await media_stops.find_media_stop(tx, one, by=by)) for one in made.ids]
    return MediaStopsMade(stops=stops, left=made.left)


@get(f"{HERE}/media_stops/{{stop_id:int}}", guards=[require(READS)])
async def show_stop(stop_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> MediaStop:
    """One stop, also when it is over."""
    return _stop(await media_stops.find_media_stop(db, stop_id, by=me(caller)))


@delete(f"{HERE}/media_stops/{{stop_id:int}}", guards=[require(WRITES)], status_code=200)
async def lift_stop(stop_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> MediaStop:
    """Stop it no longer: what was kept because of it and nobody judged is as it was."""
    async with db.begin() as tx:
        await media_stops.lift_media_stop(tx, stop_id, by=me(caller))
        return _stop(await media_stops.find_media_stop(tx, stop_id, by=me(caller)))


@get(f"{HERE}/media_stops/{{stop_id:int}}/hits", guards=[require(READS)])
async def list_shown(
    stop_id: FromPath[int], params: Query[ShownParams], caller: Called, db: NamedDependency[Db]
) -> list[MediaStopHit]:
    """Posts that showed it, by what came of them, the newest first; at most 50."""
    found = await stopped_media.shown_of(db, stop_id, params.state, by=me(caller), below=params.max_id)
    return [_hit(one) for one in found]


@get(f"{HERE}/media_stop_hits", guards=[require(READS)])
async def list_waiting_shown(
    params: Query[MeetingsParams], caller: Called, db: NamedDependency[Db]
) -> list[MediaStopHit]:
    """Posts that show something stopped and wait for a person, the newest first; at most 50."""
    return [_hit(one) for one in await stopped_media.waiting_shown(db, by=me(caller), below=params.max_id)]


@post(f"{HERE}/media_stop_hits/release", guards=[require(WRITES)], status_code=200)
async def release_shown(form: Form[MeetingsForm], caller: Called, db: NamedDependency[Db]) -> dict[str, int]:
    """Let these posts be as they were; how many that are."""
    async with db.begin() as tx:
        await stopped_media.release_shown(tx, form.ids, by=me(caller), reason=form.reason)
    return {"done": len(set(form.ids))}


@post(f"{HERE}/media_stop_hits/refuse", guards=[require(DECIDES)], status_code=200)
async def refuse_shown(form: Form[MeetingsForm], caller: Called, db: NamedDependency[Db]) -> dict[str, int]:
    """Keep these posts unlisted with a reason, which is a decision about their authors; how many that are."""
    async with db.begin() as tx:
        await stopped_media.refuse_shown(tx, form.ids, by=me(caller), reason=form.reason)
    return {"done": len(set(form.ids))}


def _stop(one: Stop) -> MediaStop:
    return MediaStop(
        id=str(one.id), hashes=list(one.prints), effect=one.effect, why=one.why, source=one.source, told=one.tells,
        account_id=str(one.by_account_id), expires_at=None if one.until is None else iso(one.until),
        ended_at=None if one.ended_at is None else iso(one.ended_at),
    )  # fmt: skip


def _hit(one: stopped_media.Shown) -> MediaStopHit:
    return MediaStopHit(
        id=str(one.id), stop_id=str(one.stop_id), status_id=str(one.post_id), media_id=str(one.media_id),
        account_id=str(one.account_id), distance=one.apart, state=one.state, limited=one.limited, reason=one.reason,
        judged_by_id=told_id(one.judged_by), decision_id=told_id(one.decision_id),
    )  # fmt: skip


HANDLERS: list[Any] = [
    list_stops, stop_media, show_stop, lift_stop, list_shown, list_waiting_shown, release_shown, refuse_shown,
]  # fmt: skip
