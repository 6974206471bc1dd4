"""Staff and relays. Ours: /api/v1/dunnock/admin/relays."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.api.kit import Called, Form, require
from dunnock.api.mastodon.pages import me
from dunnock.federation import Places, Relays, Resolver
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings

READS, WRITES = "admin:read", "admin:write"
HERE: Final = "/api/v1/dunnock/admin"
RELAYS: Final = f"{HERE}/relays"
_RELAY: Final = f"{RELAYS}/{{relay_id:int}}"


class RelayForm(msgspec.Struct):
    """Where the relay takes activities."""

    inbox: str = ""


class AdminRelay(msgspec.Struct, kw_only=True):
    """A relay; ours. `suspended`: a rule suspends its server, so that it gets and gives nothing."""

    id: str
    inbox: str
    state: str
    suspended: bool


def _relays(settings: Settings) -> Relays:
    return Relays(Places(settings.public_url), plain_http=settings.plain_http)


@get(RELAYS, guards=[require(READS)])
async def list_relays(caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]) -> list[AdminRelay]:
    """All relays, and whether they take this server."""
    found = await _relays(settings).every(db, by=me(caller))
    return [AdminRelay(id=str(one.id), inbox=one.inbox, state=one.state, suspended=out) for one, out in found]


@post(RELAYS, guards=[require(WRITES)], status_code=200)
async def add_relay(
    form: Form[RelayForm],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    resolver: NamedDependency[Resolver],
) -> dict[str, str]:
    """Have members' public posts handed on by a relay; `inbox`: the address of its inbox, or of its actor."""
    inbox, followed = await _relays(settings).seek(resolver.house, form.inbox, by=me(caller))
    async with db.begin() as tx:
        await _relays(settings).add(tx, inbox, followed=followed, by=me(caller))
    return {}


@post(f"{_RELAY}/enable", guards=[require(WRITES)], status_code=200)
async def enable_relay(
    relay_id: FromPath[int], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> dict[str, str]:
    """Turn a relay on."""
    async with db.begin() as tx:
        await _relays(settings).enable(tx, relay_id, by=me(caller))
    return {}


@post(f"{_RELAY}/disable", guards=[require(WRITES)], status_code=200)
async def disable_relay(
    relay_id: FromPath[int], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> dict[str, str]:
    """Turn a relay off."""
    async with db.begin() as tx:
        await _relays(settings).disable(tx, relay_id, by=me(caller))
    return {}


@delete(_RELAY, guards=[require(WRITES)], status_code=200)
async def remove_relay(
    relay_id: FromPath[int], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> dict[str, str]:
    """Remove a relay."""
    async with db.begin() as tx:
        await _relays(settings).remove(tx, relay_id, by=me(caller))
    return {}


HANDLERS: list[Any] = [
    list_relays,
    add_relay,
    enable_relay,
    disable_relay,
    remove_relay,
]
