"""A custom feed as it is served: gather, the gate of For You, the feed's filters, then newest first or by the public score.

A preview and the feed itself are the same call. Nothing is empty without a reason: `Shown` says what each source brought
and what each rule and filter took.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from dunnock.accounts.ages import Ages
from dunnock.accounts.viewers import Viewer, Viewers
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.feeds import rules
from dunnock.feeds.custom import orders
from dunnock.feeds.custom.file import FeedFile, Sources, model_of
from dunnock.feeds.custom.gather import Gathered, gather
from dunnock.feeds.custom.orders import Order
from dunnock.feeds.custom.sift import Sieve
from dunnock.feeds.feeds import Feeds
from dunnock.feeds.for_you import policy
from dunnock.feeds.for_you.live import ForYou
from dunnock.feeds.for_you.receipt import Receipt
from dunnock.feeds.page import Cursor, Page, fill
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.ids import id_at
from dunnock.posts.views import PostCard, PostViews

NOBODY = 0
"""In place of an account: whoever is not signed in."""
MOST_CANDIDATES = 600
MOST_SCORED = 100
"""Places of a scored feed; what would come behind them is not shown."""


class Shown(msgspec.Struct, frozen=True):
    """A page of a feed. `brought`: entries looked at by source; `took`: by rule of the gate (`gate.…`) or filter.

    `receipts`: of a scored feed, one for each entry; `weights`: the text of the weight file that they name.
    """

    page: Page
    brought: dict[str, int]
    took: dict[str, int]
    receipts: tuple[Receipt, ...] = ()
    weights: str = ""


class CustomFeeds:
    """The custom feeds of one process."""

    def __init__(
        self,
        db: Db,
        feeds: Feeds,
        for_you: ForYou,
        *,
        accounts: AccountViews,
        posts: PostViews,
        viewers: Viewers,
        ages: Ages | None = None,
        domain: str,
    ) -> None:
        """`domain`: this server's, which addresses in files may have."""
        self._ages = ages or Ages()
        self._db, self._feeds, self._for_you, self._domain = db, feeds, for_you, domain
        self._accounts, self._posts, self._viewers = accounts, posts, viewers

    async def show_stranger(self, file: FeedFile, cursor: Cursor) -> Shown:
        """A page for whoever is not signed in: what nobody in particular may see. Of a scored feed the first one alone."""
        self._db.sync()
        viewer, minor = Viewer(NOBODY), self._ages.strangers_are_minors()
        judged = await self._judge(viewer, file, minor=minor)
        if file.order.by == "newest":
            return await self._newest(file, judged, cursor)
        if cursor.max_id is not None:
            return Shown(Page([], {}, {}, None, None), {}, {})
        shown = await self._scored(viewer, file, judged, cursor, minor=minor)
        shown.page.oldest = None
        return shown

    async def show(self, reader_id: int, file: FeedFile, cursor: Cursor) -> Shown:
        """A page of a feed for a reader.

        A scored feed is worked out when its first page is read: `max_id` is the post after which it goes on, in the same
        order for an hour, whatever came since; nothing is newer.
        """
        self._db.sync()
        viewer = await self._viewers.get(reader_id)
        minor = await self._ages.minor(self._db, reader_id, now=now_ms())
        judged = await self._judge(viewer, file, minor=minor)
        if file.order.by == "newest":
            return await self._newest(file, judged, cursor)
        return await self._scored(viewer, file, judged, cursor, minor=minor)

    async def _newest(self, file: FeedFile, judged: _Judged, cursor: Cursor) -> Shown:
        page = await fill(
            judged.gathered.next,
            judged.judge,
            _aged(cursor, file),
            posts=self._posts,
            accounts=self._accounts,
            once=True,
        )
        return Shown(page, judged.brought(), dict(judged.took))

    async def _judge(self, viewer: Viewer, file: FeedFile, *, minor: bool) -> _Judged:
        restricted = await self._for_you.restricted()
        gate = policy.Gate(viewer, (), restricted, minor=minor)
        gathered = await gather(
            self._db,
            self._feeds,
            # Whoever is under 18 gets nothing that was inferred from what they did.
            msgspec.structs.replace(file.sources, answered=file.sources.answered and not minor),
            viewer,
            answered=self._for_you.answered,
            domain=self._domain,
        )
        return _Judged(file, gathered, gate)

    async def _scored(self, viewer: Viewer, file: FeedFile, judged: _Judged, cursor: Cursor, *, minor: bool) -> Shown:
        nothing = Page([], {}, {}, None, None)
        if cursor.since_id is not None or cursor.min_id is not None:
            return Shown(nothing, {}, {})
        if cursor.max_id is not None:
            order = await orders.held(self._db, viewer.id, file)
            if order is not None and not (minor and order.inferred):
                return await self._further(order, cursor, judged)
        rows = await judged.gathered.next(_aged(Cursor(), file).span(), MOST_CANDIDATES)
        cards = await self._posts.get([row[1] for row in rows if row[1]])
        people = await self._accounts.get({card.author_id for card in cards.values()})
        kept = [
            card
            for _, one in rows
            if (card := cards.get(one)) is not None and judged.judge(card, cards, people) is not None
        ]
        model = model_of(file, await self._for_you.weights())
        receipts = await self._for_you.order(
            viewer,
            kept,
            people,
            {card.id: set(judged.gathered.names_of(card)) for card in kept},
            model,
            limit=MOST_SCORED,
            minor=minor,
        )
        order = Order(tuple(receipts), model.text)
        if len(receipts) > cursor.limit and viewer.id != NOBODY:
            await orders.hold(self._db, viewer.id, file, order)
        if cursor.max_id is not None:
            return await self._further(order, cursor, judged)
        served = receipts[: cursor.limit]
        page = Page([cards[one.item] for one in served], cards, people, served[-1].item if served else None, None)
        return Shown(page, judged.brought(), dict(judged.took), tuple(served), model.text)

    async def _further(self, order: Order, cursor: Cursor, judged: _Judged) -> Shown:
        """The next of what was ordered when the first page was read, without what may not be shown any more."""
        judged.forget()
        places = [place for place, one in enumerate(order.receipts, 1) if one.item == cursor.max_id]
        rest = order.receipts[places[0] :] if places else ()
        cards = await self._posts.get([one.item for one in rest])
        people = await self._accounts.get({card.author_id for card in cards.values()})
        served: list[Receipt] = []
        for one in rest:
            card = cards.get(one.item)
            if card is not None and judged.judge(card, cards, people, list(one.sources)) is not None:
                served.append(one)
            if len(served) == cursor.limit:
                break
        page = Page([cards[one.item] for one in served], cards, people, served[-1].item if served else None, None)
        return Shown(page, judged.brought(), dict(judged.took), tuple(served), order.weights)


