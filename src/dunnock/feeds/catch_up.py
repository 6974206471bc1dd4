"""What a member missed: a stretch of the home feed, put together by who brought it there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal, TypeAlias, get_args

import msgspec

from dunnock.feeds.feeds import Feeds
from dunnock.feeds.page import Cursor, Page
from dunnock.posts.views import PostCard
from dunnock.text import hashtag_key

MOST_READ = 400
Order: TypeAlias = Literal["posts", "answers", "latest", "name"]
ORDERS: tuple[Order, ...] = get_args(Order)


class Why(msgspec.Struct, frozen=True):
    """One fact that brought an entry into the feed: whom the viewer follows, who of them boosted it, or under which hashtag.

    `account_id`: of `followed` and `boosted`; `tag`: of `hashtag`, as the author wrote it.
    """

    kind: Literal["followed", "boosted", "hashtag"]
    account_id: int | None = None
    tag: str | None = None


class Said(msgspec.Struct):
    """What one account brought into the feed: `entries` newest first, posts and boosts.

    `answers`: how often the shown posts were answered, by anybody, up to now.
    """

    account_id: int
    entries: list[PostCard] = []
    boosts: int = 0
    answers: int = 0

    @property
    def posts(self) -> int:
        """How many they wrote themselves."""
        return len(self.entries) - self.boosts


class CatchUp(msgspec.Struct):
    """`read` entries were looked at, of which `shown` are in `said`. `whole`: there were no more in this time.

    `page` has the cards to show them; `newest`: the newest entry, 0 when there is none. `why`: by the id of an entry, the
    facts that brought it; only such as were so when this was read.
    """

    said: list[Said]
    read: int
    shown: int
    whole: bool
    page: Page
    newest: int
    why: dict[int, tuple[Why, ...]]


async def catch_up(
    feeds: Feeds, viewer_id: int, *, since_id: int, order: Order = "posts", replies: bool = True, boosts: bool = True
) -> CatchUp:
    """The home feed after the id `since_id`, at most its newest `MOST_READ` entries, without the viewer's own.

    `replies`, `boosts`: with those too. Of two with the same number the one who said something last stands first.
    """
    page = await feeds.home(viewer_id, Cursor(limit=MOST_READ, since_id=since_id))
    sources, keys = await feeds.brings(viewer_id)
    said: dict[int, Said] = {}
    why: dict[int, tuple[Why, ...]] = {}
    for entry in page.entries:
        shown = entry if entry.boost_of_id is None else page.posts[entry.boost_of_id]
        boosted = shown is not entry
        left_out = entry.author_id == viewer_id or (
            not boosts if boosted else not replies and shown.reply_to_id is not None
        )
        if left_out:
            continue
        one = said.setdefault(entry.author_id, Said(entry.author_id))
        one.entries.append(entry)
        why[entry.id] = _why(entry, shown, sources, keys)
        one.boosts += boosted
        one.answers += shown.counts[0]
    by: dict[Order, Callable[[Said], object]] = {
        "posts": lambda one: -len(one.entries),
        "answers": lambda one: -one.answers,
        "latest": lambda one: -one.entries[0].id,
        "name": lambda one: _called(page, one.account_id),
    }
    return CatchUp(
        said=sorted(said.values(), key=by[order]),  # type: ignore[arg-type]  # each compares with its like
        read=len(page.entries),
        shown=sum(len(one.entries) for one in said.values()),
        whole=len(page.entries) < MOST_READ,
        page=page,
        newest=page.entries[0].id if page.entries else 0,
        why=why,
    )


def _why(entry: PostCard, shown: PostCard, sources: Collection[int], keys: Collection[str]) -> tuple[Why, ...]:
    if shown is not entry:
        return (Why("boosted", entry.author_id),)
    followed = [Why("followed", entry.author_id)] if entry.author_id in sources else []
    return (*followed, *(Why("hashtag", tag=name) for name in entry.hashtags if hashtag_key(name) in keys))


def _called(page: Page, account_id: int) -> str:
    card = page.accounts[account_id]
    called: str = card.display_name or card.username
    return called.casefold()
