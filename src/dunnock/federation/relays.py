"""Staff and relays: servers that hand on public posts to many others, and theirs to this one.

The server's own actor asks a relay by a `Follow`: of everybody, as Mastodon does, or of the relay's own actor, as LitePub has
it. The relay says yes or no; one of the second kind follows back. Each change of state is committed with what the relay is
sent. Source: FEP-ae0c; Mastodon, Relay.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import msgspec

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.accounts.account import Standing
from dunnock.accounts.server_rules import read_rules
from dunnock.federation.errors import (
    ActivityInvalid,
    NotTheirs,
    RelayMissing,
    RelayRefused,
    RemoteFailed,
    RemoteRefused,
    ServerRefused,
)
from dunnock.federation.house import Federation
from dunnock.federation.parse import id_of, types_of
from dunnock.federation.people import ACTOR_TYPES
from dunnock.federation.places import PUBLIC, Places, host_of
from dunnock.federation.send import SERVER, send
from dunnock.federation.store import relays as store
from dunnock.federation.store.relays import Relay
from dunnock.foundation.db import Db, Reader, Tx
from dunnock.moderation import log

MOST_RELAYS = 50
_NO_ACTOR = (ActivityInvalid, NotTheirs, RemoteFailed, RemoteRefused, ServerRefused)
_NEEDS = Power.MANAGE_FEDERATION


class Relays:
    """The relays of a server with these addresses. `plain_http`: their inboxes may be without TLS."""

    def __init__(self, places: Places, *, plain_http: bool = False) -> None:
        """Nothing is read."""
        self._places, self._plain_http = places, plain_http

    async def every(self, db: Db, *, by: int) -> list[tuple[Relay, bool]]:
        """All relays, by host; with each whether a rule suspends its server, so that it gets and gives nothing.

        Raises:
            NotPermitted: the role of `by` does not allow it.
        """
        await accounts.permit(db, by, _NEEDS)
        found = await store.every(db)
        out = await _suspended(db, {one.host for one in found})
        return [(one, one.host in out) for one in found]

    async def seek(self, house: Federation, typed: str, *, by: int) -> tuple[str, str | None]:
        """The inbox of the relay at an address, and its actor if the address is an actor's: `add` takes both.

        Raises:
            NotPermitted: the role of `by` does not allow it.
            RelayRefused: the address can be no relay's.
        """
        await accounts.permit(house.db, by, _NEEDS)
        at = self._checked(typed)
        if urlsplit(at).path.endswith("/inbox"):
            return at, None
        try:
            if await house.policy.refuses(host_of(at)):
                return at, None  # `add` says why not
            found = await house.fetcher.document(at, within_s=5.0)
            if ACTOR_TYPES.keys().isdisjoint(types_of(found)):
                return at, None
            actor = await house.people.find(id_of(found), pins=False)
        except _NO_ACTOR:  # an inbox gives nothing to who only asks
            return at, None
        return actor.best_inbox, actor.uri

    async def add(self, tx: Tx, inbox: str, *, followed: str | None = None, by: int) -> Relay:
        """Add a relay by the address of its inbox, and ask it. `followed`: its actor, if that is to be followed.

        Raises:
            NotPermitted: the role of `by` does not allow it.
            RelayRefused: the address can be no relay's, or is one's already; its server is suspended here; there are enough.
        """
        staff = await log.acting(tx, by, _NEEDS)
        where = self._checked(inbox)
        if followed is not None and host_of(followed) != host_of(where):
            raise RelayRefused(where, say="Validation failed: The relay's actor and its inbox are on different servers")
        relay = Relay(
            id=tx.new_id(), inbox=where, host=host_of(where), state="idle", followed_uri=followed, changed_at=0
        )
        if len(await store.every(tx)) >= MOST_RELAYS:
            raise RelayRefused("too many", say="Validation failed: There are so many relays that no more can be added")
        await _check_rules(tx, relay)
        if not await store.add(tx, relay):
            raise RelayRefused(where, say="Validation failed: There is a relay with that address already")
        await log.note(tx, staff, "relay.add", relay.id, called=where)
        await self._ask(tx, relay)
        return relay

    async def enable(self, tx: Tx, relay_id: int, *, by: int) -> None:
        """Ask a relay that is idle or said no; one that was asked is not asked again.

        Raises:
            NotPermitted: the role of `by` does not allow it.
            RelayMissing: there is none.
            RelayRefused: its server is suspended here.
        """
        staff, relay = await log.acting(tx, by, _NEEDS), await _found(tx, relay_id)
        await _check_rules(tx, relay)
        if await self._ask(tx, relay):
            await log.note(tx, staff, "relay.enable", relay.id, called=relay.inbox)

    async def disable(self, tx: Tx, relay_id: int, *, by: int) -> None:
        """Have nothing to do with a relay for now; it is told. Raises: NotPermitted, RelayMissing."""
        staff, relay = await log.acting(tx, by, _NEEDS), await _found(tx, relay_id)
        if await self._end(tx, relay):
            await log.note(tx, staff, "relay.disable", relay.id, called=relay.inbox)

    async def remove(self, tx: Tx, relay_id: int, *, by: int) -> None:
        """Forget a relay; it is told. Raises: NotPermitted, RelayMissing."""
        staff, relay = await log.acting(tx, by, _NEEDS), await _found(tx, relay_id)
        await self._end(tx, relay)
        await store.remove(tx, relay.id)
        await log.note(tx, staff, "relay.remove", relay.id, called=relay.inbox)

    def _checked(self, typed: str) -> str:
        """The address as typed, if it can be asked."""
        inbox = typed.strip()
        schemes = {"https", "http"} if self._plain_http else {"https"}
        if not host_of(inbox) or urlsplit(inbox).scheme not in schemes or urlsplit(inbox).fragment:
            raise RelayRefused(
                inbox[:200], say="Validation failed: Type the whole address of the relay's inbox or actor: https://…"
            )
        if self._places.is_here(inbox):
            raise RelayRefused(inbox[:200], say="Validation failed: This server can't be its own relay")
        return inbox

    async def _ask(self, tx: Tx, relay: Relay) -> bool:
        """Follow; False: it was asked already."""
        uri = f"{self._places.instance_actor}#follows/{tx.new_id()}"
        if not await store.ask(tx, relay.id, follow_uri=uri):
            return False
        await self._send(tx, relay, self._follow(relay, uri))
        return True

    async def _end(self, tx: Tx, relay: Relay) -> bool:
        """Undo of the Follow; False: it was idle. A Follow that is still on its way does not come after its Undo."""
        if not await store.end(tx, relay.id):
            return False
        if relay.follow_uri is None or relay.state == "rejected":
            return True
        for delivery_id, body_id, body in await store.waiting(tx, relay, by=SERVER):
            if msgspec.json.decode(body).get("id") == relay.follow_uri:
                await store.drop(tx, delivery_id, body_id)
        follow = self._follow(relay, relay.follow_uri)
        await self._send(tx, relay, {**follow, "id": f"{relay.follow_uri}/undo", "type": "Undo", "object": follow})
        return True

    def _follow(self, relay: Relay, uri: str) -> dict[str, Any]:
        whom = relay.followed_uri or PUBLIC
        return {"id": uri, "type": "Follow", "actor": self._places.instance_actor, "to": [whom], "object": whom}

    async def _send(self, tx: Tx, relay: Relay, activity: dict[str, Any]) -> None:
        await send(tx, activity, by=SERVER, to=[relay.inbox], here=self._places.domain)


async def _suspended(reader: Reader, hosts: Collection[str]) -> frozenset[str]:
    """Those of these servers that this one has nothing to do with."""
    rules = await read_rules(reader)
    return frozenset(
        host
        for host in hosts
        if any(rules.limit_of(one) is Standing.SUSPENDED for one in (host, host.partition(":")[0]))
    )


async def _check_rules(tx: Tx, relay: Relay) -> None:
    if await _suspended(tx, [relay.host]):
        raise RelayRefused(relay.host, say="Validation failed: A rule suspends the server of the relay")


async def _found(reader: Reader, relay_id: int) -> Relay:
    relay = await store.find(reader, relay_id)
    if relay is None:
        raise RelayMissing(relay_id)
    return relay
