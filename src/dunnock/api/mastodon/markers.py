"""How far the caller has read, shared by their clients. Wire: Marker."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency

from dunnock import notifications
from dunnock.api.kit import Called, Form, Id, Query, require
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Conflict, Db
from dunnock.foundation.errors import DomainError, Kind

PATH = "/api/v1/markers"


class MarkerWire(msgspec.Struct):
    """Marker."""

    last_read_id: str
    version: int
    updated_at: str


class MarkersParams(msgspec.Struct, frozen=True):
    """Which markers: `home`, `notifications`."""

    timeline: list[str] = []


class MarkerForm(msgspec.Struct):
    """Where one feed has been read to."""

    last_read_id: Id | None = None


class MarkersForm(msgspec.Struct):
    """Which markers to move."""

    home: MarkerForm | None = None
    notifications: MarkerForm | None = None


class MarkerConflict(DomainError):
    """Two clients moved the same marker at once. 409, as Mastodon."""

    code, kind, safe = "marker_conflict", Kind.CONFLICT, notifications.MarkerMoved.safe
    status = 409


@get(PATH, guards=[require("read:statuses")])
async def show_markers(params: Query[MarkersParams], caller: Called, db: NamedDependency[Db]) -> dict[str, MarkerWire]:
    """The markers that are asked for, as far as they were ever set."""
    feeds = [one for one in notifications.FEEDS if one in params.timeline]
    return _wire(await notifications.read_markers(db, me(caller), feeds))


@post(PATH, guards=[require("write:statuses")], status_code=200)
async def move_markers(form: Form[MarkersForm], caller: Called, db: NamedDependency[Db]) -> dict[str, MarkerWire]:
    """Move markers."""
    asked = {"home": form.home, "notifications": form.notifications}
    moves = {feed: one.last_read_id for feed, one in asked.items() if one is not None and one.last_read_id is not None}
    try:
        async with db.begin() as tx:
            moved = await notifications.move_markers(tx, me(caller), moves)
    except (notifications.MarkerMoved, Conflict) as error:
        raise MarkerConflict(str(error)) from error
    return _wire(moved)


def _wire(markers: dict[str, notifications.Marker]) -> dict[str, MarkerWire]:
    return {feed: MarkerWire(str(one.last_read_id), one.version, iso(one.updated_at)) for feed, one in markers.items()}


HANDLERS: list[Any] = [show_markers, move_markers]
