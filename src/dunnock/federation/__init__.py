"""Other servers: their accounts and posts here, ours there. ActivityPub, in the dialects that servers speak.

One door in (`Inbox`), one door out (`Deliveries`, and `Fetcher` for documents). Owns keys, remote actors, deliveries.
"""

from __future__ import annotations

from dunnock.federation.deliver import Deliveries
from dunnock.federation.errors import (
    ActivityInvalid,
    NotTheirs,
    RemoteFailed,
    RemoteGone,
    RemoteMissing,
    RemoteRefused,
    ServerRefused,
    SignatureWrong,
)
from dunnock.federation.events import ActorGone
from dunnock.federation.house import Federation
from dunnock.federation.parse import MOST_BYTES
from dunnock.federation.places import Places, host_of
from dunnock.federation.reactions import hears_of
from dunnock.federation.receive import Inbox
from dunnock.federation.replies import Conversations
from dunnock.federation.resolve import Resolver
from dunnock.federation.signatures import Request
from dunnock.federation.work import EVERY, Work

__all__ = [
    "EVERY",
    "MOST_BYTES",
    "ActivityInvalid",
    "ActorGone",
    "Conversations",
    "Deliveries",
    "Federation",
    "Inbox",
    "NotTheirs",
    "Places",
    "RemoteFailed",
    "RemoteGone",
    "RemoteMissing",
    "RemoteRefused",
    "Request",
    "Resolver",
    "ServerRefused",
    "SignatureWrong",
    "Work",
    "hears_of",
    "host_of",
]
