"""What belongs to a post and has a page of its own: former versions, who took it up, what it says in another language."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from markupsafe import Markup, escape

from dunnock import accounts, media, posts
from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Query
from dunnock.api.kit.shape import BIGGEST_ID
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Missing
from dunnock.foundation.settings import Settings
from dunnock.posts.views import PostViews
from dunnock.web.cards import Cards, Shot, Shown, with_emoji
from dunnock.web.locales import choose
from dunnock.web.one_by_one import OneByOne, provide_one_by_one
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.person_page import find_person
from dunnock.web.post_sketch import shot_of
from dunnock.web.show import Show
from dunnock.web.steps import steps_of_people
from dunnock.web.visitor import Member, Visitor

_A_PAGE = 40
_ONE = "/{handle:str}/{post_id:int}"


class Version(msgspec.Struct, frozen=True):
    """What a post said from a moment on."""

    at: int
    html: Markup
    warning: Markup
    pictures: list[Shot]
    options: tuple[str, ...]
    sensitive: bool
    language: str | None
    right_to_left: bool


class Finder:
    """Finds the post of an address."""

    def __init__(
        self, db: Db, account_views: AccountViews, settings: Settings, visitor: Visitor, one_by_one: OneByOne
    ) -> None:
        """For one visit."""
        self._db, self._views, self._settings = db, account_views, settings
        self._visitor, self._one_by_one = visitor, one_by_one

    async def __call__(self, handle: str, post_id: int) -> Shown:
        """The post, as the visitor sees it.

        Raises:
            Missing: there is none, it is hidden from them, or somebody else's.
        """
        author = await find_person(self._views, handle, self._settings, self._db)
        if not 0 < post_id <= BIGGEST_ID:
            raise Missing(post_id)
        found = (await self._one_by_one.find([post_id], self._visitor.account_id)).get(post_id)
        if found is None or found.id != post_id or found.by.id != author.id:
            raise Missing(post_id)
        return found


async def provide_finder(
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
    settings: NamedDependency[Settings],
    visitor: NamedDependency[Visitor],
    one_by_one: NamedDependency[OneByOne],
) -> Finder:
    """Litestar's dependency behind `find`."""
    return Finder(db, account_views, settings, visitor, one_by_one)


_GIVEN = {"one_by_one": Provide(provide_one_by_one), "find": Provide(provide_finder)}


@get(f"{_ONE}/history", dependencies=_GIVEN)
async def show_history(
    *,
    handle: FromPath[str],
    post_id: FromPath[int],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    cards: NamedDependency[Cards],
    find: NamedDependency[Finder],
) -> Response[str]:
    """All versions of a post, the newest first."""
    one = await find(handle, post_id)
    _, versions = await posts.history(db, post_id, visitor.account_id)
    files = await media.find(db, {then.id for version in versions for then in version.media})
    domain = one.by.handle.partition("@")[2]
    emoji = (await cards.emoji([(domain, version.emoji) for version in versions])).get(domain, {})
    made = [
        Version(
            at=version.at,
            html=with_emoji(version.html, emoji),
            warning=with_emoji(str(escape(version.warning)), emoji),
            pictures=[
                shot
                for then in version.media
                if then.id in files and (shot := shot_of(files[then.id], then.description or "", then.focus))
            ],
            options=version.poll or (),
            sensitive=version.sensitive or one.sensitive,
            language=one.language,
            right_to_left=one.right_to_left,
        )
        for version in reversed(versions)
    ]
    return show("post_history.html", one=one, versions=made)


@get([f"{_ONE}/boosts", f"{_ONE}/favourites"], dependencies=_GIVEN)
async def show_takers(
    *,
    handle: FromPath[str],
    post_id: FromPath[int],
    params: Query[PageParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    cards: NamedDependency[Cards],
    find: NamedDependency[Finder],
) -> Response[str]:
    """Who boosted a post, or marked it as a favourite, the latest first, as far as the visitor may see them."""
    one = await find(handle, post_id)
    which: Literal["boosts", "favourites"] = "boosts" if show.path.endswith("/boosts") else "favourites"
    cursor = accounts.Cursor(limit=_A_PAGE, max_id=params.max_id, min_id=params.min_id)
    read = posts.boosted_by if which == "boosts" else posts.favourited_by
    page = await read(db, post_id, visitor.account_id, cursor)
    return show(
        "post_takers.html",
        one=one,
        which=which,
        people=await cards.faces(page.ids),
        steps=steps_of_people(page, cursor),
    )


@get(f"{_ONE}/embed")
async def show_embedded(
    *,
    handle: FromPath[str],
    post_id: FromPath[int],
    request: Request[Any, Any, Any],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    account_views: NamedDependency[AccountViews],
    post_views: NamedDependency[PostViews],
    viewers: NamedDependency[Viewers],
) -> Response[str]:
    """A post of this server that everybody may see, to stand in a frame on any page: without cookies, scripts and forms.

    Whoever looks, it shows what strangers see, so that the page around it learns nothing of them.
    """
    cards = Cards(db, account_views, post_views)
    finder = Finder(db, account_views, settings, Visitor(), OneByOne(account_views, post_views, viewers, cards))
    one = await finder(handle, post_id)
    if one.visibility not in posts.OPEN or one.elsewhere:
        raise Missing(post_id)
    locale = choose(None, request.headers.get("accept-language", ""), pseudo=settings.dev)
    page = Show(settings, Visitor(), request.scope["path"], locale=locale)("post_embedded.html", one=one)
    policy = page.headers["content-security-policy"]
    page.headers["content-security-policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors *")
    del page.headers["x-frame-options"]
    page.headers["cross-origin-resource-policy"] = "cross-origin"
    page.headers["vary"] = "Accept-Language"
    page.headers["cache-control"] = "public, max-age=300"
    return page


@post("/posts/{post_id:int}/translate", status_code=200, dependencies=_GIVEN)
async def translate(
    *,
    post_id: FromPath[int],
    form: Form[Sent],  # noqa: ARG001 (its token is all)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    translations: NamedDependency[posts.Translations],
    one_by_one: NamedDependency[OneByOne],
) -> Response[str]:
    """A post in the language of the page, with its warning, its poll and what its media show."""
    if not 0 < post_id <= BIGGEST_ID:
        raise Missing(post_id)
    found = await posts.find_visible(db, post_id, member.account_id)
    one = (await one_by_one.find([post_id], member.account_id)).get(post_id)
    if one is None:
        raise Missing(post_id)
    poll = (await posts.polls_of(db, [post_id])).get(post_id)
    said = await translations.of(
        found,
        show.locale.tag.partition("-")[0],
        options=() if poll is None else poll.options,
        descriptions=[shot.alt for shot in one.pictures],
    )
    return show(
        "post_translated.html",
        one=one,
        said=said,
        html=Markup(said.html),  # noqa: S704 (it comes out of the cleaner)
        described=[text for text in said.descriptions if text],
    )


HANDLERS = pages(show_history, show_takers, show_embedded, translate)
