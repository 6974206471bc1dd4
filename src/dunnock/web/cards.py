"""Posts made ready for the templates, as one visitor sees them: everything is found in batches."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec
from litestar.di import NamedDependency
from markupsafe import Markup, escape

from dunnock.accounts.account import Label
from dunnock.accounts.viewers import Viewer, Viewers
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.feeds import Page
from dunnock.filters import FilterViews, Result
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.posts import Poll, Translations, polls_of
from dunnock.posts.views import PostCard, PostViews
from dunnock.posts.visibility import QUOTE_SHOWN, quote_state
from dunnock.text import shortcodes
from dunnock.web.faces import Face, Faces, Profile, face_of, file_url, profile_url, web_address, with_emoji
from dunnock.web.post_sketch import Link, Shot, Sketch, draw, sketch_of
from dunnock.web.visitor import Visitor

__all__ = [
    "Asked",
    "Cards",
    "Face",
    "Link",
    "Profile",
    "Quoted",
    "Reader",
    "Shot",
    "Shown",
    "Where",
    "file_url",
    "post_url",
    "profile_url",
    "provide_cards",
    "web_address",
    "with_emoji",
]  # fmt: skip

Where: TypeAlias = Literal["home", "notifications", "public", "thread", "account"]
"""Where posts are shown, as members' filters name it."""


class Asked(msgspec.Struct, frozen=True):
    """A poll of a post: (option, votes, part of a hundred) each; without votes and parts as long as they are hidden."""

    options: list[tuple[Markup, int | None, int]]
    people: int
    expires_at: int
    over: bool
    multiple: bool = False
    voted: bool = False


