"""What everything between servers is done with."""

from __future__ import annotations

from dunnock import accounts, posts
from dunnock.federation.errors import (
    ActivityInvalid,
    NotTheirs,
    RemoteFailed,
    RemoteRefused,
    ServerRefused,
)
from dunnock.federation.fetch import Fetcher
from dunnock.federation.keys import Keys
from dunnock.federation.people import People
from dunnock.federation.places import Places, host_of
from dunnock.federation.policy import Policy
from dunnock.federation.rates import (
    INBOX_BURST,
    INBOX_PER_S,
    KEYS_BURST,
    KEYS_PER_S,
    RELAYED_BURST,
    RELAYED_PER_S,
    Rates,
)
from dunnock.federation.signatures import Claim, Request, SignatureMalformed, read, verify
from dunnock.federation.store import actors
from dunnock.federation.store.actors import Remote
from dunnock.federation.wake import Wake
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.http import Door
from dunnock.foundation.settings import Settings
from dunnock.media import MediaStore
from dunnock.posts import Post


class Federation:
    """One for a process: keys, policy and people are remembered in it."""

    def __init__(self, db: Db, door: Door, settings: Settings, media_store: MediaStore) -> None:
        """Nothing is read or asked yet."""
        self.db, self.door, self.settings, self.media_store = db, door, settings, media_store
        self.places = Places(settings.public_url)
        self.keys = Keys(db, self.places)
        self.fetcher = Fetcher(db, door, self.keys, self.places)
        self.policy = Policy(db)
        self.wake = Wake()
        self.rates = Rates(INBOX_BURST, INBOX_PER_S, enabled=not settings.dev)
        self.relay_rates = Rates(RELAYED_BURST, RELAYED_PER_S, enabled=not settings.dev)
        key_rates = Rates(KEYS_BURST, KEYS_PER_S, enabled=not settings.dev)
        self.people = People(db, self.fetcher, self.policy, key_rates)

    async def claim_of(self, request: Request) -> Claim | None:
        """What a request claims of who signed it; None: nothing that could be true.

        Raises:
            ServerRefused: the key is of a server that this one has nothing to do with; nobody is asked for it.
        """
        if "signature" not in request.headers or request.headers.get("host", "").lower() != self.places.domain:
            return None
        try:
            claim = read(request, now_ms=now_ms())
        except SignatureMalformed:
            return None
        host = host_of(claim.key_id)
        if await self.policy.refuses(host):
            raise ServerRefused(host)
        return claim if host and not self.places.is_here(claim.key_id) else None

    async def signer_of(self, claim: Claim) -> Remote | None:
        """Who made the signature; None: not who it says. One that does not fit the key has the key's server asked once more.

        Raises:
            ServerRefused, ActivityInvalid, NotTheirs, RemoteRefused, RemoteFailed: the key can't be had.
        """
        remote, key = await self.people.signer(claim.key_id)
        if verify(claim, key):
            return remote
        again = await self.people.signer_again(remote, claim.key_id)
        if again is None or not verify(claim, again[1]):
            return None
        return again[0]

    async def who_asks(self, claim: Claim) -> Remote | None:
        """Whose signature a GET carries; None: nobody's that holds.

        Raises:
            ServerRefused: it is of an account that this server has nothing to do with (SC-027).
        """
        try:
            remote = await self.signer_of(claim)
        except (ActivityInvalid, NotTheirs, RemoteFailed, RemoteRefused):
            return None
        if remote is not None and remote.standing in {"suspended", "deleted"}:
            raise ServerRefused("suspended")
        return remote

    async def may_read(self, post: Post, reader: Remote) -> bool:
        """May whoever signed a GET read a post of this server?

        Who asks may be a server's own actor, as most servers do it: then posts for followers are for those servers where
        somebody follows, which have got them already.
        """
        try:
            await posts.find_visible(self.db, post.id, reader.account_id)
        except posts.PostMissing:
            if post.visibility != "followers":
                return False
            asking = await accounts.find(self.db, reader.account_id)
            return (
                asking is not None
                and asking.kind == "service"
                and await actors.has_followers_at(self.db, post.author_id, reader.host)
            )
        return True

    async def followers_at(self, account_id: int, host: str) -> list[str]:
        """The addresses of an account's followers on one server."""
        return await actors.followers_at(self.db, account_id, host)
