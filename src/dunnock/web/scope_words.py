"""What an app may do with each OAuth scope, in plain words."""

from __future__ import annotations

from collections.abc import Iterable

from dunnock.accounts.scopes import covers

# Scope -> (words, is it one to think about twice?). Broad ones first: what they cover is not said again.
_WORDS = {
    "read": ("See everything in your account: your posts, messages, lists, notifications and settings", False),
    "write": ("Change everything in your account: post, send messages, delete, change your profile", True),
    "follow": ("Follow, mute and block people for you", False),
    "push": ("Send you notifications", False),
    "profile": ("See your name and profile, nothing else", False),
    "read:accounts": ("See your profile and settings", False),
    "read:blocks": ("See whom you block", False),
    "read:bookmarks": ("See your bookmarks", False),
    "read:collections": ("See your collections of people", False),
    "read:conversations": ("See your private conversations", False),
    "read:favourites": ("See your favourites", False),
    "read:filters": ("See your filters", False),
    "read:follows": ("See whom you follow", False),
    "read:lists": ("See your lists", False),
    "read:media": ("See your uploaded pictures", False),
    "read:mutes": ("See whom you mute", False),
    "read:notifications": ("See your notifications", False),
    "read:reports": ("See your reports", False),
    "read:search": ("Search for you", False),
    "read:statuses": ("Read the posts and messages that you can see", False),
    "write:accounts": ("Change your profile and settings", True),
    "write:blocks": ("Block and unblock people for you", False),
    "write:bookmarks": ("Bookmark posts for you", False),
    "write:collections": ("Change your collections of people", False),
    "write:conversations": ("Mute and delete conversations for you", False),
    "write:favourites": ("Favourite posts for you", False),
    "write:filters": ("Change your filters", False),
    "write:follows": ("Follow and unfollow people for you", False),
    "write:lists": ("Change your lists", False),
    "write:media": ("Upload pictures for you", False),
    "write:mutes": ("Mute people and conversations for you", False),
    "write:notifications": ("Clear your notifications", False),
    "write:reports": ("Report other people for you", False),
    "write:search": ("Change what you searched for", False),
    "write:statuses": ("Post, boost and delete posts for you", False),
    "admin:read": ("See what only those who run this server may see", True),
    "admin:write": ("Do everything that those who run this server may do", True),
    **{
        f"admin:{act}:{part}": (f"{verb} {words}, as only those who run this server may", True)
        for act, verb in (("read", "See"), ("write", "Change"))
        for part, words in (
            ("accounts", "accounts and their addresses"),
            ("reports", "reports"),
            ("domain_allows", "allowed servers"),
            ("domain_blocks", "blocked servers"),
            ("ip_blocks", "blocked network addresses"),
            ("email_domain_blocks", "blocked e-mail domains"),
            ("canonical_email_blocks", "blocked e-mail addresses"),
        )
    },
}


def in_words(scopes: Iterable[str]) -> list[tuple[str, bool]]:
    """What the scopes (of `accounts.scopes.KNOWN`) allow, each thing once: (words, is it one to think about twice?)."""
    asked = list(dict.fromkeys(scopes))
    told = [one for one in asked if not any(other != one and covers((other,), one) for other in asked)]
    order = list(_WORDS)
    return [_WORDS[one] for one in sorted(told, key=order.index)]
