"""What waits to be posted: scheduled posts (Mastodon: ScheduledStatus), and drafts (called sketches beside `Draft`)."""

from __future__ import annotations

import msgspec

from dunnock.posts.model import Draft


class Scheduled(msgspec.Struct, frozen=True, kw_only=True):
    """A post that goes out `at` (Unix milliseconds). `error`: why it could not, for people; it waits for its author then."""

    id: int
    account_id: int
    app_id: int | None
    at: int
    draft: Draft
    error: str | None = None


class Sketch(msgspec.Struct, frozen=True, kw_only=True):
    """A draft that is kept for its author: one post, or with more `parts` a thread. `version` grows with each change."""

    id: int
    account_id: int
    version: int
    parts: tuple[Draft, ...]
    updated_at: int

    @property
    def media_ids(self) -> tuple[int, ...]:
        """All media of it, each once."""
        return tuple(dict.fromkeys([one for part in self.parts for one in part.media_ids]))
