"""Profiles: what somebody shows of themselves, what they posted, and whom they know."""

from __future__ import annotations

from typing import Literal
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
from dunnock.foundation.errors import Missing
from dunnock.foundation.settings import Settings
from dunnock.text import hashtag_key
from dunnock.web.cards import Cards
from dunnock.web.pages import PageParams, pages
from dunnock.web.person_page import PersonPage, find_person, relations_to
from dunnock.web.show import Show
from dunnock.web.steps import cursor_of, steps_of, steps_of_people
from dunnock.web.syndication import Channel, Format, feed, split
from dunnock.web.visitor import Visitor

_MOST_PINS = 5
_MOST_RECOMMENDED = 10
_A_PAGE = 40


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
    person_page: NamedDependency[PersonPage],
) -> Response[str] | Response[None]:
    """A profile with its posts, newest first; tabs with replies, and with pictures only."""
    handle, kind = split(handle)
    card = await find_person(account_views, handle, settings, db)
    if kind is not None and not card.domain:
        return await _feed(kind, card, show, cards=Cards(db, account_views), feeds=feeds, settings=settings)
    part = show.path.rstrip("/").rpartition("/")[2]
    tab = f"/{part}" if part in {"with_replies", "media"} and show.path.count("/") > 1 else ""
    if led := person_page.spelt(handle, card, tab):
        return led
    cursor = cursor_of(params)
    page = await feeds.account(
        visitor.account_id,
        card.id,
        cursor,
        replies=tab == "/with_replies",
        boosts=tab != "/media",
        media=tab == "/media",
    )
    first = not tab and cursor.max_id is None and cursor.min_id is None
    pinned = await feeds.pinned(visitor.account_id, card.id, Cursor(limit=_MOST_PINS)) if first else None
    return await person_page(
        card,
        tab=tab,
        first=first,
        pinned=await person_page.cards.page(pinned, "account") if pinned else [],
        shown=await person_page.cards.page(page, "account"),
        steps=steps_of(page, cursor),
    )


@get("/{handle:str}/tagged/{tag:str}")
async def show_tagged(
    *,
    handle: FromPath[str],
    tag: FromPath[str],
    params: Query[PageParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    feeds: NamedDependency[Feeds],
    person_page: NamedDependency[PersonPage],
) -> Response[str] | Response[None]:
    """A profile with its posts under a hashtag: where featured hashtags lead."""
    card = await person_page.find(handle)
    key = hashtag_key(tag)
    if not key:
        raise Missing(tag)
    tab = f"/tagged/{quote(key)}"
    if handle != f"@{card.handle}" or tag != key:
        return show.go(f"/@{card.handle}{tab}")
    cursor = cursor_of(params)
    page = await feeds.account(visitor.account_id, card.id, cursor, boosts=False, tag=key)
    shown = await person_page.cards.page(page, "account")
    return await person_page(card, tab=tab, pinned=[], shown=shown, steps=steps_of(page, cursor))


@get("/{handle:str}/about")
async def show_about(
    *,
    handle: FromPath[str],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    person_page: NamedDependency[PersonPage],
) -> Response[str] | Response[None]:
    """Since when somebody is here, what they were called, whom and what they recommend."""
    card = await person_page.find(handle)
    if led := person_page.spelt(handle, card, "/about"):
        return led
    some = accounts.Cursor(limit=_MOST_RECOMMENDED)
    recommended = await accounts.endorsed(db, card.id, some, viewer=visitor.account_id or 0)
    return await person_page(
        card,
        "person_about.html",
        tab="/about",
        recommended=await person_page.cards.faces(recommended.ids),
        relations=await relations_to(db, visitor, recommended.ids),
    )


@get(["/{handle:str}/followers", "/{handle:str}/following"])
async def show_network(
    *,
    handle: FromPath[str],
    params: Query[PageParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    person_page: NamedDependency[PersonPage],
) -> Response[str] | Response[None]:
    """Who follows an account or whom it follows, the latest first; nobody when its owner hides it."""
    which: Literal["followers", "following"] = "followers" if show.path.endswith("followers") else "following"
    card = await person_page.find(handle)
    if led := person_page.spelt(handle, card, f"/{which}"):
        return led
    viewer = visitor.account_id or 0
    hidden = await accounts.collections_hidden(db, await accounts.find_shown(db, card.id), viewer=viewer)
    cursor = accounts.Cursor(limit=_A_PAGE, max_id=params.max_id, min_id=params.min_id)
    read = accounts.followers if which == "followers" else accounts.following
    page = accounts.Page() if hidden else await read(db, card.id, cursor, viewer=viewer)
    return await person_page(
        card,
        "person_network.html",
        tab=f"/{which}",
        which=which,
        hidden=hidden,
        people=await person_page.cards.faces(page.ids),
        relations=await relations_to(db, visitor, page.ids),
        steps=steps_of_people(page, cursor),
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
    return feed(kind, channel, shown, base=settings.public_url, here=show.path, now=now_ms(), known=show.known)


HANDLERS = pages(show_person, show_tagged, show_about, show_network, lead_to_person, lead_to_post)
