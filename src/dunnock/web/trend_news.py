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
    return feed(kind, channel, shown, base=settings.public_url, here=here, now=now_ms(), known=show.known)


@get(["/explore/tags.rss", "/explore/tags.atom"])
async def news_of_tags(
    params: Query[TrendsParams],
    show: NamedDependency[Show],
    trends: NamedDependency[Trends],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Hashtags that are trends, for readers of news."""
    items = []
    for one in [found.tag for found in (await trends.tags(params.of(None)))[:TAGS]]:
        told, since = await _behind(trends, "tag", one.id)
        items.append(Item(f"{settings.public_url}/tags/{quote(one.key, safe='')}", f"#{one.name}", told, since))
    kind, channel, here = _channel(show, settings, params, "/explore/tags", "Hashtags that many people take up")
    return listing(kind, channel, items, base=settings.public_url, here=here, now=now_ms(), known=show.known)


@get(["/explore/links.rss", "/explore/links.atom"])
async def news_of_links(
    params: Query[TrendsParams],
    show: NamedDependency[Show],
    trends: NamedDependency[Trends],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Pages elsewhere that are trends, for readers of news."""
    items = []
    for one in [found.preview for found in (await trends.links(params.of(None)))[:LINKS]]:
        if (url := web_address(one.url)) is not None:
            told, since = await _behind(trends, "link", one.link_id)
            about = f"{one.card.description} {told}".strip()
            items.append(Item(url, one.card.title or url, about, since, one.card.language))
    kind, channel, here = _channel(show, settings, params, "/explore/links", "Links that many people post")
    return listing(kind, channel, items, base=settings.public_url, here=here, now=now_ms(), known=show.known)


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


async def _behind(trends: Trends, kind: str, subject_id: int) -> tuple[str, int]:
    """How many took it up, in words, and when the first did."""
    why = await trends.why(kind, subject_id)
    if why is None:
        return "", now_ms()
    return f"{why.found.raw} people took it up in the last day.", why.first[0][1] if why.first else now_ms()


HANDLERS = pages(news_of_posts, news_of_tags, news_of_links)
