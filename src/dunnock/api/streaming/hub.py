"""Carries every commit to those who are connected and may see it. One in each process; each hears all commits.

Events are heard at once and dealt with in their order by one task. What is sent is judged by the rules of the feeds and
rendered for its viewer when it is sent, so it is what the viewer would read at that moment.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import structlog

from dunnock import accounts, notifications, posts, server
from dunnock.accounts.scopes import covers
from dunnock.accounts.tokens import Tokens
from dunnock.accounts.viewers import Viewer, Viewers
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.api.kit import Caller
from dunnock.api.kit.address import bucket_key
from dunnock.api.kit.errors import TooManyRequests
from dunnock.api.mastodon import announcements
from dunnock.api.mastodon.conversations import show
from dunnock.api.mastodon.notices import look_up, whole
from dunnock.api.mastodon.render import Render
from dunnock.api.streaming import channels, frames
from dunnock.api.streaming.channels import Ask, Refused, first
from dunnock.api.streaming.connection import MOST_COMMANDS, MOST_SUBSCRIPTIONS, Connection, Socket
from dunnock.api.streaming.messages import Message, head_of
from dunnock.api.streaming.screens import Screens
from dunnock.api.streaming.watches import DIRECT, NOTIFICATIONS, USER, Watch, Watches
from dunnock.feeds import (
    ConversationChanged,
    ConversationMissing,
    Feeds,
    ListChanged,
    ListMissing,
    TagsFollowedChanged,
    conversations,
    rules,
)
from dunnock.filters.events import FiltersChanged
from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.events import Event, Logged
from dunnock.foundation.settings import Settings
from dunnock.notifications.events import Notified, RequestsMerged
from dunnock.posts.events import PolicyChanged, QuoteChanged
from dunnock.posts.views import PostCard, PostViews
from dunnock.posts.visibility import may_see
from dunnock.text import hashtag_key

BEAT_S = 15.0
"""How often every connection is shown that we are there."""
LATE_MS = 2 * MINUTE
"""What was committed longer ago is no news: it is heard (again) after an interruption, and clients have read it meanwhile."""
MOST_EVENTS = 20_000
"""Events that wait to be dealt with; what is beyond is lost for the streams, and stands in the feeds as ever."""
KNOWN_EVENTS = 20_000
AT_ONCE = 16
"""For how many accounts a post is judged or rendered before others have their turn."""
PER_MEMBER, PER_ADDRESS = 500, 2_000
CLOSING_S = 1.0

_log = structlog.get_logger()
_encode = msgspec.json.encode
_SIGHT: frozenset[type[Event]] = frozenset(
    (
        accounts.Followed,
        accounts.Unfollowed,
        accounts.FollowChanged,
        accounts.Blocked,
        accounts.Unblocked,
        accounts.Muted,
        accounts.Unmuted,
        accounts.DomainBlocked,
        accounts.DomainUnblocked,
        ListChanged,
        TagsFollowedChanged,
    )
)
"""After these somebody's feeds are made of something else."""
_ENDING: frozenset[type[Event]] = frozenset(
    (accounts.TokensRevoked, accounts.MemberStateChanged, accounts.StandingChanged)
)
"""After these a token may open nothing any more."""
_GONE = frozenset(("suspended", "deleted"))
"""Standings of accounts of which nobody sees anything."""


class Counts(msgspec.Struct):
    """What the metrics tell: streams that are open, by kind; events sent; streams that we ended, by reason."""

    open: dict[str, int] = msgspec.field(default_factory=lambda: {"websocket": 0, "sse": 0})
    sent: dict[str, int] = msgspec.field(default_factory=dict)
    dropped: dict[str, int] = msgspec.field(default_factory=lambda: {"slow": 0, "silent": 0, "broken": 0})

    def add(self, other: Counts) -> None:
        """Those of another process."""
        for mine, theirs in ((self.open, other.open), (self.sent, other.sent), (self.dropped, other.dropped)):
            for key, number in theirs.items():
                mine[key] = mine.get(key, 0) + number


