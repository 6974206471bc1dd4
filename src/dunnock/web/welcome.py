"""The front page, for strangers and for members, and what the server says about itself."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from dunnock import __version__, accounts, notifications, server, text
from dunnock.accounts.census import Census
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Id, Query
from dunnock.api.mastodon.instance import Instance
from dunnock.feeds import Cursor, Feeds, lists
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.web.about import has_terms, rules_for, within_page
from dunnock.web.cards import Cards, Face
from dunnock.web.catalogue import catalogue
from dunnock.web.composer import composer
from dunnock.web.first_run import awaits_owner
from dunnock.web.onboarding import came_for, first_steps
from dunnock.web.pages import PageParams, pages
from dunnock.web.show import Show
from dunnock.web.steps import cursor_of, steps_of
from dunnock.web.visitor import Member, Visitor
from dunnock.web.words import N_, NN_

MOST_NEW = 40
_MOST_UNREAD = 100
_NEW, _UNREAD = NN_("%(num)s new post", "%(num)s new posts"), NN_("%(num)s unread", "%(num)s unread")
JOINING = {
    "open": N_("Everybody can join."),
    "approval": N_("You can ask to join; somebody who runs this server reads each request."),
    "invitation": N_("You can join with an invitation from somebody here."),
    "closed": N_("This server takes no new people at the moment."),
}


@get("/")
async def show_front(
    *,
    params: Query[PageParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    feeds: NamedDependency[Feeds],
    instance: NamedDependency[Instance],
    cards: NamedDependency[Cards],
) -> Response[str] | Response[None]:
    """What this server is and what is new; for members their home feed and a form for a post."""
    cursor = cursor_of(params)
    if visitor.account_id is not None:
        page, now = await feeds.home(visitor.account_id, cursor), now_ms()
        return show(
            "home.html",
            asks_age=(await accounts.age_of(db, visitor.account_id, now=now)).asks(now),
            shown=await cards.page(page, "home"),
            newest=page.entries[0].id if page.entries and not cursor.max_id and not cursor.min_id else None,
            steps=steps_of(page, cursor),
            lists=await lists.lists_of(db, visitor.account_id),
            came_for=await came_for(db, visitor, cards),
            first_steps=await first_steps(db, show, visitor),
            **await composer(db, settings, visitor),
            **await about(settings, instance, cards),
            me=(await cards.faces([visitor.account_id]))[0],
        )
    if await awaits_owner(db, settings):
        return show.go("/setup")
    page = await feeds.public(None, cursor, where="local")
    return show(
        "welcome.html",
        shown=await cards.page(page, "public"),
        steps=steps_of(page, cursor),
        rules=await rules_for(db, show.locale),
        **await about(settings, instance, cards),
    )


@get("/home")
async def lead_home(show: NamedDependency[Show], member: NamedDependency[Member]) -> Response[None]:  # noqa: ARG001 (strangers sign in)
    """Where Mastodon has the home feed."""
    return show.go("/")


class NewParams(msgspec.Struct, frozen=True):
    """The newest post that a page shows."""

    after: Id | None = None


@get("/home/new")
async def count_new(
    *,
    params: Query[NewParams],
    member: NamedDependency[Member],
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    feeds: NamedDependency[Feeds],
) -> Response[dict[str, Any]]:
    """How many posts came into the home feed since, how many notifications are unread, and the words: for the script."""
    db.sync()
    count = 0
    if params.after is not None:
        page = await feeds.home(member.account_id, Cursor(MOST_NEW, None, None, params.after))
        count = len(page.entries)
    unread = await notifications.unread(db, member.account_id, most=_MOST_UNREAD)
    words = catalogue(show.locale)
    told = {
        "count": count,
        "words": words.form(*_NEW, count) % {"num": count},
        "unread": unread,
        "unread_words": words.form(*_UNREAD, unread) % {"num": unread},
    }
    return Response(told, headers={"cache-control": "private, no-store"})


@get("/about")
async def show_about(
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    instance: NamedDependency[Instance],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """The server: who runs it, who may join, which apps work, what is kept."""
    written = await server.page(db, "about")
    return show(
        "about.html",
        version=__version__,
        rules=await rules_for(db, show.locale),
        longer=None if written is None else within_page(text.markdown(written.text)),
        has_terms=await has_terms(db),
        **await about(settings, instance, Cards(db, account_views)),
    )


async def about(settings: Settings, instance: Instance, cards: Cards) -> dict[str, Any]:
    """What the templates say of the server."""
    census: Census = await instance.census()
    owner: list[Face] = await cards.faces([census.owner_id]) if census.owner_id is not None else []
    return {
        "description": settings.description,
        "domain": settings.domain,
        "sign_up": settings.sign_up,
        "joining": JOINING[settings.sign_up],
        "census": census,
        "owner": owner[0] if owner else None,
    }


HANDLERS = pages(show_front, lead_home, count_new, show_about)
