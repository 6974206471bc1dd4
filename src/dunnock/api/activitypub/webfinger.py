"""WebFinger and host-meta: which account a handle names. Source: RFC 7033, RFC 6415."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import msgspec

from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.api.kit import BadRequest, Lane
from dunnock.federation import Places
from dunnock.foundation.cache import Cache
from dunnock.foundation.errors import DomainError, Kind, Missing
from dunnock.foundation.settings import Settings

KEPT = 5_000
_JRD = (b"content-type", b"application/jrd+json; charset=utf-8")
_XRD = (b"content-type", b"application/xrd+xml; charset=utf-8")
_CACHED = (b"cache-control", b"public, max-age=3600")


class AccountGone(DomainError):
    """The account was suspended or deleted."""

    code, kind, safe = "account_gone", Kind.GONE, "Gone"


class WebFinger:
    """Answers of one process, kept as bytes until the account changes."""

    def __init__(self, accounts: AccountViews, settings: Settings) -> None:
        """For the local accounts of the server that `settings` name."""
        self._accounts, self._places = accounts, Places(settings.public_url)
        self._domain, self._base = self._places.domain, settings.public_url
        self._ids: Cache[bytes, int] = Cache(KEPT)
        self._documents: Cache[int, tuple[AccountCard, bytes]] = Cache(KEPT)

    async def answer(self, query: bytes) -> bytes:
        """The document for a raw query string.

        Raises:
            BadRequest: it names no resource.
            Missing: no account of this server is meant.
            AccountGone: it was suspended or deleted.
        """
        account_id = self._ids.get(query)
        if account_id is None:
            name = self._name(query)
            if name == self._places.server_name:
                return self._of_server()
            account_id = await self._accounts.id_of(name)
            if account_id is None:
                raise Missing
            if len(query) < 500:
                self._ids.put(query, account_id)
        card = await self._accounts.one(account_id)
        if card is None:
            raise Missing
        held = self._documents.get(account_id)
        if held is None or held[0] is not card:
            if card.standing in {"suspended", "deleted"}:
                raise AccountGone
            held = (card, self._write(card.username))
            self._documents.put(account_id, held)
        return held[1]

    def _name(self, query: bytes) -> str:
        """The local name that the query's resource means: `acct:name@domain`, the profile's or the account's URL."""
        try:
            resource = dict(parse_qsl(query.decode("ascii"), errors="strict")).get("resource", "").strip()
        except ValueError:
            raise BadRequest from None
        if not resource:
            raise BadRequest(say="Missing parameter: resource")
        if resource == self._places.instance_actor:
            return self._places.server_name
        for start in (f"{self._base}/@", f"{self._base}/users/"):
            if resource.startswith(start):
                return resource.removeprefix(start)
        name, _, domain = resource.removeprefix("acct:").removeprefix("@").partition("@")
        if domain.lower() != self._domain or not name:
            raise Missing
        return name

    def _of_server(self) -> bytes:
        """The server's own actor, which goes by the server's name."""
        uri = self._places.instance_actor
        return msgspec.json.encode(
            {
                "subject": f"acct:{self._places.server_name}@{self._domain}",
                "aliases": [uri],
                "links": [
                    {
                        "rel": "http://webfinger.net/rel/profile-page",
                        "type": "text/html",
                        "href": f"{self._base}/about",
                    },
                    {"rel": "self", "type": "application/activity+json", "href": uri},
                ],
            }
        )

    def _write(self, username: str) -> bytes:
        profile = f"{self._base}/@{username}"
        return msgspec.json.encode(
            {
                "subject": f"acct:{username}@{self._domain}",
                "aliases": [profile, f"{self._base}/users/{username}"],
                "links": [
                    {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": profile},
                    {"rel": "self", "type": "application/activity+json", "href": f"{self._base}/users/{username}"},
                    {
                        "rel": "http://ostatus.org/schema/1.0/subscribe",
                        "template": f"{self._base}/authorize_interaction?uri={{uri}}",
                    },
                ],
            }
        )


def add_to(lane: Lane, webfinger: WebFinger, settings: Settings) -> None:
    """Serve WebFinger and host-meta from the fast lane."""
    host_meta = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">'
        f'<Link rel="lrdd" type="application/jrd+json" template="{settings.public_url}/.well-known/webfinger?resource={{uri}}"/>'
        "</XRD>\n"
    ).encode()

    async def finger(scope: Any, send: Any) -> None:
        await _send(send, await webfinger.answer(scope["query_string"]), _JRD)

    async def show_host_meta(_: Any, send: Any) -> None:
        await _send(send, host_meta, _XRD)

    lane.add("GET", "/.well-known/webfinger", finger)
    lane.add("GET", "/.well-known/host-meta", show_host_meta)


async def _send(send: Any, body: bytes, kind: tuple[bytes, bytes]) -> None:
    headers = [kind, (b"content-length", b"%d" % len(body)), _CACHED]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