class Hub:
    """All streams of one process."""

    def __init__(self, db: Db) -> None:
        """Listens to `db`'s events from now on.

        Make it before all caches, so that it sees what they still know of a post that is deleted.
        """
        self._db = db
        self.watches = Watches()
        self.counts = Counts()
        self.endings = 0
        """How often tokens may have ended: who was let in before an ending and joins after it is looked at again."""
        self._events: deque[tuple[Event, PostCard | None]] = deque()
        self._known: dict[int, None] = {}
        self._worker: asyncio.Task[None] | None = None
        self._beating: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._addresses: dict[str, int] = {}
        self._new = 0  # the post that was published last
        self._screens = Screens()
        self._closed = False
        self._limits = True
        db.listen(self._heard)

    def serve(
        self,
        *,
        account_views: AccountViews,
        post_views: PostViews,
        viewers: Viewers,
        tokens: Tokens,
        feeds: Feeds,
        render: Render,
        settings: Settings,
    ) -> None:
        """Take what it works with. With `dev` there are no limits of streams a member and an address."""
        self._accounts, self._posts, self._viewers, self._tokens = account_views, post_views, viewers, tokens
        self._feeds, self._render = feeds, render
        self._settings, self._limits = settings, not settings.dev

    # Connections --------------------------------------------------------------------------------------------------

    def admit(self, caller: Caller, address: str) -> None:
        """Is there room for one more? Raises: TooManyRequests."""
        watch = self.watches.accounts.get(caller.account_id or 0)
        if self._limits and (
            (watch is not None and len(watch.connections) >= PER_MEMBER)
            or self._addresses.get(bucket_key(address), 0) >= PER_ADDRESS
        ):
            raise TooManyRequests(say="Too many streams are open", retry_at=now_ms() + MINUTE)

    async def check(self, caller: Caller, ask: Ask) -> None:
        """Is it the caller's to hear? Raises: Refused."""
        if ask.channel.list_id:
            try:
                await self._feeds.sources_of_list(caller.account_id or 0, ask.channel.list_id)
            except ListMissing:
                raise Refused(401, "Not authorized to stream this list") from None

    def join(self, connection: Connection) -> None:
        """A connection is there."""
        self.watches.add(connection)
        self.counts.open[connection.kind] += 1
        key = bucket_key(connection.address)
        self._addresses[key] = self._addresses.get(key, 0) + 1
        if self._beating is None:
            self._beating = asyncio.create_task(self._beat(), name="streams beat")
        if self._closed:
            connection.end(frames.RESTART, "the server stops")
        elif connection.seen != self.endings:
            self._do(self._look_again([connection]))

    def leave(self, connection: Connection) -> None:
        """A connection is gone."""
        self.watches.remove(connection)
        self.counts.open[connection.kind] -= 1
        key = bucket_key(connection.address)
        left = self._addresses[key] = self._addresses[key] - 1
        if not left:
            del self._addresses[key]

    def dropped(self, why: str) -> None:
        """We end a connection."""
        self.counts.dropped[why] += 1

    def command(self, connection: Connection, command: dict[str, Any]) -> None:
        """A client subscribes or unsubscribes: one after the other, in its order."""
        if connection.todo is not None:
            if len(connection.todo) >= MOST_COMMANDS:
                connection.drop("broken")
                return
            connection.todo.append(command)
            return
        connection.todo = [command]
        self._do(self._obey(connection))

    async def _obey(self, connection: Connection) -> None:
        todo = connection.todo
        assert todo is not None
        try:
            while todo and connection.transport is not None:
                await self._follow(connection, todo[0])
                del todo[0]
        finally:
            connection.todo = None

    async def _follow(self, connection: Connection, command: dict[str, Any]) -> None:
        kind, name = command.get("type"), first(command.get("stream"))
        if kind not in {"subscribe", "unsubscribe"}:
            return
        try:
            ask = channels.read(name, command, connection.caller.scopes)
            if kind == "subscribe":
                await self.subscribe(connection, ask)
            else:
                self.watches.unsubscribe(connection, ask.channel)
        except Refused as refused:
            if isinstance(connection, Socket):
                connection.say(refused.body)

    async def subscribe(self, connection: Connection, ask: Ask) -> None:
        """Have a connection hear a stream; a second time changes nothing.

        Raises:
            Refused: it is a list of somebody else, or there are too many.
        """
        channel = ask.channel
        if channel in connection.subscriptions:
            return
        if len(connection.subscriptions) >= MOST_SUBSCRIPTIONS:
            raise Refused(429, "Too many subscriptions")
        watch = self.watches.accounts.get(connection.caller.account_id or 0)
        if watch is None or connection not in watch.connections:
            return  # it is gone
        if channel.list_id and channel.list_id not in watch.lists:
            await self._place_list(watch, channel.list_id)
        elif channel == USER and not watch.sources:
            await self._place(watch)
        if connection in watch.connections:
            self.watches.subscribe(connection, channel, head_of(ask.label))
        elif not watch.connections:  # it went meanwhile, and nobody else of this account is there
            self.watches.place(watch, ())
            self.watches.forget_list(watch, channel.list_id)

    async def _viewer(self, watch: Watch) -> Viewer:
        while (viewer := watch.viewer) is None:
            version = watch.version
            found = await self._viewers.get(watch.id)
            if version == watch.version:
                watch.viewer = found
        return viewer

    async def _place(self, watch: Watch) -> None:
        while True:
            version = watch.version
            sources = await self._feeds.sources_of_home(await self._viewer(watch))
            tags = await self._feeds.tags_of_home(watch.id)
            if version == watch.version:
                self.watches.place(watch, sources, tags.values())
                return

    async def _place_list(self, watch: Watch, list_id: int) -> None:
        while True:
            version = watch.version
            try:
                members, replies = await self._feeds.sources_of_list(watch.id, list_id)
            except ListMissing:
                raise Refused(401, "Not authorized to stream this list") from None
            if version == watch.version:
                self.watches.place_list(watch, list_id, members, replies)
                return

    async def _beat(self) -> None:
        ping = False
        while True:
            await asyncio.sleep(BEAT_S)
            ping = not ping  # sockets every second time, as Mastodon does
            for number, connection in enumerate(self._connections()):
                if ping or not isinstance(connection, Socket):
                    connection.beat()
                if number % 200 == 199:
                    await asyncio.sleep(0)

    def _connections(self) -> list[Connection]:
        return [one for watch in self.watches.accounts.values() for one in watch.connections]

    def _do(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a stream's request failed", error=type(error).__qualname__, exc_info=error)

    async def close(self) -> None:
        """End all streams; clients come back when there is a server again."""
        self._closed = True
        for connection in self._connections():
            connection.end(frames.RESTART, "the server stops")
        deadline = asyncio.get_running_loop().time() + CLOSING_S
        while self.watches.accounts and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 (clients go one by one)
            await asyncio.sleep(0.01)  # what waits goes out
        for connection in self._connections():
            if connection.transport is not None:
                connection.transport.abort()
        for task in (self._beating, self._worker, *self._tasks):
            if task is not None:
                task.cancel()
        await asyncio.sleep(0)

    # Hearing ------------------------------------------------------------------------------------------------------

    def _heard(self, logged: Sequence[Logged]) -> None:
        watched = self.watches.accounts
        ending = False
        for one in logged:
            event = one.event
            kind = type(event)
            if kind in _ENDING:
                ending = True
            if not watched:
                continue
            if kind in _SIGHT:
                self._note_changed(event)
            if kind not in _DONE:
                continue
            if one.id in self._known or one.at < now_ms() - LATE_MS:
                continue
            self._known[one.id] = None
            if len(self._known) > KNOWN_EVENTS:
                del self._known[next(iter(self._known))]
            card = self._posts.cards.get(event.post_id) if isinstance(event, posts.PostDeleted) else None
            if len(self._events) >= MOST_EVENTS:
                self._events.popleft()
            self._events.append((event, card))
        if ending:
            self.endings += 1
        if self._events and self._worker is None and not self._closed:
            self._worker = asyncio.create_task(self._work(), name="streams")

    def _note_changed(self, event: Any) -> None:
        """Whoever sees something else from now on is looked up again before the next post is judged."""
        for name in ("follower_id", "account_id", "target_id"):
            watch = self.watches.accounts.get(getattr(event, name, 0))
            if watch is not None:
                watch.viewer = None
                watch.version += 1

    async def _work(self) -> None:
        try:
            while self._events:
                event, card = self._events.popleft()
                try:
                    await self._tell(event, card)
                except DomainError as error:
                    _log.warning("streams could not tell of an event", event_kind=event.kind, why=error.code)
                except Exception:  # noqa: BLE001 (one event that can't be told must not end all streams)
                    _log.exception("streams could not tell of an event", event_kind=event.kind)
                await asyncio.sleep(0)  # what was written goes out, and others have their turn
        finally:
            self._worker = None

    async def _tell(self, event: Any, card: PostCard | None) -> None:
        match event:
            case posts.PostPublished(post_id=an_id):
                self._new = an_id
                await self._post("update", an_id)
            case QuoteChanged(post_id=an_id, state="accepted") if an_id == self._new:
                pass  # it was published with its quote
            case posts.PostBoosted(boost_id=an_id):
                await self._post("update", an_id)
            case posts.PostEdited(post_id=an_id) | QuoteChanged(post_id=an_id) | PolicyChanged(post_id=an_id):
                await self._post("status.update", an_id)
            case posts.PostDeleted():
                await self._deleted(event, card)
            case Notified(account_id=account_id, notification_id=an_id):
                await self._notified(account_id, an_id)
            case ConversationChanged(account_id=account_id, conversation_id=an_id):
                await self._conversed(account_id, an_id)
            case FiltersChanged(account_id=account_id):
                watch = self.watches.accounts.get(account_id)
                if watch is not None:
                    self._send(Message("filters_changed", None), watch.subscribers(USER))
            case RequestsMerged(account_id=account_id):
                self._send(Message("notifications_merged", b"1"), self._notifiable(account_id))
            case (
                server.AnnouncementPublished(announcement_id=an_id) | server.AnnouncementChanged(announcement_id=an_id)
            ):
                await self._announced(an_id)
            case server.AnnouncementReacted(announcement_id=an_id, name=name):
                await self._announced(an_id, reaction=name)
            case server.AnnouncementRemoved(announcement_id=an_id):
                self._send(Message("announcement.delete", b"%d" % an_id), self._all_home())
            case accounts.StandingChanged(account_id=author_id, standing=standing):
                await self._look_again(self._concerned(event))
                if standing in _GONE:
                    self._take_back(author_id)
            case accounts.TokensRevoked() | accounts.MemberStateChanged():
                await self._look_again(self._concerned(event))
            case _:
                await self._sight_changed(event)

    # Ends -------------------------------------------------------------------------------------------------------------

    def _concerned(self, event: Any) -> list[Connection]:
        account_id = getattr(event, "account_id", None)
        if account_id is not None:
            watch = self.watches.accounts.get(account_id)
            return [] if watch is None else list(watch.connections)
        return [
            one
            for one in self._connections()
            if event.member_id == one.caller.member_id and event.app_id in {None, one.caller.app_id}
        ]

    async def _look_again(self, those: Iterable[Connection]) -> None:
        """End the streams of tokens that open nothing any more (SC-113, SC-114)."""
        for connection in those:
            if not await self._tokens.holds(connection.key):
                connection.end(frames.REFUSED, "the access token was revoked")

    # Feeds that change ----------------------------------------------------------------------------------------------

    async def _sight_changed(self, event: Any) -> None:
        for name in ("follower_id", "account_id", "target_id"):
            watch = self.watches.accounts.get(getattr(event, name, 0))
            if watch is None:
                continue
            if watch.hears(USER):
                await self._place(watch)
            for list_id in list(watch.lists):
                try:
                    await self._place_list(watch, list_id)
                except Refused:  # it was deleted: there is nothing to hear any more
                    self.watches.place_list(watch, list_id, (), "none")

    # Posts --------------------------------------------------------------------------------------------------------

    async def _post(self, event: str, entry_id: int) -> None:
        """Send a post (or boost) that is there or was changed to all whose feeds it belongs in."""
        self._db.sync()
        found = await self._posts.get((entry_id,))
        entry = found.get(entry_id)
        if entry is None:
            return  # deleted meanwhile
        people = await self._accounts.get({card.author_id for card in found.values()})
        told = _Told()
        keys = _keys(entry)
        by_author = dict.fromkeys(self.watches.home_of(entry.author_id), True)
        for number, watch in enumerate({**dict.fromkeys(self.watches.home_of_tags(keys), False), **by_author}, 1):
            if not number % (AT_ONCE * 8):
                await asyncio.sleep(0)
            viewer = await self._viewer(watch)
            shown = rules.readable(entry, found, people, viewer)
            if shown is not None and (
                (watch in by_author and rules.in_home(entry, shown, people, viewer))
                or (keys and watch.tags and rules.by_hashtag(entry, people, viewer, keys=watch.tags))
            ):
                told.add(watch.id, watch.subscribers(USER))
        for one in list(self.watches.lists_with(entry.author_id)):
            viewer = await self._viewer(one.watch)
            shown = rules.readable(entry, found, people, viewer)
            if shown is not None and rules.in_list(
                entry, shown, people, viewer, members=one.members, replies=one.replies
            ):
                told.add(one.watch.id, one.watch.subscribers(channels.Channel("list", list_id=one.list_id)))
        if entry.boost_of_id is None and entry.visibility == "public":
            await self._open(entry, keys, found, people, told)
        for number, (account_id, those) in enumerate(told.by_account.items(), 1):
            if not number % AT_ONCE:
                await asyncio.sleep(0)  # a post with many readers holds nobody else up
            body = await self._render.statuses((entry_id,), account_id)
            if len(body) <= 2:
                continue  # not for them, or gone meanwhile
            self._send(told.message(event, body[1:-1]), those)
        authors = {card.author_id for card in found.values()}
        self._screens.remember(entry_id, authors=authors, told=tuple(told.by_account))

    def _take_back(self, author_id: int) -> None:
        """Nobody is to see any more what an account wrote: take what was sent of it from the screens that it was sent to."""
        for post_id, told in self._screens.take_back(author_id):
            message = Message("delete", b"%d" % post_id)
            for account_id in told:
                watch = self.watches.accounts.get(account_id)
                for connection in () if watch is None else watch.connections:
                    heads = [head for to, head in connection.subscriptions.items() if to not in (NOTIFICATIONS, DIRECT)]
                    self._send(message, ((connection, head) for head in heads))

    async def _open(
        self, entry: PostCard, keys: list[str], found: dict[int, PostCard], people: dict[int, AccountCard], told: _Told
    ) -> None:
        """Whoever hears everybody's posts, or those with a hashtag."""
        local = bool(entry.local)
        heard = list(self.watches.tagged(keys, local=local))
        if entry.reply_to_id is None or entry.reply_to_author_id == entry.author_id:
            heard += self.watches.public(local=local, media=bool(entry.media))
        judged: dict[int, bool] = {}
        for channel in heard:
            for connection in self.watches.listeners(channel):
                watch = self.watches.accounts.get(connection.caller.account_id or 0)
                if watch is None:
                    continue
                if watch.id not in judged:
                    viewer = await self._viewer(watch)
                    shown = rules.readable(entry, found, people, viewer)
                    judged[watch.id] = shown is not None and rules.in_public(shown, people, viewer)
                head = connection.subscriptions.get(channel)
                if judged[watch.id] and head is not None:
                    told.add(watch.id, ((connection, head),))

    async def _deleted(self, event: posts.PostDeleted, card: PostCard | None) -> None:
        """Take a post back from all who may have seen it, and tell nobody else that there was one."""
        author = (await self._accounts.get((event.author_id,))).get(event.author_id)
        those: list[tuple[Connection, bytes]] = []
        mentioned = () if card is None else card.mentions
        keys = [] if card is None else _keys(card)
        concerned = dict.fromkeys((*self.watches.home_of(event.author_id), *self.watches.home_of_tags(keys)))
        for account_id in (event.author_id, *mentioned):
            watch = self.watches.accounts.get(account_id)
            if watch is not None:
                concerned[watch] = None
        for watch in concerned:
            if await self._could_see(event, card, author, watch):
                those += watch.subscribers(USER)
        for one in list(self.watches.lists_with(event.author_id)):
            if await self._could_see(event, card, author, one.watch):
                those += one.watch.subscribers(channels.Channel("list", list_id=one.list_id))
        if event.boost_of_id is None and event.visibility == "public":
            local = None if card is None else bool(card.local)
            heard = [*self.watches.public(local=local, media=None if card is None else bool(card.media))]
            heard += self.watches.tagged(keys, local=local)
            for channel in heard:
                for connection in self.watches.listeners(channel):
                    watch = self.watches.accounts.get(connection.caller.account_id or 0)
                    head = connection.subscriptions.get(channel)
                    if watch is not None and head and await self._could_see(event, card, author, watch):
                        those.append((connection, head))
        self._send(Message("delete", b"%d" % event.post_id), those)

    async def _could_see(
        self, event: posts.PostDeleted, card: PostCard | None, author: AccountCard | None, watch: Watch
    ) -> bool:
        if watch.id == event.author_id:
            return True
        viewer = await self._viewer(watch)
        follow = viewer.following.get(event.author_id)
        if event.boost_of_id is not None and follow is not None and not follow[0]:
            return False  # its boosts are not shown
        if card is not None:
            return may_see(card, author, viewer)
        # Nothing is known but who wrote it and for whom: followers saw it unless it was direct.
        if event.author_id in viewer.blocking or event.author_id in viewer.blocked_by:
            return False
        if event.visibility == "public":
            return True
        return follow is not None and event.visibility != "direct"

    def _send(self, message: Message, those: Iterable[tuple[Connection, bytes]]) -> None:
        sent = 0
        for connection, head in those:
            connection.send(message, head)
            sent += 1
        self.counts.sent[message.event] = self.counts.sent.get(message.event, 0) + sent

    # Announcements --------------------------------------------------------------------------------------------------

    def _all_home(self) -> list[tuple[Connection, bytes]]:
        return [one for watch in self.watches.accounts.values() for one in watch.subscribers(USER)]

    async def _announced(self, announcement_id: int, *, reaction: str | None = None) -> None:
        """Tell everybody of an announcement, or how many gave one reaction to it."""
        those = self._all_home()
        if not those:
            return
        try:
            one = await server.told_one(self._db, announcement_id, 0, now=now_ms())
        except server.AnnouncementMissing:
            return  # it is over, or gone
        (shown,) = await announcements.shown(
            self._db, (one,), settings=self._settings, post_views=self._posts, account_views=self._accounts,
            personal=False,
        )  # fmt: skip
        if reaction is None:
            self._send(Message("announcement", _encode(shown)), those)
            return
        given = next((each for each in shown.reactions if each.name == reaction), None)
        payload = {"name": reaction, "count": 0} if given is None else msgspec.to_builtins(given)
        payload["announcement_id"] = shown.id
        self._send(Message("announcement.reaction", _encode(payload)), those)

    # Notifications --------------------------------------------------------------------------------------------------

    def _notifiable(self, account_id: int) -> list[tuple[Connection, bytes]]:
        """Who hears the notifications of an account. A token for posts alone hears the home feed without them."""
        watch = self.watches.accounts.get(account_id)
        if watch is None:
            return []
        home = [one for one in watch.subscribers(USER) if covers(one[0].caller.scopes, "read:notifications")]
        return [*watch.subscribers(NOTIFICATIONS), *home]

    async def _notified(self, account_id: int, notification_id: int) -> None:
        those = self._notifiable(account_id)
        if not those:
            return
        try:
            one = await notifications.find(self._db, account_id, notification_id)
        except notifications.NotificationMissing:
            return  # the act was undone meanwhile
        shown = whole(one, await look_up(self._db, self._render, account_id, (one,)))
        if shown is not None:
            self._send(Message("notification", shown), those)

    async def _conversed(self, account_id: int, conversation_id: int) -> None:
        watch = self.watches.accounts.get(account_id)
        those = [] if watch is None else list(watch.subscribers(DIRECT))
        if not those:
            return
        try:
            one = await conversations.find_conversation(self._db, account_id, conversation_id)
        except ConversationMissing:
            return  # removed meanwhile
        self._db.sync()
        for shown in await show(self._db, self._render, (one,), account_id):
            self._send(Message("conversation", shown), those)


def _keys(card: PostCard) -> list[str]:
    """The folded hashtags that a post stands under; only public posts do."""
    return [hashtag_key(name) for name in card.hashtags] if card.visibility == "public" else []


class _Told:
    """Who is sent one post, by the account that they look as; equal bytes become one message."""

    def __init__(self) -> None:
        self.by_account: dict[int, list[tuple[Connection, bytes]]] = {}
        self._messages: dict[bytes, Message] = {}

    def add(self, account_id: int, those: Iterable[tuple[Connection, bytes]]) -> None:
        there = self.by_account.setdefault(account_id, [])
        there += those
        if not there:
            del self.by_account[account_id]

    def message(self, event: str, body: bytes) -> Message:
        made = self._messages.get(body)
        if made is None:
            made = self._messages[body] = Message(event, body)
        return made


_TOLD: tuple[type[Event], ...] = (
    posts.PostPublished,
    posts.PostBoosted,
    posts.PostEdited,
    posts.PostDeleted,
    QuoteChanged,
    PolicyChanged,
    Notified,
    RequestsMerged,
    ConversationChanged,
    FiltersChanged,
    server.AnnouncementPublished,
    server.AnnouncementChanged,
    server.AnnouncementReacted,
    server.AnnouncementRemoved,
)
_DONE: frozenset[type[Event]] = _SIGHT.union(_ENDING, _TOLD)
"""What is dealt with."""
