"""Every member's filters held against posts: made ready once, kept in memory, forgotten when they change."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock.filters import store
from dunnock.filters.events import FiltersChanged
from dunnock.filters.match import Matcher, Words
from dunnock.filters.model import Result
from dunnock.foundation.cache import Cache
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.events import Logged
from dunnock.media import views as media_views
from dunnock.posts.views import PostCard, PostViews

KEPT_MATCHERS = 1_000
KEPT_RESULTS = 400


class FilterViews:
    """The filters of one process's readers."""

    def __init__(self, db: Db, posts: PostViews) -> None:
        """Listens to `db`'s events from now on."""
        self._db, self._posts = db, posts
        self.kept: Cache[int, Matcher] = Cache(KEPT_MATCHERS)
        db.listen(self._heard)

    async def matcher(self, account_id: int) -> Matcher:
        """The account's filters that are in force at this moment; from memory, or by three queries at most."""
        matcher = self.kept.get(account_id)
        if matcher is None:
            matcher = Matcher(await store.all_of(self._db, account_id), now_ms())
            self.kept.put(account_id, matcher)
        elif matcher.ends_at and matcher.ends_at <= (now := now_ms()):
            matcher = Matcher(matcher.filters, now)
            self.kept.put(account_id, matcher)
        return matcher

    async def results(
        self, matcher: Matcher, shown: Sequence[tuple[PostCard, int | None]]
    ) -> dict[tuple[int, int], tuple[Result, ...]]:
        """What the filters find in posts, given with the boost that shows each (None: none): (boost or 0, post) -> results.

        Posts in which they find nothing are left out. Words are made ready once for all readers, by three queries at most.
        """
        bare = {card.id: card for card, _ in shown if card.words is None}
        if bare:
            await self._prepare(list(bare.values()))
        known, found = matcher.known, {}
        for card, boost_id in shown:
            words: Words = card.words
            key = (boost_id or 0, card.id)
            held = known.get(key)
            if held is None or held[0] is not words:
                if len(known) >= KEPT_RESULTS:
                    known.clear()
                held = known[key] = (words, matcher.results(words, card.id, boost_id))
            if held[1]:
                found[key] = held[1]
        return found

    async def _prepare(self, cards: Sequence[PostCard]) -> None:
        texts = await self._posts.plain_texts(cards)
        media = await media_views.find(self._db, [one for card in cards for one in card.media])
        polled = [card.id for card in cards if card.poll_id is not None]
        polls = await self._posts.polls(polled) if polled else {}
        for card in cards:
            options = polls[card.id].poll.options if card.id in polls else ()
            described = [media[one].description for one in card.media if one in media]
            card.words = Words([card.warning, texts.get(card.id, ""), *options, *described])

    def _heard(self, logged: Sequence[Logged]) -> None:
        for one in logged:
            if type(one.event) is FiltersChanged:
                self.kept.pop(one.event.account_id)
