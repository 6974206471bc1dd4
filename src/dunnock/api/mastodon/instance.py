"""What the server says about itself: GET /api/v1/instance, /api/v2/instance and what belongs to them. Kept as bytes."""

from __future__ import annotations

import asyncio
import functools
import struct
import zlib
from collections.abc import Sequence
from typing import Any, Literal, Protocol

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import __version__, accounts, push, server, text
from dunnock.accounts.census import Census, peers, take_census
from dunnock.accounts.server_rules import federation_limited, public_server_blocks
from dunnock.api.kit import Caller, Lane, MaybeCalled, Query, public, send_json
from dunnock.api.kit.caller import BadToken
from dunnock.api.mastodon.pages import answer
from dunnock.foundation.clock import HOUR, MINUTE, SECOND, iso, iso_day, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.events import Logged
from dunnock.foundation.settings import Settings
from dunnock.media import limits as media_limits
from dunnock.moderation import figures
from dunnock.posts import model as posts_limits
from dunnock.posts import poll as poll_limits
from dunnock.posts.featured import MOST_FEATURED

# What we do of Mastodon's: clients switch features by these. Annual reports and subscriptions by mail are the only parts of
# 4.6 that are not here, and a server may do without them.
MASTODON_VERSION = "4.6.0"
VERSION = f"{MASTODON_VERSION} (compatible; Dunnock {__version__})"
API_VERSIONS = {"mastodon": 10}
MIME_TYPES = [
    *("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"),
    *(
        "video/webm",
        "video/mp4",
        "video/quicktime",
        "video/ogg",
        "video/x-matroska",
        "video/x-ms-asf",
        "video/x-msvideo",
    ),
    *("audio/wave", "audio/wav", "audio/x-wav", "audio/x-pn-wave", "audio/vnd.wave", "audio/ogg", "audio/vorbis"),
    *("audio/mpeg", "audio/mp3", "audio/webm", "audio/flac", "audio/aac", "audio/m4a", "audio/x-m4a", "audio/mp4"),
    "audio/3gpp",
]
"""What can be attached; what a file is decides its content, not what it is called."""
THUMBNAIL, THUMBNAIL_2X = "/api/v1/instance/thumbnail.png", "/api/v1/instance/thumbnail@2x.png"
THUMBNAIL_BLURHASH = "LaD[e9oLfQoL0%azfQaz$$jtfQjt"  # of that picture: tests/api/test_server.py makes it
MOST_PEERS_FOUND = 10
FRESH_MS = MINUTE  # how old the counts may be
_encode = msgspec.json.encode


class ShowsAccounts(Protocol):
    """What can make an account's JSON."""

    async def account(self, account_id: int, /) -> bytes:
        """The account's entity."""


class Rule(msgspec.Struct, kw_only=True):
    """Rule; `translations` by language."""

    id: str
    text: str
    hint: str
    translations: dict[str, dict[str, str]]


class ExtendedDescription(msgspec.Struct, kw_only=True):
    """ExtendedDescription and PrivacyPolicy; `content` is HTML."""

    updated_at: str
    content: str


class TermsOfService(msgspec.Struct, kw_only=True):
    """TermsOfService; days as YYYY-MM-DD, `content` is HTML."""

    effective_date: str
    effective: bool
    content: str
    succeeded_by: str | None


class Activity(msgspec.Struct, kw_only=True):
    """A week, by the Unix time (seconds) at which it begins; all as text."""

    week: str
    statuses: str
    logins: str
    registrations: str


class Language(msgspec.Struct):
    """A language that posts can be in."""

    code: str
    name: str


class DomainBlock(msgspec.Struct, kw_only=True):
    """DomainBlock; `domain` may be hidden in part, `digest` is the SHA-256 of the whole name."""

    domain: str
    digest: str
    severity: Literal["silence", "suspend"]
    comment: str


_TOLD_OF = frozenset((server.GuideChanged, server.SettingChosen, accounts.ServerRulesChanged))


class _Guide(msgspec.Struct, frozen=True):
    """What the documents tell of rules and pages."""

    rules: list[Rule]
    privacy_policy: str
    terms: str | None

    @classmethod
    async def read(cls, db: Db, settings: Settings) -> _Guide:
        """As it stands now."""
        has_terms = bool(await server.all_terms(db))
        return cls(
            await _rules(db),
            f"{settings.public_url}/privacy-policy",
            f"{settings.public_url}/terms-of-service" if has_terms else None,
        )


