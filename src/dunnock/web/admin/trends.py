"""Staff and trends: what is taken up at the moment, and may it be shown as a trend; collections for those who join."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import discovery
from dunnock.accounts import Power
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id
from dunnock.api.kit.shape import BIGGEST_ID
from dunnock.discovery import People, Trends
from dunnock.feeds import Feeds
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import Invalid
from dunnock.foundation.settings import Settings
from dunnock.moderation import house
from dunnock.posts.hashtag_rules import HashtagChanges
from dunnock.web.admin.desk import desk
from dunnock.web.cards import Cards
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_MOST = 40


class StarterForm(Sent):
    """`collection`: its address or number; `what`: choose or drop."""

    collection: str = ""
    what: str = ""


class ReviewForm(Sent):
    """`kind`: tag, post or link; `ids`: those that are ticked; `what`: approve or reject."""

    kind: str = ""
    ids: tuple[Id, ...] = ()
    what: str = ""


@get("/admin/trends")
async def list_trends(
    *,
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    feeds: NamedDependency[Feeds],
    trends: NamedDependency[Trends],
    people: NamedDependency[People],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Hashtags, posts and links that are trends or could be, also those that were refused."""
    await house.permit(db, Power.MANAGE_TAXONOMIES, by=staff.account_id)
    page = await feeds.chosen(await trends.posts(every=True), staff.account_id)
    page.entries = page.entries[:_MOST]
    shown = await Cards(db, account_views).page(page)
    unreviewed = await discovery.unreviewed_posts(db, [one.id for one in shown])
    shown_now = set(await trends.posts())
    return desk(
        show,
        staff,
        "trends.html",
        tags=(await trends.tags(every=True))[:_MOST],
        links=(await trends.links(every=True))[:_MOST],
        posts=[(one, one.id in unreviewed, one.id in shown_now) for one in shown],
        need_review=settings.trends_need_review,
        starters=await discovery.starters(db, viewer=staff.account_id, ages=people.ages),
    )


@post("/admin/trends", status_code=303)
async def review_trends(
    form: Form[ReviewForm], show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Say of all that are ticked whether they may be trends."""
    if form.what not in {"approve", "reject"}:
        raise Invalid(form.what)
    if not form.ids:
        raise Invalid(say="Choose at least one")
    async with db.begin() as tx:
        for one in form.ids[:_MOST]:
            await _review(tx, form.kind, one, trendable=form.what == "approve", by=staff.account_id)
    return show.go("/admin/trends", done="saved")


async def _review(tx: Tx, kind: str, an_id: int, *, trendable: bool, by: int) -> None:
    match kind:
        case "tag":
            await discovery.change_hashtag(tx, an_id, HashtagChanges(trendable=trendable), by=by)
        case "post":
            await discovery.review_post(tx, an_id, trendable=trendable, by=by)
        case "link":
            await discovery.review_link(tx, an_id, trendable=trendable, by=by)
        case _:
            raise Invalid(kind)


@post("/admin/trends/starters", status_code=303)
async def rule_starter(
    form: Form[StarterForm], show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[None]:
    """Show a collection to those who join, or no longer."""
    number = form.collection.strip().rstrip("/").rpartition("/")[2]
    if not (number.isascii() and number.isdecimal() and len(number) < 20 and 0 < int(number) <= BIGGEST_ID):
        raise Invalid(say="That is no address of a collection")
    async with db.begin() as tx:
        match form.what:
            case "choose":
                await discovery.choose_starter(tx, int(number), by=staff.account_id)
            case "drop":
                await discovery.drop_starter(tx, int(number), by=staff.account_id)
            case _:
                raise Invalid(form.what)
    return show.go("/admin/trends", done="saved")


HANDLERS = pages(list_trends, review_trends, rule_starter)
