"""What the world may know of what staff did, for people and for programs."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from dunnock import transparency
from dunnock.api.kit import Id, Query
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.ids import ms_of
from dunnock.foundation.settings import Settings
from dunnock.transparency import indicators
from dunnock.web.about import has_terms
from dunnock.web.locales import ENGLISH
from dunnock.web.pages import pages
from dunnock.web.show import Show
from dunnock.web.translate import templates

_MOST_ENDS = 100
_MONTHS_SHOWN = 12
_CHUNK = 256 * 1024
_FORMER = re.compile(r"versions/(\d{1,9})/(manifest\.json|signature\.json)")
_OPEN = {"cache-control": "public, max-age=60", "access-control-allow-origin": "*"}


class AfterParams(msgspec.Struct, frozen=True):
    """`after`: only entries behind the one with this number."""

    after: int = 0


class EndsParams(msgspec.Struct, frozen=True):
    """`before`: only ends that are older than the one with this id."""

    before: Id | None = None


@get("/transparency")
async def show_transparency(
    show: NamedDependency[Show], db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[str]:
    """Where the log of what staff did ended, and how to check it."""
    ends = [(ms_of(end_id), end) for end_id, end in await transparency.published_ends(db, most=10)]
    months = [
        (month, sum((await transparency.find_report(db, month)).said["accounts"].values()))
        for month in (await transparency.monthly_reports(db))[:_MONTHS_SHOWN]
    ]
    return show(
        "transparency.html",
        ends=ends,
        releases=await transparency.published_releases(db),
        months=months,
        governments=await transparency.government_requests(db),
        indicators=await indicators.said_now(db) if settings.publish_indicators else None,
        has_terms=await has_terms(db),
    )


@get("/transparency/reports/{month:str}")
async def show_month(month: FromPath[str], show: NamedDependency[Show], db: NamedDependency[Db]) -> Response[str]:
    """What staff did in a month, from the log."""
    report = await transparency.find_report(db, month)
    return show("month.html", report=report, said=report.said, has_terms=await has_terms(db))


@get("/transparency/reports/{month:str}/report.json")
async def fetch_month(month: FromPath[str], db: NamedDependency[Db]) -> Response[bytes]:
    """The same for programs, signed. Format: docs/transparency.md."""
    return _json(msgspec.json.encode(await transparency.find_report(db, month)))


@get("/transparency/statements.json")
async def list_statements(
    params: Query[EndsParams], db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[bytes]:
    """Statements of reasons, newest first, 100 at a time; `next`: where older ones are. Format: docs/transparency.md."""
    found = await transparency.stated(db, before=params.before, most=_MOST_ENDS)
    at = f"{settings.public_url}/transparency/statements.json"
    told = [
        {
            "id": str(one.id),
            "stated_at": iso(ms_of(one.id)),
            "withdrawn_at": None if one.withdrawn_at is None else iso(one.withdrawn_at),
            "statement": one.content,
        }
        for one in found
    ]
    more = f"{at}?before={found[-1].id}" if len(found) == _MOST_ENDS else None
    return _json(msgspec.json.encode({"statements": told, "next": more}))


@get("/transparency/statements.atom")
async def feed_statements(
    params: Query[EndsParams], db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[str]:
    """The same for readers of news; older ones behind `rel="next"`. Source: RFC 4287, RFC 5005."""
    found = await transparency.stated(db, before=params.before, most=_MOST_ENDS)
    at = f"{settings.public_url}/transparency/statements.atom"
    xml = (
        templates(ENGLISH)
        .get_template("statements.atom.xml")
        .render(
            at=at,
            before=params.before,
            entries=[(one, iso(ms_of(one.id)), iso(one.withdrawn_at or ms_of(one.id))) for one in found],
            updated=iso(max((one.withdrawn_at or ms_of(one.id) for one in found), default=0)),
            more=f"{at}?before={found[-1].id}" if len(found) == _MOST_ENDS else "",
            host=settings.domain,
        )
    )
    return Response(xml, media_type="application/atom+xml; charset=utf-8", headers=_OPEN)


@get("/transparency/log-ends")
async def collect_log_ends(db: NamedDependency[Db], settings: NamedDependency[Settings]) -> Response[bytes]:
    """The newest signed ends as a collection of ActivityPub, which the server's actor names (`logEnds`)."""
    at = f"{settings.public_url}/transparency/log-ends"
    items = [
        {
            "id": f"{at}#{end_id}",
            "type": "Object",
            "attributedTo": f"{settings.public_url}/actor",
            "published": iso(ms_of(end_id)),
            "mediaType": "application/json",
            "content": msgspec.json.encode(end).decode(),
        }
        for end_id, end in await transparency.published_ends(db, most=_MOST_ENDS)
    ]
    told = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": at,
        "type": "OrderedCollection",
        "orderedItems": items,
    }
    return Response(msgspec.json.encode(told), media_type="application/activity+json", headers=_OPEN)


