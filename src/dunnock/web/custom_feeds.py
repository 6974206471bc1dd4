"""Custom feeds: made by a form or a file, tried, read, shared, subscribed to."""

from __future__ import annotations

import re
from typing import Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.api.kit import Form, Query
from dunnock.feeds import Cursor
from dunnock.feeds.custom import keep
from dunnock.feeds.custom.file import LARGEST, FeedRefused, check, text_of
from dunnock.feeds.custom.keep import CustomFeed
from dunnock.feeds.custom.serve import CustomFeeds, Shown
from dunnock.feeds.page import Page
from dunnock.foundation.db import Db
from dunnock.web.cards import Cards
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.steps import PER_PAGE, Steps, cursor_of, steps_of
from dunnock.web.visitor import Member

_ONE = "/feeds/{feed_id:int}"


class FeedForm(Sent):
    """A feed's file, whether it is shared, and whether it is only to be tried."""

    text: str = ""
    shared: bool = False
    act: Literal["keep", "try"] = "keep"


class EasyForm(Sent):
    """What a feed is made of, without a file: one hashtag, account or search a line."""

    title: str = ""
    hashtags: str = ""
    accounts: str = ""
    words: str = ""
    following: bool = False
    local: bool = False


class SubscribeForm(Sent):
    """Have a feed of somebody else, or no longer."""

    act: Literal["subscribe", "leave"] = "subscribe"


@get("/feeds")
async def show_custom_feeds(
    show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """All that one has, and forms for another."""
    return await _all(show, db, member)


@post("/feeds", status_code=303)
async def keep_custom_feed(
    *,
    form: Form[FeedForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    custom_feeds: NamedDependency[CustomFeeds],
    cards: NamedDependency[Cards],
) -> Response[str] | Response[None]:
    """Keep a feed, or try what a file shows."""
    try:
        if form.act == "try":
            told = await custom_feeds.show(member.account_id, check(form.text), Cursor(limit=PER_PAGE))
            return await _all(show, db, member, form, told=told, shown=await cards.page(told.page, "public"))
        async with db.begin() as tx:
            made = await keep.make_feed(tx, member.account_id, text=form.text, shared=form.shared)
    except FeedRefused as error:
        return await _all(show, db, member, form, error=error)
    return show.go(f"/feeds/{made.id}", done="feed_kept")


@post("/feeds/make", status_code=303)
async def make_custom_feed(
    form: Form[EasyForm], show: NamedDependency[Show], member: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Make a feed without writing a file."""
    text = text_of(
        form.title.strip(),
        hashtags=re.split(r"[\s,]+", form.hashtags.strip()) if form.hashtags.strip() else (),
        accounts=re.split(r"[\s,]+", form.accounts.strip()) if form.accounts.strip() else (),
        words=[line.strip() for line in form.words.splitlines() if line.strip()],
        following=form.following,
        local=form.local,
    )
    try:
        async with db.begin() as tx:
            made = await keep.make_feed(tx, member.account_id, text=text)
    except FeedRefused as error:
        return await _all(show, db, member, easy=form, error=error)
    return show.go(f"/feeds/{made.id}", done="feed_kept")


@get(_ONE)
async def show_custom_feed(
    *,
    feed_id: FromPath[int],
    params: Query[PageParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    custom_feeds: NamedDependency[CustomFeeds],
    cards: NamedDependency[Cards],
) -> Response[str]:
    """What a feed shows, and why."""
    one = await keep.find_feed(db, member.account_id, feed_id)
    cursor = cursor_of(params)
    told = await custom_feeds.show(member.account_id, one.file(), cursor)
    shown = await cards.page(told.page, "public")
    return _show(show, member, one, FeedForm(text=one.text, shared=one.shared), told=told, shown=shown,
                 steps=_steps(told.page, cursor))  # fmt: skip


@post(_ONE, status_code=303)
async def change_custom_feed(
    *,
    feed_id: FromPath[int],
    form: Form[FeedForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str] | Response[None]:
    """Another file; shared, or no longer."""
    try:
        async with db.begin() as tx:
            await keep.change_feed(tx, member.account_id, feed_id, text=form.text, shared=form.shared)
    except FeedRefused as error:
        return _show(show, member, await keep.find_feed(db, member.account_id, feed_id), form, error=error)
    return show.go(f"/feeds/{feed_id}", done="saved")


@post(f"{_ONE}/delete", status_code=303)
async def delete_custom_feed(
    feed_id: FromPath[int],
    form: Form[Sent],  # noqa: ARG001 (its token is checked)
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Delete one of one's own."""
    async with db.begin() as tx:
        await keep.delete_feed(tx, member.account_id, feed_id)
    return show.go("/feeds", done="feed_gone")


@post(f"{_ONE}/subscribe", status_code=303)
async def subscribe_to_feed(
    *,
    feed_id: FromPath[int],
    form: Form[SubscribeForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Have somebody's feed among one's own, or no longer."""
    async with db.begin() as tx:
        if form.act == "leave":
            await keep.unsubscribe(tx, member.account_id, feed_id)
            return show.go("/feeds", done="feed_left")
        await keep.subscribe(tx, member.account_id, feed_id)
    return show.go(f"/feeds/{feed_id}", done="feed_subscribed")


def _steps(page: Page, cursor: Cursor) -> Steps:
    """As `steps_of`; a scored feed has nothing newer."""
    return steps_of(page, cursor) if page.newest is not None else Steps(None, page.oldest)


async def _all(
    show: Show,
    db: Db,
    member: Member,
    form: FeedForm | None = None,
    *,
    easy: EasyForm | None = None,
    error: FeedRefused | None = None,
    told: Shown | None = None,
    shown: Any = (),
) -> Response[str]:
    return show(
        "custom_feeds.html",
        feeds=await keep.feeds_of(db, member.account_id),
        form=form or FeedForm(),
        easy=easy or EasyForm(),
        error=error,
        told=told,
        shown=shown,
        largest=LARGEST,
    )


def _show(
    show: Show,
    member: Member,
    one: CustomFeed,
    form: FeedForm,
    *,
    told: Shown | None = None,
    shown: Any = (),
    steps: Steps | None = None,
    error: FeedRefused | None = None,
) -> Response[str]:
    return show(
        "custom_feed.html",
        one=one,
        own=one.account_id == member.account_id,
        about=one.file().about,
        form=form,
        told=told,
        shown=shown,
        steps=steps,
        error=error,
        largest=LARGEST,
    )


HANDLERS = pages(
    show_custom_feeds,
    keep_custom_feed,
    make_custom_feed,
    show_custom_feed,
    change_custom_feed,
    delete_custom_feed,
    subscribe_to_feed,
)
