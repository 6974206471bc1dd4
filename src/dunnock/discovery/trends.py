"""Trends: hashtags, posts and links that more people than usual, independent of each other, took up of late.

A refresh (`trend_refresh`) looks for candidates and judges them (`trend_engine`). What was deleted, taken back or suspended
since counts no longer at the next read (`trend_board`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from dunnock.accounts import AccountSettingsChanged, IndependenceChanged, StandingChanged
from dunnock.discovery.events import TrendReviewed, TrendsRefreshed
from dunnock.discovery.fresh import Fresh
from dunnock.discovery.store import trends as store
from dunnock.discovery.trend_board import Board
from dunnock.discovery.trend_facts import LISTED, MOST_LANGUAGES, Judged, base_of
from dunnock.discovery.trend_links import TrendingLink, show_links
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.events import Logged
from dunnock.posts.events import PostDeleted, PostEdited, PostSetApart, PostUnfavourited
from dunnock.posts.hashtag_rules import RuledHashtag, ruled_hashtags

T = TypeVar("T")


class _Entry(msgspec.Struct, Generic[T]):
    """Something that may be shown: how strong it is, in which languages, what staff said of it (None: nothing).

    `common`: it is one of the strongest of all, not only of its language.
    """

    what: T
    strength: float
    languages: dict[str, float]
    trendable: bool | None
    common: bool
    listable: bool = True


class Reading(msgspec.Struct, frozen=True):
    """In which languages somebody reads: what is a trend in `first` stands before the rest; of `only` nothing else is there.

    None: it does not matter. Regions of a language are not told apart.
    """

    first: str | None = None
    only: str | None = None


ANY = Reading()


class Trends:
    """The trends of one process. `need_review`: is nothing a trend that staff did not approve? None: it may be."""

    def __init__(self, db: Db, *, need_review: Callable[[], bool] | None = None) -> None:
        """Listens to `db`'s events from now on."""
        self._db, self._need_review = db, need_review
        self._boards = {kind: Board(db, kind) for kind in store.ACTORS}
        self._tags = Fresh(self._read_tags)
        self._posts = Fresh(self._read_posts)
        self._links = Fresh(self._read_links)
        db.listen(self._heard)

    async def tags(self, reading: Reading = ANY, *, every: bool = False) -> list[RuledHashtag]:
        """The strongest first; `every`: also what staff refused or did not look at yet."""
        self._db.sync()
        return self._chosen(await self._tags.get(), reading, every=every)

    async def posts(self, reading: Reading = ANY, *, every: bool = False) -> list[int]:
        """Ids of posts, as `tags`."""
        self._db.sync()
        return self._chosen(await self._posts.get(), reading, every=every)

    async def links(self, reading: Reading = ANY, *, every: bool = False) -> list[TrendingLink]:
        """Pages that posts link to, as `tags`. A page's own language counts, where it says one."""
        self._db.sync()
        return self._chosen(await self._links.get(), reading, every=every)

    async def languages(self, kind: str) -> list[str]:
        """In which languages there are trends of a kind (tag, post, link), those with most of them first."""
        self._db.sync()
        entries: Sequence[_Entry[Any]] = await self._fresh(kind).get()
        told = Counter([one for entry in entries if self._may(entry) for one in entry.languages])
        return [one for one, _ in sorted(told.items(), key=lambda found: (-found[1], found[0]))][:MOST_LANGUAGES]

    async def why(self, kind: str, subject_id: int) -> Judged | None:
        """What was found of a subject (`kind`: tag, post, link), listed or held back; None: few took it up."""
        self._db.sync()
        await self._fresh(kind).get()
        return self._boards[kind].why(subject_id)

    def _fresh(self, kind: str) -> Fresh[Any]:
        fresh: dict[str, Fresh[Any]] = {"tag": self._tags, "post": self._posts, "link": self._links}
        return fresh[kind]

    def _chosen(self, entries: Sequence[_Entry[T]], reading: Reading, *, every: bool) -> list[T]:
        shown = entries if every else [one for one in entries if self._may(one)]
        language = base_of(reading.only or reading.first or "")
        if not language:
            return [one.what for one in shown if one.common or every]
        spoken = sorted(
            [one for one in shown if language in one.languages],
            key=lambda one: -one.strength * one.languages[language],
        )
        if reading.only is None:
            spoken += [one for one in shown if one.common and language not in one.languages]
        return [one.what for one in spoken]

    def _may(self, entry: _Entry[Any]) -> bool:
        if entry.trendable is not None:
            return entry.trendable and entry.listable
        return entry.listable and not (self._need_review is not None and self._need_review())

    async def _read_tags(self) -> list[_Entry[RuledHashtag]]:
        now = now_ms()
        listed = await self._boards["tag"].read(now=now)
        ruled = {one.tag.id: one for one in await ruled_hashtags(self._db, [one.found.id for one in listed], now=now)}
        return [
            _Entry(tag, one.found.strength, one.found.languages, tag.trendable, at < LISTED, tag.listable)
            for at, one in enumerate(listed)
            if (tag := ruled.get(one.found.id)) is not None
        ]

    async def _read_posts(self) -> list[_Entry[int]]:
        listed = await self._boards["post"].read(now=now_ms())
        said = await self._db.all(store.REVIEWS, kind="post", subjects=[str(one.found.id) for one in listed])
        reviews = {int(row[0]): bool(row[1]) for row in said}
        return [
            _Entry(one.found.id, one.found.strength, one.found.languages, reviews.get(one.found.id), at < LISTED)
            for at, one in enumerate(listed)
        ]

    async def _read_links(self) -> list[_Entry[TrendingLink]]:
        now = now_ms()
        listed = await self._boards["link"].read(now=now)
        pages = {
            one.preview.link_id: one for one in await show_links(self._db, [one.found.id for one in listed], now=now)
        }
        return [
            _Entry(page, one.found.strength, _spoken(page, one), page.trendable, at < LISTED)
            for at, one in enumerate(listed)
            if (page := pages.get(one.found.id)) is not None
        ]

    def _heard(self, logged: Sequence[Logged]) -> None:
        for one in logged:
            match one.event:
                case TrendsRefreshed():
                    for board in self._boards.values():
                        board.refreshed()
                    self._spoil("tag", "post", "link")
                case IndependenceChanged():
                    for board in self._boards.values():
                        board.spoil()
                    self._spoil("tag", "post", "link")
                case TrendReviewed():
                    self._spoil("tag", "post", "link")
                case StandingChanged(account_id=an_id) | AccountSettingsChanged(account_id=an_id):
                    self._touch(an_id, "tag", "post", "link")
                case PostDeleted(post_id=an_id) | PostSetApart(post_id=an_id):
                    self._touch(an_id, "tag", "post", "link")
                case PostEdited(post_id=an_id, tags=tags):
                    self._touch(an_id, "tag", "post", "link")
                    if self._boards["tag"].grown(tags):
                        self._spoil("tag")
                case PostUnfavourited(post_id=an_id):
                    if self._boards["post"].taken_back(an_id):
                        self._spoil("post")
                case _:
                    pass

    def _touch(self, an_id: int, *kinds: str) -> None:
        self._spoil(*[kind for kind in kinds if self._boards[kind].touch(an_id)])

    def _spoil(self, *kinds: str) -> None:
        for kind in kinds:
            self._fresh(kind).spoil(at_once=True)


def _spoken(page: TrendingLink, judged: Judged) -> dict[str, float]:
    own = base_of(page.preview.card.language or "")
    return {own: 1.0} if own else judged.found.languages