@get("/transparency/indicators.json")
async def list_indicators(
    params: Query[AfterParams],
    request: Request[Any, Any, Any],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """What decided cases know that other servers can use, oldest first, 200 at a time. Format: docs/indicators.md."""
    found = await indicators.public_page(db, settings, after=params.after)
    return _tagged(request, msgspec.json.encode(found.page), found.tag, "application/json")


@get("/transparency/indicators.stix.json")
async def bundle_indicators(
    params: Query[AfterParams],
    request: Request[Any, Any, Any],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """The same entries as a bundle of STIX 2.1."""
    found = await indicators.public_page(db, settings, after=params.after)
    bundle = indicators.bundle_of(
        found.head.server, [one.content for one in found.page.entries if one.content is not None]
    )
    return _tagged(request, msgspec.json.encode(bundle), found.tag, "application/stix+json;version=2.1")


@get("/transparency/releases/{release_id:int}")
async def show_release(
    release_id: FromPath[int], show: NamedDependency[Show], db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[str]:
    """What was taken down, with figures, how to check it, and its files."""
    release = await transparency.find_published(db, release_id)
    folder = transparency.folder_of(settings.data / "releases", release.manifest)
    files = {} if folder is None else transparency.files_of(folder)
    networks = () if folder is None else transparency.networks_of(folder)
    versions = await transparency.versions_of(db, release_id)
    return show(
        "release.html",
        release=release,
        files=files,
        networks=networks,
        versions=versions,
        has_terms=await has_terms(db),
    )


@get("/transparency/releases/{release_id:int}/{name:path}")
async def fetch_release(
    release_id: FromPath[int], name: FromPath[str], db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Stream:
    """One of its files, as a download; of former versions the manifest and the signature alone.

    What was taken out is not handed out any more, and what was said before can still be checked.
    """
    release = await transparency.find_published(db, release_id)
    wanted, manifest = name.removeprefix("/"), release.manifest
    former = _FORMER.fullmatch(wanted)
    if former is not None:
        wanted = former[2]
        manifest = next(
            (one.manifest for one in await transparency.versions_of(db, release_id) if str(one.number) == former[1]), ""
        )
    folder = transparency.folder_of(settings.data / "releases", manifest)
    if folder is None or wanted not in transparency.files_of(folder) or not (folder / wanted).is_file():
        raise transparency.ReleaseMissing(wanted[:100])
    path = folder / wanted

    async def parts() -> AsyncIterator[bytes]:
        with path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, _CHUNK):
                yield chunk

    headers = {
        **_OPEN,
        "content-disposition": f'attachment; filename="{path.name}"',
        "content-length": str(path.stat().st_size),
        "x-content-type-options": "nosniff",
    }
    return Stream(parts(), media_type="application/octet-stream", headers=headers)


@get("/transparency/log-ends.json")
async def list_log_ends(
    params: Query[EndsParams], db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[bytes]:
    """The signed ends of the log, newest first, 100 at a time; `next`: where older ones are. Format: docs/audit-log.md."""
    found = await transparency.published_ends(db, before=params.before, most=_MOST_ENDS)
    more = (
        f"{settings.public_url}/transparency/log-ends.json?before={found[-1][0]}" if len(found) == _MOST_ENDS else None
    )
    return _json(msgspec.json.encode({"ends": [one for _, one in found], "next": more}))


def _tagged(request: Request[Any, Any, Any], content: bytes, tag: str, kind: str) -> Response[bytes]:
    """With what says whether it changed, and the digest of it. Source: RFC 9110, 13.1.2 (If-None-Match); RFC 9530."""
    headers = {**_OPEN, "etag": f'"{tag}"'}
    if f'"{tag}"' in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    seen = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return Response(content, media_type=kind, headers=headers | {"repr-digest": f"sha-256=:{seen}:"})


def _json(content: bytes) -> Response[bytes]:
    return Response(content, media_type="application/json", headers=_OPEN)


HANDLERS = pages(
    show_transparency, show_release, fetch_release, list_log_ends, show_month, fetch_month, list_statements, feed_statements,
    collect_log_ends, list_indicators, bundle_indicators,
)  # fmt: skip