class _Judged:
    """The rules of one page; it counts what came and what was taken."""

    def __init__(self, file: FeedFile, gathered: Gathered, gate: policy.Gate) -> None:
        self.gathered, self.took = gathered, Counter[str]()
        self._brought, self._gate, self._sieve = Counter[str](), gate, Sieve(file.filters)
        self._sources, self._capped = file.sources, file.order.by == "newest"

    def judge(
        self,
        entry: PostCard,
        cards: dict[int, PostCard],
        people: dict[int, AccountCard],
        brought_by: list[str] | None = None,
    ) -> PostCard | None:
        """What an entry shows in this feed; None: it is not shown. `brought_by`: sources, where they are known already."""
        names = self.gathered.names_of(entry) if brought_by is None else brought_by
        self._brought.update(names)
        shown = rules.readable(entry, cards, people, self._gate.viewer)
        refusal = "not_for_viewer" if shown is None else self._refusal(entry, shown, names, cards, people)
        if refusal is not None:
            self.took[f"gate.{refusal}"] += 1
            return None
        assert shown is not None
        taken = self._sieve.takes(entry, shown, capped=self._capped)
        if taken is not None:
            self.took[taken] += 1
            return None
        return shown

    def forget(self) -> None:
        """Count anew."""
        self.took.clear()
        self._brought.clear()

    def brought(self) -> dict[str, int]:
        """Entries looked at by source; a source of the file that brought nothing stands there with 0."""
        asked = [name for name in Sources.__struct_fields__ if getattr(self._sources, name)]
        return {name: self._brought[name] for name in asked}

    def _refusal(
        self,
        entry: PostCard,
        shown: PostCard,
        names: list[str],
        cards: dict[int, PostCard],
        people: dict[int, AccountCard],
    ) -> str | None:
        viewer = self._gate.viewer
        if entry is not shown:
            follow = viewer.following.get(entry.author_id)
            hidden = follow is not None and not follow[0]
            if hidden or rules.unwanted(entry, people.get(entry.author_id), viewer):
                return "not_for_viewer"
        refusal = self._gate.refusal(shown, cards, people)
        if refusal is None and names == ["words"] and not people[shown.author_id].indexable:
            return "author_not_found"
        return refusal


def _aged(cursor: Cursor, file: FeedFile) -> Cursor:
    """The cursor, kept within the ages that the file allows."""
    now, ages = now_ms(), file.filters
    below = min(
        (one for one in (cursor.max_id, _id(now - ages.min_age * HOUR) if ages.min_age else None) if one), default=None
    )
    since, least = cursor.since_id, cursor.min_id
    if ages.max_age is not None:
        floor = _id(now - ages.max_age * HOUR)
        since = max(since or 0, floor)
        least = None if least is None else max(least, floor)
    return Cursor(cursor.limit, below, since, least)


def _id(at: float) -> int:
    return id_at(max(0, int(at)))
