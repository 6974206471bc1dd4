"""What an app may do with each OAuth scope, in plain words."""

from __future__ import annotations

from collections.abc import Iterable

from dunnock.accounts.scopes import covers
from dunnock.web.words import N_

# Scope -> (words, is it one to think about twice?). Broad ones first: what they cover is not said again.
_WORDS = {
    "read": (N_("See everything in your account: your posts, messages, lists, notifications and settings"), False),
    "write": (N_("Change everything in your account: post, send messages, delete, change your profile"), True),
    "follow": (N_("Follow, mute and block people for you"), False),
    "push": (N_("Send you notifications"), False),
    "profile": (N_("See your name and profile, nothing else"), False),
    "read:accounts": (N_("See your profile and settings"), False),
    "read:blocks": (N_("See whom you block"), False),
    "read:bookmarks": (N_("See your bookmarks"), False),
    "read:collections": (N_("See your collections of people"), False),
    "read:conversations": (N_("See your private conversations"), False),
    "read:favourites": (N_("See your favourites"), False),
    "read:filters": (N_("See your filters"), False),
    "read:follows": (N_("See whom you follow"), False),
    "read:lists": (N_("See your lists"), False),
    "read:media": (N_("See your uploaded pictures"), False),
    "read:mutes": (N_("See whom you mute"), False),
    "read:notifications": (N_("See your notifications"), False),
    "read:reports": (N_("See your reports"), False),
    "read:search": (N_("Search for you"), False),
    "read:statuses": (N_("Read the posts and messages that you can see"), False),
    "write:accounts": (N_("Change your profile and settings"), True),
    "write:blocks": (N_("Block and unblock people for you"), False),
    "write:bookmarks": (N_("Bookmark posts for you"), False),
    "write:collections": (N_("Change your collections of people"), False),
    "write:conversations": (N_("Mute and delete conversations for you"), False),
    "write:favourites": (N_("Favourite posts for you"), False),
    "write:filters": (N_("Change your filters"), False),
    "write:follows": (N_("Follow and unfollow people for you"), False),
    "write:lists": (N_("Change your lists"), False),
    "write:media": (N_("Upload pictures for you"), False),
    "write:mutes": (N_("Mute people and conversations for you"), False),
    "write:notifications": (N_("Clear your notifications"), False),
    "write:reports": (N_("Report other people for you"), False),
    "write:search": (N_("Change what you searched for"), False),
    "write:statuses": (N_("Post, boost and delete posts for you"), False),
    "admin:read": (N_("See what only those who run this server may see"), True),
    "admin:write": (N_("Do everything that those who run this server may do"), True),
    "admin:read:accounts": (N_("See accounts and their addresses, as only those who run this server may"), True),
    "admin:read:reports": (N_("See reports, as only those who run this server may"), True),
    "admin:read:domain_allows": (N_("See allowed servers, as only those who run this server may"), True),
    "admin:read:domain_blocks": (N_("See blocked servers, as only those who run this server may"), True),
    "admin:read:ip_blocks": (N_("See blocked network addresses, as only those who run this server may"), True),
    "admin:read:email_domain_blocks": (N_("See blocked e-mail domains, as only those who run this server may"), True),
    "admin:read:canonical_email_blocks": (
        N_("See blocked e-mail addresses, as only those who run this server may"),
        True,
    ),
    "admin:write:accounts": (N_("Change accounts and their addresses, as only those who run this server may"), True),
    "admin:write:reports": (N_("Change reports, as only those who run this server may"), True),
    "admin:write:domain_allows": (N_("Change allowed servers, as only those who run this server may"), True),
    "admin:write:domain_blocks": (N_("Change blocked servers, as only those who run this server may"), True),
    "admin:write:ip_blocks": (N_("Change blocked network addresses, as only those who run this server may"), True),
    "admin:write:email_domain_blocks": (
        N_("Change blocked e-mail domains, as only those who run this server may"),
        True,
    ),
    "admin:write:canonical_email_blocks": (
        N_("Change blocked e-mail addresses, as only those who run this server may"),
        True,
    ),
}


def in_words(scopes: Iterable[str]) -> list[tuple[str, bool]]:
    """What the scopes (of `accounts.scopes.KNOWN`) allow, each thing once: (words, is it one to think about twice?)."""
    asked = list(dict.fromkeys(scopes))
    told = [one for one in asked if not any(other != one and covers((other,), one) for other in asked)]
    order = list(_WORDS)
    return [_WORDS[one] for one in sorted(told, key=order.index)]
