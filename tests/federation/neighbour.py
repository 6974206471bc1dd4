"""Another server: it has documents, signs what it sends, and remembers what it was asked and told.

Its signatures are made here, from the specifications, and not with what is tested.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import hashlib
import itertools
from collections.abc import Callable
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from dunnock.foundation.clock import now_ms

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACTIVITY = "application/activity+json"
_numbers = itertools.count(1)


@functools.cache
def key(number: int) -> rsa.RSAPrivateKey:
    """A key pair; the same for the same number."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def pem(number: int = 0) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key(number).public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def digest(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def signed(
    url: str,
    body: bytes | None,
    *,
    key_id: str,
    method: str = "post",
    with_key: int = 0,
    at: int | None = None,
    covers: str | None = None,
    algorithm: str = "rsa-sha256",
    more: dict[str, str] | None = None,
) -> dict[str, str]:
    """Headers of a request signed as draft-cavage-12 says. `at`: Unix milliseconds; `covers`: other than usual."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    at = now_ms() if at is None else at
    headers = {"host": parts.netloc, "date": formatdate(at / 1000, usegmt=True)}
    if body is not None:
        headers["digest"] = f"SHA-256={digest(body)}"
    headers |= more or {}
    names = covers if covers is not None else "(request-target) host date" + (" digest" if body is not None else "")
    told = {"(request-target)": f"{method} {target}", "(created)": str(at // 1000), **headers}
    text = "\n".join(f"{name}: {told.get(name, '')}" for name in names.split())
    signature = base64.b64encode(key(with_key).sign(text.encode(), padding.PKCS1v15(), SHA256())).decode()
    created = f",created={at // 1000}" if "(created)" in names else ""
    headers["signature"] = (
        f'keyId="{key_id}",algorithm="{algorithm}"{created},headers="{names}",signature="{signature}"'
    )
    return headers


def signed_message(url: str, body: bytes, *, key_id: str, at: int | None = None, covers: str = "") -> dict[str, str]:
    """Headers of a POST signed as RFC 9421 says."""
    parts = urlsplit(url)
    headers = {"host": parts.netloc, "content-digest": f"sha-256=:{digest(body)}:"}
    names = covers.split() or ["@method", "@target-uri", "content-digest"]
    told = {
        "@method": "POST",
        "@target-uri": url,
        "@authority": parts.netloc,
        "@path": parts.path,
        "@query": f"?{parts.query}",
        **headers,
    }
    inner = " ".join(f'"{name}"' for name in names)
    params = f'({inner});created={(now_ms() if at is None else at) // 1000};keyid="{key_id}"'
    text = "\n".join([*(f'"{name}": {told[name]}' for name in names), f'"@signature-params": {params}'])
    signature = base64.b64encode(key(0).sign(text.encode(), padding.PKCS1v15(), SHA256())).decode()
    return headers | {"signature-input": f"sig1={params}", "signature": f"sig1=:{signature}:"}


class Neighbour:
    """`documents`: by path, bytes or JSON; `status`: by path, of those that are not fine; `asked`: paths, in order.

    `more`: by path, header lines of answers to POST; `only`: the header that a POST must have, or it is refused; `held`: no
    POST is answered before it is set.
    """

    def __init__(self, address: str) -> None:
        self.address, self.port = address, 0
        self.documents: dict[str, Any] = {}
        self.status: dict[str, int] = {}
        self.types: dict[str, str] = {}
        self.more: dict[str, str] = {}
        self.only = ""
        self.moved: dict[str, str] = {}
        self.handles: dict[str, str] = {}
        self.asked: list[str] = []
        self.got: list[tuple[str, dict[str, str], Any]] = []
        self.waits: Callable[[str], float] = lambda _: 0.0
        self.held: asyncio.Event | None = None
        self._server: asyncio.Server | None = None

    async def start(self) -> Neighbour:
        self._server = await asyncio.start_server(self._serve, self.address, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def host(self) -> str:
        return f"{self.address}:{self.port}"

    @property
    def base(self) -> str:
        return f"http://{self.host}"

    def put(self, path: str, document: Any, *, kind: str = ACTIVITY) -> str:
        """Have a document at a path; its URI."""
        self.documents[path], self.types[path] = document, kind
        return f"{self.base}{path}"

    def actor(self, name: str = "", *, kind: str = "Person", with_key: int = 0, **more: Any) -> str:
        """Somebody who lives here; their URI."""
        name = name or f"person{next(_numbers)}"
        uri = f"{self.base}/users/{name}"
        document = {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": uri,
            "type": kind,
            "preferredUsername": name,
            "name": name.title(),
            "inbox": f"{uri}/inbox",
            "outbox": f"{uri}/outbox",
            "followers": f"{uri}/followers",
            "following": f"{uri}/following",
            "endpoints": {"sharedInbox": f"{self.base}/inbox"},
            "publicKey": {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": pem(with_key)},
        } | more
        self.handles[f"{name}@{self.host}"] = uri
        return self.put(f"/users/{name}", {name: value for name, value in document.items() if value is not None})

    def note(self, author: str, content: str = "<p>hello</p>", **more: Any) -> dict[str, Any]:
        """A public Note that is here too, unless told otherwise."""
        path = f"/notes/{next(_numbers)}"
        made = {
            "id": f"{self.base}{path}",
            "type": "Note",
            "attributedTo": author,
            "content": content,
            "to": [PUBLIC],
            "cc": [f"{author}/followers"],
            "published": formatted(now_ms() - 1_000),
        } | more
        made = {name: value for name, value in made.items() if value is not None}
        self.put(path, made)
        return made

    def activity(self, kind: str, by: str, about: Any, **more: Any) -> dict[str, Any]:
        """An activity, with a name that nothing else has."""
        made = {"id": f"{self.base}/acts/{next(_numbers)}", "type": kind, "actor": by, "object": about} | more
        return {name: value for name, value in made.items() if value is not None}

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *rest = head.rstrip().split("\r\n")
            method, target, _ = line.split(" ", 2)
            headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            path = target.partition("?")[0]
            if method == "POST":
                self.got.append((path, headers, msgspec.json.decode(body) if body else None))
                await asyncio.sleep(self.waits(path))
                if self.held is not None:
                    await self.held.wait()
                status = 401 if self.only and self.only not in headers else self.status.get(path, 202)
                self._answer(writer, status, b"", "text/plain", self.more.get(path, ""))
            else:
                self.asked.append(target)
                await asyncio.sleep(self.waits(path))
                self._get(writer, path, target)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _get(self, writer: asyncio.StreamWriter, path: str, target: str) -> None:
        if path == "/.well-known/webfinger" and path not in self.documents:
            resource = parse_qs(urlsplit(target).query).get("resource", [""])[0]
            uri = self.handles.get(resource.removeprefix("acct:"))
            links = [{"rel": "self", "type": ACTIVITY, "href": uri}]
            body = msgspec.json.encode({"subject": resource, "links": links})
            self._answer(writer, 404 if uri is None else 200, body, "application/jrd+json")
        elif path in self.moved:
            self._answer(writer, 302, b"", "text/plain", f"location: {self.moved[path]}\r\n")
        elif path in self.documents or path in self.status:
            held = self.documents.get(path, b"")
            body = held if isinstance(held, bytes) else msgspec.json.encode(held)
            self._answer(writer, self.status.get(path, 200), body, self.types.get(path, ACTIVITY))
        else:
            self._answer(writer, 404, b"", "text/plain")

    @staticmethod
    def _answer(writer: asyncio.StreamWriter, status: int, body: bytes, kind: str, more: str = "") -> None:
        head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\n{more}content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + body)


def formatted(ms: int) -> str:
    """A moment as documents have it."""
    import datetime as dt

    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
