"""Servers whose strangers are held back for a while because a raid came from them. Ours: /api/v1/dunnock/admin/origin_holds."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import integrity
from dunnock.api.kit import Called, require, told_id
from dunnock.api.mastodon.admin_cases import READS, WRITES
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db

HERE: Final = "/api/v1/dunnock/admin/origin_holds"


class OriginHold(msgspec.Struct, kw_only=True):
    """A server; `account_id`: to whom its strangers' posts are held back, null: to everybody here. `held`: how many are.

    `raid`: of the server's accounts, how many wrote in the raid (`people`), were `new`, and were `known` here before; its
    `posts`, and how many of them said the `same` as others.
    """

    id: str
    domain: str
    account_id: str | None
    until: str
    held: int
    raid: dict[str, int]
    case_id: str | None


@get(HERE, guards=[require(READS)])
async def list_origin_holds(caller: Called, db: NamedDependency[Db]) -> list[OriginHold]:
    """Servers whose strangers are held back because a raid came from them, the newest first; at most 200."""
    return [_hold(one) for one in await integrity.list_origin_holds(db, by=me(caller))]


@post(f"{HERE}/{{hold_id:int}}/end", guards=[require(WRITES)], status_code=200)
async def end_origin_hold(hold_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, bool]:
    """Say that no raid comes from there: what was held because of it is let through."""
    async with db.begin() as tx:
        await integrity.end_origin_hold(tx, hold_id, by=me(caller))
    return {"ended": True}


def _hold(one: integrity.HeldOrigin) -> OriginHold:
    hold = one.hold
    return OriginHold(
        id=str(hold.id), domain=hold.domain, account_id=told_id(hold.account_id),
        until=iso(hold.until), held=hold.posts, raid=dict(one.told),
        case_id=told_id(one.case_id),
    )  # fmt: skip


HANDLERS: list[Any] = [list_origin_holds, end_origin_hold]
