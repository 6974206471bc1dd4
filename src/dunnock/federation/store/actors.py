"""Statements about remote actors and their servers."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, column, select, table, update

from dunnock.federation.tables import actors, hosts
from dunnock.foundation.db import BigId, Reader, Row, Sql, Tx, among, insert_once, upsert

# Columns of others that these statements look at; named here, never imported.
_accounts = table(
    "accounts", column("id", BigId), column("username"), column("domain"), column("standing"), column("url")
)
_follows = table("follows", column("follower_id", BigId), column("followed_id", BigId), column("requested"))
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
_BY_FOLLOWERS = Sql(_known.where(among(actors.c.followers, "uris")))
_BY_URL = Sql(_known.where(_accounts.c.url == bindparam("url")).limit(1))
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
_FOLLOWERS_OF_HOST = Sql(
    select(actors.c.uri)
    .join_from(_follows, actors, actors.c.account_id == _follows.c.follower_id)
    .where(
        _follows.c.followed_id == bindparam("the", type_=BigId),
        _follows.c.requested.is_(False),
        actors.c.host == bindparam("of"),
    )
)
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
_MEET_HOST = insert_once(hosts, "host", keys=["host"])
_host = hosts.c.host == bindparam("of")
_HEARD = Sql(
    update(hosts)
    .where(_host)
    .values(heard_at=bindparam("now", type_=BigId), parked_at=None, failing_since=None, failures=0)
)
_SCHEME = Sql(update(hosts).where(_host).values(scheme=bindparam("new_scheme")))
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


async def by_followers(reader: Reader, uris: Sequence[str]) -> list[Remote]:
    """Those whose followers' collection has one of these addresses."""
    return [_remote(row) for row in await reader.all(_BY_FOLLOWERS, uris=list(uris))] if uris else []


async def by_key(reader: Reader, key_id: str) -> Remote | None:
    """The account whose key this is."""
    row = await reader.one(_BY_KEY, key=key_id)
    return None if row is None else _remote(row)


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


async def followers_at(reader: Reader, account_id: int, host: str) -> list[str]:
    """The addresses of the account's followers on one server."""
    return [row[0] for row in await reader.all(_FOLLOWERS_OF_HOST, the=account_id, of=host)]


async def all_inboxes(reader: Reader) -> set[str]:
    """Where every server that is known is reached."""
    return {shared or own for own, shared in await reader.all(_ALL_INBOXES)}


async def local_followers(reader: Reader, account_id: int) -> list[int]:
    """This server's accounts that follow the account."""
    return [row[0] for row in await reader.all(_LOCAL_FOLLOWERS, the=account_id)]


async def heard_of(tx: Tx, host: str) -> None:
    """A server is alive."""
    await tx.run(_HEARD, of=host, now=tx.now)


async def note_scheme(tx: Tx, host: str, scheme: str) -> None:
    """Remember which kind of signature a server takes."""
    await tx.run(_MEET_HOST, host=host)
    await tx.run(_SCHEME, of=host, new_scheme=scheme)


async def note_failure(tx: Tx, host: str, *, since: int, parked: int | None) -> None:
    """A server did not take a delivery."""
    await tx.run(_MEET_HOST, host=host)
    await tx.run(_FAILED, of=host, since=since, parked=parked)


async def hosts_of(reader: Reader, names: Sequence[str]) -> dict[str, tuple[str, int | None, int | None]]:
    """(kind of signature, failing since, parked at) of servers."""
    return {row[0]: (row[1], row[2], row[3]) for row in await reader.all(_HOSTS, names=list(names))}
