"""Which activities carry a proof of their author, and which proofs of others are believed. Source: FEP-8b32."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dunnock.federation.errors import (
    ActivityInvalid,
    NotTheirs,
    RemoteFailed,
    RemoteRefused,
    ServerRefused,
    TooMuch,
)
from dunnock.federation.keys import Pair
from dunnock.federation.parse import end_of, id_of
from dunnock.federation.people import People
from dunnock.federation.places import PUBLIC, host_of
from dunnock.federation.signatures import holds, proofs_of, prove
from dunnock.federation.store.actors import Remote
from dunnock.federation.vocab.context import PROOFS
from dunnock.foundation.clock import DAY, HOUR, now_ms

OLDEST_MS = DAY
"""What somebody said longer ago may have been taken back since: its server is asked."""
_HANDED_ON = frozenset({"Create", "Update", "Delete"})


def proven(body: bytes, pair: Pair, *, created_ms: int) -> bytes:
    """An activity for everybody with its author's proof; anything else, and what others wrote, as it is."""
    activity = msgspec.json.decode(body)
    open_to_all = PUBLIC in (*(activity.get("to") or ()), *(activity.get("cc") or ()))
    author = pair.prover.key_id.partition("#")[0]
    if (
        activity.get("type") not in _HANDED_ON
        or not open_to_all
        or activity.get("actor") != author
        or "proof" in activity
    ):
        return body
    key_id, key = pair.prover.key_id, pair.prover.private
    context = activity["@context"]
    activity["@context"] = [*context[:-1], PROOFS, context[-1]]
    return msgspec.json.encode(prove(activity, key_id=key_id, key=key, created_ms=created_ms))


async def proven_author(people: People, activity: Mapping[str, Any], actor: str) -> Remote | None:
    """The actor, where the activity carries a proof of theirs that holds and is no older than a day; None: ask their server."""
    now = now_ms()
    for proof in proofs_of(activity):
        created = end_of(proof.created)
        if created is None or not now - OLDEST_MS < created < now + HOUR or host_of(proof.key_id) != host_of(actor):
            continue
        try:
            remote, key = await people.signer(proof.key_id)
        except (ActivityInvalid, NotTheirs, RemoteFailed, RemoteRefused, ServerRefused, TooMuch):
            return None
        if remote.uri == actor == id_of(activity.get("actor")) and holds(activity, proof, key):
            return remote
    return None