class Instance:
    """The documents of one process, made at most once a minute."""

    def __init__(
        self, db: Db, settings: Settings, show: ShowsAccounts | None = None, *, icons: Sequence[tuple[str, str]] = ()
    ) -> None:
        """`show` renders the owner's account as the contact; None: no contact is named. `icons`: (192x192, its path)."""
        self._db, self._settings, self._show, self._icons = db, settings, show, icons
        self._made_at = self._figured_at = 0
        self._weeks: Sequence[figures.Week] = ()
        self._peers: Sequence[str] = ()
        self._census = Census(0, 0, 0, 0, 0, None)
        self._limited = False
        self._v1 = self._v2 = b""
        self._first = asyncio.Lock()
        self._vapid_key = ""
        db.listen(self._heard)

    def _heard(self, logged: Sequence[Logged]) -> None:
        if any(type(one.event) in _TOLD_OF for one in logged):
            self.forget()

    async def v1(self) -> bytes:
        """V1::Instance."""
        await self._ready()
        return self._v1

    async def v2(self) -> bytes:
        """Instance."""
        await self._ready()
        return self._v2

    async def census(self) -> Census:
        """The counts in the documents."""
        await self._ready()
        return self._census

    async def weeks(self) -> Sequence[figures.Week]:
        """How busy the last weeks were."""
        await self._figure()
        return self._weeks

    async def peers(self) -> Sequence[str]:
        """The servers that this one knows."""
        await self._figure()
        return self._peers

    def forget(self) -> None:
        """Make the documents again when they are next asked for."""
        self._made_at = self._figured_at = 0

    async def _figure(self) -> None:
        if now_ms() - self._figured_at <= HOUR:
            return
        self._figured_at = now_ms()  # first, as below
        try:
            self._weeks, self._peers = await figures.weeks(self._db), await peers(self._db)
        except BaseException:
            self._figured_at = 0
            raise

    async def _ready(self) -> None:
        if not self._v1:
            async with self._first:  # there is nothing yet that others could get meanwhile
                if not self._v1:
                    await self._make()
        elif now_ms() - self._made_at > FRESH_MS:
            await self._make()

    async def _make(self) -> None:
        self._made_at = now_ms()  # first, so that requests meanwhile get what there is and don't count too
        try:
            self._census = census = await take_census(self._db)
            contact = msgspec.Raw(b"null")
            if census.owner_id is not None and self._show is not None:
                contact = msgspec.Raw(await self._show.account(census.owner_id))
            self._vapid_key = await push.public_key(self._db)
            self._limited = await federation_limited(self._db)
            guide = await _Guide.read(self._db, self._settings)
            self._v1, self._v2 = self._write_v1(census, contact, guide), self._write_v2(census, contact, guide)
        except BaseException:
            self._made_at = 0
            raise

    def _configuration(self) -> dict[str, Any]:
        return {
            "accounts": {
                "max_featured_tags": MOST_FEATURED,
                "max_pinned_statuses": posts_limits.MOST_PINS,
                "max_display_name_length": 30,
                "max_note_length": 500,
                "max_avatar_description_length": 150,
                "max_header_description_length": 150,
                "max_profile_fields": 4,
                "profile_field_name_limit": 255,
                "profile_field_value_limit": 255,
            },
            "statuses": {
                "max_characters": self._settings.max_post_length,
                "max_media_attachments": posts_limits.MOST_MEDIA,
                "characters_reserved_per_url": 23,
            },
            "media_attachments": {
                "supported_mime_types": MIME_TYPES,
                "description_limit": 1500,
                "image_size_limit": self._settings.media_bytes,
                "image_matrix_limit": media_limits.SOURCE_PIXELS,
                "video_size_limit": media_limits.CLIP_BYTES,
                "video_frame_rate_limit": media_limits.CLIP_RATE,
                "video_matrix_limit": media_limits.CLIP_PIXELS,
            },
            "polls": {
                "max_options": poll_limits.MOST_OPTIONS,
                "max_characters_per_option": poll_limits.LONGEST_OPTION,
                "min_expiration": poll_limits.SHORTEST_S,
                "max_expiration": poll_limits.LONGEST_S,
            },
        }

    def _streaming(self) -> str:
        return "ws" + self._settings.public_url.removeprefix("http")

    def _write_v2(self, census: Census, contact: msgspec.Raw, guide: _Guide) -> bytes:
        settings = self._settings
        return _encode(
            {
                "domain": settings.domain,
                "title": settings.title,
                "version": VERSION,
                "source_url": f"{settings.public_url}/about",  # says where the source is
                "description": settings.description,
                "usage": {"users": {"active_month": census.active_month}},
                "thumbnail": {
                    "url": f"{settings.public_url}{THUMBNAIL}",
                    "description": "A sky at dusk, from dark blue to orange",
                    "blurhash": THUMBNAIL_BLURHASH,
                    "versions": {
                        "@1x": f"{settings.public_url}{THUMBNAIL}",
                        "@2x": f"{settings.public_url}{THUMBNAIL_2X}",
                    },
                },
                "icon": [{"src": f"{settings.public_url}{path}", "size": size} for size, path in self._icons],
                "languages": ["en"],
                "configuration": {
                    "urls": {
                        "streaming": self._streaming(),
                        "about": f"{settings.public_url}/about",
                        "status": f"{settings.public_url}/status",
                        "privacy_policy": guide.privacy_policy,
                        "terms_of_service": guide.terms,
                    },
                    "vapid": {"public_key": self._vapid_key},
                    **self._configuration(),
                    "for_you": {"enabled": settings.recommend},
                    "translation": {"enabled": bool(settings.translate_url)},
                    "limited_federation": self._limited,
                    "timelines_access": {
                        feeds: {"local": "public", "remote": "public"}
                        for feeds in ("live_feeds", "hashtag_feeds", "trending_link_feeds")
                    },
                },
                "registrations": {
                    "enabled": settings.sign_up in {"open", "approval"},
                    "approval_required": settings.sign_up == "approval",
                    "reason_required": settings.sign_up == "approval",
                    "message": None,
                    "min_age": settings.min_age or None,
                    "url": None,
                },
                "api_versions": API_VERSIONS,
                "contact": {"email": settings.contact_email, "account": contact},
                "rules": guide.rules,
                "wrapstodon": None,
            }
        )

    def _write_v1(self, census: Census, contact: msgspec.Raw, guide: _Guide) -> bytes:
        settings = self._settings
        return _encode(
            {
                "uri": settings.domain,
                "title": settings.title,
                "short_description": settings.description,
                "description": settings.description,
                "email": settings.contact_email,
                "version": VERSION,
                "urls": {"streaming_api": self._streaming()},
                "stats": {"user_count": census.members, "status_count": census.posts, "domain_count": census.servers},
                "thumbnail": f"{settings.public_url}{THUMBNAIL}",
                "languages": ["en"],
                "registrations": settings.sign_up in {"open", "approval"},
                "approval_required": settings.sign_up == "approval",
                "invites_enabled": settings.sign_up == "invitation",
                "configuration": self._configuration(),
                "contact_account": contact,
                "rules": guide.rules,
            }
        )


