"""Does the jobs of this package: what is asked of other servers, and told to them, after the commit."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import structs

from dunnock import accounts, media, posts
from dunnock.accounts.account import Standing
from dunnock.accounts.server_rules import rule_over
from dunnock.federation.audience import audience_of
from dunnock.federation.errors import (
    ActivityInvalid,
    NotTheirs,
    RemoteFailed,
    RemoteGone,
    RemoteMissing,
    RemoteRefused,
    ServerRefused,
)
from dunnock.federation.events import ActorGone
from dunnock.federation.house import Federation
from dunnock.federation.inbound.boost import boost
from dunnock.federation.jobs import (
    PAUSES_MS,
    AsksOthers,
    CarryOver,
    CheckQuote,
    CopyEmoji,
    CopyPictures,
    FetchPost,
    ForgetActivities,
    MeetNamed,
    MoveFollowers,
    ReadFeatured,
    ReadReplies,
    RefreshActor,
    SynchronizeFollowers,
    TellPoll,
    TellProfile,
)
from dunnock.federation.move import Moves
from dunnock.federation.objects import author_of, is_post
from dunnock.federation.parse import id_of, ids_of, listed, types_of
from dunnock.federation.people import actor_of
from dunnock.federation.places import PUBLIC, host_of
from dunnock.federation.reactions import Telling
from dunnock.federation.relayed import Relayed, TakeRelayed
from dunnock.federation.replies import Answers
from dunnock.federation.send import send
from dunnock.federation.store import actors, claims, deliveries, memory, quotes
from dunnock.federation.synchronize import digest_of
from dunnock.federation.take_post import post_of, take_post
from dunnock.federation.vocab.actor import suspended_actor, told_actor
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Conflict, Db
from dunnock.foundation.http import OutsideFailed, OutsideForbidden
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Every
from dunnock.text import Handle

MOST_FEATURED = 5
MOST_NAMED, MEET_S = 20, 8
REMEMBERED_MS = 6 * HOUR
RECEIVED_MS = 7 * DAY
CLAIMED_MS = 30 * DAY
SILENT_MS = 30 * DAY
"""For how long messages wait for a server that is away, and it is remembered that it is."""
_NEVER = (RemoteRefused, ServerRefused, ActivityInvalid, NotTheirs)
_MAY_QUOTE = frozenset({"pending", "accepted"})
EVERY = (Every(ForgetActivities(), HOUR),)


class Work:
    """The jobs of one process."""

    def __init__(self, house: Federation) -> None:
        """Nothing is done yet."""
        self._house = house
        self._telling = Telling(house.settings)
        self._moves = Moves(house)

    @property
    def does(self) -> dict[type[Job], Callable[[Db, Any], Awaitable[None]]]:
        """Job -> what does it."""
        return {
            CopyPictures: _patient(self.copy_pictures),
            CopyEmoji: _patient(self.copy_emoji),
            ReadFeatured: _patient(self.read_featured),
            FetchPost: _patient(self.fetch_post),
            CheckQuote: _patient(self.check_quote),
            TakeRelayed: _patient(Relayed(self.find_post).take),
            ReadReplies: Answers(self._house, self.find_post).read,
            RefreshActor: _patient(self.refresh_actor),
            MoveFollowers: _patient(self._moves.check),
            CarryOver: self._moves.carry,
            MeetNamed: self.meet_named,
            SynchronizeFollowers: self.synchronize_followers,
            TellProfile: self.tell_profile,
            TellPoll: self.tell_poll,
            ForgetActivities: self.forget,
        }

    async def copy_pictures(self, db: Db, job: CopyPictures) -> None:
        """Show a remote account with its own pictures, as far as they can be had."""
        remote = (await actors.by_ids(db, [job.account_id])).get(job.account_id)
        was = await accounts.find(db, job.account_id)
        if remote is None or was is None or await self._rejects_media(db, remote.host):
            return
        shown: dict[str, str | None] = {"avatar": was.avatar, "header": was.header}
        failed: Exception | None = None
        for name, url in (("avatar", remote.avatar_url), ("header", remote.header_url)):
            if url is None:
                shown[name] = None
                continue
            try:
                kind: Any = name
                shown[name] = await media.copy_picture(self._house.door, self._house.media_store, url, kind)
            except (OutsideForbidden, media.MediaRejected, media.MediaTooLarge):
                continue
            except (OutsideFailed, media.MediaFailed) as error:
                failed = error
        async with db.begin() as tx:
            await accounts.show_pictures(tx, job.account_id, avatar=shown["avatar"], header=shown["header"])
        if failed is not None:
            raise failed

    async def copy_emoji(self, db: Db, job: CopyEmoji) -> None:
        """Copy custom emoji, then show the post or account that uses them anew; what can't be had stays its name."""
        if await self._rejects_media(db, job.domain):
            return
        for shortcode, url in job.icons:
            with contextlib.suppress(
                OutsideForbidden, OutsideFailed, media.MediaRejected, media.MediaTooLarge, media.MediaFailed
            ):
                await media.copy_emoji(
                    db, self._house.door, self._house.media_store, shortcode=shortcode, domain=job.domain, url=url
                )
        async with db.begin() as tx:
            if job.post_id is None:
                await tx.record(accounts.AccountSettingsChanged(account_id=job.account_id))
            else:
                await tx.record(posts.PostNames(post_id=job.post_id, author_id=job.account_id))

    async def _rejects_media(self, db: Db, host: str) -> bool:
        rule = await rule_over(db, host.partition(":")[0])
        return rule is not None and rule.reject_media

    async def fetch_post(self, db: Db, job: FetchPost) -> None:
        """Read a post from its own server, then do with it what it is wanted for."""
        if self._house.places.is_here(job.uri):
            return
        wanted = job.boost_by is not None or job.child_id is not None or job.quote_id is not None
        try:
            post_id = await self.find_post(job.uri, wanted=wanted, depth=job.depth)
        except RemoteFailed:
            raise
        except _NEVER:
            return
        if post_id is None:
            return
        async with db.begin() as tx:
            if job.boost_by is not None:
                await boost(
                    tx, post_id, by=job.boost_by, visibility=job.boost_visibility or "public", uri=job.boost_uri
                )
            if job.child_id is not None:
                await posts.answer_to(tx, job.child_id, post_id)
            if job.quote_id is not None:
                await self._quote(tx, job.quote_id, post_id)
                if host_of(job.quote_approval):
                    await tx.enqueue(CheckQuote(job.quote_id, job.quote_approval, host_of(job.quote_approval)))

    async def _quote(self, tx: Any, post_id: int, quoted_id: int) -> None:
        quoting, quoted = await posts.find_living(tx, post_id), await posts.find_living(tx, quoted_id)
        if quoting is None or quoted is None:
            return
        lets = quoted.author_id == quoting.author_id or quoted.quote_policy == "public"
        await posts.quote_of(tx, post_id, quoted_id, "accepted" if lets else "pending")

    async def check_quote(self, db: Db, job: CheckQuote) -> None:
        """Believe a word that lets a post quote another: its author's, about these very two (FEP-044f; SC-032)."""
        house = self._house
        post = await posts.find_living(db, job.post_id)
        if (
            post is None
            or post.quoted_id is None
            or post.quoted_author_id is None
            or post.quote_state not in _MAY_QUOTE
        ):
            return
        author = (await actors.by_ids(db, [post.quoted_author_id])).get(post.quoted_author_id)
        named = await posts.names_of(db, [post.id, post.quoted_id])
        if author is None or host_of(job.approval) != author.host or len(named) < 2:
            return
        try:
            word = await house.fetcher.document(job.approval)
        except _NEVER:
            return
        about = (id_of(word.get("interactingObject")), id_of(word.get("interactionTarget")))
        quoting = named[post.id].uri or house.places.post(named[post.id].username, post.id)
        if (
            "QuoteAuthorization" in types_of(word)
            and id_of(word) == job.approval
            and author_of(word) == author.uri
            and about == (quoting, named[post.quoted_id].uri)
        ):
            async with db.begin() as tx:
                await posts.settle_quote(tx, post.id, "accepted", quoted_author_id=author.account_id)
                await quotes.keep(tx, post.id, job.approval)

    async def find_post(
        self, uri: str, *, wanted: bool = True, depth: int = 0, only_public: bool = False
    ) -> int | None:
        """The post with this address, read from its server; None: it concerns nobody here, or is none.

        `only_public`: one that is not for everybody is not taken.

        Raises:
            RemoteRefused, ServerRefused, ActivityInvalid, NotTheirs, RemoteFailed: it can't be had.
        """
        house = self._house
        async with house.db.begin(durable=False) as tx:
            known = await post_of(tx, house, uri)
        if known is not None and wanted:
            return known
        if await house.policy.refuses(host_of(uri)):
            raise ServerRefused(host_of(uri))
        document = await house.fetcher.document(uri)
        if set(types_of(document)) & {"Create", "Announce"} and isinstance(document.get("object"), (dict, str)):
            inner = id_of(document.get("object"))
            if host_of(inner) != host_of(id_of(document)):
                raise NotTheirs(host_of(inner))
            document = await house.fetcher.document(inner)
        if not is_post(document) or (only_public and audience_of(document, None).visibility != "public"):
            return None
        author = await house.people.find(author_of(document), pins=False)
        try:
            async with house.db.begin() as tx:
                return await take_post(tx, house, document, author, wanted=wanted, depth=depth)
        except Conflict:  # another request took it at the same moment
            async with house.db.begin(durable=False) as tx:
                return await post_of(tx, house, id_of(document))

    async def refresh_actor(self, db: Db, job: RefreshActor) -> None:
        """Read an account anew; one that its server says is gone is deleted here too."""
        remote = (await actors.by_ids(db, [job.account_id])).get(job.account_id)
        if remote is None:
            return
        try:
            await self._house.people.refresh(remote.uri)
        except RemoteGone:
            async with db.begin() as tx:
                await accounts.change_standing(tx, {job.account_id: Standing.DELETED})
                await tx.record(ActorGone(account_id=job.account_id))
        except _NEVER:
            return

    async def read_featured(self, db: Db, job: ReadFeatured) -> None:
        """Pin what a remote account pins: its own posts, read from its server."""
        remote = (await actors.by_ids(db, [job.account_id])).get(job.account_id)
        if remote is None or remote.featured is None:
            return
        try:
            document = await self._house.fetcher.document(remote.featured)
        except _NEVER:
            return
        items = document.get("orderedItems", document.get("items"))
        for item in listed(items)[:MOST_FEATURED]:
            uri = id_of(item)
            if host_of(uri) != remote.host:
                continue
            with contextlib.suppress(RemoteMissing, *_NEVER):
                post_id = await self.find_post(uri)
                if post_id is None:
                    continue
                async with db.begin() as tx:
                    post = await posts.find_living(tx, post_id)
                    if post is not None and post.author_id == job.account_id:
                        with contextlib.suppress(posts.PinRefused, posts.PostMissing):
                            await posts.pin(tx, post_id, by=job.account_id)

    async def synchronize_followers(self, db: Db, job: SynchronizeFollowers) -> None:
        """End follows that the other server does not have, and take back there what is not one here. Source: FEP-8fcf."""
        house = self._house
        remote = (await actors.by_ids(db, [job.account_id])).get(job.account_id)
        if remote is None:
            return
        try:
            document = await house.fetcher.document(job.url)
        except _NEVER:
            return
        listed_there = ids_of(document.get("orderedItems", document.get("items")))
        if digest_of(listed_there) != job.digest:
            return  # it changed meanwhile
        mine = await accounts.find_many(db, await actors.local_followers(db, job.account_id))
        by_uri = {house.places.actor(one.username): one for one in mine.values()}
        for uri, one in by_uri.items():
            if uri not in listed_there:
                async with db.begin() as tx:
                    await accounts.unfollow(tx, follower=one.id, followed=job.account_id)
        for uri in listed_there:
            local = None if uri in by_uri else house.places.local(uri)
            account = None if local is None else await accounts.find_by_handle(db, local.name)
            if account is not None:
                async with db.begin() as tx:
                    await self._telling.not_following(tx, account, remote)

    async def meet_named(self, db: Db, job: MeetNamed) -> None:
        """Whoever a post names and was never met is asked for, as far as their servers answer soon; then it goes out."""
        post = await posts.find_living(db, job.post_id)
        if post is None:
            return
        asked = (await posts.unmet(db, post.text, self._house.settings))[:MOST_NAMED]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(MEET_S):
                await asyncio.gather(*(self.find_account(one) for one in asked))
        async with db.begin() as tx:
            await posts.name_again(tx, job.post_id, self._house.settings)
            await self._telling.told_late(tx, job.post_id)

    async def find_account(self, handle: Handle) -> int | None:
        """The account with this handle of another server; None: there is none, or its server does not say."""
        house, domain = self._house, handle.domain or ""
        try:
            if await house.policy.refuses(domain):
                return None
            found = await house.fetcher.jrd(domain, f"acct:{handle.name}@{domain}", plain=house.settings.plain_http)
            uri = actor_of(found)
            if not host_of(uri) or house.places.is_here(uri):
                return None
            return (await house.people.find(uri)).account_id
        except (*_NEVER, RemoteFailed):
            return None

    async def tell_profile(self, db: Db, job: TellProfile) -> None:
        """Update of an account of this server, to its followers' servers."""
        house = self._house
        account = await accounts.find(db, job.account_id)
        if account is None or not account.local or account.standing is Standing.DELETED:
            return
        if not await actors.follower_inboxes(db, account.id):
            return  # nobody to tell, and so no keys to make for it
        pair = await house.keys.of(account.id, account.username)
        if account.standing is Standing.SUSPENDED:
            document = suspended_actor(account, house.places, pair=pair)
        else:
            document = await told_actor(db, account, house.places, pair=pair)
        activity = {
            "id": f"{document['id']}#updates/{now_ms()}",
            "type": "Update",
            "actor": document["id"],
            "to": [PUBLIC],
            "object": document,
        }
        async with db.begin() as tx:
            to = await actors.follower_inboxes(tx, account.id)
            await send(tx, activity, by=account.id, to=to, here=house.places.domain)

    async def tell_poll(self, db: Db, job: TellPoll) -> None:
        """Update of a poll of this server with its totals."""
        async with db.begin() as tx:
            await self._telling.poll(tx, job.post_id)

    async def forget(self, db: Db, _: ForgetActivities) -> None:
        """Forget what came too long ago to come again, what was claimed too long ago, and servers that are no more."""
        async with db.begin() as tx:
            await claims.forget_old(tx, before=tx.now - CLAIMED_MS)
            await deliveries.forget_lost(tx, before=tx.now - SILENT_MS)
            await memory.forget(tx, received=tx.now - RECEIVED_MS, undone=tx.now - REMEMBERED_MS)


def _patient(do: Callable[[Db, Any], Awaitable[None]]) -> Callable[[Db, Any], Awaitable[None]]:
    """Does the job again some time later where another server does not answer: that is no fault of ours."""

    async def patiently(db: Db, job: AsksOthers) -> None:
        try:
            await do(db, job)
        except (RemoteFailed, OutsideFailed, media.MediaFailed):
            if job.tries < len(PAUSES_MS):
                async with db.begin() as tx:
                    again = structs.replace(job, tries=job.tries + 1)
                    await tx.enqueue(again, run_at=tx.now + PAUSES_MS[job.tries])

    return patiently
