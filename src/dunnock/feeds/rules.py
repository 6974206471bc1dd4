"""Pure rules: what a feed shows of what a viewer may see. Source of the home rules: Mastodon, FeedManager."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dunnock.accounts.viewers import Viewer
from dunnock.accounts.views import AccountCard
from dunnock.posts.views import PostCard
from dunnock.posts.visibility import may_see
from dunnock.text import hashtag_key

Cards = Mapping[int, PostCard]
Accounts = Mapping[int, AccountCard]


def readable(entry: PostCard, cards: Cards, accounts: Accounts, viewer: Viewer | None) -> PostCard | None:
    """The post that an entry shows (for a boost: the boosted one) if `viewer` may see all of it; None otherwise."""
    author = accounts.get(entry.author_id)
    if not may_see(entry, author, viewer):
        return None
    if entry.boost_of_id is None:
        return entry
    shown = cards.get(entry.boost_of_id)
    if shown is None or not may_see(shown, accounts.get(shown.author_id), viewer):
        return None
    return shown


def unwanted(post: PostCard, author: AccountCard | None, viewer: Viewer) -> bool:
    """Did the viewer mute this author, or hide their server?"""
    author_id = post.author_id
    return author_id != viewer.id and (
        (author_id in viewer.muting and viewer.mutes(author_id))
        or (author is not None and author.domain in viewer.domains and author_id not in viewer.following)
    )


def in_home(entry: PostCard, shown: PostCard, accounts: Accounts, viewer: Viewer) -> bool:
    """Does an entry by somebody the viewer follows (or by the viewer) belong in their home feed?

    Boosts where the follow shows them; replies only to people the viewer follows (or the viewer, or the author
    themselves); nothing that is by, replies to or mentions somebody muted or blocked.
    """
    author_id, me = entry.author_id, viewer.id
    if author_id != me:
        follow = viewer.following.get(author_id)
        if follow is None:
            return False
        if entry is not shown and not follow[0]:
            return False
        if follow[1] is not None and shown.language is not None and shown.language not in follow[1]:
            return False
    if viewer.muting or viewer.blocking or viewer.domains:
        if unwanted(entry, accounts.get(author_id), viewer):
            return False
        if entry is not shown and unwanted(shown, accounts.get(shown.author_id), viewer):
            return False
        if author_id != me:
            for other in shown.mentions:
                if other in viewer.blocking or viewer.mutes(other):
                    return False
            replied = shown.reply_to_author_id
            if replied is not None and (replied in viewer.blocking or viewer.mutes(replied)):
                return False
    if entry is shown and shown.reply_to_id is not None and author_id != me:
        to = shown.reply_to_author_id
        return to is None or to in (author_id, me) or to in viewer.following
    return True


def by_hashtag(entry: PostCard, accounts: Accounts, viewer: Viewer, *, keys: Collection[str]) -> bool:
    """Does a post belong in a viewer's home feed because of hashtags they follow (`keys`, folded), whoever it is by?

    Public posts, no boosts; nothing by limited accounts, nothing by or mentioning somebody muted or blocked. Neither
    languages nor whom it replies to matter. Source: Mastodon's FeedManager#filter_from_tags?.
    """
    if entry.visibility != "public" or entry.boost_of_id is not None or entry.author_id == viewer.id:
        return False
    if not any(hashtag_key(name) in keys for name in entry.hashtags):
        return False
    author = accounts.get(entry.author_id)
    if author is None or author.standing == "limited" or unwanted(entry, author, viewer):
        return False
    return not any(other in viewer.blocking or viewer.mutes(other) for other in entry.mentions)


def in_list(
    entry: PostCard, shown: PostCard, accounts: Accounts, viewer: Viewer, *, members: Collection[int], replies: str
) -> bool:
    """Does an entry by a member of a list belong in it? `replies`: `followed`, `list` or `none`."""
    if entry is not shown:
        follow = viewer.following.get(entry.author_id)
        if follow is not None and not follow[0]:
            return False
    if unwanted(entry, accounts.get(entry.author_id), viewer):
        return False
    if entry is not shown and unwanted(shown, accounts.get(shown.author_id), viewer):
        return False
    if entry is shown and shown.reply_to_id is not None:
        to = shown.reply_to_author_id
        if to == entry.author_id:
            return True
        if replies == "none":
            return False
        return to is None or to == viewer.id or (to in members if replies == "list" else to in viewer.following)
    return True


def in_public(shown: PostCard, accounts: Accounts, viewer: Viewer | None) -> bool:
    """Does a public post belong in a feed of everybody's? Limited accounts only for those who follow them."""
    author = accounts.get(shown.author_id)
    if author is None:
        return False
    if author.standing == "limited" and not (
        viewer is not None and (shown.author_id in viewer.following or shown.author_id == viewer.id)
    ):
        return False
    return viewer is None or not unwanted(shown, author, viewer)
