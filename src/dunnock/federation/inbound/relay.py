"""What relays send: their answers, and other servers' posts, by Announce of an address or handed on as they came.

Only who answered from the relay's own server speaks for it, and what it tells of is fetched where it comes from.
Source: FEP-ae0c; federation.md, section 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dunnock import posts
from dunnock.federation.errors import NotTheirs, TooMuch
from dunnock.federation.house import Federation
from dunnock.federation.inbound.incoming import Incoming
from dunnock.federation.objects import is_post
from dunnock.federation.parse import id_of, types_of
from dunnock.federation.places import host_of
from dunnock.federation.relayed import TakeRelayed
from dunnock.federation.send import SERVER, send
from dunnock.federation.store import actors, memory
from dunnock.federation.store import relays as store
from dunnock.federation.store.actors import Remote
from dunnock.federation.store.relays import Relay
from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db import Reader, Tx

HEARD_AGAIN_MS = MINUTE
_WRAPPED = frozenset({"Create", "Update"})


async def answered(tx: Tx, incoming: Incoming, *, accepted: bool) -> bool:
    """Is it a relay's word to this server's Follow? Then it counts, if it is the one that was asked last.

    Raises:
        NotTheirs: another server was asked, or somebody else speaks for the relay.
    """
    sender, uri = incoming.sender, incoming.object_id
    if not uri.startswith(f"{incoming.house.places.instance_actor}#follows/"):
        return False
    relay = await store.by_follow(tx, uri)
    if relay is None:  # it was ended meanwhile
        return True
    if relay.host != sender.host or not {relay.actor_uri, relay.followed_uri} <= {None, sender.uri}:
        raise NotTheirs("a follow of a relay", say="That was asked of another relay")
    await store.answer(tx, relay, state="accepted" if accepted else "rejected", actor_uri=sender.uri)
    await store.heard(tx, relay.id)
    return True


async def followed_back(tx: Tx, incoming: Incoming) -> None:
    """The server itself is followed: a relay that was asked may, and then gets what it is told; nobody else. Source: FEP-ae0c."""
    places, sender = incoming.house.places, incoming.sender
    relay = await store.followed(tx, sender.uri)
    me, kind = places.instance_actor, "Reject" if relay is None else "Accept"
    answer = {
        "id": f"{me}#{kind.lower()}s/follows/{tx.new_id()}",
        "type": kind,
        "actor": me,
        "to": [sender.uri],
        "object": {"id": incoming.id or f"{sender.uri}#follow", "type": "Follow", "actor": sender.uri, "object": me},
    }
    await send(tx, answer, by=SERVER, to=[sender.inbox], here=places.domain)


async def announced(tx: Tx, incoming: Incoming) -> bool:
    """Is it an Announce of a relay? Then what it names is read from its own server.

    Raises:
        TooMuch: the relay sends more than this server reads.
    """
    relay = await _relay_of(tx, incoming.sender)
    if relay is None:
        return False
    await _heard(tx, relay)
    inner, uri, edited = incoming.inner, incoming.object_id, False
    if inner is not None and types_of(inner) and not is_post(inner):
        if _WRAPPED.isdisjoint(types_of(inner)):
            return True
        edited = "Update" in types_of(inner)
        mark = uri if edited else id_of(inner.get("object"))
        await _want(tx, incoming.house, relay, id_of(inner.get("object")), mark=mark, edited=edited)
        return True
    await _want(tx, incoming.house, relay, uri, mark=uri, edited=False)
    return True


async def handed_on(house: Federation, activity: Mapping[str, Any], kind: str, signer: Remote) -> bool:
    """Did a relay hand on what another server sent, so that nothing but this is to be done with it?

    A Delete of what is here is not done: whoever hands it on, its own server is asked.

    Raises:
        TooMuch: the relay sends more than this server reads.
    """
    relay = await _relay_of(house.db, signer)
    if relay is None:
        return False
    uri, actor = id_of(activity.get("object")), id_of(activity.get("actor"))
    async with house.db.begin() as tx:
        await _heard(tx, relay)
        if kind in _WRAPPED and uri != actor and host_of(uri) == host_of(actor):
            edited = kind == "Update"
            await _want(tx, house, relay, uri, mark=id_of(activity) if edited else uri, edited=edited)
        known = kind == "Delete" and (uri == actor or await posts.find_uri(tx, uri) is not None)
    return not known


async def _relay_of(reader: Reader, signer: Remote) -> Relay | None:
    """The relay that the signer speaks for."""
    relay = await store.accepted_by(reader, signer.uri)
    return None if relay is None or signer.standing in {"suspended", "deleted"} else relay


async def _heard(tx: Tx, relay: Relay) -> None:
    if tx.now - (relay.heard_at or 0) > HEARD_AGAIN_MS:
        await store.heard(tx, relay.id)
        await actors.heard_of(tx, relay.host)


async def _want(tx: Tx, house: Federation, relay: Relay, uri: str, *, mark: str, edited: bool) -> None:
    """Have a post read, once however many relays tell of it; of an edit, if the post is here.

    What is known is not read again, nor what was deleted, and what is this server's own came back in a circle.
    """
    host = host_of(uri)
    if not host or house.places.is_here(uri):
        return
    if (await posts.find_uri(tx, uri) is not None) is not edited:
        return
    if not await memory.take(tx, f"relayed: {mark} {uri}", by=SERVER):
        return
    if wait := house.relay_rates.wait_ms(relay.host):
        raise TooMuch(relay.host, retry_at=now_ms() + wait)
    house.relay_rates.take(relay.host)
    await tx.enqueue(TakeRelayed(uri=uri, host=host, at=tx.now, known=edited))
