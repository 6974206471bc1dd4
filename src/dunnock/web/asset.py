"""The stylesheet and the pictures of our own, under names that change with what is in them."""

from __future__ import annotations

import functools
import hashlib
import re
from importlib import resources

from litestar import Response, get
from litestar.params import FromPath

_TYPES = {
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "js": "text/javascript; charset=utf-8",
}


_IMPORT = re.compile(rb'\./([a-z-]+\.js)(?=";\n)')


@functools.cache
def _assets() -> dict[str, tuple[str, bytes]]:
    """Plain name -> (name with a digest, content). Scripts name the parts they import by the names with digests."""
    files = {
        file.name: file.read_bytes()
        for file in resources.files("dunnock.web").joinpath("assets").iterdir()
        if file.name.rpartition(".")[2] in _TYPES
    }
    found: dict[str, tuple[str, bytes]] = {}

    def make(name: str) -> str:
        if name not in found:
            stem, _, kind = name.rpartition(".")
            content = files[name]
            if kind == "js":
                content = _IMPORT.sub(lambda part: b"./" + make(part[1].decode()).encode(), content)
            found[name] = (f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.{kind}", content)
        return found[name][0]

    for name in files:
        make(name)
    return found


def asset_url(name: str) -> str:
    """Where `name` ("dunnock.css") is served for as long as it stays what it is."""
    return f"/assets/{_assets()[name][0]}"


def asset_text(name: str) -> str:
    """What is in it."""
    return _assets()[name][1].decode()


def urls_of(*kinds: str) -> list[str]:
    """Where all of these kinds ("css", "js") are served."""
    return sorted(f"/assets/{hashed}" for name, (hashed, _) in _assets().items() if name.rpartition(".")[2] in kinds)


def icons() -> list[tuple[str, str]]:
    """(size, path) of each picture of the bird, the smallest first: made from dunnock.svg."""
    return [(f"{size}x{size}", asset_url(f"dunnock-{size}.png")) for size in (48, 192, 512)]


@functools.cache
def _by_url() -> dict[str, tuple[str, bytes]]:
    return {hashed: (name.rpartition(".")[2], content) for name, (hashed, content) in _assets().items()}


def _answer(kind: str, content: bytes, *, keep: str) -> Response[bytes]:
    headers = {
        "cache-control": keep,
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    }
    return Response(content, media_type=_TYPES[kind], headers=headers)


@get("/assets/{name:str}", include_in_schema=False, sync_to_thread=False)
def show_asset(name: FromPath[str]) -> Response[bytes]:
    """An asset under its hashed name, to be kept for a year."""
    found = _by_url().get(name)
    if found is None:
        return Response(b"Not found", status_code=404, media_type="text/plain")
    return _answer(*found, keep="public, max-age=31536000, immutable")


@get("/favicon.ico", include_in_schema=False, sync_to_thread=False)
def show_icon() -> Response[bytes]:
    """The bird, for browsers that ask for an icon by its old name."""
    return _answer("svg", _assets()["dunnock.svg"][1], keep="public, max-age=86400")


@get("/robots.txt", include_in_schema=False, sync_to_thread=False)
def show_robots() -> Response[str]:
    """What crawlers need not read; members' own wishes are said on their pages."""
    closed = ("/auth/", "/oauth/", "/settings/", "/admin/", "/invite/", "/unsubscribe", "/dev/")
    text = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed)
    return Response(text, media_type="text/plain", headers={"cache-control": "public, max-age=3600"})


HANDLERS = [show_asset, show_icon, show_robots]
