"""Explore: what many people take up at the moment, and people to meet. For everybody; members see whom they might follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, discovery, text
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.discovery import HeldBack, People, Reading, Trends
from dunnock.discovery.trend_engine import Found
from dunnock.feeds import Feeds
from dunnock.foundation.db import Db
from dunnock.web.cards import Cards, Face, web_address
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.sparkline import sparkline
from dunnock.web.visitor import Member, Visitor

POSTS, TAGS, LINKS = 20, 20, 20
_PEOPLE = 40
_FURTHEST = 2_000
_FIRST, _HELD = 3, 10


class DirectoryParams(PageParams, kw_only=True, frozen=True):
    """After how many people, and in which order: `active` or `new`."""

    offset: int = 0
    order: str = "active"


class TrendsParams(PageParams, kw_only=True, frozen=True):
    """Of which language; `all`: of any, in the same order for everybody; empty: the visitor's own stands first."""

    language: str = ""

    def of(self, own: str | None) -> Reading:
        """How the trends are asked for; `own`: the language of the visitor's pages."""
        wanted = text.check_language(self.language)
        if self.language == "all":
            return Reading()
        return Reading(first=own) if wanted is None else Reading(only=wanted)


class SuggestionForm(Sent):
    """Whom to follow, or with `act` "dismiss" never to suggest again."""

    account_id: Id
    act: str = "follow"


@get("/explore")
async def show_posts(
    *,
    params: Query[TrendsParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    feeds: NamedDependency[Feeds],
    trends: NamedDependency[Trends],
    cards: NamedDependency[Cards],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Posts that more people than usual favourited or boosted, the strongest first, and who is behind each."""
    page = await feeds.chosen(await trends.posts(params.of(show.locale.tag)), visitor.account_id)
    page.entries = page.entries[:POSTS]
    shown = await cards.page(page, "public")
    behind = await _behind(trends, Cards(db, account_views), "post", [one.id for one in shown])
    whys = [(one, *behind[one.id]) for one in shown if one.id in behind]
    spoken = await _spoken(trends, "post", params)
    return show("explore_posts.html", kind="posts", spoken=spoken, shown=shown, whys=whys, held=await _held(db, "post"))


@get("/explore/tags")
async def show_tags(
    params: Query[TrendsParams],
    show: NamedDependency[Show],
    trends: NamedDependency[Trends],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Hashtags that more people than usual took up, who was first, as how many they count; and what is held back."""
    found = [one.tag for one in (await trends.tags(params.of(show.locale.tag)))[:TAGS]]
    behind = await _behind(trends, Cards(db, account_views), "tag", [one.id for one in found])
    tags = [(one, sparkline(one.days), *behind.get(one.id, (None, []))) for one in found]
    spoken = await _spoken(trends, "tag", params)
    return show("explore_tags.html", kind="tags", spoken=spoken, tags=tags, held=await _held(db, "tag"))


@get("/explore/links")
async def show_links(
    params: Query[TrendsParams],
    show: NamedDependency[Show],
    trends: NamedDependency[Trends],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Pages elsewhere that more people than usual linked to, and who is behind each."""
    found = (await trends.links(params.of(show.locale.tag)))[:LINKS]
    behind = await _behind(trends, Cards(db, account_views), "link", [one.preview.link_id for one in found])
    links: list[dict[str, Any]] = [
        {
            "url": url,
            "title": one.preview.card.title or url,
            "about": one.preview.card.description,
            "host": one.preview.card.provider_name or urlsplit(url).netloc,
            "language": one.preview.card.language,
            "line": sparkline(one.days),
            "behind": behind.get(one.preview.link_id, (None, [])),
        }
        for one in found
        if (url := web_address(one.preview.url)) is not None
    ]
    spoken = await _spoken(trends, "link", params)
    return show("explore_links.html", kind="links", spoken=spoken, links=links, held=await _held(db, "link"))


class Spoken(msgspec.Struct, frozen=True):
    """The choice of languages: the one that is chosen (`all`; empty: one's own first), and (tag, name) of all."""

    chosen: str
    choices: list[tuple[str, str]]


async def _spoken(trends: Trends, kind: str, params: TrendsParams) -> Spoken:
    chosen = "all" if params.language == "all" else text.check_language(params.language) or ""
    there = dict.fromkeys(await trends.languages(kind)) | dict.fromkeys([chosen] if chosen not in {"", "all"} else [])
    return Spoken(chosen, [(one, name_of(one)) for one in there])


def name_of(language: str) -> str:
    """How its speakers call a language, or its tag."""
    return text.LANGUAGE_NAMES.get(language) or text.LANGUAGE_NAMES.get(f"{language}-CN", language)


async def _behind(trends: Trends, cards: Cards, kind: str, ids: Sequence[int]) -> dict[int, tuple[Found, list[Face]]]:
    """What was found of each, and who took it up first."""
    why = {one: judged for one in ids if (judged := await trends.why(kind, one)) is not None}
    first = {account for judged in why.values() for account, _ in judged.first[:_FIRST]}
    faces = {one.id: one for one in await cards.faces(list(first))}
    return {
        one: (judged.found, [faces[an_id] for an_id, _ in judged.first[:_FIRST] if an_id in faces])
        for one, judged in why.items()
    }


async def _held(db: Db, kind: str) -> list[HeldBack]:
    return (await discovery.held_back(db, kind))[:_HELD]


@get(["/explore/people", "/directory"])
async def show_people(
    *,
    params: Query[DirectoryParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    people: NamedDependency[People],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """People who agreed to be found; for members first those they might want to follow, with the reason."""
    if show.path == "/directory":
        return show.go("/explore/people")
    offset, order = min(max(params.offset, 0), _FURTHEST), "new" if params.order == "new" else "active"
    ids = await people.directory(
        visitor.account_id, order="new" if order == "new" else "active", offset=offset, limit=_PEOPLE + 1
    )
    cards = Cards(db, account_views)
    suggested: list[tuple[Any, tuple[str, ...]]] = []
    if visitor.account_id is not None and not offset:
        found = await people.suggestions(visitor.account_id, limit=10)
        faces = {one.id: one for one in await cards.faces([one.account_id for one in found])}
        suggested = [(faces[one.account_id], one.sources) for one in found if one.account_id in faces]
    return show(
        "explore_people.html",
        spoken=None,
        suggested=suggested,
        people=await cards.faces(ids[:_PEOPLE]),
        order=order,
        newer=max(offset - _PEOPLE, 0) if offset else None,
        older=offset + _PEOPLE if len(ids) > _PEOPLE else None,
    )


@post("/explore/people", status_code=303)
async def answer_suggestion(
    form: Form[SuggestionForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Follow who was suggested, or never see them suggested again."""
    async with db.begin() as tx:
        if form.act == "dismiss":
            await discovery.dismiss_suggestion(tx, member.account_id, target=form.account_id)
        else:
            await accounts.follow(tx, follower=member.account_id, followed=form.account_id)
    return show.go("/explore/people", done="dismissed" if form.act == "dismiss" else "followed")


HANDLERS = pages(show_posts, show_tags, show_links, show_people, answer_suggestion)
