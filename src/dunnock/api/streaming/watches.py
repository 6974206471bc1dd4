"""What those who are connected watch, as indexes: a post looks up who might want it and meets nobody else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

from dunnock.accounts.viewers import Viewer
from dunnock.api.streaming.channels import PUBLIC, TAGS, Channel, Where
from dunnock.api.streaming.connection import Connection

W = TypeVar("W")
K = TypeVar("K")


class ListWatch:
    """A list that somebody hears. `replies`: as `feeds.lists`."""

    __slots__ = ("list_id", "members", "replies", "watch")

    def __init__(self, watch: Watch, list_id: int) -> None:
        """Its members are to be looked up."""
        self.watch, self.list_id = watch, list_id
        self.members: frozenset[int] = frozenset()
        self.replies = "list"


class Watch:
    """An account with its connections. `viewer` None: to be looked up, because what it stands on changed.

    `sources` and `tags`: what its home feed is made of, and in whose index lists it stands. `version` grows with every
    change that makes what was looked up old.
    """

    __slots__ = ("connections", "id", "lists", "sources", "tags", "version", "viewer")

    def __init__(self, an_id: int) -> None:
        """Nobody is connected yet."""
        self.id = an_id
        self.connections: dict[Connection, None] = {}
        self.lists: dict[int, ListWatch] = {}
        self.sources: tuple[int, ...] = ()
        self.tags: tuple[str, ...] = ()
        self.viewer: Viewer | None = None
        self.version = 0

    def subscribers(self, channel: Channel) -> Iterator[tuple[Connection, bytes]]:
        """The connections that subscribed, each with the beginning of its messages."""
        for connection in self.connections:
            head = connection.subscriptions.get(channel)
            if head is not None:
                yield connection, head

    def hears(self, channel: Channel) -> bool:
        """Did any connection subscribe?"""
        return any(channel in one.subscriptions for one in self.connections)


USER, NOTIFICATIONS, DIRECT = Channel("user"), Channel("user:notification"), Channel("direct")


class Watches:
    """All that is watched in one process."""

    def __init__(self) -> None:
        """Nobody is connected."""
        self.accounts: dict[int, Watch] = {}
        self._home: dict[int, list[Watch]] = {}
        self._home_tags: dict[str, list[Watch]] = {}
        self._lists: dict[int, list[ListWatch]] = {}
        self._open: dict[Channel, dict[Connection, None]] = {}

    def add(self, connection: Connection) -> Watch:
        """A connection is there."""
        account_id = connection.caller.account_id
        assert account_id is not None  # an app's own token hears nothing
        watch = self.accounts.get(account_id)
        if watch is None:
            watch = self.accounts[account_id] = Watch(account_id)
        watch.connections[connection] = None
        return watch

    def remove(self, connection: Connection) -> None:
        """A connection is gone, and what nobody else watches with it."""
        watch = self.accounts.get(connection.caller.account_id or 0)
        if watch is None or connection not in watch.connections:
            return
        for channel in list(connection.subscriptions):
            self.unsubscribe(connection, channel)
        del watch.connections[connection]
        if not watch.connections:
            self.place(watch, ())  # it may have been placed for a connection that never came
            for list_id in list(watch.lists):
                self.forget_list(watch, list_id)
            del self.accounts[watch.id]

    def subscribe(self, connection: Connection, channel: Channel, head: bytes) -> None:
        """A connection hears a stream; for home and lists `place` and `place_list` must have told whose posts that is."""
        connection.subscriptions[channel] = head
        if channel.name in PUBLIC or channel.name in TAGS:
            self._open.setdefault(channel, {})[connection] = None

    def unsubscribe(self, connection: Connection, channel: Channel) -> None:
        """A connection hears a stream no longer."""
        if connection.subscriptions.pop(channel, None) is None:
            return
        there = self._open.get(channel)
        if there is not None:
            there.pop(connection, None)
            if not there:
                del self._open[channel]
            return
        watch = self.accounts[connection.caller.account_id or 0]
        if watch.hears(channel):
            return
        if channel == USER:
            self.place(watch, ())
        elif channel.list_id:
            self.forget_list(watch, channel.list_id)

    def place(self, watch: Watch, sources: Collection[int], tags: Collection[str] = ()) -> None:
        """From now on the watch's home feed is made of these accounts' posts, and of those with these hashtags."""
        _move(self._home, watch, watch.sources, sources)
        _move(self._home_tags, watch, watch.tags, tags)
        watch.sources, watch.tags = tuple(sources), tuple(tags)  # a set takes eight times as much

    def place_list(self, watch: Watch, list_id: int, members: Collection[int], replies: str) -> None:
        """From now on the list is made of these accounts' posts."""
        one = watch.lists.get(list_id)
        if one is None:
            one = watch.lists[list_id] = ListWatch(watch, list_id)
        _move(self._lists, one, one.members, members)
        one.members, one.replies = frozenset(members), replies

    def forget_list(self, watch: Watch, list_id: int) -> None:
        """Nobody hears the list any more."""
        one = watch.lists.pop(list_id, None)
        if one is not None:
            _move(self._lists, one, one.members, ())

    def home_of(self, author_id: int) -> list[Watch]:
        """Whose home feed takes posts by this author."""
        return self._home.get(author_id, [])

    def home_of_tags(self, keys: Iterable[str]) -> Iterator[Watch]:
        """Whose home feed takes posts with any of these hashtags."""
        for key in keys:
            yield from self._home_tags.get(key, ())

    def lists_with(self, author_id: int) -> list[ListWatch]:
        """The lists that this author is on."""
        return self._lists.get(author_id, [])

    def public(self, *, local: bool | None, media: bool | None) -> Iterator[Channel]:
        """The streams of everybody's posts that one from here (or elsewhere), with media (or without), belongs in.

        None: that is not known, so every stream that it may have been in.
        """
        for name, (where, only_media) in PUBLIC.items():
            channel = Channel(name)
            if channel in self._open and _fits(where, local=local) and (not only_media or media is not False):
                yield channel

    def tagged(self, keys: Iterable[str], *, local: bool | None) -> Iterator[Channel]:
        """The hashtags' streams that a post with these (folded) belongs in."""
        for key in dict.fromkeys(keys):
            for name, only_local in TAGS.items():
                channel = Channel(name, tag=key)
                if channel in self._open and (not only_local or local is not False):
                    yield channel

    def listeners(self, channel: Channel) -> list[Connection]:
        """Who hears a stream of everybody's posts."""
        return list(self._open.get(channel, ()))


def _fits(where: Where, *, local: bool | None) -> bool:
    return where == "all" or local is None or local == (where == "local")


def _move(index: dict[K, list[W]], one: W, old: Collection[K], new: Collection[K]) -> None:
    before, after = frozenset(old), frozenset(new)
    for key in before - after:
        there = index[key]
        there.remove(one)
        if not there:
            del index[key]
    for key in after - before:
        index.setdefault(key, []).append(one)
