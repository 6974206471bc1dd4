"""For You as it is served: gathers candidates, ranks them, keeps the receipts.

An act counts only if its post was served to who acted: For You showed it, or they follow its author or its hashtag.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from dunnock import accounts
from dunnock.accounts.ages import Ages
from dunnock.accounts.viewers import Viewer, Viewers
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.feeds.events import WeightsReplaced
from dunnock.feeds.feeds import Feeds
from dunnock.feeds.for_you import policy
from dunnock.feeds.for_you.arrange import Item
from dunnock.feeds.for_you.choices import Choices, ReceiptMissing, choices_of, reads_it
from dunnock.feeds.for_you.circles import MOST_GATHERED, Quota, circles, quota
from dunnock.feeds.for_you.engagements import Engagements, Near, Pool
from dunnock.feeds.for_you.features import INFERRED, NAMES, WALKED, Walks, social
from dunnock.feeds.for_you.model import Model, default_text
from dunnock.feeds.for_you.rank import Candidate, rank
from dunnock.feeds.for_you.receipt import Receipt
from dunnock.feeds.for_you.versions import in_force, text_named
from dunnock.feeds.page import Cursor, Page
from dunnock.feeds.store import for_you as store
from dunnock.filters import FilterViews
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.events import Logged
from dunnock.foundation.ids import id_at, ms_of
from dunnock.foundation.job import Job
from dunnock.posts.entries import Span
from dunnock.posts.events import PostDeleted, PostUnfavourited
from dunnock.posts.views import PostCard, PostViews
from dunnock.text import hashtag_key

Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]
Floats = np.ndarray[tuple[int, int], np.dtype[np.float64]]
KEPT = 7 * DAY
TRIM_EVERY_MS = HOUR
_REACH = 2 * DAY  # how old an act may be that makes a candidate
_MOST_ACTS = 100_000
_MOST_WALKED, _MOST_FOLLOWED, _MOST_LOCAL = 1_500, 200, 200
_REREAD_S = 30_000  # milliseconds between looks for new acts
_ANEW = 6 * HOUR
_AGAIN_AFTER = 12 * HOUR  # what was shown is shown again only when there is nothing else
_LED = {
    source: [n for n, name in enumerate(NAMES) if name in names]
    for source, names in (("walk", WALKED), ("friends", ("friends",)), ("topic", ("topic",)))
}
_HERE = frozenset({"home", "public"})  # where members' filters name such feeds
_SMALL, _NEW = 50, 30 * DAY  # followers; since the account came here


class TrimServed(Job, frozen=True):
    """Forget receipts that are older than seven days."""


class Served(msgspec.Struct, frozen=True):
    """A page of For You and the receipts of its posts, in order."""

    page: Page
    receipts: tuple[Receipt, ...]


class ForYou:
    """The For You feeds of one process."""

    def __init__(
        self,
        db: Db,
        feeds: Feeds,
        accounts: AccountViews,
        posts: PostViews,
        viewers: Viewers,
        *,
        ages: Ages | None = None,
        filters: FilterViews | None = None,
        on: Callable[[], bool] = lambda: True,
    ) -> None:
        """Listens to `db`'s events from now on. `on`: whether this server has such feeds at all, now. `ages`: who is under 18.
        `filters`: what members want hidden.
        """
        self.on, self._ages = on, ages or Ages()
        self._filters = filters or FilterViews(db, posts)
        self._db, self._feeds, self._accounts, self._posts, self._viewers = db, feeds, accounts, posts, viewers
        self.model = Model(default_text(), NAMES)  # until it was read which is in force
        self._reread = True
        self._known = Engagements()
        self._read_to = self._read_at = self._made_at = 0
        self._restricted: frozenset[str] = frozenset()
        db.listen(self._heard)

    def _heard(self, logged: Sequence[Logged]) -> None:
        for one in logged:
            match one.event:
                case PostUnfavourited(post_id=post_id, by=by):
                    self._known.drop(by, post_id)
                case PostDeleted(boost_of_id=int() as post_id, author_id=by):
                    self._known.drop(by, post_id)
                case accounts.StandingChanged(account_id=by, standing=standing) if standing != "active":
                    self._known.forget(by)
                case accounts.IndependenceChanged():
                    self._made_at = 0
                case WeightsReplaced():
                    self._reread = True
                case _:
                    pass

    async def serve(
        self, viewer_id: int, *, limit: int = 20, draw: Callable[[], float] | None = random.random
    ) -> Served:
        """The next page for a member, whose receipts are kept; what was shown in the last hours does not come again.

        `draw`: see `arrange`.
        """
        self._db.sync()
        await self.weights()
        now = now_ms()
        await self._read(now)
        viewer, choices = await self._viewers.get(viewer_id), await choices_of(self._db, viewer_id)
        minor = await self._ages.minor(self._db, viewer_id, now=now)
        found = await self._candidates(viewer, choices, minor=minor)
        shown = {row[0]: row[1] for row in await self._db.all(store.SERVED, owner=viewer_id)}
        new = [one for one in found.posts if now - shown.get(one.id, 0) > _AGAIN_AFTER]
        found.shown = [one for one, at in shown.items() if now - at < DAY]
        receipts = await self._unhidden(found, new, viewer, choices, now=now, limit=limit, minor=minor, draw=draw)
        if len(receipts) < limit:  # rather something again than an empty page
            there = {one.item for one in receipts}
            old = sorted((one for one in found.posts if one.id not in there), key=lambda one: shown.get(one.id, 0))
            again = await self._unhidden(
                found, old, viewer, choices, now=now, limit=limit - len(receipts), minor=minor, draw=None
            )
            receipts += [msgspec.structs.replace(one, rank=len(receipts) + one.rank) for one in again]
        if receipts:
            async with self._db.begin() as tx:
                await tx.many(
                    store.SERVE,
                    [
                        {
                            "account_id": viewer_id,
                            "post_id": one.item,
                            "at": now,
                            "receipt": msgspec.json.encode(one).decode(),
                        }
                        for one in receipts
                    ],
                )
        page = Page([found.cards[one.item] for one in receipts], found.cards, found.people, None, None)
        return Served(page, tuple(receipts))

    async def shown_at(self, viewer_id: int, at: int) -> Served:
        """The page that was shown at a moment (Unix milliseconds) once more: nothing is ranked, and nothing is counted as shown.

        What may not be shown any more is left out; after seven days, or when all is forgotten, nothing is left.
        """
        self._db.sync()
        rows = await self._db.all(store.SERVED_AT, owner=viewer_id, at=at)
        receipts = sorted((msgspec.json.decode(row[0], type=Receipt) for row in rows), key=lambda one: one.rank)
        viewer, now = await self._viewers.get(viewer_id), now_ms()
        cards = await self._posts.get([one.item for one in receipts])
        people = await self._accounts.get({card.author_id for card in cards.values()})
        minor = await self._ages.minor(self._db, viewer_id, now=now)
        gate = policy.Gate(viewer, (), await self.restricted(), minor=minor)
        kept = [
            one
            for one in receipts
            if (card := cards.get(one.item)) is not None and gate.refusal(card, cards, people) is None
        ]
        page = Page([cards[one.item] for one in kept], cards, people, None, None)
        return Served(page, tuple(kept))

    async def read_by(self, viewer_id: int) -> bool:
        """Did the member read this feed lately, and have they one still?"""
        return self.on() and await reads_it(self._db, viewer_id)

    async def weights(self) -> Model:
        """The weight file in force."""
        self._db.sync()
        if self._reread:
            self._reread = False
            self.model = await in_force(self._db)
        return self.model

    async def weights_of(self, receipt: Receipt) -> str:
        """The text of the weight file that a receipt names; that of the one in force when it is not kept any more."""
        model = await self.weights()
        if receipt.model == model.hash:
            return model.text
        return await text_named(self._db, receipt.model) or model.text

    async def receipt(self, viewer_id: int, post_id: int) -> Receipt:
        """Why For You showed the post to the member, when it last did. Raises ReceiptMissing."""
        held = await self._db.value(store.RECEIPT, owner=viewer_id, post=post_id)
        if held is None:
            raise ReceiptMissing(post_id)
        return msgspec.json.decode(held, type=Receipt)

    async def restricted(self) -> frozenset[str]:
        """Folded hashtags that staff keep out of trends, as the gate knows them now."""
        await self._read(now_ms())
        return self._restricted

    async def answered(self, span: Span, most: int) -> list[int]:
        """Posts that were answered within the last two days by those whose acts count: the next ids in the order of `span`."""
        now = now_ms()
        await self._read(now)
        active = self._known.active(since=(now - _REACH) / 1000)[-_MOST_WALKED:]
        within = sorted((one for one in active if span.above < one < span.below), reverse=not span.up)
        return within[:most]

    async def order(
        self,
        viewer: Viewer,
        posts: Sequence[PostCard],
        people: dict[int, AccountCard],
        sources: Mapping[int, set[str]],
        model: Model,
        *,
        limit: int,
        minor: bool,
    ) -> list[Receipt]:
        """Posts that passed the gate in the order of another weight file, with their receipts; nothing is left to chance."""
        now = now_ms()
        await self._read(now)
        found = _Found(
            posts=list(posts),
            cards={one.id: one for one in posts},
            people=people,
            sources=sources,
            followed_tags=frozenset((await self._feeds.tags_of_home(viewer.id)).values()),
            choices=await choices_of(self._db, viewer.id),
            together=await accounts.independence_of(self._db, {one.author_id for one in posts}),
        )
        return self._rank(
            found, posts, viewer, found.choices, now=now, limit=limit, minor=minor, draw=None, model=model
        )

    async def _read(self, now: int) -> None:
        """Take in what was done since the last look; now and then all anew, so that what is old is forgotten."""
        anew = now - self._made_at > _ANEW
        if anew:
            self._known, self._read_to, self._made_at = Engagements(), id_at(now - KEPT), now
        elif now - self._read_at < _REREAD_S:
            return
        self._read_at = now
        known = self._known
        rows = await self._db.slow(store.ACTS, since=self._read_to, most=_MOST_ACTS)
        for act, account, post in reversed(rows):
            known.add(account, post, ms_of(act) / 1000)
        if rows:
            # An id is given before its row is committed: look again at the last minute, adding twice changes nothing.
            self._read_to = max(self._read_to, min(rows[0][0], id_at(now - MINUTE)))
            held = await accounts.independence_of(self._db, {row[1] for row in rows})
            known.group({one: (it.group, it.weight) for one, it in held.items()})
        if anew:
            account, item, n = known.latest(MOST_GATHERED)
            known.gather(await asyncio.to_thread(circles, account, item, accounts=n))
        restricted = await self._db.all(store.RESTRICTED, most=10_000)
        self._restricted = frozenset(row[0] for row in restricted)

    async def _candidates(self, viewer: Viewer, choices: Choices, *, minor: bool) -> _Found:
        sources: dict[int, set[str]] = {}
        home = await self._feeds.home(viewer.id, Cursor(limit=_MOST_FOLLOWED))
        followed_tags = frozenset((await self._feeds.tags_of_home(viewer.id)).values())
        for entry in home.entries:
            shown = entry.boost_of_id or entry.id
            sources.setdefault(shown, set()).add("followed" if entry.author_id in viewer.following else "tag")
        local = await self._feeds.public(viewer.id, Cursor(limit=_MOST_LOCAL), where="local")
        for entry in local.entries:
            sources.setdefault(entry.id, set()).add("local")
        if not minor:  # whoever is under 18 gets nothing that was inferred from what they did
            now = now_ms()
            for item in self._known.active(since=(now - _REACH) / 1000)[-_MOST_WALKED:]:
                sources.setdefault(item, set()).add("answered")
        cards = await self._posts.get(list(sources))
        people = await self._accounts.get({card.author_id for card in cards.values()})
        gate = policy.Gate(viewer, self._known.acted_on(viewer.id), self._restricted, minor=minor)
        kept = [
            card
            for one in sources
            if (card := cards.get(one)) is not None and gate.refusal(card, cards, people) is None
        ]
        together = await accounts.independence_of(self._db, {one.author_id for one in kept})
        return _Found(kept, cards, people, sources, followed_tags, choices, together)

    async def _unhidden(
        self,
        found: _Found,
        posts: Sequence[PostCard],
        viewer: Viewer,
        choices: Choices,
        *,
        now: int,
        limit: int,
        minor: bool,
        draw: Callable[[], float] | None,
    ) -> list[Receipt]:
        """The best of what the viewer's filters do not hide. All of it is held against them only when a page has such a post."""

        def best(of: Sequence[PostCard]) -> list[Receipt]:
            return self._rank(found, of, viewer, choices, now=now, limit=limit, minor=minor, draw=draw)

        receipts = best(posts)
        if await self._hidden(viewer.id, [found.cards[one.item] for one in receipts]):
            hidden = await self._hidden(viewer.id, posts)
            receipts = best([one for one in posts if one.id not in hidden])
        return receipts

    async def _hidden(self, viewer_id: int, cards: Sequence[PostCard]) -> set[int]:
        """Which of these the member's filters for home and for public feeds hide."""
        matcher = await self._filters.matcher(viewer_id)
        results = await self._filters.results(matcher, [(one, None) for one in cards]) if matcher else {}
        return {
            post
            for (_, post), found in results.items()
            if any(one.filter.action == "hide" and _HERE.intersection(one.filter.contexts) for one in found)
        }

    def _rank(
        self,
        found: _Found,
        posts: Sequence[PostCard],
        viewer: Viewer,
        choices: Choices,
        *,
        now: int,
        limit: int,
        minor: bool,
        draw: Callable[[], float] | None,
        model: Model | None = None,
    ) -> list[Receipt]:
        if not posts:
            return []
        known = self._known
        pool = known.pool([one.id for one in posts], now=now / 1000, came=[ms_of(one.id) / 1000 for one in posts])
        near = None if minor else self._near(viewer.id, choices, now)
        walked = Walks(pool, known.activity()).values(near)
        items = [
            Item(
                one.id,
                found.counted_as(one.author_id),
                frozenset(hashtag_key(name) for name in one.hashtags),
                small=found.small(one.author_id) or found.new(one.author_id, now),
            )
            for one in posts
        ]
        values = np.concatenate([walked, self._social(found, pool, items, posts, viewer, now=now, minor=minor)], 1)
        dropped = [n for n, name in enumerate(NAMES) if name in choices.dropped or (minor and name in INFERRED)]
        values[:, dropped] = 0.0
        candidates = [Candidate(one, names) for one, names in zip(items, _sources(found, items, values), strict=True)]
        free = [
            one.author_id in viewer.following or bool(item.tags & found.followed_tags)
            for one, item in zip(posts, items, strict=True)
        ]
        bound = self._quota(found, posts, pool, near, np.array(free, bool))
        return rank(
            candidates, values, model or self.model, at=now, policy=policy.HASH, limit=limit, draw=draw, quota=bound
        )

    def _quota(
        self,
        found: _Found,
        posts: Sequence[PostCard],
        pool: Pool,
        near: Near | None,
        free: Bools,
    ) -> Quota:
        known = self._known
        of = known.circles_of(pool, [one.author_id for one in posts])
        before = [self._posts.cards.get(one) for one in found.shown]
        authors = [0 if card is None else card.author_id for card in before]
        shown = known.circles_of(known.pool(found.shown, now=0.0), authors)
        return quota(of, known.turned_to(near), free, shown)

    def _near(self, viewer_id: int, choices: Choices, now: int) -> Near | None:
        return self._known.near(viewer_id, now=now / 1000, since=ms_of(choices.forget_before) / 1000)

    def _social(
        self,
        found: _Found,
        pool: Pool,
        items: Sequence[Item],
        posts: Sequence[PostCard],
        viewer: Viewer,
        *,
        now: int,
        minor: bool,
    ) -> Floats:
        n = len(posts)
        authors = {one.subject_id: one.times for one in found.choices.less if one.kind == "author"}
        tags = {one.key: one.times for one in found.choices.less if one.kind == "tag" and one.key}
        mine = {} if minor else self._topics(viewer.id, found.choices)
        friends = self._known.people_among(pool, viewer.following)
        columns = {
            "followed": [float(one.author_id in viewer.following) for one in posts],
            "friends": friends.tolist(),
            "followed_tag": [float(bool(one.tags & found.followed_tags)) for one in items],
            "topic": [sum(mine.get(tag, 0.0) for tag in one.tags) for one in items],
            "small_author": [float(found.small(one.author_id)) for one in posts],
            "new_author": [float(found.new(one.author_id, now)) for one in posts],
            "less": [
                authors.get(post.author_id, 0) + sum(tags.get(tag, 0) for tag in one.tags)
                for post, one in zip(posts, items, strict=True)
            ],
            "reply": [float(one.reply_to_id is not None) for one in posts],
        }
        return social({name: np.array(column, np.float64) for name, column in columns.items()}, n)

    def _topics(self, viewer_id: int, choices: Choices) -> dict[str, float]:
        """Hashtag -> its share of the posts that the viewer answered since they wanted all forgotten and that are known here."""
        since = ms_of(choices.forget_before) / 1000
        answered = [
            card
            for one in self._known.acted_on(viewer_id, since=since)
            if (card := self._posts.cards.get(one)) is not None
        ]
        counts: dict[str, float] = {}
        for card in answered:
            for name in card.hashtags:
                key = hashtag_key(name)
                counts[key] = counts.get(key, 0.0) + 1 / len(answered)
        return counts


