"""A post's page, with the conversation around it; and the page of a hashtag."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import quote

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, federation, posts
from dunnock.accounts.viewers import Viewer, Viewers
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Query
from dunnock.api.kit.shape import BIGGEST_ID
from dunnock.feeds import Feeds
from dunnock.feeds.rules import readable, unwanted
from dunnock.feeds.tags import follows_tag
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Kind, Missing
from dunnock.foundation.settings import Settings
from dunnock.posts.views import PostCard, PostViews
from dunnock.posts.visibility import may_answer, may_quote
from dunnock.text import LANGUAGE_NAMES, hashtag_key
from dunnock.web.cards import Cards, Shown, post_url, web_address
from dunnock.web.composer import composer
from dunnock.web.pages import PageParams, pages
from dunnock.web.person_page import find_person
from dunnock.web.replies import ORDERS, Branch, Order, grow
from dunnock.web.show import Show
from dunnock.web.steps import cursor_of, steps_of
from dunnock.web.syndication import Channel, feed, split
from dunnock.web.visitor import Visitor

_MOST_ABOVE = 30


class PostGone(DomainError):
    """There was a post that everybody could see, and it is deleted."""

    code, kind, safe = "post_gone", Kind.GONE, "This post was deleted"


class ThreadParams(PageParams, kw_only=True, frozen=True):
    """In which order, and how many branches were on the pages before."""

    order: str = "oldest"
    after: int = 0


class About(msgspec.Struct, frozen=True):
    """What is said of a post on its own page only. `app`: (name, website) of what it was written with."""

    app: tuple[str, str | None] | None
    language_name: str
    reply_policy: str
    quote_policy: str
    may_answer: bool
    may_quote: bool


class Twig(msgspec.Struct, frozen=True):
    """A branch of the replies, ready to be shown; see `Branch`."""

    post: Shown
    below: list[Twig]
    size: int
    cut: int


@get("/{handle:str}/{post_id:int}")
async def show_post(
    *,
    handle: FromPath[str],
    post_id: FromPath[int],
    params: Query[ThreadParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    account_views: NamedDependency[AccountViews],
    post_views: NamedDependency[PostViews],
    viewers: NamedDependency[Viewers],
    cards: NamedDependency[Cards],
) -> Response[str] | Response[None]:
    """A post between what it answers and what answers it. What the visitor may not see reads as missing."""
    if not 0 < post_id <= BIGGEST_ID:
        raise Missing(post_id)
    author = await find_person(account_views, handle, settings, db)
    try:
        thread = await posts.thread(db, post_id, visitor.account_id)
    except posts.PostMissing:
        if await posts.was_deleted(db, post_id, by=author.id):
            raise PostGone(post_id) from None
        raise
    found = await post_views.get([*thread.ancestors, post_id, *thread.descendants])
    people = await account_views.get({card.author_id for card in found.values()})
    viewer = None if visitor.account_id is None else await viewers.get(visitor.account_id)
    main = found.get(post_id)
    if main is None or main.author_id != author.id or readable(main, found, people, viewer) is None:
        raise Missing(post_id)
    if main.boost_of_id is not None:
        boosted = found[main.boost_of_id]
        return show.go(post_url(boosted, people[boosted.author_id]))
    if handle != f"@{author.handle}":
        return show.go(f"/@{author.handle}/{post_id}")

    def wanted(ids: Sequence[int]) -> list[PostCard]:
        return [
            card
            for an_id in ids
            if (card := found.get(an_id)) is not None
            and readable(card, found, people, viewer) is not None
            and (viewer is None or not unwanted(card, people.get(card.author_id), viewer))
        ]

    above = wanted(thread.ancestors)
    order: Order = next((one for one in ORDERS if one == params.order), "oldest")
    parents = {card.id: card.reply_to_id for card in found.values()}
    tree = grow(main, wanted(thread.descendants), parents, order=order, after=max(params.after, 0))
    entries = [*above[-_MOST_ABOVE:], main, *[found[an_id] for an_id in tree.shown]]
    shown = {one.id: one for one in await cards.posts(entries, found, people, "thread", opened=post_id)}
    about = await _about(db, account_views, main, viewer)
    claimed = {} if main.local else await federation.claimed(db, [post_id])
    return show(
        "thread.html",
        main=shown[post_id],
        about=about,
        claimed=claimed.get(post_id),
        host=author.domain,
        earlier=above[0].id if len(above) > _MOST_ABOVE else None,
        above=[shown[card.id] for card in above[-_MOST_ABOVE:] if card.id in shown],
        twigs=_twigs(tree.branches, shown),
        tree=tree,
        order=order,
        full=author.handle if author.domain else f"{author.handle}@{settings.domain}",
        open=main.visibility in posts.OPEN,
        indexable=bool(author.indexable) and not author.domain and main.visibility in posts.OPEN,
        **(await composer(db, settings, visitor, post_id) if visitor.session and about.may_answer else {}),
    )


def _twigs(branches: Sequence[Branch], shown: Mapping[int, Shown]) -> list[Twig]:
    """The branches with their posts; what a filter left out is left out with what answers it."""
    return [Twig(shown[one.id], _twigs(one.below, shown), one.size, one.cut) for one in branches if one.id in shown]


async def _about(db: Db, account_views: AccountViews, card: PostCard, viewer: Viewer | None) -> About:
    followed_by: Collection[int] = ()
    if viewer is not None and card.reply_policy == "following" and card.author_id != viewer.id:
        known = await accounts.relationships(db, viewer.id, [card.author_id])
        followed_by = {one.id for one in known if one.followed_by}
    app = None if card.app_id is None else await account_views.app(card.app_id)
    language = card.language or ""
    return About(
        app=None if app is None else (app[0], web_address(app[1])),
        language_name=LANGUAGE_NAMES.get(language) or LANGUAGE_NAMES.get(language.partition("-")[0], language),
        reply_policy=card.reply_policy,
        quote_policy=card.quote_policy if card.local else "public",
        may_answer=may_answer(card, viewer, followed_by=followed_by),
        may_quote=viewer is not None and may_quote(card, viewer.id, viewer.following),
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
    cards: NamedDependency[Cards],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Public posts with a hashtag; with `.rss` or `.atom` behind it for readers of news."""
    name, kind = split(name)
    key = hashtag_key(name)
    if not name.strip() or "\0" in name:
        raise Missing(name)
    cursor = cursor_of(params)
    page = await feeds.hashtag(visitor.account_id, key, cursor)
    shown = await cards.page(page, "public")
    if kind is not None:
        plain = await Cards(db, account_views).page(await feeds.hashtag(None, key, cursor))
        channel = Channel(f"#{name}", f"{settings.public_url}/tags/{quote(key, safe='')}", f"Public posts with #{name}")
        return feed(kind, channel, plain, base=settings.public_url, here=show.path, now=now_ms(), known=show.known)
    me = visitor.account_id
    followed = me is not None and await follows_tag(db, me, key)
    return show("tag.html", tag=name, shown=shown, followed=followed, steps=steps_of(page, cursor))


HANDLERS = pages(show_post, show_tag)
