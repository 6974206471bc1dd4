"""A post's page, with the conversation around it; and the page of a hashtag."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import posts
from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Query
from dunnock.api.kit.shape import BIGGEST_ID
from dunnock.feeds import Feeds
from dunnock.feeds.rules import readable
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Missing
from dunnock.foundation.settings import Settings
from dunnock.posts.views import PostViews
from dunnock.text import hashtag_key
from dunnock.web.cards import Cards, post_url
from dunnock.web.pages import PageParams, pages
from dunnock.web.people import find_person
from dunnock.web.show import Show
from dunnock.web.steps import cursor_of, steps_of
from dunnock.web.syndication import Channel, feed, split
from dunnock.web.visitor import Visitor
from dunnock.web.welcome import composer


@get("/{handle:str}/{post_id:int}")
async def show_post(
    *,
    handle: FromPath[str],
    post_id: FromPath[int],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    account_views: NamedDependency[AccountViews],
    post_views: NamedDependency[PostViews],
    viewers: NamedDependency[Viewers],
) -> Response[str] | Response[None]:
    """A post between what it answers and what answers it. What the visitor may not see reads as missing."""
    if not 0 < post_id <= BIGGEST_ID:
        raise Missing(post_id)
    author = await find_person(account_views, handle, settings)
    thread = await posts.thread(db, post_id, visitor.account_id)
    ids = [*thread.ancestors, post_id, *thread.descendants]
    found = await post_views.get(ids)
    people = await account_views.get({card.author_id for card in found.values()})
    viewer = None if visitor.account_id is None else await viewers.get(visitor.account_id)
    seen = {one: card for one in ids if (card := found.get(one)) and readable(card, found, people, viewer) is not None}
    main = seen.get(post_id)
    if main is None or main.author_id != author.id:
        raise Missing(post_id)
    if main.boost_of_id is not None:
        boosted = found[main.boost_of_id]
        return show.go(post_url(boosted, people[boosted.author_id]))
    if handle != f"@{author.handle}":
        return show.go(f"/@{author.handle}/{post_id}")
    shown = await Cards(db, account_views, viewer=visitor.account_id).posts(list(seen.values()), found, people)
    at = list(seen).index(post_id)
    return show(
        "thread.html",
        main=shown[at],
        above=shown[:at],
        below=shown[at + 1 :],
        indexable=bool(author.indexable) and not author.domain and main.visibility in {"public", "unlisted"},
        **(await composer(db, settings, visitor, post_id) if visitor.session else {}),
    )


@get("/tags/{name:str}")
async def show_tag(
    *,
    name: FromPath[str],
    params: Query[PageParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    feeds: NamedDependency[Feeds],
    account_views: NamedDependency[AccountViews],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Public posts with a hashtag; with `.rss` or `.atom` behind it for readers of news."""
    name, kind = split(name)
    key = hashtag_key(name)
    if not name.strip() or "\0" in name:
        raise Missing(name)
    cursor = cursor_of(params)
    page = await feeds.hashtag(visitor.account_id, key, cursor)
    shown = await Cards(db, account_views, viewer=visitor.account_id).page(page)
    if kind is not None:
        plain = await Cards(db, account_views).page(await feeds.hashtag(None, key, cursor))
        channel = Channel(f"#{name}", f"{settings.public_url}/tags/{quote(key, safe='')}", f"Public posts with #{name}")
        return feed(kind, channel, plain, base=settings.public_url, here=show.path, now=now_ms())
    return show("tag.html", tag=name, shown=shown, steps=steps_of(page, cursor))


HANDLERS = pages(show_post, show_tag)
