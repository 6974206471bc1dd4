"""Hashtags: show, follow and feature them. Wire: Tag, FeaturedTag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts
from dunnock.api.kit import Called, Form, MaybeCalled, Paging, Query, public, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, cursor_of, links, me, viewer_of
from dunnock.api.mastodon.render import Render
from dunnock.feeds import tags as followed
from dunnock.foundation.clock import SECOND, iso_day, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Missing
from dunnock.foundation.settings import Settings
from dunnock.posts import featured
from dunnock.posts.hashtag_search import FoundHashtag, find_hashtag
from dunnock.posts.hashtags import find_or_make

FOLLOWED_A_PAGE = 100
_ONE = "/api/v1/tags/{name:str}"


class FeatureForm(msgspec.Struct):
    """Which hashtag, with or without `#`."""

    name: str = ""


@get(_ONE, guards=[public()])
async def show_tag(
    name: FromPath[str], caller: MaybeCalled, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> wire.Tag:
    """One hashtag and how much it was used in the last seven days."""
    return await _tag_named(db, name, settings, viewer_of(caller))


@post(f"{_ONE}/follow", guards=[require("write:follows")], status_code=200)
async def follow_tag(
    name: FromPath[str], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> wire.Tag:
    """Have public posts with a hashtag in one's home feed."""
    async with db.begin() as tx:
        await followed.follow_tag(tx, me(caller), name)
    return await _tag_named(db, name, settings, me(caller))


@post(f"{_ONE}/unfollow", guards=[require("write:follows")], status_code=200)
async def unfollow_tag(
    name: FromPath[str], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> wire.Tag:
    """Have them there no longer."""
    found = await _find(db, name)
    if found.id:
        async with db.begin() as tx:
            await followed.unfollow_tag(tx, me(caller), found.id)
    return await _tag_named(db, name, settings, me(caller))


@get("/api/v1/followed_tags", guards=[require("read:follows")])
async def list_followed_tags(
    params: Query[Paging], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[list[wire.Tag]]:
    """The hashtags that the caller follows, latest first; the cursor is the follow, so follow the Link header."""
    cursor = cursor_of(params, default=FOLLOWED_A_PAGE)
    page = await followed.followed_tags(db, me(caller), cursor, now=now_ms())
    shown = await show_tags(db, page.tags, settings.public_url, me(caller))
    link = links(
        settings.public_url,
        "/api/v1/followed_tags",
        cursor,
        count=len(page.tags),
        newest=page.newest,
        oldest=page.oldest,
    )
    return answer(msgspec.json.encode(shown), link=link)


@post(f"{_ONE}/feature", guards=[require("write:accounts")], status_code=200)
async def feature_tag(
    name: FromPath[str], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> wire.Tag:
    """Show a hashtag on the caller's profile."""
    async with db.begin() as tx:
        await find_or_make(tx, name)
        await featured.feature(tx, me(caller), name, again=True)
    return await _tag_named(db, name, settings, me(caller))


@post(f"{_ONE}/unfeature", guards=[require("write:accounts")], status_code=200)
async def unfeature_tag(
    name: FromPath[str], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> wire.Tag:
    """Show it there no longer."""
    found = await _find(db, name)
    if found.id:
        async with db.begin() as tx:
            await featured.unfeature(tx, me(caller), found.id)
    return await _tag_named(db, name, settings, me(caller))


# On profiles --------------------------------------------------------------------------------------------------------


@get("/api/v1/featured_tags", guards=[require("read:accounts")])
async def list_featured_tags(
    caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> list[wire.FeaturedTag]:
    """The hashtags on the caller's profile, the most used first."""
    return await featured_tags_of(db, render, me(caller))


@post("/api/v1/featured_tags", guards=[require("write:accounts")], status_code=200)
async def add_featured_tag(
    form: Form[FeatureForm], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> wire.FeaturedTag:
    """Show a hashtag on the caller's profile."""
    async with db.begin() as tx:
        made = await featured.feature(tx, me(caller), form.name)
    return _featured(made, await render.profile_of(me(caller)))


@get("/api/v1/featured_tags/suggestions", guards=[require("read:accounts")])
async def suggest_featured_tags(
    caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> list[wire.Tag]:
    """What the caller tags posts with most, and does not show on the profile yet."""
    found = await featured.suggested_tags(db, me(caller), now=now_ms())
    return await show_tags(db, found, settings.public_url, me(caller))


@delete("/api/v1/featured_tags/{featured_id:int}", guards=[require("write:accounts")], status_code=200)
async def remove_featured_tag(featured_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Show a hashtag on the caller's profile no longer."""
    async with db.begin() as tx:
        await featured.drop_featured(tx, me(caller), featured_id)
    return {}


@get("/api/v1/accounts/{account_id:int}/featured_tags", guards=[public("read:accounts")])
async def list_featured_tags_of(
    account_id: FromPath[int], db: NamedDependency[Db], render: NamedDependency[Render]
) -> list[wire.FeaturedTag]:
    """The hashtags on an account's profile, the most used first."""
    await accounts.find_shown(db, account_id)
    return await featured_tags_of(db, render, account_id)


# Showing ------------------------------------------------------------------------------------------------------------


async def show_tags(db: Db, found: Sequence[FoundHashtag], public_url: str, viewer_id: int) -> list[wire.Tag]:
    """Tag; `following` and `featuring` are there for members only (`viewer_id` 0: somebody else). Two queries at most."""
    ids = [one.id for one in found if one.id] if viewer_id else []
    follows = await followed.followed_among(db, viewer_id, ids)
    features = await featured.featured_among(db, viewer_id, ids)
    shown = [tag(one, public_url) for one in found]
    if viewer_id:
        for one, made in zip(found, shown, strict=True):
            made.following, made.featuring = one.id in follows, one.id in features
    return shown


def tag(one: FoundHashtag, public_url: str) -> wire.Tag:
    """Tag as strangers see it."""
    return wire.Tag(
        id=str(one.id) if one.id else "",
        name=one.name,
        url=f"{public_url}/tags/{quote(one.key)}",
        history=[
            wire.TagHistory(day=str(day.at // SECOND), uses=str(day.uses), accounts=str(day.accounts))
            for day in one.days
        ],
    )


async def _find(db: Db, name: str) -> FoundHashtag:
    found = await find_hashtag(db, name, now=now_ms())
    if found is None:
        raise Missing(name)
    return found


async def _tag_named(db: Db, name: str, settings: Settings, viewer_id: int) -> wire.Tag:
    return (await show_tags(db, [await _find(db, name)], settings.public_url, viewer_id))[0]


async def featured_tags_of(db: Db, render: Render, account_id: int) -> list[wire.FeaturedTag]:
    """Array of FeaturedTag: what is on an account's profile, the most used first."""
    found = await featured.featured_tags(db, account_id)
    if not found:
        return []
    profile = await render.profile_of(account_id)
    return [_featured(one, profile) for one in found]


def _featured(one: featured.FeaturedTag, profile: str) -> wire.FeaturedTag:
    return wire.FeaturedTag(
        id=str(one.id),
        name=one.name,
        url=f"{profile}/tagged/{quote(one.key)}",
        statuses_count=str(one.posts),
        last_status_at=None if one.last_post_at is None else iso_day(one.last_post_at),
    )


HANDLERS: list[Any] = [
    show_tag, follow_tag, unfollow_tag, list_followed_tags, feature_tag, unfeature_tag,
    list_featured_tags, add_featured_tag, suggest_featured_tags, remove_featured_tag, list_featured_tags_of,
]  # fmt: skip
