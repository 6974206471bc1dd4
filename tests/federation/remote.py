"""A remote server in this process: real requests over loopback, real signatures; what it serves and answers is the test's."""

from __future__ import annotations

import functools
from typing import Any

import msgspec
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from api.kit.driver import Answer, call
from dunnock.federation.places import PUBLIC
from dunnock.federation.signatures import Signer, sign
from dunnock.foundation.clock import iso, now_ms

ACTIVITY = "application/activity+json"


@functools.cache
def key(number: int = 0) -> rsa.RSAPrivateKey:
    """A key, the same one for the same number."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def pem(private: rsa.RSAPrivateKey) -> str:
    return (
        private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


class Remote:
    """`pages`: path -> document, or (status, headers, bytes); `got`: what came into inboxes; `answers`: to those, in order."""

    def __init__(self, host: str = "127.0.0.2") -> None:
        self.host = host
        self.pages: dict[str, Any] = {}
        self.got: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.signatures: list[dict[str, str]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.guard: Any = None  # may answer a GET of a document first
        self._runner: web.AppRunner | None = None
        self.domain = ""

    @property
    def url(self) -> str:
        return f"http://{self.domain}"

    async def start(self) -> Remote:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, 0)
        await site.start()
        assert self._runner.addresses
        self.domain = f"{self.host}:{self._runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            self.signatures.append({name.lower(): value for name, value in request.headers.items()})
            status, headers = self.answers.pop(0) if self.answers else (202, {})
            if status < 300:
                self.got.append(msgspec.json.decode(await request.read()))
            return web.Response(status=status, headers=headers)
        self.asked.append(request.path_qs)
        if self.guard is not None and not request.path.startswith("/.well-known/"):
            refused = await self.guard(request)
            if refused is not None:
                return refused
        page = self.pages.get(request.path_qs, self.pages.get(request.path))
        if page is None:
            return web.Response(status=404)
        if isinstance(page, tuple):
            status, headers, body = page
            return web.Response(status=status, headers=headers, body=body)
        kind = "application/jrd+json" if request.path == "/.well-known/webfinger" else ACTIVITY
        return web.Response(body=msgspec.json.encode(page), content_type=kind)

    def person(self, name: str = "bob", *, number: int = 0, **more: Any) -> Person:
        """Somebody who lives here, with a document and a handle that can be asked for."""
        uri = f"{self.url}/users/{name}"
        person = Person(self, name, uri, key(number))
        self.pages[f"/users/{name}"] = person.document(**more)
        self.pages[f"/.well-known/webfinger?resource=acct:{name}@{self.domain}"] = {
            "subject": f"acct:{name}@{self.domain}",
            "links": [{"rel": "self", "type": ACTIVITY, "href": uri}],
        }
        return person


class Person:
    """Somebody of a remote server."""

    def __init__(self, server: Remote, name: str, uri: str, private: rsa.RSAPrivateKey) -> None:
        self.server, self.name, self.uri, self.private = server, name, uri, private
        self.signer = Signer(f"{uri}#main-key", private)
        self._number = 0

    def document(self, **more: Any) -> dict[str, Any]:
        return {
            "id": self.uri,
            "type": "Person",
            "preferredUsername": self.name,
            "inbox": f"{self.uri}/inbox",
            "outbox": f"{self.uri}/outbox",
            "followers": f"{self.uri}/followers",
            "featured": f"{self.uri}/featured",
            "endpoints": {"sharedInbox": f"{self.server.url}/inbox"},
            "publicKey": {"id": f"{self.uri}#main-key", "owner": self.uri, "publicKeyPem": pem(self.private)},
        } | more

    def new(self, kind: str) -> str:
        self._number += 1
        return f"{self.uri}/{kind}/{self._number}"

    def note(self, words: str = "<p>hello</p>", **more: Any) -> dict[str, Any]:
        uri = self.new("notes")
        note = {
            "id": uri,
            "type": "Note",
            "attributedTo": self.uri,
            "content": words,
            "published": iso(now_ms()),
            "to": [PUBLIC],
            "cc": [f"{self.uri}/followers"],
        } | more
        self.server.pages[uri.removeprefix(self.server.url)] = note
        return note

    def activity(self, kind: str, about: Any, **more: Any) -> dict[str, Any]:
        made = {"id": self.new("acts"), "type": kind, "actor": self.uri, "object": about}
        if isinstance(about, dict):
            made |= {name: about[name] for name in ("to", "cc") if name in about}
        return made | more

    async def send(
        self,
        house: Any,
        activity: Any,
        *,
        to: str = "/inbox",
        scheme: str = "draft",
        signer: Signer | None = None,
        at: int | None = None,
        change: Any = None,
    ) -> Answer:
        """Deliver it to the house. `change`: does something to (headers, body) after signing."""
        body = activity if isinstance(activity, bytes) else msgspec.json.encode(activity)
        url = f"{house.settings.public_url}{to}"
        headers = sign(signer or self.signer, "POST", url, body=body, now_ms=at or now_ms(), scheme=scheme)
        headers |= {"host": house.settings.domain, "content-type": ACTIVITY}
        if change is not None:
            headers, body = change(headers, body)
        return await call(house.edge, "POST", to, body, headers=tuple(headers.items()), chunk=65_536)