def add_to(lane: Lane, instance: Instance) -> None:
    """Serve the two documents that every client asks for first from the fast lane."""
    need = public()
    cached = [(b"cache-control", b"public, max-age=60")]

    async def show_v1(scope: Any, send: Any) -> None:
        await need.admit(scope)
        await send_json(send, 200, await instance.v1(), cached)

    async def show_v2(scope: Any, send: Any) -> None:
        await need.admit(scope)
        await send_json(send, 200, await instance.v2(), cached)

    lane.add("GET", "/api/v1/instance", show_v1)
    lane.add("GET", "/api/v2/instance", show_v2)


@get("/api/v1/instance", guards=[public()])
async def show_instance_v1(instance: NamedDependency[Instance]) -> Response[dict[str, Any]]:
    """The server, as clients before Mastodon 4.0 know it."""
    return answer(await instance.v1())


@get("/api/v2/instance", guards=[public()])
async def show_instance(instance: NamedDependency[Instance]) -> Response[dict[str, Any]]:
    """The server: name, version, limits, whether one may sign up."""
    return answer(await instance.v2())


@get("/api/v1/instance/rules", guards=[public()])
async def list_rules(db: NamedDependency[Db]) -> list[Rule]:
    """The server's rules, in their order."""
    return await _rules(db)


async def _rules(db: Db) -> list[Rule]:
    return [rule_wire(one) for one in await server.rules(db)]


def rule_wire(one: server.Rule) -> Rule:
    """Rule of one of ours."""
    return Rule(
        id=str(one.id),
        text=one.text,
        hint=one.hint,
        translations={language: {"text": said.text, "hint": said.hint} for language, said in one.translations.items()},
    )


class PeersParams(msgspec.Struct, frozen=True):
    """The beginning of a server's name."""

    q: str = ""


@get("/api/v1/instance/peers", guards=[public()])
async def list_peers(
    caller: MaybeCalled, db: NamedDependency[Db], instance: NamedDependency[Instance]
) -> Sequence[str]:
    """The servers that this one knows; for members only where it knows none but those that are allowed."""
    await _open(db, caller)
    return await instance.peers()


@get("/api/v1/peers/search", guards=[public()])
async def search_peers(
    params: Query[PeersParams], caller: MaybeCalled, db: NamedDependency[Db], instance: NamedDependency[Instance]
) -> list[str]:
    """Known servers whose names begin so, ten at most."""
    await _open(db, caller)
    wanted = params.q.strip().lower()
    return [one for one in await instance.peers() if one.startswith(wanted)][:MOST_PEERS_FOUND] if wanted else []


