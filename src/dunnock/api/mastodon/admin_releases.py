"""Staff and releases of what was taken down. Ours: /api/v1/dunnock/admin/releases."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import transparency
from dunnock.api.kit import Called, require
from dunnock.api.mastodon.admin_cases import Asked, asked
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db

READS, WRITES = "admin:read", "admin:write"
HERE: Final = "/api/v1/dunnock/admin"
RELEASES: Final = f"{HERE}/releases"


class AdminRelease(msgspec.Struct, kw_only=True):
    """A release of what was taken down, published or not; ours."""

    id: str
    title: str
    manifest: str
    published_at: str | None


@get(RELEASES, guards=[require(READS)])
async def list_releases(caller: Called, db: NamedDependency[Db]) -> list[AdminRelease]:
    """Releases that are made, published or not."""
    return [
        AdminRelease(
            id=str(one.id), title=one.title, manifest=one.manifest,
            published_at=None if one.published_at is None else iso(one.published_at),
        )
        for one in await transparency.list_releases(db, by=me(caller))
    ]  # fmt: skip


@post(f"{RELEASES}/{{release_id:int}}/publish", guards=[require(WRITES)], status_code=200)
async def publish_release(release_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> Asked:
    """Publish a release, or ask the second person."""
    async with db.begin() as tx:
        return asked(await transparency.publish_release(tx, release_id, by=me(caller)))


HANDLERS: list[Any] = [
    list_releases,
    publish_release,
]
