"""Reads documents of other servers: signed by this server, bounded, and believed only under their own address."""

from __future__ import annotations

from typing import Any

import msgspec

from dunnock.federation.errors import RemoteFailed, RemoteGone, RemoteMissing, RemoteRefused
from dunnock.federation.keys import Keys
from dunnock.federation.parse import MOST_BYTES, id_of, read_json
from dunnock.federation.places import Places, host_of
from dunnock.federation.signatures import Scheme, Signer, sign
from dunnock.federation.store import actors as hosts
from dunnock.foundation.cache import Cache
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.http import Answer, Door, OutsideFailed, OutsideForbidden, Wanted

ACCEPT = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
KEPT = 5_000
_PROFILE = "https://www.w3.org/ns/activitystreams"
_TYPES = frozenset({"application/activity+json", "application/ld+json"})
_JRD = frozenset({"application/jrd+json", "application/json"})


class _NotSignedSo(RemoteRefused):
    """The other server takes no such signature."""


class Fetcher:
    """Asks other servers for documents."""

    def __init__(self, db: Db, door: Door, keys: Keys, places: Places) -> None:
        """`keys` has the server's own key, which every request is signed with."""
        self._db, self._door, self._keys, self.places = db, door, keys, places
        self._schemes: Cache[str, Scheme] = Cache(KEPT)

    async def document(self, uri: str, *, within_s: float = 10.0) -> dict[str, Any]:
        """The document whose id is this address, as its own server gives it.

        One that says to be another on the same server is asked for once more under that name, as Mastodon does.

        Raises:
            RemoteGone, RemoteMissing, RemoteRefused: there is none, or none that may be believed.
            RemoteFailed: the server did not answer as it should.

        Source: federation.md, section 1; SC-021 (authority is the host of the id that was fetched).
        """
        found, at = await self._read(uri, within_s)
        said = id_of(found)
        if said == at or (said == uri and host_of(uri) == host_of(at)):
            return found
        if not said or host_of(said) != host_of(at):
            raise RemoteRefused("another id", host_of(at))
        found, at = await self._read(said, within_s)
        if id_of(found) != said or host_of(at) != host_of(said):
            raise RemoteRefused("no stable id", host_of(at))
        return found

    async def jrd(self, host: str, resource: str, *, plain: bool = False) -> dict[str, Any]:
        """What WebFinger of a server says of a resource. Raises as `document`."""
        from urllib.parse import quote  # noqa: PLC0415

        scheme = "http" if plain else "https"
        url = f"{scheme}://{host}/.well-known/webfinger?resource={quote(resource, safe=':@')}"
        answer = await self._ask(
            url, Wanted(types=_JRD, most=64 * 1024, within_s=8), {"accept": "application/jrd+json"}
        )
        return _json(answer)

    async def _read(self, uri: str, within_s: float) -> tuple[dict[str, Any], str]:
        if not host_of(uri) or self.places.is_here(uri):
            raise RemoteRefused("no address of another server")
        signer = (await self._keys.of(None, None)).signer
        first = await self._scheme(host_of(uri))
        second: Scheme = "rfc9421" if first == "draft" else "draft"
        try:
            answer = await self._signed(uri, signer, first, within_s)
        except _NotSignedSo:  # as another kind of signature it may be taken: double-knocking
            answer = await self._signed(uri, signer, second, within_s)
            self._schemes.put(host_of(uri), second)
            async with self._db.begin() as tx:
                await hosts.note_read_scheme(tx, host_of(uri), second)
        if answer.type == "application/ld+json" and _PROFILE not in answer.headers.get("content-type", ""):
            raise RemoteRefused("another profile", host_of(uri))
        return _json(answer), answer.url

    async def _scheme(self, host: str) -> Scheme:
        """The kind of signature that the host took last; for one that never refused any, the older kind."""
        held = self._schemes.get(host)
        if held is None:
            held = "rfc9421" if await hosts.read_scheme(self._db, host) == "rfc9421" else "draft"
            self._schemes.put(host, held)
        return held

    async def _signed(self, uri: str, signer: Signer, scheme: Scheme, within_s: float) -> Answer:
        def headers(url: str) -> dict[str, str]:
            return {"accept": ACCEPT, **sign(signer, "GET", url, body=None, now_ms=now_ms(), scheme=scheme)}

        return await self._ask(uri, Wanted(types=_TYPES, most=MOST_BYTES, within_s=within_s), headers)

    async def _ask(self, url: str, wanted: Wanted, headers: Any) -> Answer:
        try:
            answer = await self._door.get(url, wanted, headers=headers)
        except OutsideForbidden as error:
            raise RemoteRefused(*error.args) from error
        except OutsideFailed as error:
            raise RemoteFailed(*error.args) from error
        if answer.status == 410:
            raise RemoteGone(host_of(url))
        if answer.status == 404:
            raise RemoteMissing(host_of(url))
        if answer.status in {400, 401}:
            raise _NotSignedSo(host_of(url), answer.status)
        if answer.status == 403:
            raise RemoteRefused(host_of(url), answer.status)
        if not answer.fine:
            raise RemoteFailed(host_of(url), answer.status)
        return answer


def _json(answer: Answer) -> dict[str, Any]:
    try:
        return read_json(answer.body)
    except (msgspec.DecodeError, ValueError) as error:
        raise RemoteRefused("no JSON object", host_of(answer.url)) from error
