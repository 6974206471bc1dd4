"""Other servers, played by the drill on loopback addresses: real requests, real signatures."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from dunnock.cli.drills.stage import Stage
from dunnock.federation.signatures import Signer, sign
from dunnock.foundation.clock import iso, now_ms

_ACTIVITY = "application/activity+json"
_PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
_MOST_BYTES = 1 << 20


class Stranger(msgspec.Struct, frozen=True):
    """Somebody of another server."""

    peer: Peer
    name: str

    @property
    def uri(self) -> str:
        """Their address."""
        return f"{self.peer.url}/users/{self.name}"

    @property
    def handle(self) -> str:
        """What they are called here."""
        return f"{self.name}@{self.peer.domain}"


class Peer:
    """One server: it has people, answers for them, accepts who follows them, and delivers what they do."""

    def __init__(self, stage: Stage, address: str) -> None:
        """It listens at once, on a free port of the address."""
        self._stage, self._numbers = stage, itertools.count(1)
        self._key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        self._said: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer((address, 0), type("Door", (_Door,), {"peer": self}))
        self.domain = f"{address}:{self._server.server_address[1]}"
        self.url = f"http://{self.domain}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Nobody is there any more."""
        self._server.shutdown()
        self._server.server_close()

    def joins(self, name: str, **said: str) -> Stranger:
        """Somebody new; `said` of themselves: name, summary."""
        self._said[name] = said
        return Stranger(self, name)

    def turns(self, who: Stranger, **said: str) -> int:
        """They say something else of themselves, and their server tells; the status of the answer."""
        self._said[who.name] = said
        return self.deliver(who, "Update", self.document(who.name))

    def posts(
        self,
        who: Stranger,
        words: str,
        *,
        tag: str = "",
        names: Sequence[dict[str, str]] = (),
        at: int | None = None,
        **more: Any,
    ) -> int:
        """They post for everybody, at Unix milliseconds `at`, and name somebody (Mentions); the status of the answer."""
        uri = f"{who.uri}/notes/{next(self._numbers)}"
        here = f"{self.url}/tags/{tag.lower()}"
        note = {
            "id": uri, "type": "Note", "attributedTo": who.uri, "published": iso(now_ms() if at is None else at),
            "content": f'<p>{words} <a href="{here}" rel="tag">#{tag}</a></p>' if tag else f"<p>{words}</p>",
            "tag": [*names, *([{"type": "Hashtag", "name": f"#{tag}", "href": here}] if tag else [])],
            "to": [_PUBLIC], "cc": [f"{who.uri}/followers"],
        } | more  # fmt: skip
        return self.deliver(who, "Create", note)

    def answers(self, who: Stranger, words: str, *, to: str, uri: str) -> int:
        """They answer the post at `uri` by the member `to` of the stage's server; the status of the answer."""
        actor = f"{self._stage.url}/users/{to}"
        named = {"type": "Mention", "href": actor, "name": f"@{to}@{urlsplit(self._stage.url).netloc}"}
        return self.posts(who, words, names=[named], inReplyTo=uri, cc=[actor, f"{who.uri}/followers"])

    def deliver(self, who: Stranger, kind: str, about: Any) -> int:
        """Send an activity of theirs to the stage's server, signed; the status of the answer."""
        made = {
            "@context": "https://www.w3.org/ns/activitystreams", "id": f"{who.uri}/acts/{next(self._numbers)}", "type": kind,
            "actor": who.uri, "object": about,
        }  # fmt: skip
        if isinstance(about, dict):
            made |= {name: about[name] for name in ("to", "cc") if name in about}
        body, url = msgspec.json.encode(made), f"{self._stage.url}/inbox"
        signer = Signer(f"{who.uri}#main-key", self._key)
        headers = sign(signer, "POST", url, body=body, now_ms=now_ms()) | {"content-type": _ACTIVITY}
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        try:
            connection.request("POST", "/inbox", body, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def document(self, name: str) -> dict[str, Any] | None:
        """The actor; None: nobody is called so."""
        if name not in self._said:
            return None
        uri = f"{self.url}/users/{name}"
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        pem = self._key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
        return {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": uri, "type": "Person", "preferredUsername": name, "inbox": f"{uri}/inbox", "outbox": f"{uri}/outbox",
            "followers": f"{uri}/followers", "endpoints": {"sharedInbox": f"{self.url}/inbox"},
            "publicKey": {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": pem},
        } | self._said[name]  # fmt: skip

    def answer(self, path: str) -> dict[str, Any] | None:
        """What stands at a path; None: nothing."""
        if path.startswith("/.well-known/webfinger?resource=acct:"):
            name = unquote(path.partition("acct:")[2]).partition("@")[0]
            link = {"rel": "self", "type": _ACTIVITY, "href": f"{self.url}/users/{name}"}
            return {"subject": f"acct:{name}@{self.domain}", "links": [link]} if name in self._said else None
        return self.document(path.removeprefix("/users/"))

    def hears(self, told: Any) -> None:
        """Something came in: who asks to follow may."""
        name = str(told.get("object", "")).rpartition("/")[2]
        if told.get("type") == "Follow" and name in self._said:
            self.deliver(Stranger(self, name), "Accept", told)


class _Door(BaseHTTPRequestHandler):
    peer: Peer

    def do_GET(self) -> None:
        found = self.peer.answer(unquote(self.path))
        body = b"" if found is None else msgspec.json.encode(found)
        self.send_response(404 if found is None else 200)
        jrd = self.path.startswith("/.well-known/")
        self.send_header("content-type", "application/jrd+json" if jrd else _ACTIVITY)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), _MOST_BYTES))
        self.send_response(202)
        self.send_header("content-length", "0")
        self.end_headers()
        self.wfile.flush()
        self.peer.hears(msgspec.json.decode(body))

    def log_message(self, format: str, *_: Any) -> None:  # noqa: A002 (its name in the base class)
        pass


@contextlib.contextmanager
def peers(stage: Stage, number: int) -> Iterator[list[Peer]]:
    """So many other servers, each on a loopback address of its own."""
    made = [Peer(stage, f"127.0.0.{2 + n}") for n in range(number)]
    try:
        yield made
    finally:
        for one in made:
            one.close()
