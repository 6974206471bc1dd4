"""Accounts of other servers: read from their actor documents, kept, and read again when they are old or their key changed."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import structs

from dunnock import accounts, media, text
from dunnock.accounts.account import Field, Kind
from dunnock.accounts.events import StandingChanged
from dunnock.federation.errors import (
    ActivityInvalid,
    NotTheirs,
    RemoteFailed,
    RemoteMissing,
    RemoteRefused,
    ServerRefused,
)
from dunnock.federation.fetch import Fetcher
from dunnock.federation.jobs import CopyEmoji, CopyPictures, ReadFeatured
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
from dunnock.federation.places import host_of
from dunnock.federation.policy import Policy
from dunnock.federation.signatures.claim import SignatureMalformed, load_public
from dunnock.federation.store import actors as store
from dunnock.federation.store.actors import Remote
from dunnock.foundation.cache import Cache
from dunnock.foundation.clock import DAY, MINUTE, now_ms
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
AGAIN_MS = 5 * MINUTE
"""How soon an actor is asked for again because of a key that does not fit. Source: federation.md, section 12."""
DEAD_MS = 10 * MINUTE
"""How long a key that its server does not have is taken for dead."""
KEPT = 5_000
MOST_NAME, MOST_BIO = 100, 20_000
MOST_FIELDS, MOST_FIELD, MOST_ALIASES, MOST_DOMAINS = 50, 2_047, 256, 256
# Source: Mastodon, Account::USERNAME_RE; dots and dashes within.
_USERNAME = re.compile(r"[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*")


class Described:
    """What an actor document says: the account, how to talk to it, and what its server claims to count."""

    __slots__ = ("account", "claimed", "icons", "remote")

    def __init__(
        self, account: accounts.Described, remote: Remote, claimed: tuple[int | None, int | None, int | None]
    ) -> None:
        """Everything in it was checked."""
        self.account, self.remote, self.claimed = account, remote, claimed
        self.icons: tuple[tuple[str, str], ...] = ()


def read_actor(document: Mapping[str, Any], now: int) -> Described:
    """An actor document, read.

    Raises:
        ActivityInvalid: it is none that this server can talk to.
    """
    uri = id_of(dict(document))
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
    endpoints = document.get("endpoints")
    bio = text.sanitise(text_of(document, "summary", most=MOST_BIO))
    account = accounts.Described(
        uri=uri,
        url=_page(link_of(document.get("url")), uri),
        username=name,
        domain=host,
        kind=kind,
        display_name=text.said_plainly(text_of(document, "name", most=2_048))[:MOST_NAME].strip(),
        bio_html=bio,
        bio=text.plain(bio),
        fields=_fields(document),
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
    described = Described(account, remote, claimed)
    described.icons = icons_of(document)
    return described


def _page(url: str, uri: str) -> str:
    """Where people read the profile; a page of another site is none of its (SC-018)."""
    page, own = host_of(url), host_of(uri)
    return url if page == own or page.endswith(f".{own}") or (page and own.endswith(f".{page}")) else uri


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
    raise ActivityInvalid("no key", say="The actor has no public key that is its own and is used here")


def _picture(value: Any) -> str | None:
    for one in objects_of(value, "Image", "Document"):
        url = link_of(one.get("url") or one.get("href"))
        if url:
            return url
    return None


def _fields(document: Mapping[str, Any]) -> tuple[Field, ...]:
    fields = []
    for one in objects_of(document.get("attachment"), "PropertyValue"):
        name = text.said_plainly(text_of(one, "name", most=MOST_FIELD))
        html = text.sanitise(text_of(one, "value", most=MOST_FIELD))
        if name or html:
            fields.append(Field(name, text.plain(html), html))
    return tuple(fields[:MOST_FIELDS])


class People:
    """Finds accounts of other servers, and asks for those that are not known."""

    def __init__(self, db: Db, fetcher: Fetcher, policy: Policy) -> None:
        """Listens to `db`'s events from now on."""
        self._db, self._fetcher, self._policy = db, fetcher, policy
        db.listen(self._heard)
        self._by_key: Cache[str, tuple[Remote, Any]] = Cache(KEPT)
        self._asked: Cache[str, int] = Cache(KEPT)
        self._dead: Cache[str, tuple[int, type[RemoteMissing]]] = Cache(KEPT)
        self._under_way: dict[str, asyncio.Task[Remote]] = {}

    def _heard(self, logged: Sequence[Logged]) -> None:
        if any(isinstance(one.event, StandingChanged) for one in logged):
            self._by_key.clear()

    async def signer(self, key_id: str) -> tuple[Remote, Any]:
        """Whose key it is, and the key; both from memory, the database or its server.

        Raises:
            ServerRefused, ActivityInvalid, RemoteRefused, RemoteFailed: there is none that can be believed.
        """
        held = self._by_key.get(key_id)
        if held is not None:
            return held
        found = await store.by_key(self._db, key_id)
        if found is None:
            found = await self._asked_once(key_id)
        return self._keep(found)

    async def _asked_once(self, key_id: str) -> Remote:
        """`_owner`, asked once however many wait for the answer; of a key that is not there not again soon (SC-073)."""
        dead = self._dead.get(key_id)
        if dead is not None and now_ms() - dead[0] < DEAD_MS:
            raise dead[1]("a dead key", host_of(key_id))
        asking = self._under_way.get(key_id)
        if asking is None:
            asking = self._under_way[key_id] = asyncio.create_task(self._owner(key_id), name="a key")
            asking.add_done_callback(functools.partial(self._answered, key_id))
        return await asyncio.shield(asking)

    def _answered(self, key_id: str, asking: asyncio.Task[Remote]) -> None:
        self._under_way.pop(key_id, None)
        error = None if asking.cancelled() else asking.exception()
        if isinstance(error, RemoteMissing):
            self._dead.put(key_id, (now_ms(), type(error)))

    async def signer_again(self, remote: Remote) -> tuple[Remote, Any] | None:
        """The same after asking its server once more, because the key did not fit; None: it was asked a moment ago."""
        if now_ms() - (self._asked.get(remote.uri) or 0) < AGAIN_MS:
            return None
        self._asked.put(remote.uri, now_ms())
        return self._keep(await self.refresh(remote.uri))

    def _keep(self, remote: Remote) -> tuple[Remote, Any]:
        try:
            held = (remote, load_public(remote.public_pem))
        except SignatureMalformed as error:
            raise ActivityInvalid("key") from error
        self._by_key.put(remote.key_id, held)
        return held

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
        remote = await self._take(document)
        if remote.key_id != key_id:
            raise NotTheirs("another key", host_of(key_id))
        return remote

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

    async def take(self, document: Mapping[str, Any]) -> Remote:
        """The account of a document that its own server vouches for: fetched there, or signed with its key."""
        return await self._take(document)

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
                if remote.avatar_url or remote.header_url:
                    await tx.enqueue(CopyPictures(account_id=account_id, host=remote.host))
                if remote.featured and pins:
                    await tx.enqueue(ReadFeatured(account_id=account_id, host=remote.host))
                await self._want_emoji(tx, described, remote)
        except (accounts.HandleTaken, Conflict):
            # Met by another request at the same moment. It may not be committed yet: only a transaction sees it, and
            # leaves when it is.
            async with self._db.begin() as tx:
                again = await store.by_uri(tx, described.remote.uri)
            if again is None:
                raise
            return again
        return remote

    async def _change(self, known: Remote, described: Described) -> Remote:
        async with self._db.begin() as tx:
            return await self.change(tx, known, described)

    async def change(self, tx: Tx, known: Remote, described: Described) -> Remote:
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
        other = known.avatar_url != new.avatar_url or known.header_url != new.header_url
        if other and (new.avatar_url or new.header_url):
            await tx.enqueue(CopyPictures(account_id=known.account_id, host=new.host))
        await self._want_emoji(tx, described, new)
        self._by_key.pop(known.key_id)
        self._by_key.pop(new.key_id)
        return new

    async def _want_emoji(self, tx: Tx, described: Described, remote: Remote) -> None:
        """Have those custom emoji of a profile copied that are not here yet."""
        here = {
            one.shortcode for one in await media.find_emoji(tx, [name for name, _ in described.icons], remote.domain)
        }
        missing = tuple([one for one in described.icons if one[0] not in here])
        if missing:
            await tx.enqueue(CopyEmoji(domain=remote.domain, icons=missing, account_id=remote.account_id))

    async def _domain(self, described: Described) -> str:
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
