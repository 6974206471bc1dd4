"""Trends, and why something is one. Wire: Tag, Status, Trends::Link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from dunnock import accounts, discovery, previews, text
from dunnock.api.kit import MaybeCalled, Query, link_header, page_limit, public
from dunnock.api.mastodon import fragments, wire
from dunnock.api.mastodon.pages import answer, viewer_of
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.tags import show_tags
from dunnock.discovery import Judged, Reading, SubjectMissing, TrendingLink, Trends
from dunnock.feeds import Feeds
from dunnock.foundation.clock import SECOND, iso, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.posts.errors import PostMissing
from dunnock.posts.hashtag_search import find_hashtag
from dunnock.posts.hashtags import HashtagMissing

TAGS, POSTS, LINKS = 10, 20, 10


class AdminTrendsParams(msgspec.Struct, frozen=True):
    """How many, and after how many."""

    limit: int | None = None
    offset: int | None = None


class TrendsParams(AdminTrendsParams, frozen=True):
    """Whose trends: `lang` stands first as with Mastodon (else the member's language, else what the browser asks for).

    `language` is ours: only what is a trend in that language; `all`: nothing stands first.
    """

    lang: str | None = None
    language: str | None = None


class TrendsLink(wire.PreviewCard, kw_only=True):
    """Trends::Link."""

    history: list[wire.TagHistory]


class Part(msgspec.Struct):
    """A part of a list: from `offset` on, `limit` at most."""

    limit: int
    offset: int

    def of(self, everything: Sequence[Any]) -> Sequence[Any]:
        """Those that stand on it."""
        return everything[self.offset : self.offset + self.limit]

    def link(self, base: str, path: str, shown: int, params: TrendsParams | None = None) -> bytes:
        """The Link header: on while pages are full, back unless it is the first."""
        kept = [("limit", str(self.limit))]
        if params is not None:
            kept += [(name, to) for name, to in (("lang", params.lang), ("language", params.language)) if to]
        return link_header(
            base,
            path,
            kept,
            next={"offset": self.offset + self.limit} if self.limit and shown == self.limit else None,
            prev={"offset": max(self.offset - self.limit, 0)} if self.offset else None,
        )


def part_of(params: AdminTrendsParams, default: int) -> Part:
    """What the query asks for; without a limit `default`."""
    return Part(page_limit(params.limit, default), min(max(params.offset or 0, 0), 10_000))


# For everybody ------------------------------------------------------------------------------------------------------


async def provide_reading(request: Request[Any, Any, Any], caller: MaybeCalled, db: NamedDependency[Db]) -> Reading:
    """Litestar's dependency behind `reading`, from `TrendsParams`, the member's choice and what the client asks for.

    Source: Mastodon's Localized and Trends::Query (in_locale).
    """
    if wanted := request.query_params.get("language"):
        return Reading() if wanted == "all" else Reading(only=text.check_language(wanted) or wanted[:35])
    if (asked := text.check_language(request.query_params.get("lang"))) is not None:
        return Reading(first=asked)
    if caller is not None and caller.member_id is not None:
        member = await accounts.find_member(db, caller.member_id)
        return Reading(first=None if member is None else member.locale)
    accepted = text.accepted_languages(request.headers.get("accept-language", ""))
    return Reading(first=next((known for one in accepted if (known := text.check_language(one)) is not None), None))


READING = {"reading": Provide(provide_reading)}


async def _tags(
    params: TrendsParams, path: str, viewer: int, reading: Reading, *, db: Db, trends: Trends, settings: Settings
) -> Response[Any]:
    part = part_of(params, TAGS)
    found = [one.tag for one in part.of(await trends.tags(reading))]
    shown = await show_tags(db, found, settings.public_url, viewer)
    return answer(msgspec.json.encode(shown), link=part.link(settings.public_url, path, len(found), params))


@get("/api/v1/trends/tags", guards=[public()], dependencies=READING)
async def trending_tags(
    params: Query[TrendsParams],
    caller: MaybeCalled,
    reading: NamedDependency[Reading],
    db: NamedDependency[Db],
    *,
    trends: NamedDependency[Trends],
    settings: NamedDependency[Settings],
) -> Response[list[wire.Tag]]:
    """Hashtags that more accounts than usual took up, the strongest first."""
    return await _tags(
        params, "/api/v1/trends/tags", viewer_of(caller), reading, db=db, trends=trends, settings=settings
    )


@get("/api/v1/trends", guards=[public()], deprecated=True, dependencies=READING)
async def old_trends(
    params: Query[TrendsParams],
    caller: MaybeCalled,
    reading: NamedDependency[Reading],
    db: NamedDependency[Db],
    *,
    trends: NamedDependency[Trends],
    settings: NamedDependency[Settings],
) -> Response[list[wire.Tag]]:
    """The same for old clients."""
    return await _tags(params, "/api/v1/trends", viewer_of(caller), reading, db=db, trends=trends, settings=settings)


@get("/api/v1/trends/statuses", guards=[public("read:statuses")], dependencies=READING)
async def trending_statuses(
    params: Query[TrendsParams],
    caller: MaybeCalled,
    reading: NamedDependency[Reading],
    feeds: NamedDependency[Feeds],
    *,
    trends: NamedDependency[Trends],
    render: NamedDependency[Render],
) -> Response[list[wire.Status]]:
    """Posts that more accounts than usual favourited or boosted, the strongest first."""
    part, viewer = part_of(params, POSTS), viewer_of(caller) or None
    page = await feeds.chosen(await trends.posts(reading), viewer)
    page.entries = list(part.of(page.entries))
    link = part.link(render.addresses.base, "/api/v1/trends/statuses", len(page.entries), params)
    return answer(await render.page(page, viewer), link=link)


def link_wires(found: Sequence[TrendingLink], render: Render) -> list[dict[str, Any]]:
    """Trends::Link."""
    return [
        fragments.preview_wire(one.preview, render.addresses)
        | {
            "history": [
                {"day": str(day.at // SECOND), "uses": str(day.uses), "accounts": str(day.accounts)} for day in one.days
            ]
        }
        for one in found
    ]


@get("/api/v1/trends/links", guards=[public()], dependencies=READING)
async def trending_links(
    params: Query[TrendsParams],
    reading: NamedDependency[Reading],
    trends: NamedDependency[Trends],
    render: NamedDependency[Render],
) -> Response[list[TrendsLink]]:
    """Pages that more accounts than usual linked to, the strongest first."""
    part = part_of(params, LINKS)
    found = part.of(await trends.links(reading))
    link = part.link(render.addresses.base, "/api/v1/trends/links", len(found), params)
    return answer(msgspec.json.encode(link_wires(found, render)), link=link)


class WhoAndWhen(msgspec.Struct, kw_only=True):
    """Who was among the first, and when."""

    account_id: str
    at: str


class WhyTrending(msgspec.Struct, kw_only=True):
    """Why something is a trend, or is held back: accounts, as how many independent ones they count, of how many circles.

    `name` is a hashtag's, the id of a post, or the address of a page.
    """

    name: str
    listed: bool
    held_because: str | None
    accounts: int
    effective: float
    communities: int
    without_past: int
    unvouched: int
    together: int
    first: list[WhoAndWhen]


class Held(msgspec.Struct, kw_only=True):
    """Something that is not listed though many took it up; what it is, is not told on."""

    kind: str
    since: str
    because: str
    accounts: int
    effective: float
    communities: int


@get("/api/v1/dunnock/trends/tags/{name:str}", guards=[public()])
async def why_trending(
    name: FromPath[str], db: NamedDependency[Db], trends: NamedDependency[Trends]
) -> Response[WhyTrending]:
    """Why a hashtag is a trend, or is held back; 404 when few took it up."""
    tag = await find_hashtag(db, name, now=now_ms())
    why = None if tag is None else await trends.why("tag", tag.id)
    if tag is None or why is None:
        raise HashtagMissing(name)
    return _why(tag.name, why, listed=any(one.tag.id == tag.id for one in await trends.tags()))


@get("/api/v1/dunnock/trends/statuses/{post_id:int}", guards=[public("read:statuses")])
async def why_status_trending(
    post_id: FromPath[int], caller: MaybeCalled, feeds: NamedDependency[Feeds], trends: NamedDependency[Trends]
) -> Response[WhyTrending]:
    """Why a post is a trend, or is held back; 404 when few took it up."""
    why = await trends.why("post", post_id)
    if why is None or not (await feeds.chosen([post_id], viewer_of(caller) or None)).entries:
        raise PostMissing(post_id)
    return _why(str(post_id), why, listed=post_id in await trends.posts())


class LinkParams(msgspec.Struct, frozen=True):
    """The address of a page."""

    url: str = ""


@get("/api/v1/dunnock/trends/links", guards=[public()])
async def why_link_trending(
    params: Query[LinkParams], db: NamedDependency[Db], trends: NamedDependency[Trends]
) -> Response[WhyTrending]:
    """Why a page is a trend, or is held back; 404 when few linked to it."""
    link_id = await previews.find_link(db, params.url)
    why = None if link_id is None else await trends.why("link", link_id)
    if why is None:
        raise SubjectMissing(params.url)
    listed = any(one.preview.link_id == link_id for one in await trends.links())
    return _why(params.url, why, listed=listed)


def _why(name: str, why: Judged, *, listed: bool) -> Response[Any]:
    found = why.found
    shown = WhyTrending(
        name=name,
        listed=listed,
        held_because=None if found.held is None else str(found.held),
        accounts=found.raw,
        effective=round(found.effective, 1),
        communities=found.communities,
        without_past=found.unknown,
        unvouched=found.unvouched,
        together=found.together,
        first=[WhoAndWhen(account_id=str(one), at=iso(at)) for one, at in why.first],
    )
    return answer(msgspec.json.encode(shown))


@get("/api/v1/dunnock/trends/held", guards=[public()])
async def held_trends(db: NamedDependency[Db]) -> Response[list[Held]]:
    """What is held back at the moment, and why."""
    shown = [
        Held(
            kind=one.kind,
            since=iso(one.since),
            because=str(one.reason),
            accounts=one.accounts,
            effective=round(one.effective, 1),
            communities=one.communities,
        )
        for kind in ("tag", "post", "link")
        for one in await discovery.held_back(db, kind)
    ]
    return answer(msgspec.json.encode(shown))


# For staff ----------------------------------------------------------------------------------------------------------


HANDLERS: list[Any] = [
    why_trending,
    why_status_trending,
    why_link_trending,
    held_trends,
    trending_tags,
    old_trends,
    trending_statuses,
    trending_links,
]
