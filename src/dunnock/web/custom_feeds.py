"""Custom feeds: made by a form or a file, tried, read, shared, subscribed to."""

from __future__ import annotations

import math
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.api.kit import Form, Query
from dunnock.feeds import Cursor, lists
from dunnock.feeds.custom import keep
from dunnock.feeds.custom.complaints import complain
from dunnock.feeds.custom.directory import Wanted, find_listed, listed_feeds
from dunnock.feeds.custom.file import LARGEST, FeedRefused, Value, check, text_of
from dunnock.feeds.custom.keep import CustomFeed
from dunnock.feeds.custom.serve import CustomFeeds, Shown
from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.page import Page
from dunnock.foundation.db import Db
from dunnock.web.cards import Cards
from dunnock.web.language_names import language_choices
from dunnock.web.own import Own
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.steps import PER_PAGE, Steps, cursor_of, steps_of
from dunnock.web.visitor import Member, Visitor
from dunnock.web.words import N_

_ONE = "/feeds/{feed_id:int}"


class FeedForm(Sent):
    """A feed's file, whether it is shared, and whether it is only to be tried."""

    text: str = ""
    shared: bool = False
    listed: bool = False
    act: Literal["keep", "try"] = "keep"


class EasyForm(Sent):
    """What a feed is made of, without a file: hashtags and accounts apart by spaces, a search or a word to leave out a line.

    `lists`: titles of one's own; `weight`: of features; one that is empty counts nothing. `act`: keep the feed, try what it
    shows, or put the file into the field below.
    """

    title: str = ""
    about: str = ""
    hashtags: str = ""
    accounts: str = ""
    words: str = ""
    lists: list[str] = msgspec.field(default_factory=list)
    following: bool = False
    local: bool = False
    answered: bool = False
    languages: str = ""
    media: Literal["any", "only", "none"] = "any"
    no_replies: bool = False
    boosts: bool = False
    no_sensitive: bool = False
    min_age: str = ""
    max_age: str = ""
    per_author: str = ""
    without: str = ""
    weight: dict[str, str] = msgspec.field(default_factory=dict)
    act: Literal["keep", "try", "file"] = "keep"

    def text(self) -> str:
        """The file that says the same; still to be checked."""
        filters: dict[str, Value] = {
            "languages": self.languages.lower().replace(",", " ").split(),
            "without": [line.strip() for line in self.without.splitlines() if line.strip()],
            "boosts": self.boosts,
        }
        filters = {name: value for name, value in filters.items() if value}
        if self.media != "any":
            filters["media"] = self.media
        filters |= {name: False for name, on in (("replies", self.no_replies), ("sensitive", self.no_sensitive)) if on}
        for name, hours in (("min_age", self.min_age), ("max_age", self.max_age)):
            if hours.strip():
                filters[name] = _number(f"filters.{name}", hours)
        if self.per_author.strip():
            filters["per_author"] = int(_number("filters.per_author", self.per_author))
        weights = {name: _number(f"order.weights.{name}", said) for name, said in self.weight.items() if said.strip()}
        return text_of(
            self.title.strip(),
            about=self.about.strip(),
            sources={
                "hashtags": self.hashtags.replace(",", " ").split(),
                "accounts": self.accounts.replace(",", " ").split(),
                "lists": self.lists,
                "words": [line.strip() for line in self.words.splitlines() if line.strip()],
                "following": self.following,
                "local": self.local,
                "answered": self.answered,
            },
            filters=filters,
            weights=weights,
        )


class ReportForm(Sent):
    """What is wrong with a feed."""

    comment: str = ""


class DirectoryParams(msgspec.Struct, frozen=True):
    """What to look for in the directory. `page`: from 1."""

    q: str = ""
    language: str = ""
    tag: str = ""
    page: int = 1
    done: str = ""


class SubscribeForm(Sent):
    """Have a feed of somebody else, or no longer."""

    act: Literal["subscribe", "leave"] = "subscribe"


@get("/feeds")
async def show_custom_feeds(own: NamedDependency[Own]) -> Response[str]:
    """All that one has, and forms for another."""
    return await _all(own)


