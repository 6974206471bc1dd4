"""What a post said before, and its source. Mastodon: StatusEdit, StatusSource."""

from __future__ import annotations

import msgspec

from dunnock.foundation.db import Reader
from dunnock.posts.find import find_original
from dunnock.posts.model import Post
from dunnock.posts.store import polls, revisions


class MediaThen(msgspec.Struct, frozen=True):
    """A picture as a version of the post had it; `focus` is (x, y) from -1 to 1, None: the middle."""

    id: int
    description: str | None = None
    focus: tuple[float, float] | None = None


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a post; `at` is the moment (Unix milliseconds) from which it stood, `poll` what could be chosen."""

    text: str
    html: str
    warning: str
    sensitive: bool
    emoji: tuple[str, ...]
    media: tuple[MediaThen, ...]
    poll: tuple[str, ...] | None = None
    at: int


_media = msgspec.json.Decoder(tuple[MediaThen, ...]).decode
_names = msgspec.json.Decoder(tuple[str, ...]).decode


async def history(reader: Reader, post_id: int, viewer_id: int | None) -> tuple[Post, list[Revision]]:
    """The post and all its versions, oldest first; the last is what it says now.

    Raises:
        PostMissing: there is no such post, or the viewer may not see it.
    """
    post = await find_original(reader, post_id, viewer_id)
    former = [
        Revision(
            text=row[0],
            html=row[1],
            warning=row[2],
            sensitive=bool(row[3]),
            emoji=_names(row[4]),
            media=_media(row[5]),
            at=row[6],
            poll=None if row[7] is None else _names(row[7]),
        )
        for row in await revisions.of(reader, post.id)
    ]
    now = Revision(
        text=post.text,
        html=post.html,
        warning=post.warning,
        sensitive=post.sensitive,
        emoji=post.emoji,
        media=await media_now(reader, post),
        poll=await _options_now(reader, post),
        at=post.edited_at or post.created_at,
    )
    return post, [*former, now]


async def _options_now(reader: Reader, post: Post) -> tuple[str, ...] | None:
    poll = None if post.poll_id is None else await polls.find(reader, post.poll_id)
    return None if poll is None else poll.options


async def media_now(reader: Reader, post: Post) -> tuple[MediaThen, ...]:
    """The post's pictures with their present words."""
    if not post.media:
        return ()
    found = await revisions.media_words(reader, post.media)
    return tuple([msgspec.convert(found[one], MediaThen) for one in post.media if one in found])


async def source(reader: Reader, post_id: int, viewer_id: int | None) -> Post:
    """The post with its text as written. Raises PostMissing as `history`."""
    return await find_original(reader, post_id, viewer_id)