class Quoted(msgspec.Struct, frozen=True):
    """What a post quotes: the state in which the visitor sees it, and the post itself where it may be shown.

    `deeper`: it quotes something itself. `filtered`: titles of the visitor's filters that find something in it.
    """

    state: str
    post: Shown | None
    deeper: bool = False
    filtered: str = ""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A post, ready to be shown. `url` is its page here, `elsewhere` where it comes from; `boosted_by` brought it here.

    `marks`: what the member who looks did with it, as `PostViews.marks` has it; None: a stranger looks.
    `entry_id`: the post or boost that was asked for. `filtered`, `blurred`: titles of the member's filters that warn of it
    or of its pictures. `muted`: the member wants to hear no more of its conversation.
    """

    id: int
    entry_id: int
    url: str
    elsewhere: str | None
    by: Face
    sketch: Sketch
    language: str | None
    created_at: int
    edited_at: int | None
    visibility: str
    sensitive: bool
    reply_to: Face | None
    reply_url: str | None
    reply_to_id: int | None
    boosted_by: Face | None
    poll: Asked | None
    quote: Quoted | None
    creator: Face | None
    replies: int
    boosts: int
    favourites: int
    quotes: int
    marks: int | None = None
    mine: bool = False
    muted: bool = False
    translatable: bool = False
    filtered: str = ""
    blurred: str = ""
    waits: bool = False

    @property
    def html(self) -> Markup:
        """What it says."""
        return self.sketch.html

    @property
    def warning(self) -> Markup:
        """What stands before that."""
        return self.sketch.warning

    @property
    def disclaimed(self) -> Label | None:
        """What staff say of who writes to others here, when it is not who it looks like: that is covered by it."""
        if not self.by.labels or (self.reply_to_id is None and self.visibility != "direct"):
            return None
        return next((one for one in self.by.labels if one.kind == "impersonation"), None)

    @property
    def right_to_left(self) -> bool:
        """Is its language written so?"""
        return self.sketch.right_to_left

    @property
    def pictures(self) -> list[Shot]:
        """Its media."""
        return self.sketch.pictures

    @property
    def summary(self) -> str:
        """Its beginning as text, in one line."""
        return self.sketch.summary


class Reader(msgspec.Struct, frozen=True):
    """The member who looks at posts, with what they know, hide and filter."""

    id: int
    viewers: Viewers
    filters: FilterViews
    translates: bool = False


class _Around(msgspec.Struct, frozen=True, kw_only=True):
    """What posts on a page need beside themselves."""

    people: Mapping[int, AccountCard]
    polls: Mapping[int, Poll]
    emoji: Mapping[str, Mapping[str, str]]
    voted: Collection[int]
    marks: Mapping[int, int]
    muted: Collection[int]
    filters: Mapping[tuple[int, int], Sequence[Result]]


def post_url(post: PostCard, author: AccountCard) -> str:
    """The page of a post on this server."""
    return f"/@{author.handle}/{post.id}"


class Cards(Faces):
    """Makes what the templates show of posts and people."""

    def __init__(
        self,
        db: Db,
        account_views: AccountViews,
        post_views: PostViews | None = None,
        reader: Reader | None = None,
    ) -> None:
        """`post_views` None: what posts quote is left out. `reader` None: a stranger looks."""
        super().__init__(db, account_views)
        self._posts, self._reader = post_views, reader
        self._viewer = None if reader is None else reader.id

    async def page(self, page: Page, where: Where | None = None) -> list[Shown]:
        """The entries of a feed's page, in order; see `posts`."""
        return await self.posts(page.entries, page.posts, page.accounts, where)

    async def posts(
        self,
        entries: Sequence[PostCard],
        posts: Mapping[int, PostCard],
        people: Mapping[int, AccountCard],
        where: Where | None = None,
        *,
        opened: int | None = None,
    ) -> list[Shown]:
        """Entries that the viewer may see; `posts` and `people` hold what they boost, and all authors.

        `where`: the viewer's filters for that place apply, and what these hide is left out. None: none apply. `opened`: the
        post that the viewer asked for, which filters at most blur.
        """
        cards = [entry if entry.boost_of_id is None else posts[entry.boost_of_id] for entry in entries]
        quotes, quoted_people = await self._quotes(cards)
        quoted = [card for _, card in quotes.values() if card is not None]
        people = {**people, **quoted_people} if quoted_people else people
        every = [*cards, *quoted] if quoted else cards
        await draw(self._db, every, people, self)
        wanted = {card.reply_to_author_id for card in every if card.reply_to_author_id}
        wanted.update([link.creator_id for card in cards if (link := sketch_of(card).link) and link.creator_id])
        if not wanted <= people.keys():
            people = {**people, **await self._accounts.get(wanted - people.keys())}
        await self.draw_faces(people.values())
        around = await self._around(entries, cards, quoted, people, where)
        made = []
        for entry, card in zip(entries, cards, strict=True):
            found = around.filters.get((0 if entry is card else entry.id, card.id), ())
            if entry.id == opened:
                found = [one for one in found if one.filter.action == "blur"]
            elif any(one.filter.action == "hide" for one in found):
                continue
            made.append(self._show(entry, card, around, quotes.get(card.id), found))
        return made

    async def _quotes(
        self, cards: Sequence[PostCard]
    ) -> tuple[dict[int, tuple[str, PostCard | None]], dict[int, AccountCard]]:
        """By quoting post the state in which the viewer sees the quote, and the quoted post if it is there; the authors."""
        quoting = [card for card in cards if card.quote_state is not None]
        if not quoting or self._posts is None:
            return {}, {}
        quoted = await self._posts.get({card.quoted_id for card in quoting if card.quoted_id})
        people = await self._accounts.get({card.author_id for card in quoted.values()})
        viewer = await self._viewer_now()
        found: dict[int, tuple[str, PostCard | None]] = {}
        for card in quoting:
            of = quoted.get(card.quoted_id)
            state = quote_state(card, of, None if of is None else people.get(of.author_id), viewer)
            found[card.id] = (state, of if state in QUOTE_SHOWN else None)
        return found, people

    async def _viewer_now(self) -> Viewer | None:
        return None if self._reader is None else await self._reader.viewers.get(self._reader.id)

    async def _around(
        self,
        entries: Sequence[PostCard],
        cards: Sequence[PostCard],
        quoted: Sequence[PostCard],
        people: Mapping[int, AccountCard],
        where: Where | None,
    ) -> _Around:
        views, reader = self._posts, self._reader
        polled = [card.id for card in cards if card.poll_id is not None]
        polls: Mapping[int, Poll] = {}
        if polled:
            polls = (
                await polls_of(self._db, polled)
                if views is None
                else {an_id: one.poll for an_id, one in (await views.polls(polled)).items()}
            )
        emoji = await self.emoji(
            [
                (people[card.author_id].domain, shortcodes(" ".join(polls[card.id].options)))
                for card in cards
                if card.id in polls
            ]
        )
        if views is None or reader is None:
            return _Around(people=people, polls=polls, emoji=emoji, voted=(), marks={}, muted=(), filters={})
        me = reader.id
        voted = await views.votes(me, [one.id for one in polls.values()]) if polls else ()
        return _Around(
            people=people,
            polls=polls,
            emoji=emoji,
            voted=voted,
            marks=await views.marks(me, [card.id for card in cards]),
            muted=await views.muted_threads(me),
            filters=await self._filtered(reader, [*zip(entries, cards, strict=True)], quoted, where),
        )

    async def _filtered(
        self,
        reader: Reader,
        shown: Sequence[tuple[PostCard, PostCard]],
        quoted: Sequence[PostCard],
        where: Where | None,
    ) -> dict[tuple[int, int], Sequence[Result]]:
        """What the member's filters for this place find, as `FilterViews.results` has it; own posts are left alone."""
        if where is None:
            return {}
        matcher = await reader.filters.matcher(reader.id)
        if not matcher:
            return {}
        pairs = [
            (card, None if entry is card else entry.id)
            for entry, card in [*shown, *[(one, one) for one in quoted]]
            if card.author_id != reader.id
        ]
        found = await reader.filters.results(matcher, pairs)
        return {key: [one for one in results if where in one.filter.contexts] for key, results in found.items()}

    def _show(
        self,
        entry: PostCard,
        card: PostCard,
        around: _Around,
        quote: tuple[str, PostCard | None] | None,
        filters: Sequence[Result],
    ) -> Shown:
        people, me, sketch = around.people, self._viewer, sketch_of(card)
        author = people[card.author_id]
        answered = people.get(card.reply_to_author_id or 0)
        link = sketch.link
        creator = people.get(link.creator_id) if link is not None and link.creator_id is not None else None
        replies, boosts, favourites, quotes = card.counts
        return Shown(
            id=card.id,
            entry_id=entry.id,
            url=post_url(card, author),
            elsewhere=web_address(card.url),
            by=face_of(author),
            sketch=sketch,
            language=card.language,
            created_at=card.created_at,
            edited_at=card.edited_at,
            visibility=card.visibility,
            sensitive=bool(card.sensitive or author.sensitized),
            reply_to=None if answered is None else face_of(answered),
            reply_url=None if answered is None else f"/@{answered.handle}/{card.reply_to_id}",
            reply_to_id=card.reply_to_id,
            boosted_by=None if entry is card else face_of(people[entry.author_id]),
            poll=_asked(around.polls.get(card.id), around.emoji.get(author.domain, {}), around.voted),
            quote=None if quote is None else self._quoted(quote, around),
            creator=None if creator is None else face_of(creator),
            replies=replies,
            boosts=boosts,
            favourites=favourites,
            quotes=quotes,
            marks=None if me is None else around.marks.get(card.id, 0),
            mine=card.author_id == me,
            muted=card.thread_id in around.muted,
            translatable=self._reader is not None and self._reader.translates and bool(sketch.foreign),
            waits=card.held_by == card.author_id,
            filtered=_titles(filters, "warn"),
            blurred=_titles(filters, "blur"),
        )

    def _quoted(self, quote: tuple[str, PostCard | None], around: _Around) -> Quoted:
        state, card = quote
        if card is None:
            return Quoted(state, None)
        found = around.filters.get((0, card.id), ())
        return Quoted(
            state,
            self._show(card, card, around, None, found),
            deeper=card.quote_state is not None,
            filtered=", ".join([one.filter.title for one in found if one.filter.action != "blur"]),
        )


