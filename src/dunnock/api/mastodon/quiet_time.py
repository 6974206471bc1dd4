"""Quiet time: holding back what strangers write. Ours: /api/v1/dunnock/quiet_time. What waits: notification requests."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import get, put
from litestar.di import NamedDependency
from msgspec import UNSET, UnsetType

from dunnock import notifications, posts
from dunnock.api.kit import Called, Form, require
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db, Reader

PATH: Final = "/api/v1/dunnock/quiet_time"


class QuietServer(msgspec.Struct, kw_only=True):
    """A server whose strangers are held back until then."""

    domain: str
    until: str


class QuietTime(msgspec.Struct, kw_only=True):
    """Until when it is quiet (null: it is not), what happens when a flood of strangers is seen, and since when one is offered.

    `servers`: whose strangers are held back, because a raid came from there. `raiders_until`: until then accounts are held back
    that raided others here and have turned to the member, or to many (null: there are none).
    """

    until: str | None
    when_flooded: notifications.WhenFlooded
    offered_at: str | None
    servers: list[QuietServer]
    raiders_until: str | None


class QuietTimeForm(msgspec.Struct):
    """`hours` from now; 0: no longer, and what was offered is not wanted. What is missing stays."""

    hours: int | UnsetType = UNSET
    when_flooded: str | UnsetType = UNSET


@get(PATH, guards=[require("read:notifications")])
async def show_quiet_time(caller: Called, db: NamedDependency[Db]) -> QuietTime:
    """Whether what strangers write to the member is held back, and whether that is offered."""
    return await _wire(db, me(caller))


@put(PATH, guards=[require("write:notifications")])
async def change_quiet_time(form: Form[QuietTimeForm], caller: Called, db: NamedDependency[Db]) -> QuietTime:
    """Hold strangers back for a while, end that, or say what happens when a flood of them is seen."""
    async with db.begin() as tx:
        if form.when_flooded is not UNSET:
            await notifications.choose_when_flooded(tx, me(caller), form.when_flooded)
        if form.hours is not UNSET and form.hours:
            await notifications.begin_quiet_time(tx, me(caller), hours=form.hours)
        elif form.hours is not UNSET:
            await notifications.end_quiet_time(tx, me(caller))
    return await _wire(db, me(caller))


async def _wire(reader: Reader, account_id: int) -> QuietTime:
    quiet = await notifications.quiet_of(reader, account_id)
    holds = await posts.origin_holds(reader, to=account_id)
    raiders = max((one.until for one in holds if one.raid_id is not None), default=None)
    return QuietTime(
        until=None if quiet.until is None else iso(quiet.until),
        when_flooded=quiet.when_flooded,
        offered_at=None if quiet.offered_at is None else iso(quiet.offered_at),
        servers=[QuietServer(domain=one.domain, until=iso(one.until)) for one in holds if one.raid_id is None],
        raiders_until=None if raiders is None else iso(raiders),
    )


HANDLERS: list[Any] = [show_quiet_time, change_quiet_time]