class _Found(msgspec.Struct):
    posts: list[PostCard]
    cards: dict[int, PostCard]
    people: dict[int, AccountCard]
    sources: Mapping[int, set[str]]
    followed_tags: frozenset[str]
    choices: Choices
    together: Mapping[int, accounts.Independence]  # authors who act together with others
    shown: Sequence[int] = ()  # within a day

    def counted_as(self, author: int) -> int:
        """Those who act together count as one author: a page has no more of all of them than of one."""
        held = self.together.get(author)
        return author if held is None else -held.group

    def small(self, author: int) -> bool:
        """Do few follow them? Nobody is lifted for that who acts together with others."""
        return author not in self.together and bool(self.people[author].counts[1] < _SMALL)

    def new(self, author: int, now: int) -> bool:
        """Did they come here lately? The same holds."""
        return author not in self.together and bool(now - self.people[author].created_at < _NEW)


def _sources(found: _Found, items: Sequence[Item], values: Floats) -> list[tuple[str, ...]]:
    """Where each was found. Of what was answered lately: by whom, when it is anybody who has to do with the viewer."""
    led = {name: (values[:, columns] != 0).any(1) for name, columns in _LED.items()}
    return [
        tuple(sorted(names | {name for name in _LED if led[name][n]} if "answered" in names else names))
        for n, names in enumerate(found.sources[one.id] for one in items)
    ]


async def trim_served(db: Db, _: TrimServed) -> None:
    """Delete old receipts, some hundreds at a time."""
    before = now_ms() - KEPT
    while True:
        async with db.begin(durable=False) as tx:
            rows = await tx.all(store.OLD, before=before, most=500)
            by: dict[int, list[int]] = {}
            for account, post in rows:
                by.setdefault(account, []).append(post)
            for account, ids in by.items():
                await tx.run(store.DROP_SERVED, owner=account, ids=ids)
        if len(rows) < 500:
            return