async def provide_cards(
    *,
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
    post_views: NamedDependency[PostViews],
    viewers: NamedDependency[Viewers],
    filter_views: NamedDependency[FilterViews],
    translations: NamedDependency[Translations],
    visitor: NamedDependency[Visitor],
) -> Cards:
    """Litestar's dependency behind `cards`: posts as the visitor sees them."""
    me = visitor.account_id
    reader = None if me is None else Reader(me, viewers, filter_views, translations.enabled)
    return Cards(db, account_views, post_views, reader)


def _titles(found: Sequence[Result], action: str) -> str:
    return ", ".join([one.filter.title for one in found if one.filter.action == action]) if found else ""


def _asked(poll: Poll | None, emoji: Mapping[str, str], voted: Collection[int]) -> Asked | None:
    if poll is None:
        return None
    over = poll.over(now_ms())
    hidden, votes = poll.hide_totals and not over, max(poll.votes, 1)
    titles = [with_emoji(str(escape(title)), emoji) for title in poll.options]
    options: list[tuple[Markup, int | None, int]] = [
        (title, None, 0) if hidden else (title, count, round(100 * count / votes))
        for title, count in zip(titles, poll.tallies, strict=True)
    ]
    return Asked(options, poll.voters, poll.expires_at, over, poll.multiple, poll.id in voted)
