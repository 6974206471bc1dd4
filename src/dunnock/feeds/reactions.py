"""What feeds make of others' events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dunnock import accounts, posts
from dunnock.accounts.endorse import forget_endorsements
from dunnock.feeds.conversations import end_conversations, forget_conversations, settle_conversations
from dunnock.feeds.custom.directory import on_subscribed
from dunnock.feeds.custom.keep import forget_feeds
from dunnock.feeds.events import FeedSubscribed
from dunnock.feeds.lists import carry_lists, forget_lists, remove_unfollowed
from dunnock.feeds.tags import forget_tags
from dunnock.foundation.db import Tx
from dunnock.foundation.events import Event
from dunnock.foundation.reactions import Reaction
from dunnock.posts.featured import forget_featured


async def on_unfollowed(tx: Tx, event: accounts.Unfollowed) -> None:
    """Whom one does not follow is on none of one's lists."""
    await remove_unfollowed(tx, event.follower_id, member=event.followed_id)


async def on_carried_over(tx: Tx, event: accounts.FollowCarriedOver) -> None:
    """Who moves stays on one's lists."""
    await carry_lists(tx, event.follower_id, old=event.old_id, new=event.new_id)


async def on_post(tx: Tx, event: Event) -> None:
    """Direct posts are in the conversations of those they are for; a block ends one's conversations with the blocked."""
    match event:
        case posts.PostPublished(post_id=post_id, visibility="direct") | posts.PostEdited(post_id=post_id):
            await settle_conversations(tx, post_id)
        case posts.PostDeleted(post_id=post_id, boost_of_id=None, visibility="direct" | ""):
            await settle_conversations(tx, post_id)
        case accounts.Blocked(account_id=account_id, target_id=target):
            await end_conversations(tx, account_id, somebody=target)
        case _:
            pass


async def on_standing(tx: Tx, event: accounts.StandingChanged) -> None:
    """Who is gone reads nothing any more, and shows nothing."""
    if event.standing != accounts.Standing.DELETED.value:
        return
    await forget_lists(tx, event.account_id)
    await forget_feeds(tx, event.account_id)
    await forget_tags(tx, event.account_id)
    await forget_conversations(tx, event.account_id)
    await forget_featured(tx, event.account_id)
    await forget_endorsements(tx, event.account_id)


HEARS: Mapping[type[Event], Sequence[Reaction]] = {
    accounts.FollowCarriedOver: (on_carried_over,),
    accounts.Unfollowed: (on_unfollowed,),
    posts.PostPublished: (on_post,),
    posts.PostEdited: (on_post,),
    posts.PostDeleted: (on_post,),
    accounts.Blocked: (on_post,),
    accounts.StandingChanged: (on_standing,),
    FeedSubscribed: (on_subscribed,),
}
