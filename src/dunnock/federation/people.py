"""Accounts of other servers: read from their actor documents, kept, and read again when they are old or their key changed."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import structs

from dunnock import accounts, text
from dunnock.accounts.account import Field, Kind, is_servers_line
from dunnock.accounts.events import StandingChanged
from dunnock.federation.emoji import want_emoji
from dunnock.federation.errors import (
    ActivityInvalid,
    NotTheirs,
    RemoteFailed,
    RemoteMissing,
    RemoteRefused,
    ServerRefused,
    TooMuch,
)
from dunnock.federation.events import ActorKeyChanged
from dunnock.federation.fetch import Fetcher
from dunnock.federation.jobs import CopyPictures, ReadFeatured, RefreshActor
from dunnock.federation.multikey import read_multikey
from dunnock.federation.parse import (
    count_of,
    icons_of,
    id_of,
    ids_of,
    link_of,
    listed,
    objects_of,
    text_of,
    time_of,
    types_of,
)
from dunnock.federation.places import host_of, page_of
from dunnock.federation.policy import Policy
from dunnock.federation.rates import Rates, site_of
from dunnock.federation.signatures.claim import SignatureMalformed, load_public, pem_of
from dunnock.federation.store import actors as store
from dunnock.federation.store.actors import Remote
from dunnock.foundation.cache import Cache
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Conflict, Db, Tx
from dunnock.foundation.events import Logged
from dunnock.text import BadDomain, canonical_domain

ACTOR_TYPES: Mapping[str, Kind] = {
    "Person": "person",
    "Service": "service",
    "Application": "service",
    "Group": "group",
    "Organization": "person",
}
STALE_MS = DAY
"""How long an account is taken to be as its server described it; whoever acts or is looked up later is read again."""
FRESHEN_MS, MOST_FRESHENED = HOUR, 300
"""How soon one that could not be read is tried again, and how many of one server are read again in that time."""
AGAIN_MS = 5 * MINUTE
"""How soon an actor is asked for again because of a key that does not fit. Source: federation.md, section 12."""
DEAD_MS = 10 * MINUTE
"""How long a key that its server does not have is taken for dead."""
KEPT = 5_000
MOST_KEYS = 5
MOST_NAME, MOST_BIO = 100, 20_000
MOST_FIELDS, MOST_FIELD, MOST_ALIASES, MOST_DOMAINS = 50, 2_047, 256, 256
# Source: Mastodon, Account::USERNAME_RE; dots and dashes within.
_USERNAME = re.compile(r"[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*")


class Introduction(msgspec.Struct, frozen=True):
    """What an actor document says, checked: the account, how to talk to it, and what its server claims to count.

    `claimed`: followers, following and posts; `icons`: names and addresses of the emoji in it; `keys`: Ed25519
    keys beside the main one, as Multikey by their ids.
    """

    account: accounts.Described
    remote: Remote
    claimed: tuple[int | None, int | None, int | None]
    icons: tuple[tuple[str, str], ...]
    keys: Mapping[str, str]


def read_actor(document: Mapping[str, Any], now: int) -> Introduction:
    """An actor document, read.

    Raises:
        ActivityInvalid: it is none that this server can talk to.
    """
    uri = id_of(document)
    host = host_of(uri)
    kind = next((ACTOR_TYPES[one] for one in types_of(document) if one in ACTOR_TYPES), None)
    name = document.get("preferredUsername")
    inbox = _same_host(document.get("inbox"), host)
    if not host or kind is None or not inbox:
        raise ActivityInvalid(
            "no actor", say="That is no actor with an id, a known type and an inbox of its own server"
        )
    if not isinstance(name, str) or len(name) > 100 or not _USERNAME.fullmatch(name):
        raise ActivityInvalid("name", say="The actor's preferredUsername is missing, or none that is used here")
    key_id, pem = _key(document, uri)
    keys = _other_keys(document, uri)
    endpoints = document.get("endpoints")
    bio = text.sanitise(text_of(document, "summary", most=MOST_BIO))
    account = accounts.Described(
        uri=uri,
        url=page_of(link_of(document.get("url")), uri),
        username=name,
        domain=host,
        kind=kind,
        display_name=text.said_plainly(text_of(document, "name", most=2_048))[:MOST_NAME].strip(),
        bio_html=bio,
        bio=text.plain(bio),
        fields=_fields(document, host),
        locked=document.get("manuallyApprovesFollowers") is True,
        discoverable=document.get("discoverable") is True,
        indexable=document.get("indexable") is True,
        attribution_domains=tuple(
            [one for one in listed(document.get("attributionDomains")) if isinstance(one, str) and len(one) < 254]
        )[:MOST_DOMAINS],
        created_at=time_of(document.get("published"), now),
    )
    remote = Remote(
        account_id=0,
        uri=uri,
        host=host,
        inbox=inbox,
        shared_inbox=_same_host(endpoints.get("sharedInbox"), host) if isinstance(endpoints, dict) else None,
        followers=_same_host(document.get("followers"), host),
        featured=_same_host(document.get("featured"), host),
        outbox=_same_host(document.get("outbox"), host),
        key_id=key_id,
        public_pem=pem,
        also_known_as=tuple(ids_of(document.get("alsoKnownAs"))[:MOST_ALIASES]),
        moved_to=id_of(document.get("movedTo")) or None,
        avatar_url=_picture(document.get("icon")),
        header_url=_picture(document.get("image")),
        fetched_at=now,
        username=name,
        domain=host,
        standing="active",
    )
    claimed = (
        count_of(document.get("followers")),
        count_of(document.get("following")),
        count_of(document.get("outbox")),
    )
    return Introduction(
        account, remote, claimed, icons_of(document), {one: key for one, key in keys.items() if one != key_id}
    )


def _same_host(value: Any, host: str) -> str | None:
    uri = id_of(value)
    return uri if uri and host_of(uri) == host else None


def _key(document: Mapping[str, Any], uri: str) -> tuple[str, str]:
    for one in listed(document.get("publicKey")):
        if not isinstance(one, dict):
            continue
        key_id, pem = id_of(one), one.get("publicKeyPem")
        if isinstance(pem, str) and host_of(key_id) == host_of(uri) and id_of(one.get("owner")) in {uri, ""}:
            try:
                load_public(pem)
            except SignatureMalformed:
                continue
            return key_id, pem
    for key_id, multikey in _other_keys(document, uri).items():  # who has no other signs with that
        if (key := read_multikey(multikey)) is not None:
            return key_id, pem_of(key)
    raise ActivityInvalid("no key", say="The actor has no public key that is its own and is used here")


def _other_keys(document: Mapping[str, Any], uri: str) -> dict[str, str]:
    """Source: FEP-521a. As for the main key: its own server's, and its own (SC-021)."""
    found: dict[str, str] = {}
    for one in objects_of(document.get("assertionMethod"), "Multikey"):
        key_id, multikey = id_of(one), one.get("publicKeyMultibase")
        if host_of(key_id) != host_of(uri) or id_of(one.get("controller")) != uri or len(found) == MOST_KEYS:
            continue
        if isinstance(multikey, str) and read_multikey(multikey) is not None:
            found[key_id] = multikey
    return found


