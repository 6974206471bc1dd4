"""What this server's accounts do, told to other servers. Source: federation.md, section 3 (out)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dunnock import accounts, moderation, posts
from dunnock.accounts.account import Account, Standing
from dunnock.federation.events import KeysRotated
from dunnock.federation.jobs import CarryOver, MeetNamed, TellPoll, TellProfile
from dunnock.federation.places import PUBLIC, Places
from dunnock.federation.send import SERVER, answer_to_follow, send
from dunnock.federation.store import actors, claims, deliveries, memory, quotes, relays
from dunnock.federation.vocab.note import announce, create, note, post_uri, uri_of
from dunnock.foundation.clock import MINUTE, SECOND, iso
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.events import Event
from dunnock.foundation.reactions import Reaction
from dunnock.foundation.settings import Settings
from dunnock.posts import Post

TELL_POLL_MS = 3 * MINUTE
"""How long after a vote the new totals are told. Source: Mastodon, DistributePollUpdateWorker."""
TELL_PROFILE_MS = 2 * SECOND


def hears_of(settings: Settings) -> Mapping[type[Event], Sequence[Reaction]]:
    """Event -> reactions, for a server with these settings."""
    told = Telling(settings)
    edited, profile, labelled = (
        told.on_edited,
        told.on_profile,
        told.on_labelled,
    )  # one object each, however often it is heard
    return {
        posts.PostPublished: (told.on_published,),
        posts.PostEdited: (edited,),
        posts.PolicyChanged: (edited,),
        posts.PostSetApart: (edited,),
        posts.PostDeleted: (told.on_deleted,),
        posts.PostBoosted: (told.on_boosted,),
        posts.PostFavourited: (told.on_favourited,),
        posts.PostUnfavourited: (told.on_unfavourited,),
        posts.PostPinned: (told.on_pinned,),
        posts.PostUnpinned: (told.on_unpinned,),
        posts.PollVoted: (told.on_voted,),
        posts.PollEnded: (told.on_poll_ended,),
        posts.QuoteChanged: (told.on_quote,),
        accounts.FollowRequested: (told.on_follow_requested,),
        accounts.Followed: (told.on_followed,),
        accounts.Unfollowed: (told.on_unfollowed,),
        accounts.Blocked: (told.on_blocked,),
        accounts.Unblocked: (told.on_unblocked,),
        accounts.PersonaChanged: (profile,),
        accounts.AccountSettingsChanged: (profile,),
        accounts.AccountLabelled: (labelled,),
        accounts.ProofsChanged: (labelled,),
        accounts.StandingChanged: (told.on_standing,),
        accounts.AccountMoved: (told.on_moved,),
        KeysRotated: (told.on_keys,),
        moderation.ReportFiled: (told.on_report,),
        moderation.ReportMessageWritten: (told.on_report_message,),
    }


class Telling:
    """The reactions of a server with these settings."""

    def __init__(self, settings: Settings) -> None:
        """Holds nothing but them."""
        self._settings, self._places = settings, Places(settings.public_url)

    # Posts ----------------------------------------------------------------------------------------------------------

    async def on_published(self, tx: Tx, event: posts.PostPublished) -> None:
        """Create, to followers and to whom the post names; a vote is none. Another server's that answers has what it answers."""
        post, author = await self._post_of(tx, event.post_id)
        if post is None or author is None:
            if event.reply_to_id is not None:
                await self._is_there(tx, event.author_id, event.reply_to_id)
            return
        if await posts.unmet(tx, post.text, self._settings):
            await tx.enqueue(MeetNamed(post_id=post.id))
        else:
            await self.created(tx, post, author)

    async def told_late(self, tx: Tx, post_id: int) -> None:
        """Create of a post that waited for those whom it names."""
        post, author = await self._post_of(tx, post_id)
        if post is not None and author is not None:
            await self.created(tx, post, author)

    async def created(self, tx: Tx, post: Post, author: Account) -> None:
        """Create, and the request to quote where that takes one; to relays that are followed an Announce by the server itself."""
        told = await note(tx, post, author, self._places)
        whole, named = await self._relays_for(tx, post, author)
        await self._send_about(tx, post, author, create(told), also=whole)
        if named:
            me = self._places.instance_actor
            announced = {
                "id": f"{me}#announces/{post.id}",
                "type": "Announce",
                "actor": me,
                "published": iso(tx.now),
                "to": [PUBLIC],
                "object": told["id"],
            }
            await send(tx, announced, by=SERVER, to=named, here=self._places.domain)
        if post.quoted_id is not None and post.quote_state == "pending":
            await self._ask_to_quote(tx, post, author, told)

    async def on_edited(self, tx: Tx, event: posts.PostEdited | posts.PolicyChanged | posts.PostSetApart) -> None:
        """Update, to all that have it."""
        post, author = await self._post_of(tx, event.post_id)
        if post is not None and author is not None:
            await self.tell_update(tx, post, author)

    async def tell_update(self, tx: Tx, post: Post, author: Account) -> None:
        """An Update with the post as it is now."""
        told = await note(tx, post, author, self._places)
        activity = {
            "id": f"{told['id']}#updates/{tx.now}",
            "type": "Update",
            "actor": told["attributedTo"],
            "published": told.get("updated", told["published"]),
            "to": told["to"],
            "cc": told["cc"],
            "object": told,
        }
        whole, named = await self._relays_for(tx, post, author)
        also = await actors.boosters_inboxes(tx, post.id) | whole | named
        await self._send_about(tx, post, author, activity, also=also)

    async def on_deleted(self, tx: Tx, event: posts.PostDeleted) -> None:
        """Delete, to all that may have it; of a boost an Undo. What was claimed of it is forgotten."""
        await claims.forget(tx, event.post_id)
        await quotes.forget(tx, event.post_id)
        author = await self._own(tx, event.author_id)
        if author is None or event.unpublished:
            return
        me = self._places.actor(author.username)
        if event.boost_of_id is not None:
            original = await post_uri(tx, event.boost_of_id, self._places)
            boost = Post(
                id=event.post_id, author_id=author.id, visibility="public", thread_id=0, created_at=tx.now,
                boost_of_id=event.boost_of_id,
            )  # fmt: skip
            by = await self._author_of(tx, event.boost_of_id)
            inner = announce(
                boost, author, original or "", None if by is None else uri_of(by, self._places), self._places
            )
            activity = {
                "id": f"{inner['id']}#undo",
                "type": "Undo",
                "actor": me,
                "to": inner["to"],
                "cc": inner["cc"],
                "object": inner,
            }
            followers = await actors.follower_inboxes(tx, author.id)
            to = followers | await deliveries.reached_by(tx, event.post_id)
            await self._gone_too(tx, event.boost_of_id, followers)
        else:
            activity = self._deletion(author, event.post_id)
            to = await deliveries.reached_by(tx, event.post_id)
            if event.visibility != "direct":
                to |= await actors.follower_inboxes(tx, author.id)
            if event.visibility == "public":
                to |= await relays.inboxes(tx)
        await self._send(tx, activity, author, to)
        await deliveries.forget_reached(tx, event.post_id)

    def _deletion(self, author: Account, post_id: int) -> dict[str, Any]:
        uri = self._places.post(author.username, post_id)
        return {
            "id": f"{uri}#delete",
            "type": "Delete",
            "actor": self._places.actor(author.username),
            "to": [PUBLIC],
            "object": {"id": uri, "type": "Tombstone", "atomUri": uri},
        }

    async def _gone_too(self, tx: Tx, post_id: int, followers: Collection[str]) -> None:
        """A boost ended. If that is because its post did, followers of who boosted it hear that from its author too."""
        if await posts.find_living(tx, post_id) is not None:
            return
        author = await self._own(tx, await actors.who_wrote(tx, post_id) or 0)
        if author is not None:
            await self._send(tx, self._deletion(author, post_id), author, followers)

    async def on_boosted(self, tx: Tx, event: posts.PostBoosted) -> None:
        """Announce, to followers and to whoever wrote it."""
        await self._is_there(tx, event.by, event.post_id)
        booster = await self._own(tx, event.by)
        boost = None if booster is None else await posts.find_living(tx, event.boost_id)
        original = await post_uri(tx, event.post_id, self._places)
        if booster is None or boost is None or original is None:
            return
        by = await self._author_of(tx, event.post_id)
        activity = announce(boost, booster, original, None if by is None else uri_of(by, self._places), self._places)
        to = await actors.follower_inboxes(tx, booster.id)
        extra = {one.inbox for one in (await actors.by_ids(tx, [] if by is None else [by.id])).values()}
        await deliveries.note_reached(tx, boost.id, extra)
        await self._send(tx, activity, booster, to | extra)

    async def on_favourited(self, tx: Tx, event: posts.PostFavourited) -> None:
        """Like, to whoever wrote it."""
        await self._is_there(tx, event.by, event.post_id)
        await self._like(tx, event.by, event.post_id, undo=False)

    async def on_unfavourited(self, tx: Tx, event: posts.PostUnfavourited) -> None:
        """Undo of a Like."""
        await self._like(tx, event.by, event.post_id, undo=True)

    async def _like(self, tx: Tx, by: int, post_id: int, *, undo: bool) -> None:
        who = await self._own(tx, by)
        author = None if who is None else await self._remote_author(tx, post_id)
        original = await post_uri(tx, post_id, self._places)
        if who is None or author is None or original is None:
            return
        me = self._places.actor(who.username)
        like = {"id": f"{me}#likes/{post_id}", "type": "Like", "actor": me, "to": [author.uri], "object": original}
        await self._send(tx, _undo(like) if undo else like, who, [author.inbox])

    async def on_pinned(self, tx: Tx, event: posts.PostPinned) -> None:
        """Add, to followers."""
        await self._feature(tx, event.by, event.post_id, "Add")

    async def on_unpinned(self, tx: Tx, event: posts.PostUnpinned) -> None:
        """Remove, to followers."""
        await self._feature(tx, event.by, event.post_id, "Remove")

    async def _feature(self, tx: Tx, by: int, post_id: int, kind: str) -> None:
        who = await self._own(tx, by)
        if who is None:
            return
        me = self._places.actor(who.username)
        activity = {
            "id": f"{me}#{kind.lower()}/{post_id}/{tx.now}",
            "type": kind,
            "actor": me,
            "to": [PUBLIC],
            "object": self._places.post(who.username, post_id),
            "target": f"{me}/collections/featured",
        }
        await self._send(tx, activity, who, await actors.follower_inboxes(tx, who.id))

    async def on_voted(self, tx: Tx, event: posts.PollVoted) -> None:
        """Votes, to whoever asks; the new totals of an own poll, some minutes later."""
        await self._is_there(tx, event.by, event.post_id)
        voter, author = await self._own(tx, event.by), await self._remote_author(tx, event.post_id)
        if author is None:
            if await self._own(tx, await self._author_id(tx, event.post_id)) is not None:
                await tx.enqueue(TellPoll(post_id=event.post_id), run_at=tx.now + TELL_POLL_MS)
            return
        poll = (await posts.polls_of(tx, [event.post_id])).get(event.post_id)
        asked = await post_uri(tx, event.post_id, self._places)
        if voter is None or poll is None or asked is None:
            return
        me = self._places.actor(voter.username)
        for choice in await posts.choices_of(tx, poll.id, by=voter.id):
            uri = f"{me}#votes/{poll.id}/{choice}"
            vote = {
                "id": uri,
                "type": "Note",
                "name": poll.options[choice],
                "attributedTo": me,
                "inReplyTo": asked,
                "to": [author.uri],
            }
            activity = {"id": f"{uri}/activity", "type": "Create", "actor": me, "to": [author.uri], "object": vote}
            await self._send(tx, activity, voter, [author.inbox])

    async def on_poll_ended(self, tx: Tx, event: posts.PollEnded) -> None:
        """Update with the totals."""
        await self.poll(tx, event.post_id)

    async def poll(self, tx: Tx, post_id: int) -> None:
        """The totals of a poll of this server, to all that have it."""
        post, author = await self._post_of(tx, post_id)
        if post is not None and author is not None:
            await self.tell_update(tx, post, author)

    async def on_quote(self, tx: Tx, event: posts.QuoteChanged) -> None:
        """A quote was let be, or taken back: whoever has the post that quotes, or is quoted, hears that.

        Source: FEP-044f.
        """
        quoting, author = await self._post_of(tx, event.post_id)
        owner = await self._own(tx, await self._author_id(tx, event.quoted_id))
        at_once = owner is not None and event.state == "accepted"  # let be here, before it went out
        if quoting is not None and author is not None and event.state != "pending" and not at_once:
            await self.tell_update(tx, quoting, author)
        if event.state == "revoked" and owner is not None:
            await self._take_back(tx, event, owner)

    async def _take_back(self, tx: Tx, event: posts.QuoteChanged, owner: Account) -> None:
        """Delete of the word of `owner` that let another quote a post of theirs."""
        named = await post_uri(tx, event.post_id, self._places)
        if named is None:
            return
        quoting = await self._remote_author(tx, event.post_id)
        authorization = self._places.quote_authorization(owner.username, event.quoted_id, named)
        me = self._places.actor(owner.username)
        activity = {
            "id": f"{authorization}#delete",
            "type": "Delete",
            "actor": me,
            "to": [PUBLIC],
            "object": {"id": authorization, "type": "QuoteAuthorization"},
        }
        to = await actors.follower_inboxes(tx, owner.id) | await deliveries.reached_by(tx, event.quoted_id)
        await self._send(tx, activity, owner, to | (set() if quoting is None else {quoting.best_inbox}))

    async def _ask_to_quote(self, tx: Tx, post: Post, author: Account, told: dict[str, Any]) -> None:
        quoted = None if post.quoted_id is None else await self._remote_author(tx, post.quoted_id)
        if quoted is None:
            return
        me = self._places.actor(author.username)
        activity = {
            "id": self._places.quote_request(author.username, post.id),
            "type": "QuoteRequest",
            "actor": me,
            "to": [quoted.uri],
            "object": told["quote"],
            "instrument": told,
        }
        await self._send(tx, activity, author, [quoted.inbox])

    # Accounts -------------------------------------------------------------------------------------------------------

    async def on_follow_requested(self, tx: Tx, event: accounts.FollowRequested) -> None:
        """Follow, to an account of another server."""
        follower, followed = await self._own(tx, event.follower_id), await self._remote(tx, event.followed_id)
        if follower is not None and followed is not None:
            await self._send(tx, self._follow(follower, followed.uri, event.followed_id), follower, [followed.inbox])

    async def on_followed(self, tx: Tx, event: accounts.Followed) -> None:
        """Accept, to whom follows from another server."""
        follower, followed = await self._remote(tx, event.follower_id), await self._own(tx, event.followed_id)
        if follower is None or followed is None:
            return
        uri = await memory.follow_name(tx, follower=event.follower_id, followed=event.followed_id) or ""
        answer = answer_to_follow(self._places, "Accept", follower=follower.uri, followed=followed, uri=uri, now=tx.now)
        await self._send(tx, answer, followed, [follower.inbox])

    async def on_unfollowed(self, tx: Tx, event: accounts.Unfollowed) -> None:
        """Undo of a follow of another server's account; Reject of one that another server's account has no more."""
        follower, followed = await self._own(tx, event.follower_id), await self._remote(tx, event.followed_id)
        if follower is not None and followed is not None:
            undo = _undo(self._follow(follower, followed.uri, event.followed_id))
            await self._send(tx, undo, follower, [followed.inbox])
            return
        theirs, mine = await self._remote(tx, event.follower_id), await self._own(tx, event.followed_id)
        if theirs is None or mine is None:
            return
        uri = await memory.follow_name(tx, follower=event.follower_id, followed=event.followed_id)
        if uri is not None:  # its server has not ended it itself
            await memory.forget_follow(tx, follower=event.follower_id, followed=event.followed_id)
            answer = answer_to_follow(self._places, "Reject", follower=theirs.uri, followed=mine, uri=uri, now=tx.now)
            await self._send(tx, answer, mine, [theirs.inbox])

    async def not_following(self, tx: Tx, follower: Account, followed: actors.Remote) -> None:
        """Undo of a follow that only the other server still has."""
        undo = _undo(self._follow(follower, followed.uri, followed.account_id))
        await self._send(tx, undo, follower, [followed.inbox])

    def _follow(self, follower: Account, uri: str, followed_id: int) -> dict[str, Any]:
        me = self._places.actor(follower.username)
        return {
            "id": self._places.follow(follower.username, followed_id),
            "type": "Follow",
            "actor": me,
            "to": [uri],
            "object": uri,
        }

    async def on_blocked(self, tx: Tx, event: accounts.Blocked) -> None:
        """Block, to an account of another server."""
        await self._block(tx, event.account_id, event.target_id, undo=False)

    async def on_unblocked(self, tx: Tx, event: accounts.Unblocked) -> None:
        """Undo of a Block."""
        await self._block(tx, event.account_id, event.target_id, undo=True)

    async def _block(self, tx: Tx, by: int, target_id: int, *, undo: bool) -> None:
        who, target = await self._own(tx, by), await self._remote(tx, target_id)
        if who is None or target is None:
            return
        me = self._places.actor(who.username)
        block = {
            "id": f"{me}#blocks/{target_id}",
            "type": "Block",
            "actor": me,
            "to": [target.uri],
            "object": target.uri,
        }
        await self._send(tx, _undo(block) if undo else block, who, [target.inbox])

    async def on_profile(self, tx: Tx, event: accounts.PersonaChanged | accounts.AccountSettingsChanged) -> None:
        """Update of an account, once for changes that come together."""
        if await self._own(tx, event.account_id) is not None:
            await tx.enqueue(TellProfile(account_id=event.account_id), run_at=tx.now + TELL_PROFILE_MS)

    async def on_labelled(self, tx: Tx, event: accounts.AccountLabelled | accounts.ProofsChanged) -> None:
        """Update of an account at once: readers elsewhere are to know what staff and verifiers say of it."""
        if await self._own(tx, event.account_id) is not None:
            await tx.enqueue(TellProfile(account_id=event.account_id), run_at=tx.now)

    async def on_standing(self, tx: Tx, event: accounts.StandingChanged) -> None:
        """Delete of an account that is no more, to every server; Update of one that staff suspended or let in again."""
        account = await accounts.find(tx, event.account_id)
        if account is None or not account.local:
            return
        if event.standing != Standing.DELETED.value:
            if await actors.follower_inboxes(tx, account.id):
                await tx.enqueue(TellProfile(account_id=event.account_id), run_at=tx.now)
            return
        me = self._places.actor(account.username)
        activity = {"id": f"{me}#delete", "type": "Delete", "actor": me, "to": [PUBLIC], "object": me}
        await self._send(tx, activity, account, await actors.all_inboxes(tx) | await relays.inboxes(tx))

    async def on_keys(self, tx: Tx, event: KeysRotated) -> None:
        """Update of an account that signs with other keys; whoever does not get it asks for them when one does not fit."""
        if await self._own(tx, event.account_id) is not None:
            await tx.enqueue(TellProfile(account_id=event.account_id), run_at=tx.now)

    async def on_moved(self, tx: Tx, event: accounts.AccountMoved) -> None:
        """Whoever knew an account that moved is carried over; Move of one of this server's, to followers, and Update."""
        if event.to_id is not None:
            await tx.enqueue(CarryOver(event.account_id, event.to_id))
        who = await self._own(tx, event.account_id)
        if who is None:
            return
        await tx.enqueue(TellProfile(account_id=who.id), run_at=tx.now)
        target = None if event.to_id is None else await accounts.find(tx, event.to_id)
        if target is None:
            return
        me = self._places.actor(who.username)
        activity = {
            "id": f"{me}#moves/{tx.now}",
            "type": "Move",
            "actor": me,
            "to": [self._places.followers(who.username)],
            "object": me,
            "target": uri_of(target, self._places),
        }
        await self._send(tx, activity, who, await actors.follower_inboxes(tx, who.id))

    async def on_report(self, tx: Tx, event: moderation.ReportFiled) -> None:
        """Flag, by the server itself, to the server of who was complained about, where that was wanted."""
        report = await moderation.find_report(tx, event.report_id)
        target = await self._remote(tx, report.target_id)
        if target is None or not report.forwarded or await self._own(tx, report.account_id or 0) is None:
            return
        named = await posts.names_of(tx, report.post_ids)
        activity = {
            "id": f"{self._places.instance_actor}#flags/{report.id}",
            "type": "Flag",
            "actor": self._places.instance_actor,
            "to": [target.uri],
            "content": report.comment,
            "object": [target.uri, *(one.uri for one in named.values() if one.uri)],
        }
        await send(tx, activity, by=SERVER, to=[target.inbox], here=self._places.domain)

    async def on_report_message(self, tx: Tx, event: moderation.ReportMessageWritten) -> None:
        """A Flag that answers a Flag, or Resolve, by the server itself, to the server that the report went to or came from."""
        talk, message = await moderation.find_message(tx, event.message_id)
        me = self._places.instance_actor
        other = await self._remote(tx, talk.target_id if talk.way == "out" else talk.reporter_id or 0)
        if other is None or not talk.way:
            return
        first = f"{me}#flags/{talk.report_id}" if talk.way == "out" else talk.uri
        activity: dict[str, Any] = {"type": "Resolve", "object": first}
        if not message.closes:
            target = None if talk.way == "out" else await self._own(tx, talk.target_id)
            about = other.uri if target is None else self._places.actor(target.username)
            activity = {"type": "Flag", "object": [about], "inReplyTo": first}
        activity |= {"id": f"{me}#messages/{message.id}", "actor": me, "to": [other.uri], "content": message.text}
        await send(tx, activity, by=SERVER, to=[other.inbox], here=self._places.domain)

    # Shared ---------------------------------------------------------------------------------------------------------

    async def _post_of(self, reader: Reader, post_id: int) -> tuple[Post | None, Account | None]:
        """A post of this server and its author; None and None for any other."""
        post = await posts.find_living(reader, post_id)
        author = None if post is None or post.boost_of_id is not None else await self._own(reader, post.author_id)
        return (None, None) if author is None else (post, author)

    async def _own(self, reader: Reader, account_id: int) -> Account | None:
        """An account of this server that is not gone."""
        found = await accounts.find(reader, account_id) if account_id else None
        return found if found is not None and found.local and found.standing is not Standing.DELETED else None

    async def _remote(self, reader: Reader, account_id: int) -> actors.Remote | None:
        return (await actors.by_ids(reader, [account_id])).get(account_id)

    async def _author_id(self, reader: Reader, post_id: int) -> int:
        named = (await posts.names_of(reader, [post_id])).get(post_id)
        return 0 if named is None else named.author_id

    async def _author_of(self, reader: Reader, post_id: int) -> Account | None:
        an_id = await self._author_id(reader, post_id)
        return await accounts.find(reader, an_id) if an_id else None

    async def _remote_author(self, reader: Reader, post_id: int) -> actors.Remote | None:
        return await self._remote(reader, await self._author_id(reader, post_id))

    async def _is_there(self, tx: Tx, account_id: int, post_id: int) -> None:
        """Somebody of another server did something with a post of this one: it is there, so its edits and end go there too.

        Not so of a post that is not for everybody, whose readers may become fewer. Source: Mastodon, StatusReachFinder.
        """
        remote = await self._remote(tx, account_id)
        post, _ = (None, None) if remote is None else await self._post_of(tx, post_id)
        if remote is not None and post is not None and post.visibility in posts.OPEN:
            await deliveries.note_reached(tx, post.id, {remote.best_inbox})

    async def _relays_for(self, tx: Tx, post: Post, author: Account) -> tuple[set[str], set[str]]:
        """Relays that get the post as it is, and those to which it is announced; none unless it is public.

        Whoever staff limited is for their followers, and no relay's business.
        """
        if post.visibility != "public" or author.standing is not Standing.ACTIVE:
            return set(), set()
        return await relays.inboxes_by_way(tx)

    async def _send_about(
        self,
        tx: Tx,
        post: Post,
        author: Account,
        activity: dict[str, Any],
        *,
        also: Collection[str] = (),
    ) -> None:
        """To followers, unless it is direct, to the servers of those who are named or answered, and to these inboxes."""
        people = {*post.mentions, *([post.reply_to_author_id] if post.reply_to_author_id else [])}
        if post.visibility in {"followers", "direct"}:
            people = set(post.mentions)
        extra = {one.best_inbox for one in (await actors.by_ids(tx, sorted(people))).values()}
        if extra:
            await deliveries.note_reached(tx, post.id, extra)
        to = extra | await deliveries.reached_by(tx, post.id) | set(also)
        if post.visibility != "direct":
            to |= await actors.follower_inboxes(tx, author.id)
        await self._send(tx, activity, author, to, to_followers=post.visibility == "followers")

    async def _send(
        self, tx: Tx, activity: dict[str, Any], by: Account, to: Collection[str], *, to_followers: bool = False
    ) -> None:
        if to:
            await send(tx, activity, by=by.id, to=to, here=self._places.domain, to_followers=to_followers)


def _undo(activity: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{activity['id']}/undo" if "#" in activity["id"] else f"{activity['id']}#undo",
        "type": "Undo",
        "actor": activity["actor"],
        "to": activity["to"],
        "object": activity,
    }
