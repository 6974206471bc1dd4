"""What notifications make of others' events.

One reaction hears all of them: its events are handled one after the other, so that an act and its undoing never
cross each other on their way here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dunnock import accounts, discovery, moderation, posts
from dunnock.foundation.db import Tx
from dunnock.foundation.events import Event
from dunnock.foundation.reactions import Reaction
from dunnock.notifications import settle
from dunnock.notifications.store import rows as store


async def on_act(tx: Tx, event: Event) -> None:
    """Tell whom it concerns, or take back what they were told."""
    match event:
        case posts.PostPublished(post_id=post_id):
            await settle.settle_post(tx, post_id)
        case posts.PostKept(post_id=post_id):
            await settle.settle_kept(tx, post_id)
        case posts.HeldPostReleased(post_id=post_id, account_id=account_id):
            await settle.settle_released(tx, post_id, account_id)
            await settle.settle_let_out(tx, post_id, account_id)
        case posts.PostEdited(post_id=post_id):
            await settle.settle_edit(tx, post_id)
        case posts.PostFavourited(post_id=post_id, by=by) | posts.PostUnfavourited(post_id=post_id, by=by):
            await settle.settle_act(tx, post_id, by, "favourite")
        case posts.PostBoosted(post_id=post_id, by=by):
            await settle.settle_act(tx, post_id, by, "boost")
        case posts.PostDeleted(author_id=by, boost_of_id=post_id) if post_id is not None:
            await settle.settle_act(tx, post_id, by, "boost")
        case posts.PostDeleted(post_id=post_id, author_id=by):
            await settle.settle_gone(tx, post_id, by)
        case posts.QuoteChanged(post_id=post_id):
            await settle.settle_quote(tx, post_id)
        case (
            accounts.Followed(follower_id=follower, followed_id=followed)
            | accounts.FollowRequested(follower_id=follower, followed_id=followed)
            | accounts.Unfollowed(follower_id=follower, followed_id=followed)
        ):
            await settle.settle_follow(tx, follower=follower, followed=followed)
        case posts.PollEnded(post_id=post_id):
            await settle.settle_poll(tx, post_id)
        case accounts.FollowsSevered(account_id=account_id, severance_id=severance_id):
            await settle.settle_severance(tx, account_id, severance_id)
        case accounts.MemberSignedUp(account_id=account_id) | accounts.MailConfirmed(account_id=account_id):
            await settle.settle_sign_up(tx, account_id)
        case moderation.ReportFiled(report_id=report_id):
            await settle.settle_report(tx, report_id)
        case discovery.AddedToCollection(collection_id=collection_id, item_id=item_id):
            await settle.settle_collected(tx, collection_id, item_id)
        case discovery.CollectionEdited(collection_id=collection_id):
            await settle.settle_collection_edit(tx, collection_id)
        case discovery.CollectionChanged(collection_id=collection_id):
            await settle.settle_collection(tx, collection_id)
        case moderation.MemberWarned(account_id=account_id, decision_id=decision_id):
            await settle.settle_warning(tx, account_id, decision_id)
        case accounts.Blocked(account_id=account_id, target_id=target):
            await settle.settle_pair(tx, account_id, target)
            await settle.settle_pair(tx, target, account_id)
        case accounts.Muted(account_id=account_id, target_id=target):
            await settle.settle_pair(tx, account_id, target)
        case accounts.DomainBlocked(account_id=account_id, domain=domain):
            await store.drop_domain(tx, account_id, domain)
        case _:
            await _on_access(tx, event)


async def _on_access(tx: Tx, event: Event) -> None:
    """Tell a member what somebody did to get into their account."""
    match event:
        case accounts.SignedInAnew(member_id=member_id, session_id=session_id):
            await settle.settle_access(tx, member_id, "signed_in", session_id)
        case accounts.SignInDoubted(member_id=member_id):
            await settle.settle_access(tx, member_id, "doubted", tx.new_id())
        case (
            accounts.PasswordChanged(member_id=member_id)
            | accounts.EmailChanged(member_id=member_id)
            | accounts.SecondFactorsChanged(member_id=member_id)
        ):
            await settle.settle_access(tx, member_id, "access", tx.new_id())
        case _:
            pass


_HEARD = (
    posts.PostPublished,
    posts.PostEdited,
    posts.PostKept,
    posts.HeldPostReleased,
    posts.PostDeleted,
    posts.PostFavourited,
    posts.PostUnfavourited,
    posts.PostBoosted,
    posts.QuoteChanged,
    accounts.Followed,
    accounts.FollowRequested,
    accounts.Unfollowed,
    posts.PollEnded,
    accounts.FollowsSevered,
    accounts.MemberSignedUp,
    accounts.MailConfirmed,
    accounts.SignedInAnew,
    accounts.SignInDoubted,
    accounts.PasswordChanged,
    accounts.EmailChanged,
    accounts.SecondFactorsChanged,
    moderation.ReportFiled,
    moderation.MemberWarned,
    discovery.AddedToCollection,
    discovery.CollectionEdited,
    discovery.CollectionChanged,
    accounts.Blocked,
    accounts.Muted,
    accounts.DomainBlocked,
)
HEARS: Mapping[type[Event], Sequence[Reaction]] = dict.fromkeys(_HEARD, (on_act,))
