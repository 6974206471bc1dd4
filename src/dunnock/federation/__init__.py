"""Other servers: their accounts and posts here, ours there. ActivityPub, in the dialects that servers speak.

One door in (`Inbox`), one door out (`Deliveries`, and `Fetcher` for documents). Owns keys, remote actors, deliveries.
"""

from __future__ import annotations

from dunnock.federation.claims import claimed
from dunnock.federation.deliver import Deliveries, count_due
from dunnock.federation.errors import (
    ActivityInvalid,
    NotTheirs,
    RelayMissing,
    RelayRefused,
    RemoteFailed,
    RemoteGone,
    RemoteMissing,
    RemoteRefused,
    ServerRefused,
    SignatureWrong,
)
from dunnock.federation.events import ActorGone
from dunnock.federation.house import Federation
from dunnock.federation.keys import Seal, rotate, rotate_all
from dunnock.federation.move_away import move_away, name_others, others_of
from dunnock.federation.multikey import read_multikey
from dunnock.federation.parse import MOST_BYTES
from dunnock.federation.places import Places, host_of
from dunnock.federation.reactions import hears_of
from dunnock.federation.receive import Inbox
from dunnock.federation.relays import Relays
from dunnock.federation.replies import Conversations
from dunnock.federation.resolve import Resolver
from dunnock.federation.signatures import Claim, Request
from dunnock.federation.store.actors import Remote
from dunnock.federation.store.claims import Claimed
from dunnock.federation.store.keys import SERVER
from dunnock.federation.store.relays import Relay
from dunnock.federation.work import EVERY, Work

__all__ = [
    "EVERY",
    "MOST_BYTES",
    "SERVER",
    "ActivityInvalid",
    "ActorGone",
    "Claim",
    "Claimed",
    "Conversations",
    "Deliveries",
    "Federation",
    "Inbox",
    "NotTheirs",
    "Places",
    "Relay",
    "RelayMissing",
    "RelayRefused",
    "Relays",
    "Remote",
    "RemoteFailed",
    "RemoteGone",
    "RemoteMissing",
    "RemoteRefused",
    "Request",
    "Resolver",
    "Seal",
    "ServerRefused",
    "SignatureWrong",
    "Work",
    "claimed",
    "count_due",
    "hears_of",
    "host_of",
    "move_away",
    "name_others",
    "others_of",
    "read_multikey",
    "rotate",
    "rotate_all",
]
