"""The fast lane: the hot reads at the cost of bare ASGI, in front of Litestar's router."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias

from dunnock.api.kit.shape import parse_id

RawHandler: TypeAlias = Callable[..., Awaitable[None]]
"""`async def h(scope, send, **path) -> None`; checks its caller itself: `await NEED.admit(scope)`."""

FindDocument: TypeAlias = Callable[..., Callable[[Any, Any], Awaitable[None]] | None]
"""`find(path, negotiated=...)`: what serves a document there; `negotiated`: the client wants documents, not pages."""

JSON_TYPE = (b"content-type", b"application/json; charset=utf-8")


class Lane:
    """Exact (method, path) look-up, and paths with ONE `{name}` in them.

    `{id}` (or any name that ends with `_id`) takes a decimal id and hands on an int; other names take one path
    segment as text. What does not match goes on to Litestar.
    """

    def __init__(self) -> None:
        """An empty lane."""
        self.documents: FindDocument | None = None
        """What other servers read, at addresses where people find pages."""
        self._exact: dict[str, dict[str, RawHandler]] = {}
        self._shaped: dict[str, list[tuple[str, int, dict[str, tuple[str, bool, RawHandler]]]]] = {}

    def add(self, method: str, path: str, handler: RawHandler) -> None:
        """Serve `path` (`/api/v1/statuses/{id}/context`) by `handler`. Raises ValueError for more than one `{name}`."""
        head, brace, rest = path.partition("{")
        if not brace:
            self._exact.setdefault(method, {})[path] = handler
            return
        name, _, suffix = rest.partition("}")
        if "{" in suffix:
            raise ValueError(path)
        shaped = self._shaped.setdefault(method, [])
        known = next((suffixes for prefix, _, suffixes in shaped if prefix == head), None)
        if known is None:
            known = {}
            shaped.append((head, len(head), known))
        known[suffix] = (name, name == "id" or name.endswith("_id"), handler)

    def find(self, method: str, path: str) -> tuple[RawHandler, dict[str, Any]] | None:
        """The handler and its path parameters; None: not of the lane."""
        exact = self._exact.get(method)
        if exact is not None:
            handler = exact.get(path)
            if handler is not None:
                return handler, {}
        for prefix, length, suffixes in self._shaped.get(method, ()):
            if path.startswith(prefix):
                text, slash, suffix = path[length:].partition("/")
                found = suffixes.get(slash + suffix)
                if found is not None:
                    name, is_id, handler = found
                    value = parse_id(text) if is_id else text if text and "\0" not in text else None
                    return None if value is None else (handler, {name: value})
        return None

    def find_document(
        self, method: str, path: str, headers: Iterable[tuple[bytes, bytes]]
    ) -> Callable[[Any, Any], Awaitable[None]] | None:
        """What serves a document at that path; None: people get what is there."""
        if self.documents is None or method != "GET" or not path.startswith(("/users/", "/@", "/actor")):
            return None
        accept = next((value for name, value in headers if name == b"accept"), b"")
        return self.documents(path, negotiated=wants_document(accept))


def wants_document(accept: bytes) -> bool:
    """Does the client want ActivityStreams rather than a page? Source: ActivityPub, section 3.2."""
    if b"json" not in accept:
        return False
    for part in accept.lower().split(b","):
        kind = part.partition(b";")[0].strip()
        if kind in {b"text/html", b"application/xhtml+xml"}:
            return False
        if kind in {b"application/activity+json", b"application/json"}:
            return True
        if kind == b"application/ld+json":
            return True
    return False


async def send_json(send: Any, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Answer with JSON bytes; `headers` in lower case."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [JSON_TYPE, (b"content-length", b"%d" % len(body)), *headers],
        }
    )
    await send({"type": "http.response.body", "body": body})
