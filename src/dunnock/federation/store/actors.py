"""Statements about remote actors and their servers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import bindparam, column, delete, or_, select, table, update

from dunnock.federation.tables import actor_keys, actors, hosts
from dunnock.foundation.db import BigId, Reader, Row, Sql, Tx, among, insert_once, upsert

# Columns of others that these statements look at; named here, never imported.
_accounts = table(
    "accounts", column("id", BigId), column("username"), column("domain"), column("standing"), column("url")
)
_follows = table("follows", column("follower_id", BigId), column("followed_id", BigId), column("requested"))
_posts = table(
    "posts",
    column("id", BigId),
    column("author_id", BigId),
    column("boost_of_id", BigId),
    column("visibility"),
    column("deleted_at", BigId),
)
_urls = msgspec.json.Decoder(tuple[str, ...]).decode


class Remote(msgspec.Struct, frozen=True, kw_only=True):
    """An account of another server, as far as talking to it goes."""

    account_id: int
    uri: str
    host: str
    inbox: str
    shared_inbox: str | None
    followers: str | None
    featured: str | None
    outbox: str | None
    key_id: str
    public_pem: str
    also_known_as: tuple[str, ...]
    moved_to: str | None
    avatar_url: str | None
    header_url: str | None
    fetched_at: int
    username: str
    domain: str
    standing: str

    @property
    def best_inbox(self) -> str:
        """Where activities are sent to: once for its whole server, where that takes them."""
        return self.shared_inbox or self.inbox


_columns = (
    actors.c.account_id,
    actors.c.uri,
    actors.c.host,
    actors.c.inbox,
    actors.c.shared_inbox,
    actors.c.followers,
    actors.c.featured,
    actors.c.outbox,
    actors.c.key_id,
    actors.c.public_pem,
    actors.c.also_known_as,
    actors.c.moved_to,
    actors.c.avatar_url,
    actors.c.header_url,
    actors.c.fetched_at,
    _accounts.c.username,
    _accounts.c.domain,
    _accounts.c.standing,
)
_NAMES = tuple(Remote.__struct_fields__)
_known = select(*_columns).join_from(actors, _accounts, _accounts.c.id == actors.c.account_id)
_BY_URI = Sql(_known.where(actors.c.uri == bindparam("uri")))
_BY_URIS = Sql(_known.where(among(actors.c.uri, "uris")))
_BY_KEY = Sql(_known.where(actors.c.key_id == bindparam("key")))
_BY_IDS = Sql(_known.where(among(actors.c.account_id, "ids")))
_BY_URL = Sql(_known.where(_accounts.c.url == bindparam("url")).limit(1))
_OTHER_KEY = Sql(select(actor_keys.c.account_id, actor_keys.c.multikey).where(actor_keys.c.key_id == bindparam("key")))
_of_account = actor_keys.c.account_id == bindparam("the", type_=BigId)
_OTHER_KEYS = Sql(select(actor_keys.c.key_id, actor_keys.c.multikey).where(_of_account).order_by(actor_keys.c.key_id))
_DROP_KEYS = Sql(delete(actor_keys).where(_of_account))
_ADD_KEY = insert_once(actor_keys, keys=["key_id"])
_PUT = upsert(
    actors,
    ["account_id"],
    "account_id",
    "uri",
    "host",
    "inbox",
    "shared_inbox",
    "followers",
    "featured",
    "outbox",
    "key_id",
    "public_pem",
    "also_known_as",
    "moved_to",
    "avatar_url",
    "header_url",
    "claimed_followers",
    "claimed_following",
    "claimed_posts",
    "fetched_at",
)
_FOLLOWER_INBOXES = Sql(
    select(actors.c.inbox, actors.c.shared_inbox)
    .join_from(_follows, actors, actors.c.account_id == _follows.c.follower_id)
    .where(_follows.c.followed_id == bindparam("the", type_=BigId), _follows.c.requested.is_(False))
    .distinct()
)
_BOOSTERS_INBOXES = Sql(
    select(actors.c.inbox, actors.c.shared_inbox)
    .join_from(_posts, _follows, _follows.c.followed_id == _posts.c.author_id)
    .join(actors, actors.c.account_id == _follows.c.follower_id)
    .where(
        _posts.c.boost_of_id == bindparam("post", type_=BigId),
        _posts.c.deleted_at.is_(None),
        or_(_posts.c.visibility == "public", _posts.c.visibility == "unlisted"),
        _follows.c.requested.is_(False),
    )
    .distinct()
)
_WROTE = Sql(select(_posts.c.author_id).where(_posts.c.id == bindparam("post", type_=BigId)))
_of_host = (
    _follows.c.followed_id == bindparam("the", type_=BigId),
    _follows.c.requested.is_(False),
    actors.c.host == bindparam("of"),
)
_followers = select().join_from(_follows, actors, actors.c.account_id == _follows.c.follower_id).where(*_of_host)
_FOLLOWERS_OF_HOST = Sql(_followers.add_columns(actors.c.uri))
_ANY_FOLLOWER_OF_HOST = Sql(_followers.add_columns(actors.c.account_id).limit(1))
_ALL_INBOXES = Sql(select(actors.c.inbox, actors.c.shared_inbox).distinct())
_LOCAL_FOLLOWERS = Sql(
    select(_follows.c.follower_id)
    .join_from(_follows, _accounts, _accounts.c.id == _follows.c.follower_id)
    .where(
        _follows.c.followed_id == bindparam("the", type_=BigId),
        _follows.c.requested.is_(False),
        _accounts.c.domain == "",
    )
)
_ANY_LOCAL_FOLLOWER = Sql(
    select(_follows.c.follower_id)
    .join_from(_follows, _accounts, _accounts.c.id == _follows.c.follower_id)
    .where(
        _follows.c.followed_id == bindparam("the", type_=BigId),
        _follows.c.requested.is_(False),
        _accounts.c.domain == "",
    )
    .limit(1)
)
_MOVE_PLANNED = Sql(select(actors.c.move_planned_at).where(actors.c.account_id == bindparam("the", type_=BigId)))
_PLAN_MOVE = Sql(
    update(actors)
    .where(actors.c.account_id == bindparam("the", type_=BigId))
    .values(move_planned_at=bindparam("at", type_=BigId))
)
_MEET_HOST = insert_once(hosts, "host", keys=["host"])
_host = hosts.c.host == bindparam("of")
_HEARD = Sql(
    update(hosts)
    .where(_host)
    .values(heard_at=bindparam("now", type_=BigId), parked_at=None, failing_since=None, failures=0)
)
_SCHEME = Sql(update(hosts).where(_host).values(scheme=bindparam("new_scheme")))
_READ_SCHEME = Sql(update(hosts).where(_host).values(read_scheme=bindparam("new_scheme")))
_HELD_READ_SCHEME = Sql(select(hosts.c.read_scheme).where(_host))
_HOSTS = Sql(
    select(hosts.c.host, hosts.c.scheme, hosts.c.failing_since, hosts.c.parked_at).where(among(hosts.c.host, "names"))
)
_FAILED = Sql(
    update(hosts)
    .where(_host)
    .values(
        failures=hosts.c.failures + 1,
        failing_since=bindparam("since", type_=BigId),
        parked_at=bindparam("parked", type_=BigId),
    )
)


def _remote(row: Row) -> Remote:
    held = dict(zip(_NAMES, row, strict=True))
    held["also_known_as"] = () if row[10] == "[]" else _urls(row[10])
    return Remote(**held)


async def by_uri(reader: Reader, uri: str) -> Remote | None:
    """The account with this address."""
    row = await reader.one(_BY_URI, uri=uri)
    return None if row is None else _remote(row)


async def by_uris(reader: Reader, uris: Sequence[str]) -> dict[str, Remote]:
    """Those that are known, by their addresses."""
    return {row[1]: _remote(row) for row in await reader.all(_BY_URIS, uris=list(uris))} if uris else {}


async def by_key(reader: Reader, key_id: str) -> Remote | None:
    """The account whose key this is."""
    row = await reader.one(_BY_KEY, key=key_id)
    return None if row is None else _remote(row)


async def by_other_key(reader: Reader, key_id: str) -> tuple[Remote, str] | None:
    """The account whose Ed25519 key this is, and the key as Multikey."""
    row = await reader.one(_OTHER_KEY, key=key_id)
    remote = None if row is None else (await by_ids(reader, [row[0]])).get(row[0])
    return None if row is None or remote is None else (remote, row[1])


async def keys_of(reader: Reader, account_id: int) -> dict[str, str]:
    """The account's keys beside the main one: Multikey by id."""
    return {row[0]: row[1] for row in await reader.all(_OTHER_KEYS, the=account_id)}


