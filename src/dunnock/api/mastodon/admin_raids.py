"""Raids that go from one member to the next. Ours: /api/v1/dunnock/admin/raids."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.api.kit import Called, Form, Id, require, told_id
from dunnock.api.mastodon.admin_cases import READS, WRITES
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.integrity import raids

HERE: Final = "/api/v1/dunnock/admin/raids"


class RaidedMember(msgspec.Struct, kw_only=True):
    """A member it went to: `accounts` wrote `posts` within twenty minutes at most, `again` of them had raided others before.

    `early`: seen by who wrote, before it was a flood.
    """

    account_id: str
    first_at: str
    last_at: str
    accounts: int
    again: int
    posts: int
    early: bool


class RaidHold(msgspec.Struct, kw_only=True):
    """From whom those who take part are held back until then (null: from everybody here); `held`: how many posts are."""

    id: str
    account_id: str | None
    until: str
    held: int


class Raid(msgspec.Struct, kw_only=True):
    """A raid: how many `accounts` take part, the `members` it went to in that order, and who is protected now.

    `ended_at`: when staff said that it is none.
    """

    id: str
    first_at: str
    last_at: str
    ended_at: str | None
    case_id: str | None
    accounts: int
    members: list[RaidedMember]
    holds: list[RaidHold]


class RaidingAccount(msgspec.Struct, kw_only=True):
    """Who takes part, and how often they turned to another member. `left_out`: they don't, staff say."""

    account_id: str
    waves: int
    last_at: str
    left_out: bool


class RaidDetail(Raid, kw_only=True):
    """A raid with those who take part, who went to most members first; at most 500."""

    raiders: list[RaidingAccount]


class LeaveOutForm(msgspec.Struct):
    """Who has no part in it."""

    account_id: Id = 0


@get(HERE, guards=[require(READS)])
async def list_raids(caller: Called, db: NamedDependency[Db]) -> list[Raid]:
    """Raids that go on, the latest first; at most 50."""
    return [Raid(**_told(one)) for one in await raids.list_raids(db, by=me(caller))]


@get(f"{HERE}/{{raid_id:int}}", guards=[require(READS)])
async def show_raid(raid_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> RaidDetail:
    """One raid, with who takes part."""
    return await _detail(db, raid_id, by=me(caller))


@post(f"{HERE}/{{raid_id:int}}/end", guards=[require(WRITES)], status_code=200)
async def end_raid(raid_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> RaidDetail:
    """Say that it is no raid: what was held because of it is let through, and it does not begin again."""
    async with db.begin() as tx:
        await raids.end_raid(tx, raid_id, by=me(caller))
    return await _detail(db, raid_id, by=me(caller))


@post(f"{HERE}/{{raid_id:int}}/leave_out", guards=[require(WRITES)], status_code=200)
async def leave_out(
    raid_id: FromPath[int], form: Form[LeaveOutForm], caller: Called, db: NamedDependency[Db]
) -> RaidDetail:
    """Say that an account has no part in a raid: what it wrote is let through."""
    async with db.begin() as tx:
        await raids.leave_out(tx, raid_id, form.account_id, by=me(caller))
    return await _detail(db, raid_id, by=me(caller))


async def _detail(db: Db, raid_id: int, *, by: int) -> RaidDetail:
    who = await raids.raiders_of(db, raid_id, by=by)
    return RaidDetail(
        **_told(await raids.show_raid(db, raid_id, by=by)),
        raiders=[
            RaidingAccount(
                account_id=str(one.account_id), waves=one.waves, last_at=iso(one.last_at), left_out=one.left_out
            )
            for one in who
        ],
    )


def _told(shown: raids.RaidShown) -> dict[str, Any]:
    raid = shown.raid
    return {
        "id": str(raid.id),
        "first_at": iso(raid.first_at),
        "last_at": iso(raid.last_at),
        "ended_at": None if raid.ended_at is None else iso(raid.ended_at),
        "case_id": told_id(raid.case_id),
        "accounts": shown.accounts,
        "members": [
            RaidedMember(
                account_id=str(one.account_id), first_at=iso(one.first_at), last_at=iso(one.last_at),
                accounts=one.people, again=one.again, posts=one.posts, early=one.early,
            )
            for one in shown.hits
        ],
        "holds": [
            RaidHold(id=str(one.id), account_id=told_id(one.account_id), until=iso(one.until), held=one.posts)
            for one in shown.holds
        ],
    }  # fmt: skip


HANDLERS: list[Any] = [list_raids, show_raid, end_raid, leave_out]
