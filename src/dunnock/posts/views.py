"""Posts as they are shown: read in batches, kept in memory, forgotten when a committed event says so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from dunnock.accounts.events import AccountLabelled, AccountSensitized, CountsMoved
from dunnock.accounts.views import AccountViews
from dunnock.foundation.cache import Cache
from dunnock.foundation.db import Db
from dunnock.foundation.events import Logged
from dunnock.media.events import EmojiChanged, MediaChanged
from dunnock.posts import events
from dunnock.posts.poll import Poll
from dunnock.posts.store import polls as polls_store
from dunnock.posts.store import views as store
from dunnock.previews.events import PreviewChanged
from dunnock.text import plain

KEPT_CARDS = 8_000
KEPT_MUTERS = 1_000
KEPT_POLLS = 1_000

FAVOURITED, BOOSTED, BOOKMARKED, PINNED = 1, 2, 4, 8
"""Bits of `PostViews.marks`: what a viewer did with a post."""

_ids = msgspec.json.Decoder(list[int]).decode
_names = msgspec.json.Decoder(list[str]).decode


class PostCard:
    """One post or boost, ready to be judged and shown; `stale`: its counts are to be read again.

    `held_by`: whose post it stands under, when they hold it back; only they and its author see it then.
    `counts`: (replies, boosts, favourites, quotes). `quote_state` None: it quotes nothing.
    `rendered`, `counted` and `credited` belong to the edge that shows it, `sketch` to the pages, `words` to whoever looks
    for words in it.
    """

    __slots__ = (
        "app_id",
        "author_id",
        "boost_of_id",
        "counted",
        "counts",
        "created_at",
        "credited",
        "edited_at",
        "emoji",
        "hashtags",
        "held_by",
        "html",
        "id",
        "language",
        "local",
        "media",
        "mentions",
        "poll_id",
        "preview_id",
        "quote_policy",
        "quote_state",
        "quoted_author_id",
        "quoted_id",
        "rendered",
        "reply_policy",
        "reply_to_author_id",
        "reply_to_id",
        "sensitive",
        "sketch",
        "stale",
        "thread_id",
        "uri",
        "url",
        "visibility",
        "warning",
        "words",
    )

    def __init__(self, row: Sequence[Any]) -> None:
        """From a row of `store.CARDS`."""
        (
            self.id,
            self.author_id,
            self.boost_of_id,
            self.html,
            self.warning,
            self.visibility,
            self.language,
            self.sensitive,
            self.reply_to_id,
            self.reply_to_author_id,
            self.thread_id,
        ) = row[:11]
        self.mentions: Sequence[int] = () if row[11] == "[]" else _ids(row[11])
        self.hashtags: Sequence[str] = () if row[12] == "[]" else _names(row[12])
        self.emoji: Sequence[str] = () if row[13] == "[]" else _names(row[13])
        self.media: Sequence[int] = () if row[14] == "[]" else _ids(row[14])
        self.app_id, self.created_at, self.edited_at, self.local, self.url, self.uri = row[15:21]
        self.counts: tuple[int, int, int, int] = (row[21], row[22], row[23], row[25])
        self.poll_id: int | None = row[24]
        self.quoted_id, self.quoted_author_id, self.quote_state, self.quote_policy, self.reply_policy = row[26:31]
        self.preview_id: int | None = row[31]
        self.held_by: int | None = row[32]
        self.stale = False
        self.rendered: bytes | None = None
        self.counted: bytes | None = None
        self.credited: Any = None
        self.sketch: Any = None
        self.words: Any = None


class PollCard:
    """One poll, ready to be shown. `rendered` (while it runs, once it is over) belongs to the edge that shows it."""

    __slots__ = ("poll", "rendered")

    def __init__(self, poll: Poll) -> None:
        self.poll = poll
        self.rendered: dict[bool, bytes] = {}


class PostViews:
    """All posts of one process that were shown lately."""

    def __init__(self, db: Db, accounts: AccountViews) -> None:
        """Listens to `db`'s events from now on; `accounts` is told whose post counts changed."""
        self._db, self._accounts = db, accounts
        self.cards: Cache[int, PostCard] = Cache(KEPT_CARDS)
        self._muted: Cache[int, frozenset[int]] = Cache(KEPT_MUTERS)
        self._polls: Cache[int, PollCard] = Cache(KEPT_POLLS)
        db.listen(self._heard)

    async def get(self, ids: Collection[int]) -> dict[int, PostCard]:
        """The cards of `ids` and of what they boost, with counts; deleted and unknown ones are left out.

        At most three queries: cards, what they boost, counts that changed.
        """
        found: dict[int, PostCard] = {}
        stale: list[int] = []
        await self._find(ids, found, stale)
        boosted = [card.boost_of_id for card in found.values() if card.boost_of_id and card.boost_of_id not in found]
        if boosted:
            await self._find(boosted, found, stale)
        if stale:
            for row in await self._db.all(store.COUNTS, ids=stale):
                card = found[row[0]]
                card.counts, card.counted, card.stale = (row[1], row[2], row[3], row[4]), None, False
        return found

    async def _find(self, ids: Collection[int], found: dict[int, PostCard], stale: list[int]) -> None:
        get = self.cards.get
        missing: list[int] = []
        for an_id in ids:
            card = get(an_id)
            if card is None:
                missing.append(an_id)
                continue
            found[an_id] = card
            if card.stale:
                stale.append(an_id)
        if missing:
            for row in await self._db.all(store.CARDS, ids=missing):
                card = PostCard(row)
                self.cards.put(card.id, card)
                found[card.id] = card

    async def marks(self, viewer_id: int, ids: Collection[int]) -> dict[int, int]:
        """What the viewer did with each of these posts, as bits; posts without any are left out. One query."""
        return {
            row[0]: (row[1] is not None)
            | (row[2] is not None) << 1
            | (row[3] is not None) << 2
            | (row[4] is not None) << 3
            for row in await self._db.all(store.MARKS, viewer=viewer_id, ids=list(ids))
        }

    async def polls(self, post_ids: Collection[int]) -> dict[int, PollCard]:
        """The polls of these posts, by post. One query at most."""
        found: dict[int, PollCard] = {}
        missing: list[int] = []
        for an_id in post_ids:
            card = self._polls.get(an_id)
            if card is None:
                missing.append(an_id)
            else:
                found[an_id] = card
        if missing:
            for poll in await polls_store.of_posts(self._db, missing):
                card = found[poll.post_id] = PollCard(poll)
                self._polls.put(poll.post_id, card)
        return found

    async def votes(self, viewer_id: int, poll_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
        """What the viewer chose in each of these polls; those that they did not vote on are left out. One query."""
        return await polls_store.votes_by(self._db, viewer_id, list(poll_ids))

    async def muted_threads(self, viewer_id: int) -> frozenset[int]:
        """The conversations that the viewer wants to hear no more of."""
        muted = self._muted.get(viewer_id)
        if muted is None:
            muted = frozenset([row[0] for row in await self._db.all(store.THREAD_MUTES, viewer=viewer_id)])
            self._muted.put(viewer_id, muted)
        return muted

    async def plain_texts(self, cards: Collection[PostCard]) -> dict[int, str]:
        """What each post says, by id: as its author wrote it, or (from elsewhere) as a reader sees its HTML. One query."""
        html = {card.id: card.html for card in cards}
        return {row[0]: row[1] or plain(html[row[0]]) for row in await self._db.all(store.TEXTS, ids=list(html))}

    def _count_again(self, an_id: int | None) -> None:
        card = None if an_id is None else self.cards.get(an_id)
        if card is not None:
            card.stale = True

    def _forget_preview(self, preview_id: int) -> None:
        # Looking at each card takes under a millisecond, and comes once for an address that was fetched.
        for card in self.cards.values():
            if card.preview_id == preview_id:
                self.cards.pop(card.id)

    def _heard(self, logged: Sequence[Logged]) -> None:
        for one in logged:
            match one.event:
                case (
                    events.PostPublished(author_id=author, reply_to_id=parent)
                    | events.PostBackfilled(author_id=author, reply_to_id=parent)
                ):
                    self._accounts.count_again(author)
                    self._count_again(parent)
                case events.PostBoosted(post_id=an_id, by=author):
                    self._accounts.count_again(author)
                    self._count_again(an_id)
                case events.PostFavourited(post_id=an_id) | events.PostUnfavourited(post_id=an_id):
                    self._count_again(an_id)
                case events.QuoteChanged(post_id=an_id, quoted_id=quoted):
                    self.cards.pop(an_id)
                    self._count_again(quoted)
                case events.PostAnswers(post_id=an_id, other_id=parent):
                    self.cards.pop(an_id)
                    self._count_again(parent)
                case (
                    events.PostEdited(post_id=an_id)
                    | events.PolicyChanged(post_id=an_id)
                    | events.PostSetApart(post_id=an_id)
                    | events.PostNames(post_id=an_id)
                ):
                    self.cards.pop(an_id)
                    self._polls.pop(an_id)
                case events.HeldPostReleased(post_id=an_id, reply_to_id=parent):
                    self.cards.pop(an_id)
                    self._count_again(parent)
                case (
                    events.PollVoted(post_id=an_id)
                    | events.PollChanged(post_id=an_id)
                    | events.PollEnded(post_id=an_id)
                ):
                    self._polls.pop(an_id)
                case events.PostDeleted(
                    post_id=an_id, author_id=author, boost_of_id=original, reply_to_id=parent, quoted_id=quoted
                ):
                    self.cards.pop(an_id)
                    self._polls.pop(an_id)
                    self._accounts.count_again(author)
                    self._count_again(original)
                    self._count_again(parent)
                    self._count_again(quoted)
                case PreviewChanged(preview_id=an_id):
                    self._forget_preview(an_id)
                case MediaChanged(post_id=an_id) if an_id is not None:
                    self.cards.pop(an_id)
                case events.ThreadMuted(account_id=an_id) | events.ThreadUnmuted(account_id=an_id):
                    self._muted.pop(an_id)
                case CountsMoved():
                    for card in self.cards.values():
                        card.stale = True
                    self._polls.clear()
                case (
                    AccountSensitized() | AccountLabelled()
                ):  # rare: every post of theirs is drawn again, and there is no list of those kept
                    self.cards.clear()
                case events.PostsImported() | EmojiChanged():
                    self.cards.clear()
                    self._polls.clear()
                    self._accounts.forget_all()
                case _:
                    pass