async def put_keys(tx: Tx, account_id: int, keys: Mapping[str, str]) -> list[str]:
    """Let these (Multikey by id) be the account's keys beside the main one; the ids of those that are no more, or others now."""
    there = await keys_of(tx, account_id)
    if there == keys:
        return []
    await tx.run(_DROP_KEYS, the=account_id)
    await tx.many(_ADD_KEY, [{"key_id": one, "account_id": account_id, "multikey": keys[one]} for one in sorted(keys)])
    return sorted(one for one in there if keys.get(one) != there[one])


async def by_url(reader: Reader, url: str) -> Remote | None:
    """The account whose page this is."""
    row = await reader.one(_BY_URL, url=url)
    return None if row is None else _remote(row)


async def by_ids(reader: Reader, ids: Sequence[int]) -> dict[int, Remote]:
    """Those that are of other servers, by account id."""
    return {row[0]: _remote(row) for row in await reader.all(_BY_IDS, ids=list(ids))} if ids else {}


async def put(tx: Tx, one: Remote, *, claimed: tuple[int | None, int | None, int | None]) -> None:
    """Write what is known of an account; `claimed`: followers, following and posts as its server counts them."""
    held = {name: getattr(one, name) for name in _NAMES if name not in {"username", "domain", "standing"}}
    held["also_known_as"] = msgspec.json.encode(one.also_known_as).decode()
    await tx.run(_PUT, **held, claimed_followers=claimed[0], claimed_following=claimed[1], claimed_posts=claimed[2])
    await tx.run(_MEET_HOST, host=one.host)


