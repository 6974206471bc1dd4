"""People to meet: suggestions and the directory. Wire: Suggestion."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import Response, delete, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import discovery
from dunnock.api.kit import Called, MaybeCalled, Query, page_limit, public, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import ACCOUNTS_A_PAGE, answer, me, viewer_of
from dunnock.api.mastodon.render import Render
from dunnock.discovery import People
from dunnock.discovery.people import Source
from dunnock.foundation.db import Db

_LEGACY: dict[Source, bytes] = {
    "friends_of_friends": b"past_interactions",
    "follows_you": b"past_interactions",
    "liked_alike": b"past_interactions",
    "most_followed": b"global",
    "writes_here": b"global",
}
"""What a reason was called before Mastodon 4.3."""
_WIRE: dict[Source, str] = {
    "friends_of_friends": "friends_of_friends",
    "follows_you": "most_interactions",
    "liked_alike": "similar_to_recently_followed",
    "most_followed": "most_followed",
    "writes_here": "most_followed",
}
"""What a reason is called by Mastodon, which has no word for those who follow one, and does not use that one.

Nor has it one for taste: the nearest is that somebody is like those whom one follows. Who only writes
here is to them one of whom the server speaks.
"""


class SuggestionsParams(msgspec.Struct, frozen=True):
    """How many, and after how many."""

    limit: int | None = None
    offset: int | None = None


class DirectoryParams(msgspec.Struct, frozen=True):
    """In which order, of which servers, how many and after how many."""

    order: Literal["active", "new"] = "active"
    local: bool = False
    limit: int | None = None
    offset: int | None = None


class Suggestion(msgspec.Struct, kw_only=True):
    """Suggestion."""

    source: Literal["staff", "past_interactions", "global"]
    sources: list[
        Literal["featured", "most_followed", "most_interactions", "similar_to_recently_followed", "friends_of_friends"]
    ]
    account: wire.Account
    reasons: list[Literal["friends_of_friends", "follows_you", "liked_alike", "most_followed", "writes_here"]]


@get("/api/v2/suggestions", guards=[require("read:accounts")])
async def suggestions(
    params: Query[SuggestionsParams],
    caller: Called,
    people: NamedDependency[People],
    render: NamedDependency[Render],
) -> Response[list[Suggestion]]:
    """Accounts that the caller may want to follow, and why."""
    found = await people.suggestions(
        me(caller), limit=page_limit(params.limit, ACCOUNTS_A_PAGE), offset=max(params.offset or 0, 0)
    )
    reasons = {one.account_id: one.sources for one in found}
    return answer(
        b"["
        + b",".join(
            [
                b'{"source":"%b","sources":%b,"account":%b,"reasons":%b}'
                % (
                    _LEGACY[reasons[an_id][0]],
                    msgspec.json.encode([_WIRE[one] for one in reasons[an_id]]),
                    account,
                    msgspec.json.encode(reasons[an_id]),
                )
                for an_id, account in await render.each_account([one.account_id for one in found])
            ]
        )
        + b"]"
    )


@get("/api/v1/suggestions", guards=[require("read:accounts")], deprecated=True)
async def old_suggestions(
    params: Query[SuggestionsParams],
    caller: Called,
    people: NamedDependency[People],
    render: NamedDependency[Render],
) -> Response[list[wire.Account]]:
    """The accounts alone, for old clients."""
    found = await people.suggestions(
        me(caller), limit=page_limit(params.limit, ACCOUNTS_A_PAGE), offset=max(params.offset or 0, 0)
    )
    return answer(await render.accounts([one.account_id for one in found]))


@delete("/api/v1/suggestions/{account_id:int}", status_code=200, guards=[require(("read:accounts", "write:accounts"))])
async def dismiss(account_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Never suggest that account to the caller again."""
    async with db.begin() as tx:
        await discovery.dismiss_suggestion(tx, me(caller), target=account_id)
    return {}


@get("/api/v1/directory", guards=[public("read:accounts")])
async def directory(
    params: Query[DirectoryParams],
    caller: MaybeCalled,
    people: NamedDependency[People],
    render: NamedDependency[Render],
) -> Response[list[wire.Account]]:
    """Accounts that agreed to be found: those who posted last first, or the newest first."""
    ids = await people.directory(
        viewer_of(caller) or None,
        order=params.order,
        local=params.local,
        offset=max(params.offset or 0, 0),
        limit=page_limit(params.limit, ACCOUNTS_A_PAGE),
    )
    return answer(await render.accounts(ids))


HANDLERS: list[Any] = [suggestions, old_suggestions, dismiss, directory]
