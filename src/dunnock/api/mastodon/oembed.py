"""GET /api/oembed: a public post for other websites, as a quotation. Source: oEmbed 1.0, the type `rich`."""

from __future__ import annotations

import re
from html import escape
from typing import Literal

import msgspec
from litestar import get
from litestar.di import NamedDependency

from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Query, parse_id, public
from dunnock.api.mastodon.fragments import Addresses
from dunnock.feeds.rules import readable
from dunnock.foundation.clock import iso
from dunnock.foundation.errors import Missing
from dunnock.foundation.settings import Settings
from dunnock.posts.views import PostViews

WIDTH, NARROWEST, WIDEST = 400, 220, 2_000
CACHE_S = 86_400


class OEmbedParams(msgspec.Struct, frozen=True):
    """The address of a post, and how much room there is."""

    url: str = ""
    maxwidth: int | None = None
    maxheight: int | None = None


class OEmbed(msgspec.Struct, kw_only=True):
    """OEmbed; `html` is a quotation that needs neither scripts nor a frame, and is as high as its text."""

    type: Literal["rich"] = "rich"
    version: Literal["1.0"] = "1.0"
    title: str
    author_name: str
    author_url: str
    provider_name: str
    provider_url: str
    cache_age: int = CACHE_S
    html: str
    width: int
    height: int | None


@get("/api/oembed", guards=[public()])
async def show_oembed(
    params: Query[OEmbedParams],
    settings: NamedDependency[Settings],
    post_views: NamedDependency[PostViews],
    account_views: NamedDependency[AccountViews],
) -> OEmbed:
    """A public post to be shown on other websites: a quotation with a link."""
    post_id = _meant(params.url.strip(), settings.public_url)
    found = await post_views.get((post_id,))
    people = await account_views.get({one.author_id for one in found.values()})
    card = found.get(post_id)
    if card is None or card.boost_of_id is not None or not card.local or readable(card, found, people, None) is None:
        raise Missing(post_id)
    author = people[card.author_id]
    addresses = Addresses(settings.public_url)
    name = author.display_name or author.username
    page, profile = addresses.post(card, author), f"{settings.public_url}/@{author.username}"
    width = WIDTH if params.maxwidth is None else min(max(params.maxwidth, NARROWEST), WIDEST)
    said = f"<p>{escape(card.warning)}</p>" if card.warning else card.html
    html = (
        f'<blockquote cite="{escape(page)}" style="max-width: {width}px">{said}'
        f'<footer><a href="{escape(profile)}">{escape(name)} (@{author.username}@{escape(settings.domain)})</a>, '
        f'<a href="{escape(page)}"><time datetime="{iso(card.created_at)}">{iso(card.created_at)[:10]}</time></a>'
        "</footer></blockquote>"
    )
    return OEmbed(
        title=f"New status by {author.username}",
        author_name=name,
        author_url=profile,
        provider_name=settings.domain,
        provider_url=f"{settings.public_url}/",
        html=html,
        width=width,
        height=params.maxheight if params.maxheight is not None and params.maxheight > 0 else None,
    )


def _meant(url: str, base: str) -> int:
    """The id of the post whose page, or ActivityPub id, this is. Raises: Missing."""
    found = re.fullmatch(rf"{re.escape(base)}/(?:@[^/?#]+|users/[^/?#]+/statuses)/(\d{{1,19}})/?(?:[?#].*)?", url)
    post_id = parse_id(found[1]) if found else None
    if post_id is None:
        raise Missing(url[:200])
    return post_id


HANDLERS = [show_oembed]
