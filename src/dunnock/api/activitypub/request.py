"""A request of another server as its signature was made of it."""

from __future__ import annotations

from typing import Any

from dunnock.federation import Request


def request_of(scope: Any, scheme: str, body: bytes | None = None) -> Request:
    """The request of an ASGI scope; `scheme`: that of this server's public address; `body` None: a GET."""
    path = scope.get("raw_path", scope["path"].encode()).decode("latin-1").partition("?")[0]
    query = scope["query_string"].decode("latin-1")
    method = "GET" if body is None else "POST"
    return Request(method, scheme, f"{path}?{query}" if query else path, headers_of(scope), body)


def headers_of(scope: Any) -> dict[str, str]:
    """Headers by their names; of several with one name all, as signatures have them."""
    held: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip()
        held[key] = f"{held[key]}, {text}" if key in held else text
    return held