async def follower_inboxes(reader: Reader, account_id: int) -> set[str]:
    """Where the account's followers are reached, each server once where it takes that."""
    return {shared or own for own, shared in await reader.all(_FOLLOWER_INBOXES, the=account_id)}


async def boosters_inboxes(reader: Reader, post_id: int) -> set[str]:
    """Where the followers are reached of those here who boost the post: their servers have read it."""
    return {shared or own for own, shared in await reader.all(_BOOSTERS_INBOXES, post=post_id)}


async def who_wrote(reader: Reader, post_id: int) -> int | None:
    """The author of a post, deleted or not."""
    found: int | None = await reader.value(_WROTE, post=post_id)
    return found


async def followers_at(reader: Reader, account_id: int, host: str) -> list[str]:
    """The addresses of the account's followers on one server."""
    return [row[0] for row in await reader.all(_FOLLOWERS_OF_HOST, the=account_id, of=host)]


async def has_followers_at(reader: Reader, account_id: int, host: str) -> bool:
    """Does anybody of one server follow the account?"""
    return await reader.value(_ANY_FOLLOWER_OF_HOST, the=account_id, of=host) is not None


async def all_inboxes(reader: Reader) -> set[str]:
    """Where every server that is known is reached."""
    return {shared or own for own, shared in await reader.all(_ALL_INBOXES)}


async def local_followers(reader: Reader, account_id: int) -> list[int]:
    """This server's accounts that follow the account."""
    return [row[0] for row in await reader.all(_LOCAL_FOLLOWERS, the=account_id)]


async def has_local_followers(reader: Reader, account_id: int) -> bool:
    """Does anybody of this server follow the account?"""
    return await reader.value(_ANY_LOCAL_FOLLOWER, the=account_id) is not None


async def plan_move(tx: Tx, account_id: int, *, apart_ms: int) -> int | None:
    """When it is to be looked at that an account says to move, `apart_ms` after the last time; None: that is planned already."""
    planned = await tx.value(_MOVE_PLANNED, the=account_id) or 0
    if planned > tx.now:
        return None
    at = max(tx.now, planned + apart_ms)
    await tx.run(_PLAN_MOVE, the=account_id, at=at)
    return at


async def heard_of(tx: Tx, host: str) -> None:
    """A server is alive."""
    await tx.run(_HEARD, of=host, now=tx.now)


async def note_scheme(tx: Tx, host: str, scheme: str) -> None:
    """Remember which kind of signature a server takes."""
    await tx.run(_MEET_HOST, host=host)
    await tx.run(_SCHEME, of=host, new_scheme=scheme)


async def read_scheme(reader: Reader, host: str) -> str | None:
    """The kind of signature for which a server gave a document; None: nothing is known of it."""
    found: str | None = await reader.value(_HELD_READ_SCHEME, of=host)
    return found


async def note_read_scheme(tx: Tx, host: str, scheme: str) -> None:
    """Remember for which kind of signature a server gives documents."""
    await tx.run(_MEET_HOST, host=host)
    await tx.run(_READ_SCHEME, of=host, new_scheme=scheme)


async def note_failure(tx: Tx, host: str, *, since: int, parked: int | None) -> None:
    """A server did not take a delivery."""
    await tx.run(_MEET_HOST, host=host)
    await tx.run(_FAILED, of=host, since=since, parked=parked)


async def hosts_of(reader: Reader, names: Sequence[str]) -> dict[str, tuple[str, int | None, int | None]]:
    """(kind of signature, failing since, parked at) of servers."""
    return {row[0]: (row[1], row[2], row[3]) for row in await reader.all(_HOSTS, names=list(names))}
