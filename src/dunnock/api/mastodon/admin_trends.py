"""What staff say of trends: hashtags, posts, links and those who publish them. Wire: Admin::Tag, Admin::Trends::…."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import HttpMethod, Response, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock import accounts, discovery
from dunnock.api.kit import Called, Form, Paging, Query, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, cursor_of, links_of, me
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.tags import show_tags
from dunnock.api.mastodon.trends import LINKS, POSTS, TAGS, AdminTrendsParams, TrendsLink, link_wires, part_of
from dunnock.discovery import Publisher, TrendingLink, Trends
from dunnock.feeds import Feeds
from dunnock.foundation.clock import iso, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.posts.errors import PostMissing
from dunnock.posts.hashtag_rules import HashtagChanges, RuledHashtag

READS, WRITES = "admin:read", "admin:write"
PUBLISHERS = 100
ALL_TAGS = 100


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
    part = part_of(params, TAGS)
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
    part = part_of(params, POSTS)
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
    part = part_of(params, LINKS)
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
    admin_trending_tags,
    approve_tag,
    reject_tag,
    admin_trending_statuses,
    approve_status,
    reject_status,
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
