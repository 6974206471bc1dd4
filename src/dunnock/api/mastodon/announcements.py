"""Announcements of this server, and members' reactions. Wire: Announcement, Reaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, media, server, text
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.api.kit import Called, parse_id, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.fragments import Addresses, emoji_wire
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.posts.views import PostCard, PostViews

PATH = "/api/v1/announcements"
_ONE = f"{PATH}/{{announcement_id:int}}"
_EMOJI = f"{_ONE}/reactions/{{name:str}}"


class AnnouncedAccount(msgspec.Struct, kw_only=True):
    """Announcement::Account."""

    id: str
    username: str
    url: str
    acct: str


class AnnouncedStatus(msgspec.Struct, kw_only=True):
    """Announcement::Status."""

    id: str
    url: str


class Reaction(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Reaction; the addresses are there for custom emoji."""

    name: str
    count: int
    me: bool | msgspec.UnsetType = msgspec.UNSET
    url: str | msgspec.UnsetType = msgspec.UNSET
    static_url: str | msgspec.UnsetType = msgspec.UNSET


class Announcement(msgspec.Struct, kw_only=True):
    """Announcement; `content` is HTML."""

    id: str
    content: str
    starts_at: str | None
    ends_at: str | None
    all_day: bool
    published_at: str
    updated_at: str
    read: bool | msgspec.UnsetType = msgspec.UNSET
    mentions: list[AnnouncedAccount]
    statuses: list[AnnouncedStatus]
    tags: list[wire.StatusTag]
    emojis: list[wire.Emoji]
    reactions: list[Reaction]


@get(PATH, guards=[require(())])
async def list_announcements(
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    post_views: NamedDependency[PostViews],
    account_views: NamedDependency[AccountViews],
) -> list[Announcement]:
    """What is announced now, oldest first."""
    found = await server.told(db, me(caller), now=now_ms())
    return await shown(db, found, settings=settings, post_views=post_views, account_views=account_views)


@post(f"{_ONE}/dismiss", guards=[require("write:accounts")], status_code=200)
async def dismiss_announcement(
    announcement_id: FromPath[int], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Mark an announcement as read."""
    async with db.begin() as tx:
        await server.dismiss(tx, announcement_id, by=me(caller))
    return {}


@put(_EMOJI, guards=[require("write:favourites")])
async def react_to_announcement(
    announcement_id: FromPath[int], name: FromPath[str], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """React with an emoji, or with a custom one by its shortcode."""
    async with db.begin() as tx:
        await server.react(tx, announcement_id, name, by=me(caller))
    return {}


@delete(_EMOJI, guards=[require("write:favourites")], status_code=200)
async def unreact_to_announcement(
    announcement_id: FromPath[int], name: FromPath[str], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Take a reaction back."""
    async with db.begin() as tx:
        await server.unreact(tx, announcement_id, name, by=me(caller))
    return {}


class _Near(msgspec.Struct, frozen=True):
    """What the announcements of a page name, gathered once for all of them."""

    people: dict[str, accounts.Account]
    emoji: dict[str, media.Emoji]
    posts: dict[int, PostCard]
    authors: dict[int, AccountCard]
    addresses: Addresses
    settings: Settings


async def shown(
    db: Db,
    found: Sequence[server.Told],
    *,
    settings: Settings,
    post_views: PostViews,
    account_views: AccountViews,
    personal: bool = True,
) -> list[Announcement]:
    """Announcement for each. Not `personal` (for streams): without what only one reader did."""
    parsed = [text.parse(one.announcement.text) for one in found]
    handles = [_here(one, settings) for words in parsed for one in words.handles]
    named = {one for words in parsed for one in words.shortcodes}
    given = {one.name for each in found for one in each.reactions if one.name.isascii()}
    cards = await post_views.get({one for words in parsed for one in _linked(words.links, settings)})
    posts = {one.id: one for one in cards.values() if one.visibility in {"public", "unlisted"}}
    near = _Near(
        people=await accounts.find_by_handles(db, handles),
        emoji={one.shortcode: one for one in await media.find_emoji(db, sorted(named | given))},
        posts=posts,
        authors=await account_views.get({one.author_id for one in posts.values()}),
        addresses=Addresses(settings.public_url),
        settings=settings,
    )
    return [_wire(each, words, near, personal=personal) for each, words in zip(found, parsed, strict=True)]


def _wire(each: server.Told, words: text.Parsed, near: _Near, *, personal: bool) -> Announcement:
    one, addresses = each.announcement, near.addresses
    mentioned = {
        handle.key: account
        for handle in words.handles
        if (account := near.people.get(_here(handle, near.settings).key)) is not None and account.shown
    }
    pages = {key: account.url or f"{addresses.base}/@{account.username}" for key, account in mentioned.items()}
    return Announcement(
        id=str(one.id),
        content=text.render(
            words,
            mention_url={key: (pages[key], account.handle) for key, account in mentioned.items()},
            tag_url=addresses.tag,
        ),
        starts_at=None if one.starts_at is None else iso(one.starts_at),
        ends_at=None if one.ends_at is None else iso(one.ends_at),
        all_day=one.all_day,
        published_at=iso(one.published_at),
        updated_at=iso(one.updated_at),
        read=each.read if personal else msgspec.UNSET,
        mentions=[
            AnnouncedAccount(id=str(account.id), username=account.username, url=pages[key], acct=account.handle)
            for key, account in mentioned.items()
        ],
        statuses=[
            AnnouncedStatus(id=str(post_id), url=addresses.post(linked, near.authors[linked.author_id]))
            for post_id in _linked(words.links, near.settings)
            if (linked := near.posts.get(post_id)) is not None and linked.author_id in near.authors
        ],
        tags=[wire.StatusTag(name=tag.name.lower(), url=addresses.tag(tag.key)) for tag in words.hashtags],
        emojis=[
            msgspec.convert(emoji_wire(near.emoji[name], addresses), wire.Emoji)
            for name in words.shortcodes
            if name in near.emoji
        ],
        reactions=[_reaction(given, near, personal=personal) for given in each.reactions],
    )


def _reaction(given: server.Reaction, near: _Near, *, personal: bool) -> Reaction:
    custom = near.emoji.get(given.name)
    return Reaction(
        name=given.name,
        count=given.count,
        me=given.me if personal else msgspec.UNSET,
        url=msgspec.UNSET if custom is None else near.addresses.file(custom.file),
        static_url=msgspec.UNSET if custom is None else near.addresses.file(custom.still_file),
    )


def _here(handle: text.Handle, settings: Settings) -> text.Handle:
    """`name@this.server` is `name`."""
    return text.Handle(handle.name) if handle.domain == settings.domain else handle


def _linked(links: Iterable[str], settings: Settings) -> list[int]:
    """The ids of posts of this server among the links."""
    pattern = re.compile(rf"{re.escape(settings.public_url)}/(?:@[^/]+|users/[^/]+/statuses)/(\d{{1,19}})/?")
    return [an_id for link in links if (match := pattern.fullmatch(link)) and (an_id := parse_id(match[1]))]


HANDLERS: list[Any] = [
    list_announcements, dismiss_announcement, react_to_announcement, unreact_to_announcement,
]  # fmt: skip
