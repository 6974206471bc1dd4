"""Custom feeds. Ours: /api/v1/dunnock/feeds; other clients read them as lists (lists.py, timelines.py)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import HttpMethod, Response, delete, get, post, route
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath

from dunnock.api.kit import Called, Form, Query, require
from dunnock.api.mastodon.for_you import ForYouReceipt, receipt_of
from dunnock.api.mastodon.pages import answer, me
from dunnock.api.mastodon.timelines import HomeParams, Timelines
from dunnock.feeds.custom import keep
from dunnock.feeds.custom.complaints import complain
from dunnock.feeds.custom.directory import Wanted, listed_feeds
from dunnock.feeds.custom.file import check
from dunnock.feeds.custom.keep import CustomFeed
from dunnock.feeds.custom.serve import Shown
from dunnock.foundation.db import Db

PATH: Final = "/api/v1/dunnock/feeds"
_ONE: Final = f"{PATH}/{{feed_id:int}}"
_READS, _WRITES = "read:lists", "write:lists"


class CustomFeedWire(msgspec.Struct, kw_only=True):
    """A custom feed. `text`: its file; `shared`: members who know its id may read it; `own`: the caller made it.

    `listed`: everybody finds and reads it; `readers`: as how many independent accounts those count who subscribed, of late;
    `removed_because`: staff took it from everybody but its maker, who is told why; null: they did not.
    """

    id: str
    account_id: str
    title: str
    text: str
    shared: bool
    listed: bool
    own: bool
    subscribed: bool
    readers: float
    removed_because: str | None


class CustomFeedForm(msgspec.Struct):
    """The file, whether others may read the feed and whether everybody finds it; what is missing stays."""

    text: str | None = None
    shared: bool | None = None
    listed: bool | None = None


class ComplaintForm(msgspec.Struct):
    """What is wrong with a feed."""

    comment: str = ""


class DirectoryParams(msgspec.Struct, frozen=True):
    """What to look for: words of the title, what it is about or hashtags; a language; a hashtag. `page`: from 1, 20 each."""

    q: str = ""
    language: str = ""
    tag: str = ""
    page: int = 1


class CustomFeedPage(msgspec.Struct, kw_only=True):
    """Posts of a feed. `brought`: entries looked at by source, also 0; `took`: by the rule (`gate.…`) or filter that took them.

    `receipts`: of a scored feed, one for each post; `weights`: the text of the weight file that they name.
    """

    statuses: list[dict[str, Any]]
    brought: dict[str, int]
    took: dict[str, int]
    receipts: list[ForYouReceipt]
    weights: str


_SHOWN = {200: ResponseSpec(CustomFeedPage, generate_examples=False, description="Posts, and why these")}


@get(PATH, guards=[require(_READS)])
async def show_custom_feeds(caller: Called, db: NamedDependency[Db]) -> list[CustomFeedWire]:
    """The custom feeds that the member made, then those that they subscribed to."""
    return [_wire(one, me(caller)) for one in await keep.feeds_of(db, me(caller))]


@post(PATH, guards=[require(_WRITES)], status_code=200)
async def make_custom_feed(form: Form[CustomFeedForm], caller: Called, db: NamedDependency[Db]) -> CustomFeedWire:
    """Keep a feed."""
    async with db.begin() as tx:
        made = await keep.make_feed(
            tx, me(caller), text=form.text or "", shared=bool(form.shared), listed=bool(form.listed)
        )
    return _wire(made, me(caller))


@post(f"{PATH}/preview", guards=[require(_READS)], status_code=200, responses=_SHOWN)
async def preview_custom_feed(
    form: Form[CustomFeedForm], caller: Called, timelines: NamedDependency[Timelines]
) -> Response[bytes]:
    """What a file would show, without keeping it: the first page of the feed."""
    file = check(form.text or "")
    feed = CustomFeed(0, me(caller), file.title, form.text or "")
    body, _, shown = await timelines.custom(me(caller), HomeParams(), feed, f"{PATH}/preview")
    return answer(_page(body, shown))


@get(f"{PATH}/directory", guards=[require(_READS)])
async def list_directory(
    params: Query[DirectoryParams], caller: Called, db: NamedDependency[Db]
) -> list[CustomFeedWire]:
    """Feeds that their makers want to be found, most read first; readers who act together count as the root of their number."""
    wanted = Wanted(words=params.q, language=params.language, tag=params.tag, page=params.page)
    found = await listed_feeds(db, wanted, reader_id=me(caller))
    return [_wire(one, me(caller)) for one in found.feeds]


@get(_ONE, guards=[require(_READS)])
async def show_custom_feed(feed_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> CustomFeedWire:
    """One of them, or one that somebody shares."""
    return _wire(await keep.find_feed(db, me(caller), feed_id), me(caller))


@route(_ONE, http_method=[HttpMethod.PUT, HttpMethod.PATCH], guards=[require(_WRITES)])
async def change_custom_feed(
    feed_id: FromPath[int], form: Form[CustomFeedForm], caller: Called, db: NamedDependency[Db]
) -> CustomFeedWire:
    """Give a feed another file, or share it or no longer."""
    async with db.begin() as tx:
        changed = await keep.change_feed(
            tx, me(caller), feed_id, text=form.text, shared=form.shared, listed=form.listed
        )
    return _wire(changed, me(caller))


@delete(_ONE, guards=[require(_WRITES)], status_code=200)
async def delete_custom_feed(feed_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Delete a feed that the member made."""
    async with db.begin() as tx:
        await keep.delete_feed(tx, me(caller), feed_id)
    return {}


