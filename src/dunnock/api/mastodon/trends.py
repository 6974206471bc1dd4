"""Trends, and what staff say of them. Wire: Tag, Status, Trends::Link, Admin::Tag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import HttpMethod, Request, Response, get, post, route
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock import accounts, discovery, previews, text
from dunnock.api.kit import Called, Form, MaybeCalled, Paging, Query, link_header, page_limit, public, require
from dunnock.api.mastodon import fragments, wire
from dunnock.api.mastodon.pages import answer, cursor_of, links_of, me, viewer_of
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.tags import show_tags
from dunnock.discovery import Judged, Publisher, Reading, SubjectMissing, TrendingLink, Trends
from dunnock.feeds import Feeds
from dunnock.foundation.clock import SECOND, iso, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.posts.errors import PostMissing
from dunnock.posts.hashtag_rules import HashtagChanges, RuledHashtag
from dunnock.posts.hashtag_search import find_hashtag
from dunnock.posts.hashtags import HashtagMissing

READS, WRITES = "admin:read", "admin:write"
TAGS, POSTS, LINKS = 10, 20, 10
PUBLISHERS = 100
ALL_TAGS = 100


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


class TagForm(msgspec.Struct):
    """What staff say of a hashtag; what is not sent stays."""

    display_name: str | UnsetType = UNSET
    trendable: bool | UnsetType = UNSET
    usable: bool | UnsetType = UNSET
    listable: bool | UnsetType = UNSET


class AdminTag(wire.Tag, kw_only=True):
    """Admin::Tag."""

    trendable: bool
    usable: bool
    listable: bool
    requires_review: bool


class AdminStatus(wire.Status, kw_only=True):
    """A trending Status with what staff want to know of it."""

    requires_review: bool


class TrendsLink(wire.PreviewCard, kw_only=True):
    """Trends::Link."""

    history: list[wire.TagHistory]


class AdminLink(TrendsLink, kw_only=True):
    """A trending link with what staff want to know of it."""

    id: str
    requires_review: bool


class AdminPublisher(msgspec.Struct, kw_only=True):
    """A host whose pages were candidates for trends."""

    id: str
    domain: str
    trendable: bool | None
    reviewed_at: str | None
    requested_review_at: str | None
    requires_review: bool


class _Part(msgspec.Struct):
    """A part of a list: from `offset` on, `limit` at most."""

    limit: int
    offset: int

    def of(self, everything: Sequence[Any]) -> Sequence[Any]:
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


def _part(params: AdminTrendsParams, default: int) -> _Part:
    return _Part(page_limit(params.limit, default), min(max(params.offset or 0, 0), 10_000))


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
    part = _part(params, TAGS)
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
    part, viewer = _part(params, POSTS), viewer_of(caller) or None
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
    part = _part(params, LINKS)
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


async def admin_tags(db: Db, found: Sequence[RuledHashtag], public_url: str, viewer: int) -> list[AdminTag]:
    """Admin::Tag of hashtags; what nobody looked at is usable, listable, and a trend when it is strong enough."""
    shown = await show_tags(db, [one.tag for one in found], public_url, viewer)
    return [
        AdminTag(
            id=str(one.tag.id),
            name=tag.name,
            url=tag.url,
            history=tag.history,
            following=tag.following,
            featuring=tag.featuring,
            trendable=bool(one.trendable),
            usable=one.usable,
            listable=one.listable,
            requires_review=not one.reviewed,
        )
        for one, tag in zip(found, shown, strict=True)
    ]


@get("/api/v1/admin/trends/tags", guards=[require(READS)])
async def admin_trending_tags(
    params: Query[AdminTrendsParams],
    caller: Called,
    db: NamedDependency[Db],
    trends: NamedDependency[Trends],
    settings: NamedDependency[Settings],
) -> Response[list[AdminTag]]:
    """Hashtags that are trends or could be: also those that staff refused or did not look at."""
    await accounts.permit(db, me(caller), accounts.Power.MANAGE_TAXONOMIES)
    part = _part(params, TAGS)
    found = part.of(await trends.tags(every=True))
    shown = await admin_tags(db, found, settings.public_url, me(caller))
    link = part.link(settings.public_url, "/api/v1/admin/trends/tags", len(shown))
    return answer(msgspec.json.encode(shown), link=link)


async def _say(db: Db, caller: Called, hashtag_id: int, changes: HashtagChanges, settings: Settings) -> AdminTag:
    async with db.begin() as tx:
        changed = await discovery.change_hashtag(tx, hashtag_id, changes, by=me(caller))
    return (await admin_tags(db, [changed], settings.public_url, me(caller)))[0]


@post("/api/v1/admin/trends/tags/{hashtag_id:int}/approve", guards=[require(WRITES)], status_code=200)
async def approve_tag(
    hashtag_id: FromPath[int], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> AdminTag:
    """Let a hashtag be a trend."""
    return await _say(db, caller, hashtag_id, HashtagChanges(trendable=True), settings)


@post("/api/v1/admin/trends/tags/{hashtag_id:int}/reject", guards=[require(WRITES)], status_code=200)
async def reject_tag(
    hashtag_id: FromPath[int], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> AdminTag:
    """Let a hashtag be no trend."""
    return await _say(db, caller, hashtag_id, HashtagChanges(trendable=False), settings)


@get("/api/v1/admin/trends/statuses", guards=[require(READS)])
async def admin_trending_statuses(
    params: Query[AdminTrendsParams],
    caller: Called,
    db: NamedDependency[Db],
    *,
    feeds: NamedDependency[Feeds],
    trends: NamedDependency[Trends],
    render: NamedDependency[Render],
) -> Response[list[AdminStatus]]:
    """Posts that are trends or could be: also those that staff refused or did not look at."""
    await accounts.permit(db, me(caller), accounts.Power.MANAGE_TAXONOMIES)
    part = _part(params, POSTS)
    page = await feeds.chosen(await trends.posts(every=True), me(caller))
    ids = [card.id for card in part.of(page.entries)]
    link = part.link(render.addresses.base, "/api/v1/admin/trends/statuses", len(ids))
    return answer(b"[" + b",".join(await _reviewed(db, render, ids, me(caller))) + b"]", link=link)


async def _reviewed(db: Db, render: Render, ids: list[int], viewer: int) -> list[bytes]:
    shown = await render.statuses_by_id(ids, viewer)
    unreviewed = await discovery.unreviewed_posts(db, ids)
    return [
        shown[one][:-1] + b',"requires_review":%b}' % (b"true" if one in unreviewed else b"false")
        for one in ids
        if one in shown
    ]


async def _review(db: Db, caller: Called, render: Render, post_id: int, *, trendable: bool) -> Response[Any]:
    async with db.begin() as tx:
        await discovery.review_post(tx, post_id, trendable=trendable, by=me(caller))
    shown = await _reviewed(db, render, [post_id], me(caller))
    if not shown:
        raise PostMissing(post_id)
    return answer(shown[0])


@post("/api/v1/admin/trends/statuses/{post_id:int}/approve", guards=[require(WRITES)], status_code=200)
async def approve_status(
    post_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminStatus]:
    """Let a post be a trend."""
    return await _review(db, caller, render, post_id, trendable=True)


@post("/api/v1/admin/trends/statuses/{post_id:int}/reject", guards=[require(WRITES)], status_code=200)
async def reject_status(
    post_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminStatus]:
    """Let a post be no trend."""
    return await _review(db, caller, render, post_id, trendable=False)


def _admin_links(found: Sequence[TrendingLink], render: Render) -> list[dict[str, Any]]:
    return [
        {"id": str(one.preview.link_id)} | shown | {"requires_review": not one.reviewed}
        for one, shown in zip(found, link_wires(found, render), strict=True)
    ]


@get("/api/v1/admin/trends/links", guards=[require(READS)])
async def admin_trending_links(
    params: Query[AdminTrendsParams],
    caller: Called,
    db: NamedDependency[Db],
    trends: NamedDependency[Trends],
    render: NamedDependency[Render],
) -> Response[list[AdminLink]]:
    """Links that are trends or could be: also those that staff refused or did not look at."""
    await accounts.permit(db, me(caller), accounts.Power.MANAGE_TAXONOMIES)
    part = _part(params, LINKS)
    found = part.of(await trends.links(every=True))
    link = part.link(render.addresses.base, "/api/v1/admin/trends/links", len(found))
    return answer(msgspec.json.encode(_admin_links(found, render)), link=link)


async def _say_of_link(db: Db, caller: Called, render: Render, link_id: int, *, trendable: bool) -> Response[Any]:
    async with db.begin() as tx:
        said = await discovery.review_link(tx, link_id, trendable=trendable, by=me(caller))
    return answer(msgspec.json.encode(_admin_links([said], render)[0]))


@post("/api/v1/admin/trends/links/{link_id:int}/approve", guards=[require(WRITES)], status_code=200)
async def approve_link(
    link_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminLink]:
    """Let a link be a trend."""
    return await _say_of_link(db, caller, render, link_id, trendable=True)


@post("/api/v1/admin/trends/links/{link_id:int}/reject", guards=[require(WRITES)], status_code=200)
async def reject_link(
    link_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminLink]:
    """Let a link be no trend."""
    return await _say_of_link(db, caller, render, link_id, trendable=False)


def _publisher(one: Publisher) -> AdminPublisher:
    return AdminPublisher(
        id=str(one.id),
        domain=one.domain,
        trendable=one.trendable,
        reviewed_at=None if one.reviewed_at is None else iso(one.reviewed_at),
        requested_review_at=None,
        requires_review=one.trendable is None,
    )


@get("/api/v1/admin/trends/links/publishers", guards=[require(READS)])
async def list_publishers(
    params: Query[Paging], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[list[AdminPublisher]]:
    """Hosts whose pages were candidates for trends, newest first."""
    cursor = cursor_of(params, default=PUBLISHERS)
    found = await discovery.list_publishers(db, cursor, by=me(caller))
    link = links_of(settings.public_url, "/api/v1/admin/trends/links/publishers", cursor, [one.id for one in found])
    return answer(msgspec.json.encode([_publisher(one) for one in found]), link=link)


@post("/api/v1/admin/trends/links/publishers/{publisher_id:int}/approve", guards=[require(WRITES)], status_code=200)
async def approve_publisher(publisher_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> AdminPublisher:
    """Let a host's pages be trends."""
    async with db.begin() as tx:
        return _publisher(await discovery.review_publisher(tx, publisher_id, trendable=True, by=me(caller)))


