"""The streams there are, under Mastodon's names, and what a token must be good for to hear each. Pure.

Source: Mastodon's streaming server (channel names, order of the checks, texts of the refusals).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from dunnock.accounts.scopes import covers
from dunnock.api.kit import parse_id
from dunnock.text import hashtag_key

Where = Literal["all", "local", "remote"]

PUBLIC: dict[str, tuple[Where, bool]] = {
    "public": ("all", False),
    "public:media": ("all", True),
    "public:local": ("local", False),
    "public:local:media": ("local", True),
    "public:remote": ("remote", False),
    "public:remote:media": ("remote", True),
}
"""Name -> whose posts; only those with media."""
TAGS = {"hashtag": False, "hashtag:local": True}
"""Name -> only this server's posts."""
NAMES = frozenset(("user", "user:notification", "list", "direct", *PUBLIC, *TAGS))
PATHS = {
    "user": "user",
    "user/notification": "user:notification",
    "public": "public",
    "public/local": "public:local",
    "public/remote": "public:remote",
    "hashtag": "hashtag",
    "hashtag/local": "hashtag:local",
    "list": "list",
    "direct": "direct",
}
"""What follows /api/v1/streaming/ -> name."""
LONGEST_TAG = 200


class Refused(Exception):
    """A stream can't be subscribed to; `status` and `text` are what Mastodon says."""

    def __init__(self, status: int, text: str) -> None:
        """400: no such stream, or something is missing. 401: not with this token."""
        super().__init__(text)
        self.status, self.text = status, text

    @property
    def body(self) -> bytes:
        """As it is said on a WebSocket."""
        return msgspec.json.encode({"error": self.text, "status": self.status})


class Channel(msgspec.Struct, frozen=True):
    """One stream: its name, with the folded hashtag or the list's id where it has one."""

    name: str
    tag: str = ""
    list_id: int = 0


class Ask(msgspec.Struct, frozen=True):
    """What a client wants to hear; `label` is what it will find in `stream`."""

    channel: Channel
    label: tuple[str, ...]


def first(value: Any) -> str:
    """One text of what a query or a message gives; empty when it is none."""
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def read(name: str, params: dict[str, Any], scopes: frozenset[str]) -> Ask:
    """The stream that is asked for by `name` with its parameters, for a token with these scopes.

    Scopes are looked at for every stream, the public ones too (SC-115).

    Raises:
        Refused: the token does not reach it, there is no such stream, or its hashtag or list is missing.
    """
    wanted = "read:notifications" if name == "user:notification" else "read:statuses"
    if not covers(scopes, wanted):
        raise Refused(401, "Access token does not have the required scopes")
    if name not in NAMES:
        raise Refused(400, "Unknown stream type")
    if name in TAGS:
        given = first(params.get("tag"))
        key = hashtag_key(given.removeprefix("#")) if len(given) <= LONGEST_TAG else ""
        if not key:
            raise Refused(400, "Missing tag name parameter")
        return Ask(Channel(name, tag=key), (name, given))
    if name == "list":
        given = first(params.get("list"))
        if not given:
            raise Refused(400, "Missing list name parameter")
        list_id = parse_id(given)
        if list_id is None:
            raise Refused(401, "Not authorized to stream this list")
        return Ask(Channel(name, list_id=list_id), (name, given))
    return Ask(Channel(name), (name,))
