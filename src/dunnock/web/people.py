"""Profiles: what somebody shows of themselves, and what they posted."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.api.kit import Query
from dunnock.feeds import Cursor, Feeds
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Kind, Missing
from dunnock.foundation.settings import Settings
from dunnock.text import hashtag_key
from dunnock.web.cards import Cards
from dunnock.web.pages import PageParams, pages
from dunnock.web.show import Show
from dunnock.web.steps import cursor_of, steps_of
from dunnock.web.syndication import Channel, Format, feed, split
from dunnock.web.visitor import Visitor

_MOST_PINS = 5


class PersonGone(DomainError):
    """The account was here and is deleted or suspended."""

    code, kind, safe = "person_gone", Kind.GONE, "This account is gone"


@get(["/{handle:str}", "/{handle:str}/with_replies", "/{handle:str}/media"])
async def show_person(
    *,
    handle: FromPath[str],
    params: Query[PageParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    feeds: NamedDependency[Feeds],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """A profile with its posts, newest first; tabs with replies, and with pictures only."""
    handle, kind = split(handle)
    card = await find_person(account_views, handle, settings)
    if kind is not None and not card.domain:
        return await _feed(kind, card, show, cards=Cards(db, account_views), feeds=feeds, settings=settings)
    part = show.path.rstrip("/").rpartition("/")[2]
    tab = f"/{part}" if part in {"with_replies", "media"} and show.path.count("/") > 1 else ""
    if handle != f"@{card.handle}":
        return show.go(f"/@{card.handle}{tab}")
    cursor = cursor_of(params)
    page = await feeds.account(
        visitor.account_id,
        card.id,
        cursor,
        replies=tab == "/with_replies",
        boosts=tab != "/media",
        media=tab == "/media",
    )
    cards = Cards(db, account_views, viewer=visitor.account_id)
    first = not tab and cursor.max_id is None and cursor.min_id is None
    pinned = await feeds.pinned(visitor.account_id, card.id, Cursor(limit=_MOST_PINS)) if first else None
    return show(
        "person.html",
        person=await cards.profile(card),
        full=card.handle if card.domain else f"{card.handle}@{settings.domain}",
        tab=tab,
        pinned=await cards.page(pinned) if pinned else [],
        shown=await cards.page(page),
        steps=steps_of(page, cursor),
        mine=card.id == visitor.account_id,
        relation=await relation_to(db, visitor, card.id),
    )


@get("/{handle:str}/tagged/{tag:str}")
async def show_tagged(
    *,
    handle: FromPath[str],
    tag: FromPath[str],
    params: Query[PageParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    feeds: NamedDependency[Feeds],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """A profile with its posts under a hashtag: where featured hashtags lead."""
    card = await find_person(account_views, handle, settings)
    key = hashtag_key(tag)
    if not key:
        raise Missing(tag)
    tab = f"/tagged/{quote(key)}"
    if handle != f"@{card.handle}" or tag != key:
        return show.go(f"/@{card.handle}{tab}")
    cursor = cursor_of(params)
    page = await feeds.account(visitor.account_id, card.id, cursor, boosts=False, tag=key)
    cards = Cards(db, account_views, viewer=visitor.account_id)
    return show(
        "person.html",
        person=await cards.profile(card),
        full=card.handle if card.domain else f"{card.handle}@{settings.domain}",
        tab=tab,
        pinned=[],
        shown=await cards.page(page),
        steps=steps_of(page, cursor),
        mine=card.id == visitor.account_id,
        relation=await relation_to(db, visitor, card.id),
    )


@get("/users/{name:str}")
async def lead_to_person(name: FromPath[str], show: NamedDependency[Show]) -> Response[None]:
    """People who open the account's ActivityPub address in a browser."""
    return show.go(f"/@{quote(name, safe='')}")


@get("/users/{name:str}/statuses/{post_id:int}")
async def lead_to_post(name: FromPath[str], post_id: FromPath[int], show: NamedDependency[Show]) -> Response[None]:
    """People who open a post's ActivityPub address in a browser."""
    return show.go(f"/@{quote(name, safe='')}/{post_id}")


async def _feed(
    kind: Format, card: AccountCard, show: Show, *, cards: Cards, feeds: Feeds, settings: Settings
) -> Response[str]:
    """What somebody says to everybody, for readers of news: without answers and boosts, as Mastodon has it."""
    page = await feeds.account(None, card.id, Cursor(limit=20), replies=False, boosts=False)
    person = await cards.profile(card)
    channel = Channel(
        title=f"{card.display_name or card.username} (@{card.username}@{settings.domain})",
        url=f"{settings.public_url}/@{card.username}",
        about=person.summary,
        picture=settings.public_url + person.face.avatar,
    )
    shown = await cards.page(page)
    return feed(kind, channel, shown, base=settings.public_url, here=show.path, now=now_ms())


async def relation_to(db: Db, visitor: Visitor, account_id: int) -> accounts.Relationship | None:
    """How a member stands to an account; None for strangers, and to oneself."""
    if visitor.account_id is None or visitor.account_id == account_id:
        return None
    found = await accounts.relationships(db, visitor.account_id, [account_id])
    return found[0] if found else None


async def find_person(account_views: AccountViews, handle: str, settings: Settings) -> AccountCard:
    """The account behind `@name` or `@name@domain`.

    Raises:
        Missing: there is no such account, or that is no handle.
        PersonGone: it was deleted or suspended.
    """
    name, _, domain = handle.removeprefix("@").partition("@")
    if not handle.startswith("@") or not name or "\0" in handle:
        raise Missing(handle)
    found = await account_views.id_of(name, "" if domain == settings.domain else domain)
    card = None if found is None else await account_views.one(found)
    if card is None:
        raise Missing(handle)
    if card.standing in {"suspended", "deleted"}:
        raise PersonGone(card.id)
    return card


HANDLERS = pages(show_person, show_tagged, lead_to_person, lead_to_post)
