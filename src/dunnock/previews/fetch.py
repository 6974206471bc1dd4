"""Looks what a link leads to: page, oEmbed, picture; a job, once for all posts that have the link."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import structlog

from dunnock.accounts.find import find_by_handle
from dunnock.foundation.clock import MINUTE
from dunnock.foundation.db import Db
from dunnock.foundation.http import Answer, Door, OutsideFailed, OutsideForbidden, Wanted
from dunnock.foundation.job import Job
from dunnock.media import MediaFailed, MediaRejected, MediaStore, MediaTooLarge, Picture
from dunnock.previews import store
from dunnock.previews.address import host_of, normal_address
from dunnock.previews.embed import Embed, framed, read_embed
from dunnock.previews.events import PreviewChanged
from dunnock.previews.job import FetchPreview
from dunnock.previews.model import Card
from dunnock.previews.page import Page, decoded, read_page
from dunnock.previews.sweep import SweepPreviews, sweep_previews
from dunnock.text import BadHandle, parse_handle

PAUSES_MS = (MINUTE, 15 * MINUTE)
"""Between the tries where nobody answers; then there is nothing to show."""
_PAGE = Wanted(
    plain=True, types=frozenset({"text/html", "application/xhtml+xml"}), most=1024 * 1024, cut=True, hops=5, within_s=10
)
_EMBED = Wanted(
    plain=True,
    types=frozenset({"application/json", "application/json+oembed", "text/json", "text/javascript"}),
    most=256 * 1024,
    within_s=8,
)
_PICTURE = Wanted(
    plain=True,
    types=frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"}),
    most=8 * 1024 * 1024,
    within_s=15,
)
_LATER = frozenset((408, 425, 429, 500, 502, 503, 504))
_log = structlog.get_logger()


class _NotNow(Exception):
    """Nobody answered; somebody may, later."""


class _Found(msgspec.Struct, frozen=True):
    """What is at an address. `url`: the page's own address, in normal form."""

    url: str
    card: Card
    picture: Picture | None


def jobs_of(door: Door, media_store: MediaStore, *, here: str) -> dict[type[Job], Callable[[Db, Any], Awaitable[None]]]:
    """Who does the jobs of this package. `here`: this server's domain."""

    async def do_fetch(db: Db, job: FetchPreview) -> None:
        await fetch_preview(db, door, media_store, job, here=here)

    async def do_sweep(db: Db, _: SweepPreviews) -> None:
        await sweep_previews(db)

    return {FetchPreview: do_fetch, SweepPreviews: do_sweep}


async def fetch_preview(db: Db, door: Door, media_store: MediaStore, job: FetchPreview, *, here: str) -> None:
    """Do the job. Where there is nothing to show, what was found before stays."""
    known = await store.find(db, job.preview_id)
    if known is None:
        return
    try:
        found = await _look(db, door, media_store, known.url, here=here)
    except _NotNow:
        if job.tries < len(PAUSES_MS):
            async with db.begin() as tx:
                again = msgspec.structs.replace(job, tries=job.tries + 1)
                await tx.enqueue(again, run_at=tx.now + PAUSES_MS[job.tries])
            return
        found = None
    async with db.begin() as tx:
        if found is None:
            await store.put_nothing(tx, known.id)
            return
        link_id = known.id
        if found.url != known.url:
            page = await store.known(tx, found.url) or await store.add(tx, found.url)
            link_id = page.id
            await store.note_asked(tx, page.id)
            await store.put(tx, page.id, link_id=page.id, card=found.card, picture=found.picture)
            await tx.record(PreviewChanged(preview_id=page.id))
        await store.put(tx, known.id, link_id=link_id, card=found.card, picture=found.picture)
        await tx.record(PreviewChanged(preview_id=known.id))