@post("/api/v1/admin/trends/links/publishers/{publisher_id:int}/reject", guards=[require(WRITES)], status_code=200)
async def reject_publisher(publisher_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> AdminPublisher:
    """Let a host's pages be no trends."""
    async with db.begin() as tx:
        return _publisher(await discovery.review_publisher(tx, publisher_id, trendable=False, by=me(caller)))


# Hashtags, for staff ------------------------------------------------------------------------------------------------


@get("/api/v1/admin/tags", guards=[require(READS)])
async def list_tags(
    params: Query[Paging], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[list[AdminTag]]:
    """All hashtags, newest first."""
    cursor = cursor_of(params, default=ALL_TAGS)
    found = await discovery.list_hashtags(db, cursor, by=me(caller), now=now_ms())
    shown = await admin_tags(db, found, settings.public_url, me(caller))
    link = links_of(settings.public_url, "/api/v1/admin/tags", cursor, [one.tag.id for one in found])
    return answer(msgspec.json.encode(shown), link=link)


@get("/api/v1/admin/tags/{hashtag_id:int}", guards=[require(READS)])
async def show_tag(
    hashtag_id: FromPath[int], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> AdminTag:
    """One hashtag."""
    found = await discovery.show_hashtag(db, hashtag_id, by=me(caller), now=now_ms())
    return (await admin_tags(db, [found], settings.public_url, me(caller)))[0]


CHANGE = [HttpMethod.PATCH, HttpMethod.PUT]


@route("/api/v1/admin/tags/{hashtag_id:int}", http_method=CHANGE, guards=[require(WRITES)])
async def change_tag(
    hashtag_id: FromPath[int],
    form: Form[TagForm],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> AdminTag:
    """Say whether a hashtag may be a trend, becomes a link in posts, and is found by its beginning."""
    changes = HashtagChanges(
        name=form.display_name, trendable=form.trendable, usable=form.usable, listable=form.listable
    )
    return await _say(db, caller, hashtag_id, changes, settings)


HANDLERS: list[Any] = [
    why_trending,
    why_status_trending,
    why_link_trending,
    held_trends,
    trending_tags,
    old_trends,
    trending_statuses,
    admin_trending_tags,
    approve_tag,
    reject_tag,
    admin_trending_statuses,
    approve_status,
    reject_status,
    trending_links,
    admin_trending_links,
    approve_link,
    reject_link,
    list_publishers,
    approve_publisher,
    reject_publisher,
    list_tags,
    show_tag,
    change_tag,
]