def _picture(value: Any) -> str | None:
    for one in objects_of(value, "Image", "Document"):
        url = link_of(one.get("url") or one.get("href"))
        if url:
            return url
    return None


def _fields(document: Mapping[str, Any], domain: str) -> tuple[Field, ...]:
    """The lines of its table; what another server says, or its people in such words, is told as said there."""
    fields = []
    for one in objects_of(document.get("attachment"), "PropertyValue"):
        name = text.said_plainly(text_of(one, "name", most=MOST_FIELD))
        html = text.sanitise(text_of(one, "value", most=MOST_FIELD))
        if is_servers_line(name):
            name = f"{name} ({domain})"
        if name or html:
            fields.append(Field(name, text.plain(html), html))
    return tuple(fields[:MOST_FIELDS])


class People:
    """Finds accounts of other servers, and asks for those that are not known."""

    def __init__(self, db: Db, fetcher: Fetcher, policy: Policy, key_rates: Rates) -> None:
        """Listens to `db`'s events from now on. `key_rates`: how many keys are asked for below one name."""
        self._db, self._fetcher, self._policy, self.key_rates = db, fetcher, policy, key_rates
        db.listen(self._heard)
        self._by_key: Cache[str, tuple[Remote, Any]] = Cache(KEPT)
        self._asked: Cache[str, int] = Cache(KEPT)
        self._dead: Cache[str, tuple[int, type[RemoteMissing]]] = Cache(KEPT)
        self._under_way: dict[str, asyncio.Task[Remote]] = {}
        self._freshened: Cache[int, int] = Cache(KEPT)
        self._of_hosts: Cache[str, tuple[int, int]] = Cache(KEPT)

    def _heard(self, logged: Sequence[Logged]) -> None:
        for one in logged:
            if isinstance(one.event, ActorKeyChanged):
                self._by_key.pop(one.event.key_id)
            elif isinstance(one.event, StandingChanged):
                self._by_key.clear()

    async def signer(self, key_id: str) -> tuple[Remote, Any]:
        """Whose key it is, and the key; both from memory, the database or its server.

        Raises:
            ServerRefused, ActivityInvalid, RemoteRefused, RemoteFailed: there is none that can be believed.
            TooMuch: too many keys below that name were asked for lately.
        """
        held = self._by_key.get(key_id)
        if held is not None:
            return held
        known = await self._known_signer(key_id)
        if known is not None:
            return known
        await self._asked_once(key_id)
        known = await self._known_signer(key_id)
        if known is None:
            raise NotTheirs("another key", host_of(key_id))
        return known

    async def _known_signer(self, key_id: str) -> tuple[Remote, Any] | None:
        """Whose key it is, and the key, as the database has it."""
        remote = await store.by_key(self._db, key_id)
        if remote is not None:
            return self._keep(remote, key_id, load_public(remote.public_pem))
        found = await store.by_other_key(self._db, key_id)
        return None if found is None else self._keep(found[0], key_id, read_multikey(found[1]))

    async def _asked_once(self, key_id: str) -> Remote:
        """`_owner`, asked once however many wait for the answer; of a key that is not there not again soon (SC-073)."""
        dead = self._dead.get(key_id)
        if dead is not None and now_ms() - dead[0] < DEAD_MS:
            raise dead[1]("a dead key", host_of(key_id))
        asking = self._under_way.get(key_id)
        if asking is None:
            site = site_of(host_of(key_id))
            if wait := self.key_rates.wait_ms(site):
                raise TooMuch(site, retry_at=now_ms() + wait)
            self.key_rates.take(site)
            asking = self._under_way[key_id] = asyncio.create_task(self._met(key_id), name="a key")
            asking.add_done_callback(functools.partial(self._answered, key_id))
        return await asyncio.shield(asking)

    async def _met(self, key_id: str) -> Remote:
        """The key's owner. Who looked before somebody else's answer was written down, and asks after it, finds it here."""
        known = await self._known_signer(key_id)
        return await self._owner(key_id) if known is None else known[0]

    def _answered(self, key_id: str, asking: asyncio.Task[Remote]) -> None:
        self._under_way.pop(key_id, None)
        error = None if asking.cancelled() else asking.exception()
        if isinstance(error, RemoteMissing):
            self._dead.put(key_id, (now_ms(), type(error)))

    async def signer_again(self, remote: Remote, key_id: str) -> tuple[Remote, Any] | None:
        """The same after asking its server once more, because the key did not fit; None: it was asked a moment ago, or has
        no such key any more.
        """
        if now_ms() - (self._asked.get(remote.uri) or 0) < AGAIN_MS:
            return None
        self._asked.put(remote.uri, now_ms())
        await self.refresh(remote.uri)
        self._by_key.pop(key_id)
        return await self._known_signer(key_id)

    def _keep(self, remote: Remote, key_id: str, key: Any) -> tuple[Remote, Any]:
        self._by_key.put(key_id, (remote, key))
        return remote, key

    async def _owner(self, key_id: str) -> Remote:
        """The actor that a key's address leads to: the document itself, or the one that it names as the key's owner."""
        if await self._policy.refuses(host_of(key_id)):
            raise ServerRefused(host_of(key_id))
        bare = key_id.partition("#")[0]
        document = await self._fetcher.document(bare, within_s=8)
        if not set(types_of(document)) & set(ACTOR_TYPES):
            owner = id_of(document.get("owner")) or id_of(document.get("controller"))
            if host_of(owner) != host_of(key_id):
                raise RemoteRefused("a key of nobody", host_of(key_id))
            document = await self._fetcher.document(owner, within_s=8)
        return await self._take(document)

    async def known(self, uri: str) -> Remote | None:
        """The account with this address, if it was met; whoever moves it here asks nobody."""
        return await store.by_uri(self._db, uri)

    async def find(self, uri: str, *, pins: bool = True) -> Remote:
        """The account with this address, asked for if it was never met.

        `pins`: what it pins is read too. Not so for authors of posts that came with others, whose pins would bring more
        authors without an end (SC-084).

        Raises:
            ServerRefused, ActivityInvalid, RemoteRefused, RemoteFailed: as it says.
        """
        return await self.known(uri) or await self.refresh(uri, pins=pins)

    async def refresh(self, uri: str, *, pins: bool = True) -> Remote:
        """The account as its server describes it now. Takes and raises what `find` does."""
        if await self._policy.refuses(host_of(uri)):
            raise ServerRefused(host_of(uri))
        return await self._take(await self._fetcher.document(uri), pins=pins)

    async def freshen(self, tx: Tx, remote: Remote) -> None:
        """Have an account read again, some time soon, if it was read long ago. For those who act, or are looked up."""
        if self.is_old(remote):
            since, count = self._lately(remote.host)
            self._of_hosts.put(remote.host, (since, count + 1))
            self._freshened.put(remote.account_id, now_ms())
            await tx.enqueue(RefreshActor(account_id=remote.account_id, host=remote.host))

    def is_old(self, remote: Remote) -> bool:
        """Was the account read so long ago that it should be read again, and has its server not been asked too often?"""
        now = now_ms()
        return (
            now - remote.fetched_at > STALE_MS
            and now - (self._freshened.get(remote.account_id) or 0) > FRESHEN_MS
            and self._lately(remote.host)[1] < MOST_FRESHENED
        )

    def _lately(self, host: str) -> tuple[int, int]:
        """(since when, how many) accounts of a server were read again lately."""
        now = now_ms()
        since, count = self._of_hosts.get(host) or (now, 0)
        return (since, count) if now - since <= FRESHEN_MS else (now, 0)

    async def _take(self, document: Mapping[str, Any], *, pins: bool = True) -> Remote:
        described = read_actor(document, now_ms())
        known = await self.known(described.remote.uri)
        if known is not None:
            return await self._change(known, described)
        account = structs.replace(described.account, domain=await self._domain(described))
        try:
            async with self._db.begin() as tx:
                account_id = await accounts.meet(tx, account)
                remote = structs.replace(described.remote, account_id=account_id, domain=account.domain)
                await store.put(tx, remote, claimed=described.claimed)
                await store.put_keys(tx, account_id, described.keys)
                if remote.avatar_url or remote.header_url:
                    await tx.enqueue(CopyPictures(account_id=account_id, host=remote.host))
                if remote.featured and pins:
                    await tx.enqueue(ReadFeatured(account_id=account_id, host=remote.host))
                await want_emoji(tx, described.icons, remote)
        except (accounts.HandleTaken, Conflict):
            # Met by another request at the same moment. It may not be committed yet: only a transaction sees it, and
            # leaves when it is.
            async with self._db.begin() as tx:
                again = await store.by_uri(tx, described.remote.uri)
            if again is None:
                raise
            return again
        return remote

    async def _change(self, known: Remote, described: Introduction) -> Remote:
        async with self._db.begin() as tx:
            return await self.change(tx, known, described)

    async def change(self, tx: Tx, known: Remote, described: Introduction) -> Remote:
        """Let an account be as described."""
        new = structs.replace(
            described.remote,
            account_id=known.account_id,
            domain=known.domain,
            username=known.username,
            standing=known.standing,
        )
        account = structs.replace(described.account, username=known.username, domain=known.domain)
        was = await accounts.find(tx, known.account_id)
        if was is None:
            raise RemoteRefused("gone")
        await accounts.describe_anew(
            tx,
            known.account_id,
            account,
            avatar=was.avatar if new.avatar_url else None,
            header=was.header if new.header_url else None,
        )
        await store.put(tx, new, claimed=described.claimed)
        gone = await store.put_keys(tx, known.account_id, described.keys)
        other = known.avatar_url != new.avatar_url or known.header_url != new.header_url
        # Given up meanwhile, or never to be had.
        other = other or (not was.avatar and bool(new.avatar_url)) or (not was.header and bool(new.header_url))
        if other and (new.avatar_url or new.header_url):
            await tx.enqueue(CopyPictures(account_id=known.account_id, host=new.host))
        await want_emoji(tx, described.icons, new)
        if known.moved_to is not None and new.moved_to is None:  # its owner came back
            await accounts.move(tx, known.account_id, to=None)
        if known.public_pem != new.public_pem or known.key_id != new.key_id:
            gone.append(known.key_id)
        for key_id in gone:
            await tx.record(ActorKeyChanged(account_id=known.account_id, key_id=key_id))
        self._by_key.pop(known.key_id)  # what else it says of the sender is old, too
        return new

    async def _domain(self, described: Introduction) -> str:
        """The domain of the handle: that of the id, unless the server's WebFinger names another, which agrees.

        Source: federation.md, section 2 (handle); SC-026.
        """
        remote = described.remote
        plain = remote.uri.startswith("http://")
        named = await self._subject(remote.host, f"acct:{remote.username}@{remote.host}", remote.uri, plain=plain)
        if named is None or named[1] == remote.host or named[0].lower() != remote.username.lower():
            return remote.host
        there = await self._subject(named[1], f"acct:{named[0]}@{named[1]}", remote.uri, plain=plain)
        return named[1] if there == named else remote.host

    async def _subject(self, host: str, resource: str, uri: str, *, plain: bool) -> tuple[str, str] | None:
        """The handle that a server's WebFinger gives to this very actor; None: none, or to another."""
        try:
            found = await self._fetcher.jrd(host, resource, plain=plain)
        except (RemoteRefused, RemoteFailed):
            return None
        if actor_of(found) != uri:
            return None
        name, at, domain = str(found.get("subject", "")).removeprefix("acct:").rpartition("@")
        try:
            return (name, canonical_domain(domain, port=True)) if at and name else None
        except BadDomain:
            return None


def actor_of(jrd: Mapping[str, Any]) -> str:
    """The actor that a WebFinger answer links to; "" for none."""
    for one in listed(jrd.get("links")):
        if isinstance(one, dict) and one.get("rel") == "self":
            kind, href = one.get("type"), one.get("href")
            if isinstance(kind, str) and isinstance(href, str) and ("activity+json" in kind or "ld+json" in kind):
                return href
    return ""
