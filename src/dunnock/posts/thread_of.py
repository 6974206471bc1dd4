"""Publish a thread as one act: all its posts, in their order, or none. Ours; ordinary clients reply to themselves."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dunnock.foundation.db import Tx
from dunnock.foundation.settings import Settings
from dunnock.posts.errors import DraftRefused
from dunnock.posts.model import Draft, Post, Screen
from dunnock.posts.publish import publish

MOST_PARTS = 25


async def publish_thread(
    tx: Tx,
    drafts: Sequence[Draft],
    *,
    author_id: int,
    app_id: int | None,
    settings: Settings,
    key: str | None = None,
    draft_id: int | None = None,
    screen: Screen | None = None,
) -> list[Post]:
    """Publish the first (it may answer something), and each further one as the answer to the one before.

    Where a further one names no visibility it has the first one's. `key`, `draft_id` and `screen`: as `publish`.

    Raises:
        DraftRefused: none or too many, or one breaks a rule.
        What `publish` raises.
    """
    if not drafts or len(drafts) > MOST_PARTS:
        raise DraftRefused(say=f"Validation failed: a thread has 1 to {MOST_PARTS} posts")
    made: list[Post] = []
    for number, draft in enumerate(drafts):
        if made:
            shown_to = draft.visibility or made[0].visibility
            draft = msgspec.structs.replace(draft, reply_to_id=made[-1].id, visibility=shown_to)  # noqa: PLW2901 (the draft, in its place)
        made.append(
            await publish(
                tx,
                draft,
                author_id=author_id,
                app_id=app_id,
                settings=settings,
                key=f"{key} {number}" if key else None,
                draft_id=None if made else draft_id,
                screen=screen,
            )
        )
    return made
