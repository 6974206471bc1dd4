"""Trends for readers of news, as RSS and Atom: posts, hashtags, links; of all languages or of one."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency

from dunnock import text
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Query
from dunnock.discovery import Trends
from dunnock.feeds import Feeds
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.web.cards import Cards, web_address
from dunnock.web.explore import LINKS, POSTS, TAGS, TrendsParams, name_of
from dunnock.web.pages import pages
from dunnock.web.show import Show
from dunnock.web.syndication import Channel, Format, Item, feed, listing, split


@get(["/explore.rss", "/explore.atom"])
async def news_of_posts(
    *,
    params: Query[TrendsParams],
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    feeds: NamedDependency[Feeds],
    trends: NamedDependency[Trends],
    account_views: NamedDependency[AccountViews],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Posts that are trends, for readers of news."""
    kind, channel, here = _channel(show, settings, params, "/explore", "Posts that many people take up")
    page = await feeds.chosen(await trends.posts(params.of(None)), None)
    page.entries = page.entries[:POSTS]
    shown = await Cards(db, account_views).page(page, "public")
    return feed(kind, channel, shown, base=settings.public_url, here=here, now=now_ms())


@get(["/explore/tags.rss", "/explore/tags.atom"])
async def news_of_tags(
    params: Query[TrendsParams],
    show: NamedDependency[Show],
    trends: NamedDependency[Trends],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Hashtags that are trends, for readers of news."""
    kind, channel, here = _channel(show, settings, params, "/explore/tags", "Hashtags that many people take up")
    found = [one.tag for one in (await trends.tags(params.of(None)))[:TAGS]]
    items = [
        Item(
            f"{settings.public_url}/tags/{quote(one.key, safe='')}",
            f"#{one.name}",
            await _told(trends, "tag", one.id),
            await _since(trends, "tag", one.id),
        )
        for one in found
    ]
    return listing(kind, channel, items, base=settings.public_url, here=here, now=now_ms())


@get(["/explore/links.rss", "/explore/links.atom"])
async def news_of_links(
    params: Query[TrendsParams],
    show: NamedDependency[Show],
    trends: NamedDependency[Trends],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Pages elsewhere that are trends, for readers of news."""
    kind, channel, here = _channel(show, settings, params, "/explore/links", "Links that many people post")
    items = [
        Item(
            url,
            one.preview.card.title or url,
            " ".join([one.preview.card.description, await _told(trends, "link", one.preview.link_id)]).strip(),
            await _since(trends, "link", one.preview.link_id),
            one.preview.card.language,
        )
        for one in (await trends.links(params.of(None)))[:LINKS]
        if (url := web_address(one.preview.url)) is not None
    ]
    return listing(kind, channel, items, base=settings.public_url, here=here, now=now_ms())


def _channel(
    show: Show, settings: Settings, params: TrendsParams, page: str, about: str
) -> tuple[Format, Channel, str]:
    """Which of the two formats, what the feed is of, and its own address below the server's."""
    _, kind = split(show.path.strip("/"))
    assert kind is not None
    language = text.check_language(params.language)
    query = "" if language is None else f"?language={language}"
    title = settings.title if language is None else f"{settings.title} ({name_of(language)})"
    return kind, Channel(title, f"{settings.public_url}{page}{query}", about), f"{show.path}{query}"


async def _told(trends: Trends, kind: str, subject_id: int) -> str:
    why = await trends.why(kind, subject_id)
    return "" if why is None else f"{why.found.raw} people took it up in the last day."


async def _since(trends: Trends, kind: str, subject_id: int) -> int:
    """When the first took it up."""
    why = await trends.why(kind, subject_id)
    return now_ms() if why is None or not why.first else why.first[0][1]


HANDLERS = pages(news_of_posts, news_of_tags, news_of_links)
