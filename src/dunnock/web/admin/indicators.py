"""Staff and indicators: what this server says to others of what it decided, and what others say, as drafts to decide about."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.foundation.settings import Settings
from dunnock.moderation import house
from dunnock.transparency import indicators, subscriptions
from dunnock.web.admin.desk import desk
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_A_PAGE = 50
_TAKEN_BACK = "taken_back"


class FeedsForm(Sent):
    """`what`: publish, stop, or follow (`url`, called `title`)."""

    what: str = ""
    title: str = ""
    url: str = ""


class FeedParams(msgspec.Struct, frozen=True):
    """Which drafts of a feed."""

    state: str = "waiting"
    after: int = 0
    done: str = ""
    case: int = 0
    left: int = 0


class FeedForm(Sent):
    """`what`: accept or dismiss (those in `entries`), fetch, trust, unfollow. `severity` of rules; `words` of a text."""

    what: str = ""
    entries: tuple[int, ...] = ()
    severity: str = ""
    words: str = ""


@get("/admin/indicators")
async def show_indicators(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """The feeds that are read, and what our own says or would say."""
    return await _page(show, staff, db, settings)


@post("/admin/indicators", status_code=303)
async def decide_about_feeds(
    *,
    form: Form[FeedsForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Publish our feed, or do so no longer; read another server's."""
    by = staff.account_id
    try:
        async with db.begin() as tx:
            match form.what:
                case "publish" | "stop":
                    await house.change_setting(tx, "publish_indicators", form.what == "publish", by=by)
                case "follow":
                    made = await subscriptions.follow(tx, form.title, form.url, by=by)
                    await tx.enqueue(subscriptions.FetchFeed(made))
                case _:
                    raise Invalid(form.what)
    except DomainError as error:
        return await _page(show, staff, db, settings, form=form, error=error)
    return show.go("/admin/indicators", done="saved")


@get("/admin/indicators/{feed_id:int}")
async def show_feed(
    *,
    feed_id: FromPath[int],
    params: Query[FeedParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """What another server says, by what came of it."""
    return await _feed(feed_id, params, show, staff, db, account_views)


@post("/admin/indicators/{feed_id:int}", status_code=303)
async def decide_about_feed(
    *,
    feed_id: FromPath[int],
    form: Form[FeedForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Act on what is ticked or dismiss it; read the feed now, trust its new key, or read it no longer."""
    by, here = staff.account_id, f"/admin/indicators/{feed_id}"
    try:
        async with db.begin() as tx:
            match form.what:
                case "accept":
                    done = await subscriptions.accept(
                        tx, feed_id, form.entries, by=by, severity=form.severity, words=form.words
                    )
                    here += f"?case={done.case_id or 0}&left={done.left}"
                case "dismiss":
                    await subscriptions.dismiss(tx, feed_id, form.entries, by=by)
                case "fetch" | "trust":
                    await subscriptions.show_feed(tx, feed_id, by=by)
                    if form.what == "trust":
                        await subscriptions.trust_again(tx, feed_id, by=by)
                    await tx.enqueue(subscriptions.FetchFeed(feed_id))
                case "unfollow":
                    await subscriptions.unfollow(tx, feed_id, by=by)
                    here = "/admin/indicators"
                case _:
                    raise Invalid(form.what)
    except subscriptions.FeedMissing:
        raise
    except DomainError as error:
        return await _feed(feed_id, FeedParams(), show, staff, db, account_views, error=error)
    return show.go(here, done="saved")


async def _page(
    show: Show,
    staff: Member,
    db: Db,
    settings: Settings,
    *,
    form: FeedsForm | None = None,
    error: DomainError | None = None,
) -> Response[str]:
    names = await indicators.names_of(db, settings.domain)
    return desk(
        show,
        staff,
        "indicators.html",
        error=error,
        form=form or FeedsForm(),
        found=await indicators.preview(db, names, by=staff.account_id),
        published=settings.publish_indicators,
        url=indicators.feed_url(settings),
        feeds=await subscriptions.feeds(db, by=staff.account_id),
    )


async def _feed(  # noqa: PLR0917 (what the two handlers are given)
    feed_id: int,
    params: FeedParams,
    show: Show,
    staff: Member,
    db: Db,
    account_views: AccountViews,
    *,
    error: DomainError | None = None,
) -> Response[str]:
    by = staff.account_id
    held = await subscriptions.show_feed(db, feed_id, by=by)
    counts = next((counts for one, counts in await subscriptions.feeds(db, by=by) if one.id == feed_id), {})
    back = params.state == _TAKEN_BACK
    wanted = "accepted" if back else params.state
    state: subscriptions.State = next((one for one in subscriptions.STATES if one == wanted), "waiting")
    found = await subscriptions.drafts(db, feed_id, state, taken_back=back, after=params.after, most=_A_PAGE, by=by)
    effects = await subscriptions.effects_of(db, feed_id, found, by=by)
    cards = await account_views.get({an_id for one in effects.values() for an_id in one.account_ids})
    return desk(
        show,
        staff,
        "indicator_feed.html",
        error=error,
        held=held,
        counts=counts,
        states=(*subscriptions.STATES, _TAKEN_BACK),
        state=_TAKEN_BACK if back else state,
        drafts=found,
        effects=effects,
        names={an_id: card.handle for an_id, card in cards.items()},
        asked=params,
        more=found[-1].number if len(found) == _A_PAGE else 0,
    )


HANDLERS = pages(show_indicators, decide_about_feeds, show_feed, decide_about_feed)
