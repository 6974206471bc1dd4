"""Where other servers send people who have an account here: to follow or answer here what was found there. Source: OStatus."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from dunnock import posts
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Query
from dunnock.federation import Resolver
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Missing
from dunnock.text import BadHandle, parse_handle
from dunnock.web.pages import pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class InteractParams(msgspec.Struct, frozen=True):
    """The address of an account or a post, or `acct:name@server`."""

    uri: str = ""


@get("/authorize_interaction")
async def lead_to_what_is_meant(
    *,
    params: Query[InteractParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],  # noqa: ARG001 (strangers sign in; only members have other servers asked)
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
    resolver: NamedDependency[Resolver],
) -> Response[None]:
    """Lead to the page here of what is meant; asked for on its server if it is not known."""
    uri = params.uri.strip()[:2_048]
    account_id, post_id = None, None
    if uri.startswith(("https://", "http://")):
        found = await resolver.address(uri)
        account_id, post_id = found.account_id, found.post_id
    else:
        try:
            account_id = await resolver.account(parse_handle(uri.removeprefix("acct:")))
        except BadHandle:
            raise Missing(uri[:80]) from None
    if post_id is not None:
        named = (await posts.names_of(db, [post_id])).get(post_id)
        account_id = None if named is None else named.author_id
    card = None if account_id is None else await account_views.one(account_id)
    if card is None:
        raise Missing(uri[:80])
    return show.go(f"/@{card.handle}" if post_id is None else f"/@{card.handle}/{post_id}")


HANDLERS = pages(lead_to_what_is_meant)
