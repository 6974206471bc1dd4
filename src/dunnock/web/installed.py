"""The web app on a device: what it is called and looks like there, and what it does without a connection.

Source: W3C, Web Application Manifest; Web Share Target; Service Workers.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from dunnock.foundation.settings import Settings
from dunnock.web.asset import asset_text, asset_url, icons, urls_of
from dunnock.web.catalogue import catalogue
from dunnock.web.pages import pages
from dunnock.web.show import Show
from dunnock.web.words import N_

_SHORTEST = 12
"""Characters of the name that fit under an icon."""
_NEW, _NOTICES = N_("New post"), N_("Notifications")
_WORKER = "worker.js"


@get("/manifest.webmanifest")
async def show_manifest(show: NamedDependency[Show], settings: NamedDependency[Settings]) -> Response[Any]:
    """How the app is installed; what other apps share with it stands in the form for a post."""
    words = catalogue(show.locale)
    manifest = {
        "id": "/",
        "name": settings.title,
        "short_name": settings.title if len(settings.title) <= _SHORTEST else "Dunnock",
        "description": settings.description,
        "lang": show.locale.tag,
        "dir": show.locale.direction,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf6f0",
        "theme_color": "#7d3f16",
        "icons": [
            *({"src": path, "sizes": size, "type": "image/png"} for size, path in icons()),
            {"src": asset_url("dunnock.svg"), "sizes": "any", "type": "image/svg+xml"},
        ],
        "share_target": {
            "action": "/publish",
            "method": "GET",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
        "shortcuts": [
            {"name": words.find(_NEW), "url": "/publish"},
            {"name": words.find(_NOTICES), "url": "/notifications"},
        ],
    }
    headers = {"cache-control": "no-cache", "x-content-type-options": "nosniff"}
    return Response(json.dumps(manifest), media_type="application/manifest+json", headers=headers)


@get("/sw.js")
async def show_worker(settings: NamedDependency[Settings]) -> Response[str]:
    """The service worker: changes whenever an asset does, so that browsers fetch it anew."""
    assets = urls_of("css", "js", "svg")
    version = hashlib.sha256("\n".join(assets).encode()).hexdigest()[:12]
    held = json.dumps({"version": version, "assets": assets, "name": settings.title})
    headers = {
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; connect-src 'self'",
    }
    return Response(
        f"const held = {held};\n{asset_text(_WORKER)}", media_type="text/javascript; charset=utf-8", headers=headers
    )


@get("/offline")
async def show_offline(show: NamedDependency[Show]) -> Response[str]:
    """What is shown without a connection."""
    return show("offline.html")


HANDLERS = pages(show_manifest, show_worker, show_offline)
