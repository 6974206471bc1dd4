"""Finds what people type or paste: `@name@server`, the address of a profile or of a post. Source: federation.md, section 10."""

from __future__ import annotations

from dunnock import accounts, posts
from dunnock.discovery import Resolved
from dunnock.federation.errors import ActivityInvalid, NotTheirs, RemoteFailed, RemoteRefused, ServerRefused
from dunnock.federation.house import Federation
from dunnock.federation.objects import is_post
from dunnock.federation.parse import id_of, types_of
from dunnock.federation.people import ACTOR_TYPES
from dunnock.federation.places import host_of
from dunnock.federation.store import actors
from dunnock.federation.store.actors import Remote
from dunnock.federation.take_post import post_of
from dunnock.federation.work import Work
from dunnock.text import Handle

_FAILED = (RemoteRefused, ServerRefused, ActivityInvalid, NotTheirs, RemoteFailed)


class Resolver:
    """Asks other servers for what somebody here wants to see."""

    def __init__(self, house: Federation) -> None:
        """Nothing is asked yet."""
        self.house, self._work = house, Work(house)

    async def account(self, handle: Handle) -> int | None:
        """The account with this handle, asked for if it is not known; None: there is none, or its server does not say."""
        house = self.house
        domain = handle.domain or ""
        if not domain or domain == house.places.domain:
            account = await accounts.find_by_handle(house.db, handle.name)
            return None if account is None else account.id
        known = await accounts.find_by_handle(house.db, handle.name, domain)
        if known is None:
            return await self._work.find_account(handle)
        remote = (await actors.by_ids(house.db, [known.id])).get(known.id)
        if remote is not None:
            await self._freshen(remote)
        return known.id

    async def _freshen(self, remote: Remote) -> None:
        if self.house.people.is_old(remote):
            async with self.house.db.begin() as tx:
                await self.house.people.freshen(tx, remote)

    async def address(self, uri: str) -> Resolved:
        """The account or post behind an address."""
        house = self.house
        if not host_of(uri):
            return Resolved()
        local = house.places.local(uri)
        if local is not None:
            if local.post_id is None:
                account = await accounts.find_by_handle(house.db, local.name)
                return Resolved(None if account is None else account.id)
            async with house.db.begin(durable=False) as tx:
                return Resolved(None, await post_of(tx, house, house.places.post(local.name, local.post_id)))
        if house.places.is_here(uri):
            return Resolved()
        remote = await actors.by_uri(house.db, uri) or await actors.by_url(house.db, uri)
        if remote is not None:
            await self._freshen(remote)
            return Resolved(remote.account_id)
        known = await posts.find_uri(house.db, uri)
        if known is not None:
            return Resolved(None, known[0])
        try:
            if await house.policy.refuses(host_of(uri)):
                return Resolved()
            document = await house.fetcher.document(uri)
            if set(types_of(document)) & set(ACTOR_TYPES):
                return Resolved((await house.people.find(id_of(document))).account_id)
            if is_post(document):
                return Resolved(None, await self._work.find_post(id_of(document)))
        except _FAILED:
            return Resolved()
        return Resolved()
