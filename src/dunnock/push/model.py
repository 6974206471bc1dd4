"""What a push subscription is, and what notifications are called in it. The names are Mastodon's: they go on the wire."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Policy = Literal["all", "followed", "follower", "none"]
POLICIES: tuple[str, ...] = get_args(Policy)

TYPES = (
    "mention",
    "status",
    "reblog",
    "follow",
    "follow_request",
    "favourite",
    "poll",
    "update",
    "quote",
    "quoted_update",
    "severed_relationships",
    "moderation_warning",
    "admin.sign_up",
    "admin.report",
)
"""What a subscription may ask for. Source: Mastodon, Notification::TYPES."""

_TYPE_OF = {
    "boost": "reblog",
    "post": "status",
    "edit": "update",
    "sign_up": "admin.sign_up",
    "report": "admin.report",
    "severed": "severed_relationships",
    "quote_edit": "quoted_update",
    "warning": "moderation_warning",
    "collected": "added_to_collection",
    "collection_edit": "collection_update",
    "held": "held_status",
    "let_out": "published_status",
    "signed_in": "sign_in",
    "doubted": "sign_in_doubted",
    "access": "access_changed",
}
_WANTED_AS = dict.fromkeys(("held", "let_out", "signed_in", "doubted", "access"), "moderation_warning")
"""Kinds that no app can ask for by name: who wants to hear of decisions hears of these."""
_TITLES = {
    "mention": "{} mentioned you",
    "status": "{} just posted",
    "reblog": "{} boosted your post",
    "follow": "{} now follows you",
    "follow_request": "{} wants to follow you",
    "favourite": "{} likes your post",
    "poll": "A poll by {} has ended",
    "update": "{} edited a post",
    "quote": "{} quoted your post",
    "quoted_update": "{} edited a post you quoted",
    "severed_relationships": "Some of your follows have ended",
    "held_status": "Your post waits until somebody looked at it",
    "published_status": "Your post that waited is published now",
    "sign_in": "Somebody signed in to your account with a new browser",
    "sign_in_doubted": "Somebody with your password tried to sign in from elsewhere",
    "access_changed": "Your password, address or second step was changed",
    "moderation_warning": "You have received a warning from the moderators",
    "admin.sign_up": "{} signed up",
    "admin.report": "{} filed a report",
}


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """Where and what an app wants to hear. `alerts`: those of `TYPES` that are wanted; `standard`: RFC 8291, else the
    draft that Mastodon used before.
    """

    id: int
    token_id: int
    account_id: int
    endpoint: str
    p256dh: str
    auth: str
    standard: bool
    policy: str
    alerts: frozenset[str]


def type_of(kind: str) -> str:
    """What Mastodon calls a kind of notification."""
    return _TYPE_OF.get(kind, kind)


def wanted_as(kind: str) -> str:
    """Which of `TYPES` an app must have asked for to hear of a kind of notification."""
    return _WANTED_AS.get(kind, type_of(kind))


def title_of(type_: str, name: str) -> str:
    """The first line that a person sees; `name`: who did it."""
    return _TITLES.get(type_, "{}").format(name)