async def _open(db: Db, caller: Caller | None) -> None:
    if (caller is None or caller.account_id is None) and await federation_limited(db):
        raise BadToken(say="This API requires an authenticated user")


@get("/api/v1/instance/extended_description", guards=[public()])
async def show_extended_description(
    db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> ExtendedDescription:
    """A longer text about the server; the short one where nobody wrote any."""
    written = await server.page(db, "about")
    if written is None:
        return ExtendedDescription(updated_at=iso(0), content=f"<p>{text.escape(settings.description)}</p>")
    return ExtendedDescription(updated_at=iso(written.updated_at), content=text.markdown(written.text))


@get("/api/v1/instance/privacy_policy", guards=[public()])
async def show_privacy_policy(db: NamedDependency[Db], settings: NamedDependency[Settings]) -> ExtendedDescription:
    """What is kept about people; the text that comes with the software where the owner wrote none."""
    written = await server.page(db, "privacy")
    if written is None:
        return ExtendedDescription(
            updated_at=iso(server.PRIVACY_WRITTEN_AT), content=text.markdown(server.privacy_text(settings.domain))
        )
    return ExtendedDescription(updated_at=iso(written.updated_at), content=text.markdown(written.text))


@get("/api/v1/instance/terms_of_service", guards=[public()])
async def show_terms(db: NamedDependency[Db]) -> TermsOfService:
    """The terms of service that hold now."""
    return _terms(await server.current_terms(db, now_ms()))


@get("/api/v1/instance/terms_of_service/{day:str}", guards=[public()])
async def show_terms_of(day: FromPath[str], db: NamedDependency[Db]) -> TermsOfService:
    """The terms of service that hold from a day (YYYY-MM-DD) on."""
    return _terms(await server.terms_of(db, day))


def _terms(one: server.Terms) -> TermsOfService:
    return TermsOfService(
        effective_date=one.effective_on,
        effective=one.effective(iso_day(now_ms())),
        content=text.markdown(one.text),
        succeeded_by=one.succeeded_by,
    )


@get("/api/v1/instance/languages", guards=[public()], sync_to_thread=False)
def list_languages() -> list[Language]:
    """The languages that a post can be in."""
    return [Language(code, text.LANGUAGE_NAMES.get(code, code)) for code in sorted(text.LANGUAGES)]


@get("/api/v1/instance/activity", guards=[public()])
async def list_activity(
    caller: MaybeCalled, db: NamedDependency[Db], instance: NamedDependency[Instance]
) -> list[Activity]:
    """How busy the last twelve weeks were, this one first: posts and boosts, visits (a member's once a day), new members."""
    await _open(db, caller)
    return [
        Activity(
            week=str(one.begins_at // SECOND),
            statuses=str(one.posts),
            logins=str(one.visits),
            registrations=str(one.joined),
        )
        for one in await instance.weeks()
    ]


@get("/api/v1/instance/domain_blocks", guards=[public()])
async def list_server_blocks(db: NamedDependency[Db]) -> list[DomainBlock]:
    """The servers that this one suspends or limits, the strictest rule first, and why."""
    return [
        DomainBlock(
            domain=one.shown_domain,
            digest=one.digest,
            severity="silence" if one.severity == "limit" else "suspend",
            comment=one.public_comment or "",
        )
        for one in await public_server_blocks(db)
    ]


@get(THUMBNAIL, guards=[public()], include_in_schema=False, sync_to_thread=False)
def show_thumbnail() -> Response[bytes]:
    """The server's picture, 1200 x 630 pixels."""
    return _picture(1)


@get(THUMBNAIL_2X, guards=[public()], include_in_schema=False, sync_to_thread=False)
def show_large_thumbnail() -> Response[bytes]:
    """The same, 2400 x 1260 pixels."""
    return _picture(2)


def _picture(scale: int) -> Response[bytes]:
    return Response(_thumbnail(scale), media_type="image/png", headers={"cache-control": "public, max-age=86400"})


@functools.cache
def _thumbnail(scale: int) -> bytes:
    """A picture of dusk: the sky of a dunnock's song."""
    width, height = 1200 * scale, 630 * scale
    top, bottom = (38, 50, 74), (214, 142, 96)
    rows = []
    for y in range(height):
        share = (y / height) ** 1.6
        rows.append(b"\0" + bytes(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)) * width)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"".join(rows), 9))
        + chunk(b"IEND", b"")
    )


HANDLERS = [
    show_thumbnail,
    show_large_thumbnail,
    search_peers,
    show_instance_v1,
    show_instance,
    list_rules,
    list_peers,
    list_languages,
    show_extended_description,
    show_privacy_policy,
    show_terms,
    show_terms_of,
    list_activity,
    list_server_blocks,
]
