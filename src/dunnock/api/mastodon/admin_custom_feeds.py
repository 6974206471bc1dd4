"""Staff and custom feeds that somebody complained about. Ours: /api/v1/dunnock/admin/custom_feeds."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.api.kit import Called, Form, require
from dunnock.api.mastodon.pages import me
from dunnock.feeds.custom.complaints import close_complaints, complained, remove_feed, restore_feed
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db

HERE: Final = "/api/v1/dunnock/admin/custom_feeds"


class FeedComplaint(msgspec.Struct, kw_only=True):
    """What somebody said."""

    account_id: str
    comment: str
    created_at: str


class AdminCustomFeed(msgspec.Struct, kw_only=True):
    """A feed that staff look at. `removed_at` null: it was not removed; `complaints`: those that are open."""

    id: str
    account_id: str
    title: str
    text: str
    shared: bool
    listed: bool
    removed_at: str | None
    removed_because: str
    complaints: list[FeedComplaint]


class FeedActForm(msgspec.Struct):
    """`remove` it (`because`: why, which its maker reads), `restore` it, or `keep` it as it is and close the complaints."""

    act: Literal["remove", "restore", "keep"] = "keep"
    because: str = ""


@get(HERE, guards=[require("admin:read:reports")])
async def list_complained(caller: Called, db: NamedDependency[Db]) -> list[AdminCustomFeed]:
    """Feeds that somebody complained about, then those that were removed."""
    return [
        AdminCustomFeed(
            id=str(one.feed.id), account_id=str(one.feed.account_id), title=one.feed.title, text=one.feed.text,
            shared=one.feed.shared, listed=one.feed.listed,
            removed_at=None if one.feed.removed_at is None else iso(one.feed.removed_at),
            removed_because=one.feed.removed_because,
            complaints=[
                FeedComplaint(account_id=str(it.account_id), comment=it.comment, created_at=iso(it.at))
                for it in one.complaints
            ],
        )
        for one in await complained(db, by=me(caller))
    ]  # fmt: skip


@post(f"{HERE}/{{feed_id:int}}", guards=[require("admin:write:reports")], status_code=200)
async def judge_feed(
    feed_id: FromPath[int], form: Form[FeedActForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Remove a feed with a reason, give it back, or leave it as it is."""
    async with db.begin() as tx:
        if form.act == "remove":
            await remove_feed(tx, feed_id, because=form.because, by=me(caller))
        elif form.act == "restore":
            await restore_feed(tx, feed_id, by=me(caller))
        else:
            await close_complaints(tx, feed_id, by=me(caller))
    return {}


HANDLERS: list[Any] = [list_complained, judge_feed]
