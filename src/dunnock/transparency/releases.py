"""Releases that are made, and their way to the public: one of the staff asks, another agrees to exactly these files.

A release lies in a folder of `releases` in the data directory, where `dunnock archive export` wrote it. What is agreed to is the
hash of its manifest, which names every file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from dunnock import accounts
from dunnock.accounts import Power, Staff
from dunnock.foundation.db import Reader, Row, Tx
from dunnock.foundation.errors import DomainError, Kind, Missing
from dunnock.moderation import log, second
from dunnock.transparency import store
from dunnock.transparency.events import ReleasePublished

_NEEDS = Power.MANAGE_SETTINGS
_MOST = 100


class ReleaseMissing(Missing):
    """There is no such release, or no such file in it."""

    code = "release_missing"


class ReleaseRefused(DomainError):
    """It can't be published: it is already, is not finished, or its files are not there as they were made."""

    code, kind = "release_refused", Kind.CONFLICT
    safe = "This release can't be published: it is already, is not finished, or was changed"


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One release. `manifest`: the SHA-256 of its manifest; `published_at` (Unix milliseconds) None: nobody can see it yet.

    `stale_at`: since when it tells of something that was taken back; `trouble`: why that was not taken out yet.
    """

    id: int
    title: str
    method: str
    decisions: tuple[int, ...]
    counts: Mapping[str, int]
    manifest: str
    published_at: int | None
    version: int = 1
    stale_at: int | None = None
    trouble: str = ""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """What a release was before something was taken out. `taken_out`: how many accounts, posts, statements and files."""

    number: int
    manifest: str
    counts: Mapping[str, int]
    taken_out: Mapping[str, int]
    until: int


async def list_releases(reader: Reader, *, by: int) -> list[Release]:
    """Those that are made, newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return [release_of(row) for row in await reader.all(store.RELEASES, most=_MOST)]


async def published_releases(reader: Reader) -> list[Release]:
    """Those that everybody may see, newest first."""
    return [release_of(row) for row in await reader.all(store.PUBLISHED, most=_MOST)]


async def find_published(reader: Reader, release_id: int) -> Release:
    """One of them. Raises: ReleaseMissing."""
    row = await reader.one(store.RELEASE, the=release_id)
    if row is None or row[6] is None:
        raise ReleaseMissing(release_id)
    return release_of(row)


async def publish_release(tx: Tx, release_id: int, *, by: int) -> int | None:
    """Publish, or ask the second person; their request, None: it is published.

    Raises:
        NotPermitted, ReleaseMissing: as they say.
        ReleaseRefused: it is published already, or not finished.
    """
    staff = await log.acting(tx, by, _NEEDS)
    row = await tx.one(store.RELEASE, the=release_id)
    if row is None or row[5] is None:
        raise ReleaseMissing(release_id)
    body = {"release": release_id, "title": row[1], "manifest": row[5]}
    if await second.has_second(tx, staff, _NEEDS):
        return await second.needs_second(tx, "release", body, staff, why=row[1])
    await _publish(tx, body, staff, staff)
    return None


@second.done_by("release", _NEEDS)
async def _publish(tx: Tx, body: Mapping[str, Any], asker: Staff, _: Staff) -> None:
    row = await tx.one(store.RELEASE, the=int(body["release"]))
    if row is None or row[5] != body["manifest"] or not await tx.run(store.PUBLISH, the=row[0], now=tx.now):
        raise ReleaseRefused(body["release"])
    await log.note(tx, asker, "release.publish", row[0], called=row[1], manifest=row[5])
    await tx.record(ReleasePublished(release_id=row[0]))


async def versions_of(reader: Reader, release_id: int) -> list[Version]:
    """What a release was before, the newest first."""
    return [
        Version(
            number=row[0],
            manifest=row[1],
            counts=msgspec.json.decode(row[2]),
            taken_out=msgspec.json.decode(row[3]),
            until=row[4],
        )
        for row in await reader.all(store.VERSIONS, the=release_id)
    ]


def folder_of(releases: Path, manifest: str) -> Path | None:
    """Where the files of the release (or version) with this manifest lie; None: nowhere, or not as they were made."""
    for path in sorted(releases.glob("*/manifest.json")):
        if hashlib.sha256(path.read_bytes()).hexdigest() == manifest:
            return path.parent
    return None


def files_of(folder: Path) -> dict[str, dict[str, Any]]:
    """What a release has, by name: its manifest and signature, and what the manifest names, with SHA-256 and bytes."""
    said: dict[str, dict[str, Any]] = msgspec.json.decode((folder / "manifest.json").read_bytes())["files"]
    own = {name: {"bytes": (folder / name).stat().st_size} for name in ("manifest.json", "signature.json")}
    return own | said


def networks_of(folder: Path) -> list[dict[str, Any]]:
    """The networks of a release: `decision`, `disarm` (techniques), `counts` (accounts, parts, posts)."""
    said: list[dict[str, Any]] = msgspec.json.decode((folder / "manifest.json").read_bytes()).get("networks", [])
    return said


def release_of(row: Row) -> Release:
    """A row of `store.RELEASE`."""
    return Release(
        id=row[0],
        title=row[1],
        method=row[2],
        decisions=tuple(msgspec.json.decode(row[3])),
        counts=msgspec.json.decode(row[4]),
        manifest=row[5],
        published_at=row[6],
        version=row[7],
        stale_at=row[8],
        trouble=row[9],
    )
