"""Pictures that staff stopped: stop one by its hash or with a post, judge the posts that show it, and let it be posted again."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import posts
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.db import Tx
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.foundation.ids import ms_of
from dunnock.integrity import stopped_media
from dunnock.moderation import media_stops
from dunnock.transparency import subscriptions
from dunnock.web.admin.desk import Desk, desk_pages
from dunnock.web.pages import DoneParams, Sent

HERE = "/admin/stopped-media"
_A_PAGE = 50
_MOST_LINES = 100


class StopMediaForm(Sent):
    """`what`: stop (`lines`: addresses of posts here, or hashes of one file), lift (a stop), release or refuse (`shown`)."""

    what: str = "stop"
    lines: str = ""
    why: str = ""
    effect: str = "limit"
    days: int = 0
    stop_id: Id | None = None
    shown: tuple[int, ...] = ()
    reason: str = ""


class StopsParams(DoneParams, frozen=True):
    """Stops below an id; `over`: those that are no longer in force."""

    over: bool = False
    below: int = stopped_media.NEWEST


@get(HERE)
async def list_stops(params: Query[StopsParams], desk: NamedDependency[Desk]) -> Response[str]:
    """What is stopped, and the posts that show it and wait."""
    return await _page(params, desk)


@post(HERE, status_code=303)
async def act_on_stops(form: Form[StopMediaForm], desk: NamedDependency[Desk]) -> Response[str] | Response[None]:
    """Stop something, let it be posted again, or judge the posts that show it."""
    try:
        async with desk.db.begin() as tx:
            done = await _do(tx, form, by=desk.by)
    except DomainError as error:
        return await _page(StopsParams(), desk, form=form, error=error)
    return desk.go(HERE, done)


async def _do(tx: Tx, form: StopMediaForm, *, by: int) -> str:
    """Do it; what is said then."""
    match form.what:
        case "stop":
            return await _stop(tx, form, by=by)
        case "lift" if form.stop_id is not None:
            await media_stops.lift_media_stop(tx, form.stop_id, by=by)
        case "release":
            await stopped_media.release_shown(tx, form.shown, by=by, reason=form.reason)
        case "refuse":
            await stopped_media.refuse_shown(tx, form.shown, by=by, reason=form.reason)
        case _:
            raise Invalid(form.what[:20])
    return "acted"


async def _stop(tx: Tx, form: StopMediaForm, *, by: int) -> str:
    how = media_stops.Stopping(why=form.why, effect=form.effect, days=form.days)
    lines = form.lines.split()
    if not 0 < len(lines) <= _MOST_LINES:
        raise Invalid(len(lines), say=f"Write 1 to {_MOST_LINES} lines")
    found = [int(one.rstrip("/").rpartition("/")[2]) for one in lines if _names_post(one)]
    if not found:
        made = await media_stops.stop_prints(tx, lines, how, by=by)
        return "acted" if made is not None else "stopped_before"
    if len(found) < len(lines):
        raise Invalid(len(lines), say="Write either addresses of posts here, or hashes of one file")
    for one in found:
        if await posts.find_living(tx, one) is None:
            raise Invalid(one, say="One of the posts is not there")
    done = await media_stops.stop_media_of_posts(tx, found, how, by=by)
    if not done.ids and not done.left:
        raise Invalid(len(found), say="None of the posts shows a picture")
    return "acted" if done.ids else "stopped_before"


def _names_post(line: str) -> bool:
    return "/@" in line and line.rstrip("/").rpartition("/")[2].isdecimal()


async def _page(
    params: StopsParams, desk: Desk, form: StopMediaForm | None = None, error: DomainError | None = None
) -> Response[str]:
    by = desk.by
    stops = await media_stops.list_media_stops(desk.db, by=by, over=params.over, below=params.below, most=_A_PAGE)
    waiting = await stopped_media.waiting_shown(desk.db, by=by, most=_A_PAGE)
    return desk.page(
        "stopped_media.html",
        error=error,
        form=form or StopMediaForm(),
        stops=stops,
        moments={one.id: ms_of(one.id) for one in stops},
        over=params.over,
        more=stops[-1].id if len(stops) == _A_PAGE else 0,
        waiting=waiting,
        came_of={
            one.id: await subscriptions.came_of(desk.db, "media", one.id)
            for one in stops
            if one.source.startswith("feed ")
        },
        called={one.id: one.why for one in stops},
        texts=await desk.texts([one.post_id for one in waiting]),
        names=await desk.names([*(one.by_account_id for one in stops), *(one.account_id for one in waiting)]),
    )


HANDLERS = desk_pages(list_stops, act_on_stops)