@post("/feeds", status_code=303)
async def keep_custom_feed(
    form: Form[FeedForm], own: NamedDependency[Own], custom_feeds: NamedDependency[CustomFeeds]
) -> Response[str] | Response[None]:
    """Keep a feed, or try what a file shows."""
    try:
        if form.act == "try":
            return await _try(own, custom_feeds, form)
        made = await own.do(keep.make_feed, text=form.text, shared=form.shared, listed=form.listed)
    except FeedRefused as error:
        return await _all(own, form, error=error)
    return own.go(f"/feeds/{made.id}", "feed_kept")


@post("/feeds/make", status_code=303)
async def make_custom_feed(
    form: Form[EasyForm], own: NamedDependency[Own], custom_feeds: NamedDependency[CustomFeeds]
) -> Response[str] | Response[None]:
    """Make a feed without writing a file, or try what it shows."""
    try:
        text = form.text()
        if form.act == "try":
            return await _try(own, custom_feeds, FeedForm(text=text), easy=form)
        if form.act == "file":
            return await _all(own, FeedForm(text=text), easy=form)
        made = await own.do(keep.make_feed, text=text)
    except FeedRefused as error:
        return await _all(own, easy=form, error=error)
    return own.go(f"/feeds/{made.id}", "feed_kept")


