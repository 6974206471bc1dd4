"""The feeds of one process: home, lists, public, hashtags, accounts, and what a member kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Literal

from dunnock.accounts.viewers import Viewer, Viewers
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.discovery import PostSearch
from dunnock.feeds import rules
from dunnock.feeds.errors import AuthorMissing, ListMissing
from dunnock.feeds.events import ListChanged, TagsFollowedChanged
from dunnock.feeds.heads import Heads
from dunnock.feeds.page import Cursor, Page, Skeleton, fill
from dunnock.feeds.store import conversations as conversations_store
from dunnock.feeds.store import sources as store
from dunnock.feeds.store import tags as tags_store
from dunnock.foundation.db import Db
from dunnock.foundation.events import Logged
from dunnock.posts import entries
from dunnock.posts.entries import Kept, Span
from dunnock.posts.find import find_original
from dunnock.posts.views import PostCard, PostViews

Posts = dict[int, PostCard]
Accounts = dict[int, AccountCard]
_TAGS = 4  # further hashtags of each sort, as Mastodon allows


class Feeds:
    """Pages of every feed. `viewer_id` None: nobody is signed in."""

    def __init__(self, db: Db, accounts: AccountViews, posts: PostViews, viewers: Viewers) -> None:
        """Listens to `db`'s events from now on."""
        self._db, self._accounts, self._posts, self._viewers = db, accounts, posts, viewers
        self.heads = Heads(db)
        db.listen(self._heard)

    def _heard(self, logged: Sequence[Logged]) -> None:
        for one in logged:
            event = one.event
            if type(event) is ListChanged:
                self.heads.forget(("home", event.account_id))
                self.heads.forget(("list", event.list_id))
            elif type(event) is TagsFollowedChanged:
                self.heads.forget(("home", event.account_id))

    async def home(self, viewer_id: int, cursor: Cursor) -> Page:
        """Posts and boosts by those the viewer follows, the viewer's own, and posts under hashtags they follow."""
        viewer = await self._viewers.get(viewer_id)
        key = ("home", viewer_id)
        head = self.heads.peek(key, viewer)
        if head is None:
            since = self.heads.forgotten
            sources, tags = await self.sources_of_home(viewer), await self.tags_of_home(viewer_id)
            head = await self.heads.make(key, viewer, sources, tags, since=since)
        read, authors, keys = self.heads.read, head.sources, frozenset(head.tags.values())

        async def skeleton(span: Span, most: int) -> Sequence[int]:
            return await read(head, span, most)

        def judge(entry: PostCard, posts: Posts, people: Accounts) -> PostCard | None:
            shown = rules.readable(entry, posts, people, viewer)
            if shown is None or not keys:
                return shown if shown is not None and rules.in_home(entry, shown, people, viewer) else None
            by_author = entry.author_id in authors and rules.in_home(entry, shown, people, viewer)
            return shown if by_author or rules.by_hashtag(entry, people, viewer, keys=keys) else None

        return await fill(skeleton, judge, cursor, posts=self._posts, accounts=self._accounts, once=True)

    async def direct(self, viewer_id: int, cursor: Cursor) -> Page:
        """Direct posts in the viewer's conversations, newest first."""
        viewer = await self._viewers.get(viewer_id)

        async def skeleton(span: Span, most: int) -> Sequence[int]:
            sql = conversations_store.POSTS[span.up]
            rows = await self._db.all(sql, owner=viewer_id, above=span.above, below=span.below, most=most)
            return [row[0] for row in rows]

        def judge(entry: PostCard, posts: Posts, people: Accounts) -> PostCard | None:
            shown = rules.readable(entry, posts, people, viewer)
            return None if shown is None or rules.unwanted(shown, people.get(shown.author_id), viewer) else shown

        return await fill(skeleton, judge, cursor, posts=self._posts, accounts=self._accounts)

    async def sources_of_home(self, viewer: Viewer) -> set[int]:
        """Whose posts and boosts the viewer's home feed is made of: those followed but for exclusive lists, and the viewer."""
        rows = await self._db.all(store.LEFT_OUT_OF_HOME, owner=viewer.id)
        return {*viewer.following, viewer.id} - {row[0] for row in rows}

    async def brings(self, viewer_id: int) -> tuple[set[int], frozenset[str]]:
        """Whose posts and boosts, and which hashtags (folded), bring what is in the viewer's home feed."""
        sources = await self.sources_of_home(await self._viewers.get(viewer_id))
        return sources, frozenset((await self.tags_of_home(viewer_id)).values())

    async def tags_of_home(self, viewer_id: int) -> dict[int, str]:
        """The hashtags that bring posts into the viewer's home feed: folded name by id."""
        return {row[0]: row[1] for row in await self._db.all(tags_store.OF, owner=viewer_id)}

    async def sources_of_list(self, viewer_id: int, list_id: int) -> tuple[frozenset[int], str]:
        """The members of a list of the viewer, and whose replies it shows.

        Raises:
            ListMissing: the viewer has no such list.
        """
        replies = await self._db.value(store.REPLIES_OF, list_id=list_id, owner=viewer_id)
        if replies is None:
            raise ListMissing(list_id)
        rows = await self._db.all(store.OF_LIST, list_id=list_id, owner=viewer_id)
        return frozenset([row[0] for row in rows]), replies

    async def list(self, viewer_id: int, list_id: int, cursor: Cursor) -> Page:
        """Posts and boosts by the accounts of a list.

        Raises:
            ListMissing: the viewer has no such list.
        """
        replies = await self._db.value(store.REPLIES_OF, list_id=list_id, owner=viewer_id)
        if replies is None:
            raise ListMissing(list_id)
        viewer = await self._viewers.get(viewer_id)
        key = ("list", list_id)
        head = self.heads.peek(key, viewer)
        if head is None:
            since = self.heads.forgotten
            rows = await self._db.all(store.OF_LIST, list_id=list_id, owner=viewer_id)
            head = await self.heads.make(key, viewer, frozenset([row[0] for row in rows]), since=since)
        members = head.sources

        async def skeleton(span: Span, most: int) -> Sequence[int]:
            return await self.heads.read(head, span, most)

        def judge(entry: PostCard, posts: Posts, people: Accounts) -> PostCard | None:
            shown = rules.readable(entry, posts, people, viewer)
            if shown is None or not rules.in_list(entry, shown, people, viewer, members=members, replies=replies):
                return None
            return shown

        return await fill(skeleton, judge, cursor, posts=self._posts, accounts=self._accounts, once=True)

    async def public(
        self,
        viewer_id: int | None,
        cursor: Cursor,
        *,
        where: Literal["all", "local", "remote"] = "all",
        media: bool = False,
    ) -> Page:
        """Everybody's public posts, without boosts and without replies to others."""

        async def skeleton(span: Span, most: int) -> Sequence[int]:
            return await entries.public(self._db, span, most, where=where, media=media)

        return await self._open(skeleton, viewer_id, cursor)

    async def hashtag(
        self,
        viewer_id: int | None,
        key: str,
        cursor: Cursor,
        *,
        also: Collection[str] = (),
        every: Collection[str] = (),
        without: Collection[str] = (),
        where: Literal["all", "local", "remote"] = "all",
        media: bool = False,
    ) -> Page:
        """Public posts with the folded hashtag `key` or any of `also`, with all of `every`, without any of `without`."""
        also, every, without = list(also)[:_TAGS], list(every)[:_TAGS], list(without)[:_TAGS]
        ids = await entries.hashtag_ids(self._db, [key, *also, *every, *without])
        any_of = [ids[name] for name in dict.fromkeys((key, *also)) if name in ids]
        all_of = {ids.get(name, 0) for name in every}  # 0: a hashtag that nobody ever used, so nothing has it
        none_of = {ids[name] for name in without if name in ids}
        sift = all_of | none_of

        async def skeleton(span: Span, most: int) -> Sequence[int]:
            if not any_of:
                return []
            if len(any_of) == 1:
                found = await entries.of_hashtag(self._db, any_of[0], span, most)
            else:
                each = [await entries.of_hashtag(self._db, one, span, most) for one in any_of]
                found = sorted({one for some in each for one in some}, reverse=not span.up)[:most]
            return found

        async def sifted(span: Span, most: int) -> Sequence[tuple[int, int]]:
            found = await skeleton(span, most)
            has = await entries.tags_of(self._db, found, sift) if found else {}
            # What is sifted out is handed on as no post (0) with its cursor: the reading goes on behind it.
            return [
                (one, one if all_of <= (mine := has.get(one, set())) and not none_of & mine else 0) for one in found
            ]

        def keeps(shown: PostCard) -> bool:
            return (
                shown.visibility == "public"
                and (not media or bool(shown.media))
                and (where == "all" or bool(shown.local) == (where == "local"))
            )

        return await self._open(sifted if sift else skeleton, viewer_id, cursor, keeps=keeps)

    async def link(self, viewer_id: int | None, link_id: int, cursor: Cursor) -> Page:
        """Public posts that link to a page, whichever of its addresses they name."""

        async def skeleton(span: Span, most: int) -> Sequence[int]:
            return await entries.of_link(self._db, link_id, span, most)

        return await self._open(skeleton, viewer_id, cursor)

    async def _open(
        self,
        skeleton: Skeleton,
        viewer_id: int | None,
        cursor: Cursor,
        keeps: Callable[[PostCard], bool] | None = None,
    ) -> Page:
        viewer = None if viewer_id is None else await self._viewers.get(viewer_id)

        def judge(entry: PostCard, posts: Posts, people: Accounts) -> PostCard | None:
            shown = rules.readable(entry, posts, people, viewer)
            if shown is None or not rules.in_public(shown, people, viewer):
                return None
            return shown if keeps is None or keeps(shown) else None

        return await fill(skeleton, judge, cursor, posts=self._posts, accounts=self._accounts)

    async def chosen(self, ids: Sequence[int], viewer_id: int | None) -> Page:
        """Posts that somebody else chose, in their order, as far as they belong in a feed of everybody's for the viewer."""
        posts = await self._posts.get(ids)
        people = await self._accounts.get({card.author_id for card in posts.values()})
        viewer = None if viewer_id is None else await self._viewers.get(viewer_id)
        shown = [
            card
            for an_id in ids
            if (card := posts.get(an_id)) is not None
            and rules.readable(card, posts, people, viewer) is card
            and rules.in_public(card, people, viewer)
        ]
        return Page(shown, posts, people, None, None)

    async def found(self, search: PostSearch, viewer_id: int, cursor: Cursor, *, skip: int = 0) -> Page:
        """What a member's search finds: public posts of authors who agreed to be found, and the member's own library.

        `skip`: so many of the shown ones are left out at the beginning.
        """
        viewer = await self._viewers.get(viewer_id)

        def judge(entry: PostCard, posts: Posts, people: Accounts) -> PostCard | None:
            shown = rules.readable(entry, posts, people, viewer)
            if shown is None or not rules.in_public(shown, people, viewer):
                return None
            mine = shown.author_id == viewer_id or viewer_id in shown.mentions or shown.id in search.kept
            open_to_all = shown.visibility == "public" and people[shown.author_id].indexable
            return shown if mine or open_to_all else None

        wide = Cursor(cursor.limit + skip, cursor.max_id, cursor.since_id, cursor.min_id) if skip else cursor
        page = await fill(search.ids, judge, wide, posts=self._posts, accounts=self._accounts)
        if skip:
            page.entries = page.entries[:-skip] if cursor.min_id is not None else page.entries[skip:]
        return page

    async def account(
        self,
        viewer_id: int | None,
        account_id: int,
        cursor: Cursor,
        *,
        replies: bool = True,
        boosts: bool = True,
        media: bool = False,
        tag: str | None = None,
    ) -> Page:
        """Everything by one account that the viewer may see.

        Raises:
            AuthorMissing: there is no such account, or it is suspended.
        """
        viewer = await self._author_for(viewer_id, account_id)
        if viewer is not None and account_id in viewer.blocked_by:
            return Page([], {}, {}, None, None)

        async def skeleton(span: Span, most: int) -> Sequence[int]:
            return await entries.of_author(
                self._db, account_id, span, most, replies=replies, boosts=boosts, media=media, tag=tag
            )

        def judge(entry: PostCard, posts: Posts, people: Accounts) -> PostCard | None:
            return rules.readable(entry, posts, people, viewer)

        return await fill(skeleton, judge, cursor, posts=self._posts, accounts=self._accounts)

    async def pinned(self, viewer_id: int | None, account_id: int, cursor: Cursor) -> Page:
        """What an account shows first on its profile, latest pin first. Raises AuthorMissing as `account`."""
        viewer = await self._author_for(viewer_id, account_id)
        if viewer is not None and account_id in viewer.blocked_by:
            return Page([], {}, {}, None, None)
        return await self._kept(viewer, account_id, "pins", cursor)

    async def kept(self, viewer_id: int, what: Kept, cursor: Cursor) -> Page:
        """What the viewer favourited or bookmarked, latest act first; the cursor is the act's, not the post's."""
        return await self._kept(await self._viewers.get(viewer_id), viewer_id, what, cursor)

    async def quotes(self, viewer_id: int, post_id: int, cursor: Cursor) -> Page:
        """Posts that quote the post (of a boost: what it shows), newest first, as far as the viewer may and wants to see them.

        Raises:
            PostMissing: there is no such post, or the viewer may not see it.
        """
        post = await find_original(self._db, post_id, viewer_id)
        viewer = await self._viewers.get(viewer_id)

        async def skeleton(span: Span, most: int) -> Sequence[int]:
            return await entries.of_quotes(self._db, post.id, span, most)

        def judge(entry: PostCard, posts: Posts, people: Accounts) -> PostCard | None:
            shown = rules.readable(entry, posts, people, viewer)
            wanted = shown is not None and not rules.unwanted(shown, people.get(shown.author_id), viewer)
            return shown if wanted else None

        return await fill(skeleton, judge, cursor, posts=self._posts, accounts=self._accounts)

    async def _author_for(self, viewer_id: int | None, account_id: int) -> Viewer | None:
        author = await self._accounts.one(account_id)
        viewer = None if viewer_id is None else await self._viewers.get(viewer_id)
        if author is None or author.standing in {"suspended", "deleted"}:
            raise AuthorMissing(account_id)
        return viewer

    async def _kept(self, viewer: Viewer | None, account_id: int, what: Kept, cursor: Cursor) -> Page:
        async def skeleton(span: Span, most: int) -> Sequence[tuple[int, int]]:
            return await entries.kept_by(self._db, account_id, what, span, most)

        def judge(entry: PostCard, posts: Posts, people: Accounts) -> PostCard | None:
            return rules.readable(entry, posts, people, viewer)

        return await fill(skeleton, judge, cursor, posts=self._posts, accounts=self._accounts)