async def _look(db: Db, door: Door, media_store: MediaStore, url: str, *, here: str) -> _Found | None:
    """What is there; None when there is nothing to show.

    Raises:
        _NotNow: nobody answered.
    """
    try:
        answer = await door.get(url, _PAGE, headers={"accept": "text/html, application/xhtml+xml;q=0.9"})
    except OutsideForbidden:
        return None
    except OutsideFailed as failed:
        if "another type" in failed.args:
            return None
        raise _NotNow from failed
    if answer.status in _LATER:
        raise _NotNow
    if answer.status != 200 or host_of(answer.url) == here:
        return None
    # In a thread: a megabyte of somebody's HTML takes some milliseconds that others would wait for.
    page = await asyncio.to_thread(_read, answer)
    embed = await _embed(door, page, answer.url, here=here)
    card, image = _card(page, embed, here=here)
    if not card.title and not card.html:
        return None
    creator = await _creator(db, page.creator, answer.url, here=here)
    if creator is not None:
        card = msgspec.structs.replace(card, creator_id=creator[0], credited=creator[1])
    picture = None
    if image:
        kept = await _picture(door, media_store, image)
        if kept is not None:
            picture, blurhash = kept
            size = picture.original
            card = msgspec.structs.replace(card, blurhash=blurhash)
            if card.type == "link" or not card.width or not card.height:
                card = msgspec.structs.replace(card, width=size.width, height=size.height)
    own = normal_address(page.canonical) or normal_address(answer.url) or url
    return _Found(own, card, picture)


async def _creator(db: Db, handle: str, url: str, *, here: str) -> tuple[int, bool] | None:
    """The account that a page names, and whether it names the page's domain, or one above it, as its own in turn."""
    try:
        named = parse_handle(handle)
    except BadHandle:
        return None
    account = await find_by_handle(db, named.name, "" if named.domain in {None, here} else named.domain or "")
    if account is None or not account.shown:
        return None
    labels = host_of(url).partition(":")[0].lower().split(".")
    return account.id, any(".".join(labels[at:]) in account.attribution_domains for at in range(len(labels)))


def _read(answer: Answer) -> Page:
    return read_page(decoded(answer.body, answer.charset), answer.url)


async def _embed(door: Door, page: Page, base: str, *, here: str) -> Embed | None:
    if not page.oembed:
        return None
    # An endpoint given as http on a page that came over https is there over https too.
    endpoint = (
        f"https{page.oembed[4:]}" if base.startswith("https:") and page.oembed.startswith("http:") else page.oembed
    )
    try:
        answer = await door.get(endpoint, _EMBED, headers={"accept": "application/json"})
    except (OutsideFailed, OutsideForbidden):
        return None
    return read_embed(answer.body, endpoint, here=here) if answer.status == 200 else None


def _card(page: Page, embed: Embed | None, *, here: str) -> tuple[Card, str]:
    """The card, and where its picture is: as oEmbed has it, and what that leaves out as the page has it."""
    said: dict[str, Any] = {
        "description": page.description,
        "language": page.language,
        "published_at": page.published_at,
        "image_description": page.image_description,
    }
    if embed is not None:
        card = embed.card
        if not card.title:
            card = msgspec.structs.replace(card, title=page.title)
        return msgspec.structs.replace(card, **said), embed.image or page.image
    player = framed(page.player, width=page.width, height=page.height, here=here) if page.player else ""
    card = Card(
        type="video" if player else "link",
        title=page.title,
        author_name=page.author_name,
        author_url=page.author_url,
        provider_name=page.provider_name,
        provider_url=page.provider_url,
        html=player,
        width=page.width if player else 0,
        height=page.height if player else 0,
        embed_url=page.player_stream,
        **said,
    )
    return card, page.image


async def _picture(door: Door, media_store: MediaStore, url: str) -> tuple[Picture, str] | None:
    """The picture in the size of a preview, and its blurhash; None when it can't be had."""
    try:
        answer = await door.get(url, _PICTURE, headers={"accept": "image/*"})
    except (OutsideFailed, OutsideForbidden):
        return None
    if answer.status != 200:
        return None
    path = await asyncio.to_thread(_written, answer.body)
    try:
        kept = await media_store.keep(path, kind="post")
    except (MediaRejected, MediaTooLarge):
        return None
    except MediaFailed as failed:
        _log.info("no picture for a preview", why=type(failed).__name__)
        return None
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
    # The full size is not shown; without a row that names it, it is swept away.
    return Picture(original=kept.picture.small or kept.picture.original), kept.blurhash or ""


def _written(body: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix="dunnock-preview-")
    with os.fdopen(handle, "wb") as file:
        file.write(body)
    return Path(name)
