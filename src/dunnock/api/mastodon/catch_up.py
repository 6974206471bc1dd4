"""What a member missed in Home, by who brought it, and why each post is there. Ours: /api/v1/dunnock/feeds/catch_up."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec

from dunnock.api.kit import Called, Query, require, told_id
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, me
from dunnock.api.mastodon.render import Render
from dunnock.feeds import Feeds
from dunnock.feeds.catch_up import ORDERS, Order, Why, catch_up
from dunnock.feeds.page import Page
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.ids import id_at

_PEOPLE, _FEW, _MANY, _LONGEST_H = 60, 2, 20, 31 * 24


class CatchUpParams(msgspec.Struct, frozen=True):
    """How many hours back (1 to 744), in which order (posts, answers, latest, name), how many posts of one author (1 to 20)."""

    hours: int = 12
    order: str = "posts"
    per_author: int = _FEW
    no_replies: bool = False
    no_boosts: bool = False


class MissedReason(msgspec.Struct, kw_only=True):
    """A fact that brought a post: `account_id` is followed or boosted it; `tag` is followed. `text` says it in English."""

    kind: Literal["followed", "boosted", "hashtag"]
    account_id: str | None
    tag: str | None
    text: str


class MissedPerson(msgspec.Struct, kw_only=True):
    """Who brought how much; `shown` of it is among the statuses."""

    account_id: str
    acct: str
    posts: int
    boosts: int
    answers: int
    shown: int


class CatchUpPage(msgspec.Struct, kw_only=True):
    """`reasons` are those of `statuses`, in the same order. `read`: so many were looked at; `whole`: that was all."""

    read: int
    whole: bool
    people: list[MissedPerson]
    statuses: list[wire.Status]
    reasons: list[list[MissedReason]]


@get(
    "/api/v1/dunnock/feeds/catch_up",
    guards=[require("read:statuses")],
    responses={200: ResponseSpec(CatchUpPage, generate_examples=False, description="Posts and what brought them")},
)
async def show_catch_up(
    params: Query[CatchUpParams], caller: Called, feeds: NamedDependency[Feeds], render: NamedDependency[Render]
) -> Response[bytes]:
    """What came into Home, by who brought it, and why each post is there."""
    order: Order = next((one for one in ORDERS if one == params.order), "posts")
    found = await catch_up(
        feeds,
        me(caller),
        since_id=id_at(now_ms() - min(max(params.hours, 1), _LONGEST_H) * HOUR),
        order=order,
        replies=not params.no_replies,
        boosts=not params.no_boosts,
    )
    most = min(max(params.per_author, 1), _MANY)
    people = found.said[:_PEOPLE]
    entries = [entry for one in people for entry in one.entries[:most]]
    handles = {one.account_id: found.page.accounts[one.account_id].handle for one in people}
    told = {
        "people": [
            MissedPerson(
                account_id=str(one.account_id),
                acct=handles[one.account_id],
                posts=one.posts,
                boosts=one.boosts,
                answers=one.answers,
                shown=len(one.entries[:most]),
            )
            for one in people
        ],
        "reasons": [[_reason(why, handles) for why in found.why[entry.id]] for entry in entries],
        "read": found.read,
        "whole": found.whole,
    }
    statuses = await render.page(Page(entries, found.page.posts, found.page.accounts, None, None), me(caller))
    return answer(b'%b,"statuses":%b}' % (msgspec.json.encode(told)[:-1], statuses))


def _reason(why: Why, handles: dict[int, str]) -> MissedReason:
    name = "" if why.account_id is None else f"@{handles[why.account_id]}"
    said = {
        "followed": f"You follow {name}.",
        "boosted": f"{name}, whom you follow, boosted it.",
        "hashtag": f"You follow #{why.tag}.",
    }
    account_id = told_id(why.account_id)
    return MissedReason(kind=why.kind, account_id=account_id, tag=why.tag, text=said[why.kind])


HANDLERS: list[Any] = [show_catch_up]
