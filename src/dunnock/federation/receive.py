"""The one door for what other servers send: checked in this order, and what is wrong is refused before the answer.

Size and JSON, whom it is from and what that server is to us, the signature, the sender's right to say it; then all that
follows is committed at once, and answered. What has to be asked of other servers comes after, as jobs of that commit.
Source: federation.md, sections 1 and 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dunnock import accounts, posts
from dunnock.federation.audience import audience_of
from dunnock.federation.errors import (
    ActivityInvalid,
    NotTheirs,
    RemoteFailed,
    RemoteGone,
    RemoteMissing,
    RemoteRefused,
    ServerRefused,
    SignatureWrong,
    TooMuch,
    Unreadable,
)
from dunnock.federation.house import Federation
from dunnock.federation.inbound import DOES, Incoming
from dunnock.federation.inbound.relay import handed_on
from dunnock.federation.jobs import SynchronizeFollowers
from dunnock.federation.parse import id_of, read_json, type_of, types_of
from dunnock.federation.places import host_of
from dunnock.federation.prove import proven_author
from dunnock.federation.send import SERVER, forward
from dunnock.federation.signatures import Request, SignatureMalformed, key_id_of, proofs_of, read
from dunnock.federation.store import actors, memory
from dunnock.federation.store.actors import Remote
from dunnock.federation.synchronize import HEADER, digest_of, read_header
from dunnock.federation.take_post import post_of
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Conflict, Tx
from dunnock.foundation.errors import Missing

HEARD_AGAIN_MS = HOUR
_FORWARDED = frozenset({"Create", "Update", "Delete"})
_LONGEST_ID = 2_048


class Inbox:
    """Takes activities for every account of this server, and for all of them together."""

    def __init__(self, house: Federation) -> None:
        """Nothing is read yet."""
        self._house = house
        self._heard: dict[str, int] = {}

    async def take(self, request: Request, *, name: str | None) -> None:
        """Take a request's activity; `name`: in whose own inbox it came, None: the shared one. Returning is acknowledging.

        Raises:
            ActivityInvalid, SignatureWrong, ServerRefused, NotTheirs, Missing: it is refused.
            TooMuch: its server sent so much lately that it has to wait.
            RemoteFailed: its sender's server could not be asked who that is; to be sent again later.
        """
        house = self._house
        sender = host_of(key_id_of(request))  # only what is verified is counted: nobody uses up another server's share
        if wait := house.rates.wait_ms(sender):
            raise TooMuch(sender, retry_at=now_ms() + wait)
        house.db.sync()  # what is remembered of servers and people is as true as the database
        body = request.body or b""
        try:
            activity = read_json(body)
        except (msgspec.DecodeError, ValueError) as error:
            raise Unreadable from error
        kind, actor = type_of(activity), id_of(activity.get("actor"))
        host = host_of(actor)
        if not kind or not host:
            raise ActivityInvalid("shape", say="An activity has a type, and an actor with an address")
        if house.places.is_here(actor):
            raise NotTheirs("our own actor")
        inbox_of = None if name is None else await self._owner(name)
        if await house.policy.refuses(host):
            raise ServerRefused(host)
        object_id = id_of(activity.get("object"))
        if kind == "Delete" and object_id == actor and await house.people.known(actor) is None:
            return  # of somebody who was never met: nothing to forget, and nobody is asked for a key that is gone
        signer = await self._signer(request, activity, kind)
        if signer is None:
            return
        if signer.uri != actor:
            await self._forwarded(activity, kind, actor, signer)
            return
        if signer.standing in {"suspended", "deleted"}:
            raise ServerRefused("suspended")
        self._check_names(activity, kind, signer)
        incoming = Incoming(house, activity, kind, signer, inbox_of)
        try:
            await self._commit(incoming, request)
        except Conflict:  # at the same moment something else brought what it brings: now that is known
            await self._commit(incoming, request)

    async def _owner(self, name: str) -> int:
        account = await accounts.find_by_handle(self._house.db, name)
        if account is None or not account.shown:
            raise Missing(name)
        return account.id

    async def _signer(self, request: Request, activity: Mapping[str, Any], kind: str) -> Remote | None:
        """Whose key signed the request; None: somebody whose server says that they are gone, and who says so themselves."""
        house = self._house
        if request.headers.get("host", "").lower() != house.places.domain:
            raise SignatureWrong("another host")
        try:
            claim = read(request, now_ms=now_ms())
        except SignatureMalformed as error:
            raise SignatureWrong(*error.args, say=f"The request's signature does not hold: {error}") from error
        key_host = host_of(claim.key_id)
        if not key_host or house.places.is_here(claim.key_id):
            raise SignatureWrong("key id")
        if await house.policy.refuses(key_host):
            raise ServerRefused(key_host)
        try:
            signer = await house.signer_of(claim)
        except RemoteGone as error:
            if kind == "Delete" and id_of(activity.get("object")) == id_of(activity.get("actor")):
                return None
            raise SignatureWrong("gone") from error
        except (RemoteRefused, ActivityInvalid, NotTheirs) as error:
            raise SignatureWrong(*error.args, say="The key of the signature can't be had from its server") from error
        except RemoteFailed as error:
            raise SignatureWrong(*error.args, say="The key's server did not answer; try again later") from error
        if signer is None:
            raise SignatureWrong("another key", say="The request's signature does not hold")
        house.rates.take(signer.host)
        return signer

    async def _forwarded(self, activity: Mapping[str, Any], kind: str, actor: str, signer: Remote) -> None:
        """Somebody hands on what another said: not believed, but asked for where it comes from (federation.md, section 5)."""
        house = self._house
        if await handed_on(house, activity, kind, signer):
            return
        object_id = id_of(activity.get("object"))
        if kind not in _FORWARDED or host_of(object_id) != host_of(actor):
            raise SignatureWrong("not its actor", say="The signature is not the actor's")
        author = await proven_author(house.people, activity, actor)
        if author is not None:
            await self._proven(activity, kind, author)
            return
        uri, known = id_of(activity), await house.people.known(actor)
        mark = f"handed on: {uri}"  # by a name of its own: what others hand on must not keep out what the actor sends
        if uri and known is not None and await memory.was_taken(house.db, mark, by=known.account_id):
            return
        try:
            if kind == "Delete":
                await self._deleted_at_origin(object_id, actor, mark)
                return
            document = await house.fetcher.document(object_id, within_s=8)
            author = await house.people.find(actor)
        except (RemoteRefused, RemoteFailed, ActivityInvalid) as error:
            raise SignatureWrong(
                signer.host, say="The signature is not the actor's, and its server does not confirm it"
            ) from error
        incoming = Incoming(house, {**activity, "object": document}, kind, author, None)
        async with house.db.begin() as tx:
            await memory.take(tx, mark, by=author.account_id)
            await DOES["Create"](tx, incoming)

    async def _proven(self, activity: Mapping[str, Any], kind: str, author: Remote) -> None:
        """What its author proves to have said is as good as said by them, whoever hands it on."""
        if author.standing in {"suspended", "deleted"}:
            raise ServerRefused("suspended")
        self._check_names(activity, kind, author)
        uri = id_of(activity)
        async with self._house.db.begin() as tx:
            if uri and not await memory.take(tx, f"handed on: {uri}", by=author.account_id):
                return
            if not uri or not await memory.was_undone(tx, uri, by=author.account_id):
                await DOES[kind](tx, Incoming(self._house, activity, kind, author, None))

    async def _deleted_at_origin(self, object_id: str, actor: str, mark: str) -> None:
        house = self._house
        try:
            document = await house.fetcher.document(object_id, within_s=8)
        except RemoteMissing:
            document = {"type": "Tombstone"}
        if "Tombstone" not in types_of(document):
            raise SignatureWrong(
                "still there", say="The signature is not the actor's, and its server does not confirm it"
            )
        author = await house.people.known(actor)
        if author is not None:
            incoming = Incoming(house, {"type": "Delete", "actor": actor, "object": object_id}, "Delete", author, None)
            async with house.db.begin() as tx:
                await memory.take(tx, mark, by=author.account_id)
                await DOES["Delete"](tx, incoming)

    def _check_names(self, activity: Mapping[str, Any], kind: str, signer: Remote) -> None:
        """The activity, and what it makes, are named by the sender's server."""
        uri = id_of(activity)
        if uri and (len(uri) > _LONGEST_ID or (host_of(uri) and host_of(uri) != signer.host)):
            raise NotTheirs("activity id", say="The activity's id is on another server than its actor")
        made = activity.get("object")
        if kind in {"Create", "Update"} and isinstance(made, dict) and host_of(id_of(made)) not in {"", signer.host}:
            raise NotTheirs("object id", say="The object's id is on another server than its actor")

    async def _commit(self, incoming: Incoming, request: Request) -> None:
        house, uri, signer = self._house, incoming.id, incoming.sender
        do = DOES.get(incoming.kind)
        async with house.db.begin() as tx:
            if now_ms() - self._heard.get(signer.host, 0) > HEARD_AGAIN_MS or house.wake.is_failing(signer.host):
                await house.wake.heard(tx, signer.host)
                if len(self._heard) > 10_000:
                    self._heard.clear()
                self._heard[signer.host] = now_ms()
            if do is None or (uri and not await memory.take(tx, uri, by=signer.account_id)):
                return
            if uri and await memory.was_undone(tx, uri, by=signer.account_id):
                return
            await house.people.freshen(tx, signer)
            by, to = await self._to_hand_on(tx, incoming)
            await do(tx, incoming)
            if to:
                without = {signer.host, house.places.domain}
                await forward(tx, request.body or b"", by=by, to=to, without=without)
            if HEADER in request.headers:
                await self._synchronize(tx, signer, request.headers[HEADER])

    async def _to_hand_on(self, tx: Tx, incoming: Incoming) -> tuple[int, set[str]]:
        """In whose name, and where to, what its author signed for that is handed on.

        Answers to posts of this server go to those who follow their authors; how a post changes or ends that is boosted here, to
        those who follow the boosters. Source: ActivityPub, section 7.1.2; federation.md, section 5.
        """
        signed = isinstance(incoming.activity.get("signature"), dict) or proofs_of(incoming.activity)
        if incoming.kind not in _FORWARDED or not signed:
            return SERVER, set()
        inner, post, to = incoming.inner, None, set()
        if incoming.kind != "Create":
            known = await posts.find_uri(tx, incoming.object_id)
            post = (
                None
                if known is None or known[1] != incoming.sender.account_id
                else await posts.find_living(tx, known[0])
            )
            if post is not None and post.visibility in posts.OPEN:
                to = await actors.boosters_inboxes(tx, post.id)
        if incoming.kind == "Delete":
            parent_id = None if post is None or post.visibility not in posts.OPEN else post.reply_to_id
        else:
            answered = "" if inner is None else id_of(inner.get("inReplyTo"))
            open_to_all = inner is not None and audience_of(inner, None).visibility in posts.OPEN
            parent_id = await post_of(tx, self._house, answered) if answered and open_to_all else None
        parent = None if parent_id is None else await posts.find_living(tx, parent_id)
        author = None if parent is None else await accounts.find(tx, parent.author_id)
        if parent is None or author is None or not author.local or parent.visibility not in posts.OPEN:
            return SERVER, to
        return author.id, to | await actors.follower_inboxes(tx, author.id)

    async def _synchronize(self, tx: Tx, signer: Remote, header: str) -> None:
        """Have it looked up who follows the sender, where its server says something else than what is known here."""
        said = read_header(header)
        if said is None or said.collection != signer.followers or host_of(said.url) != signer.host:
            return
        there = await accounts.find_many(tx, await actors.local_followers(tx, signer.account_id))
        if digest_of(self._house.places.actor(one.username) for one in there.values()) != said.digest:
            await tx.enqueue(
                SynchronizeFollowers(account_id=signer.account_id, url=said.url, digest=said.digest, host=signer.host)
            )
