"""What everything between servers is done with."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

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
from dunnock.federation.places import Places
from dunnock.federation.policy import Policy
from dunnock.federation.signatures import Request, SignatureMalformed, read, verify
from dunnock.federation.store import actors
from dunnock.federation.store.actors import Remote
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.http import Door
from dunnock.foundation.settings import Settings
from dunnock.media import MediaStore


class Federation:
    """One for a process: keys, policy and people are remembered in it."""

    def __init__(self, db: Db, door: Door, settings: Settings, media_store: MediaStore) -> None:
        """Nothing is read or asked yet."""
        self.db, self.door, self.settings, self.media_store = db, door, settings, media_store
        self.places = Places(settings.public_url)
        self.keys = Keys(db, self.places)
        self.fetcher = Fetcher(door, self.keys, self.places)
        self.policy = Policy(db)
        self.people = People(db, self.fetcher, self.policy)

    async def who_asks(self, request: Request) -> Remote | None:
        """Whose signature a GET carries; None: nobody's that holds. Nothing is refused for that here."""
        if "signature" not in request.headers or request.headers.get("host", "").lower() != self.places.domain:
            return None
        try:
            claim = read(request, now_ms=now_ms())
            remote, key = await self.people.signer(claim.key_id)
        except (SignatureMalformed, ActivityInvalid, NotTheirs, RemoteFailed, RemoteRefused, ServerRefused):
            return None
        return remote if remote.standing not in {"suspended", "deleted"} and verify(claim, key) else None

    def request_of(self, scope: Any, headers: dict[str, str]) -> Request:
        """A GET as its signature was made of it."""
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1").partition("?")[0]
        query = scope["query_string"].decode("latin-1")
        return Request("GET", urlsplit(self.places.base).scheme, f"{path}?{query}" if query else path, headers)

    async def followers_at(self, account_id: int, host: str) -> list[str]:
        """The addresses of an account's followers on one server."""
        return await actors.followers_at(self.db, account_id, host)
