"""What a notification is. Mastodon: Notification; our kinds are `status`, `reblog`, `update`, `admin.sign_up` there."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["mention", "favourite", "boost", "follow", "follow_request", "post", "edit", "sign_up"]
KINDS: tuple[Kind, ...] = ("mention", "favourite", "boost", "follow", "follow_request", "post", "edit", "sign_up")


class Notification(msgspec.Struct, frozen=True):
    """Account `from_id` did something that its recipient is told of; `post_id` None: it is about no post.

    `created_at` in Unix milliseconds.
    """

    id: int
    kind: str
    from_id: int
    post_id: int | None
    created_at: int


class Filters(msgspec.Struct, frozen=True):
    """Which notifications are wanted: those of `kinds`, and only by `from_id` when it is given."""

    kinds: tuple[str, ...] = KINDS
    from_id: int | None = None