@get(_ONE)
async def show_custom_feed(
    *,
    feed_id: FromPath[int],
    params: Query[PageParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    custom_feeds: NamedDependency[CustomFeeds],
    cards: NamedDependency[Cards],
) -> Response[str]:
    """What a feed shows, and why; a listed one for everybody."""
    cursor = cursor_of(params)
    if visitor.account_id is None:
        listed = await find_listed(db, feed_id)
        if listed is not None:
            told = await custom_feeds.show_stranger(listed.file(), cursor)
            shown = await cards.page(told.page, "public")
            (maker,) = await cards.faces([listed.account_id])
            return show("custom_feed_public.html", one=listed, about=listed.file().about, maker=maker, shown=shown,
                        steps=_steps(told.page, cursor))  # fmt: skip
    member = visitor.member
    one = await keep.find_feed(db, member.account_id, feed_id)
    told = await custom_feeds.show(member.account_id, one.file(), cursor)
    shown = await cards.page(told.page, "public")
    form = FeedForm(text=one.text, shared=one.shared, listed=one.listed)
    return _show(show, member, one, form, told=told, shown=shown, steps=_steps(told.page, cursor))


@post(_ONE, status_code=303)
async def change_custom_feed(
    feed_id: FromPath[int], form: Form[FeedForm], own: NamedDependency[Own]
) -> Response[str] | Response[None]:
    """Another file; shared, or no longer."""
    try:
        shared = form.shared or form.listed
        await own.do(keep.change_feed, feed_id, text=form.text, shared=shared, listed=form.listed)
    except FeedRefused as error:
        return _show(own.show, own.member, await keep.find_feed(own.db, own.me, feed_id), form, error=error)
    return own.go(f"/feeds/{feed_id}", "saved")


@post(f"{_ONE}/delete", status_code=303)
async def delete_custom_feed(
    feed_id: FromPath[int],
    form: Form[Sent],  # noqa: ARG001 (its token is checked)
    own: NamedDependency[Own],
) -> Response[None]:
    """Delete one of one's own."""
    await own.do(keep.delete_feed, feed_id)
    return own.go("/feeds", "feed_gone")


@post(f"{_ONE}/subscribe", status_code=303)
async def subscribe_to_feed(
    feed_id: FromPath[int], form: Form[SubscribeForm], own: NamedDependency[Own]
) -> Response[None]:
    """Have somebody's feed among one's own, or no longer."""
    if form.act == "leave":
        await own.do(keep.unsubscribe, feed_id)
        return own.go("/feeds", "feed_left")
    await own.do(keep.subscribe, feed_id)
    return own.go(f"/feeds/{feed_id}", "feed_subscribed")


@get("/feeds/directory")
async def show_directory(
    *,
    params: Query[DirectoryParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    cards: NamedDependency[Cards],
) -> Response[str]:
    """Feeds that their makers want to be found."""
    wanted = Wanted(params.q, params.language, params.tag, params.page)
    found = await listed_feeds(db, wanted, reader_id=visitor.account_id)
    faces = {one.id: one for one in await cards.faces(list({one.account_id for one in found.feeds}))}
    more = urlencode({"q": params.q, "language": params.language, "tag": params.tag, "page": params.page + 1})
    return show(
        "custom_feed_directory.html",
        feeds=[(one, faces.get(one.account_id), one.file()) for one in found.feeds],
        wanted=wanted,
        narrowed=bool(params.q.strip() or params.language or params.tag.strip()) or wanted.page > 1,
        languages=[("", N_("All languages")), *language_choices(params.language)[1:]],
        more=more if found.more else "",
        member=visitor.account_id is not None,
    )


@get(f"{_ONE}/report")
async def ask_about_feed(feed_id: FromPath[int], own: NamedDependency[Own]) -> Response[str]:
    """A form to tell staff what is wrong with a feed."""
    return await _report(own, feed_id, ReportForm())


@post(f"{_ONE}/report", status_code=303)
async def report_custom_feed(
    feed_id: FromPath[int], form: Form[ReportForm], own: NamedDependency[Own]
) -> Response[str] | Response[None]:
    """Tell staff what is wrong with a feed."""
    try:
        await own.do(complain, feed_id, comment=form.comment)
    except FeedRefused as error:
        return await _report(own, feed_id, form, error=error)
    return own.go(f"/feeds/{feed_id}", "reported")


def _number(field: str, said: str) -> float:
    try:
        number = float(said.strip().replace(",", "."))
    except ValueError:
        number = float("nan")
    if not math.isfinite(number):
        raise FeedRefused(say=f"Validation failed: {field}: This is no number")
    return number


def _steps(page: Page, cursor: Cursor) -> Steps:
    """As `steps_of`; a scored feed has nothing newer."""
    return steps_of(page, cursor) if page.newest is not None else Steps(None, page.oldest)


async def _try(own: Own, custom_feeds: CustomFeeds, form: FeedForm, *, easy: EasyForm | None = None) -> Response[str]:
    told = await custom_feeds.show(own.me, check(form.text), Cursor(limit=PER_PAGE))
    return await _all(own, form, easy=easy, told=told, shown=await own.cards.page(told.page, "public"))


async def _all(
    own: Own, form: FeedForm | None = None, *, easy: EasyForm | None = None, told: Shown | None = None, **values: Any
) -> Response[str]:
    """`values`: what a file that is tried shows (`shown`), or why it is not kept (`error`)."""
    return own.show(
        "custom_feeds.html",
        feeds=await keep.feeds_of(own.db, own.me),
        form=form or FeedForm(),
        easy=easy or EasyForm(),
        own_lists=[one.title for one in await lists.lists_of(own.db, own.me)],
        told=told,
        largest=LARGEST,
        names=NAMES,
        **{"shown": (), **values},
    )


def _show(show: Show, member: Member, one: CustomFeed, form: FeedForm, **values: Any) -> Response[str]:
    """`values`: what it shows (`told`, `shown`, `steps`), or why it was not changed (`error`)."""
    own, values = one.account_id == member.account_id, {"told": None, "shown": (), "steps": None, **values}
    return show("custom_feed.html", one=one, own=own, about=one.file().about, form=form, largest=LARGEST, **values)


async def _report(own: Own, feed_id: int, form: ReportForm, *, error: FeedRefused | None = None) -> Response[str]:
    one = await keep.find_feed(own.db, own.me, feed_id)
    return own.show("custom_feed_report.html", one=one, form=form, error=error)


HANDLERS = pages(
    show_custom_feeds,
    keep_custom_feed,
    make_custom_feed,
    show_custom_feed,
    change_custom_feed,
    delete_custom_feed,
    subscribe_to_feed,
    show_directory,
    ask_about_feed,
    report_custom_feed,
)