@get(f"{_ONE}/timeline", guards=[require(_READS)], responses=_SHOWN)
async def read_custom_feed(
    feed_id: FromPath[int],
    params: Query[HomeParams],
    caller: Called,
    db: NamedDependency[Db],
    timelines: NamedDependency[Timelines],
) -> Response[bytes]:
    """A page of a feed, and why these posts."""
    feed = await keep.find_feed(db, me(caller), feed_id)
    body, link, shown = await timelines.custom(me(caller), params, feed, f"{PATH}/{feed_id}/timeline")
    return answer(_page(body, shown), link=link)


@post(f"{_ONE}/subscribe", guards=[require(_WRITES)], status_code=200)
async def subscribe_to_feed(feed_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> CustomFeedWire:
    """Have a feed that somebody shares among one's own."""
    async with db.begin() as tx:
        return _wire(await keep.subscribe(tx, me(caller), feed_id), me(caller))


@post(f"{_ONE}/unsubscribe", guards=[require(_WRITES)], status_code=200)
async def unsubscribe_from_feed(feed_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Have it no longer."""
    async with db.begin() as tx:
        await keep.unsubscribe(tx, me(caller), feed_id)
    return {}


@post(f"{_ONE}/report", guards=[require("write:reports")], status_code=200)
async def report_feed(
    feed_id: FromPath[int], form: Form[ComplaintForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Tell staff what is wrong with a feed of somebody else."""
    async with db.begin() as tx:
        await complain(tx, me(caller), feed_id, comment=form.comment)
    return {}


def _page(statuses: bytes, shown: Shown) -> bytes:
    told = {
        "brought": shown.brought,
        "took": shown.took,
        "receipts": [receipt_of(one, shown.weights) for one in shown.receipts],
        "weights": shown.weights,
    }
    return b'{"statuses":%b,%b' % (statuses, msgspec.json.encode(told)[1:])


def _wire(one: CustomFeed, caller: int) -> CustomFeedWire:
    return CustomFeedWire(
        id=str(one.id),
        account_id=str(one.account_id),
        title=one.title,
        text=one.text,
        shared=one.shared,
        listed=one.listed,
        own=one.account_id == caller,
        subscribed=one.subscribed,
        readers=one.readers / 1000,
        removed_because=None if one.removed_at is None else one.removed_because,
    )


HANDLERS: list[Any] = [
    show_custom_feeds, make_custom_feed, preview_custom_feed, show_custom_feed, change_custom_feed, delete_custom_feed,
    read_custom_feed, subscribe_to_feed, unsubscribe_from_feed, list_directory, report_feed,
]  # fmt: skip
