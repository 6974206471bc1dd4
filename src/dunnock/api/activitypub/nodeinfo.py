"""NodeInfo: what software this is and how large the server. Source: NodeInfo 2.0 and 2.1 schemas, FEP-f1d5."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import __version__
from dunnock.api.mastodon.instance import Instance
from dunnock.foundation.errors import Missing
from dunnock.foundation.settings import Settings

VERSIONS = ("2.0", "2.1")
_SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"
_APPLICATION = "https://www.w3.org/ns/activitystreams#Application"
"""The server's own actor. Source: FEP-2677."""
_HEADERS = {"cache-control": "public, max-age=1800"}


@get("/.well-known/nodeinfo", include_in_schema=False)
async def list_nodeinfo(settings: NamedDependency[Settings]) -> Response[bytes]:
    """Where the documents are."""
    links = [
        {"rel": f"{_SCHEMA}{version}", "href": f"{settings.public_url}/nodeinfo/{version}"} for version in VERSIONS
    ]
    links.append({"rel": _APPLICATION, "href": f"{settings.public_url}/actor"})
    return Response(msgspec.json.encode({"links": links}), media_type="application/json", headers=_HEADERS)


@get("/nodeinfo/{version:str}", include_in_schema=False)
async def show_nodeinfo(
    version: FromPath[str], settings: NamedDependency[Settings], instance: NamedDependency[Instance]
) -> Response[bytes]:
    """The document of one version of the schema."""
    if version not in VERSIONS:
        raise Missing(version)
    census = await instance.census()
    document: dict[str, Any] = {
        "version": version,
        "software": {"name": "dunnock", "version": __version__},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": settings.sign_up == "open",
        "usage": {
            "users": {
                "total": census.members,
                "activeMonth": census.active_month,
                "activeHalfyear": census.active_half_year,
            },
            "localPosts": census.posts,
        },
        "metadata": {
            "nodeName": settings.title,
            "nodeDescription": settings.description,
            "recommends": settings.recommend,
        },
    }
    kind = f'application/json; profile="{_SCHEMA}{version}#"; charset=utf-8'
    return Response(msgspec.json.encode(document), media_type=kind, headers=_HEADERS)


HANDLERS = [list_nodeinfo, show_nodeinfo]
