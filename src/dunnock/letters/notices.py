"""What of a member's notifications goes into a mail: those that are wanted, unread, and still to be seen."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from dunnock import notifications, posts
from dunnock.accounts.views import AccountViews
from dunnock.foundation.db import Db
from dunnock.foundation.mail import Link, Part, Quote
from dunnock.notifications import Filters, Notification
from dunnock.posts import PostMissing
from dunnock.posts.entries import Span

MOST = 20
_LONGEST_QUOTE = 500
_WORDS = {
    "mention": "{} mentioned you:",
    "quote": "{} quoted your post:",
    "favourite": "{} likes your post:",
    "boost": "{} boosted your post:",
    "follow": "{} follows you now.",
    "follow_request": "{} asks to follow you.",
}
_SUBJECTS = {
    "mention": "{} mentioned you",
    "quote": "{} quoted you",
    "favourite": "{} likes your post",
    "boost": "{} boosted your post",
    "follow": "{} follows you now",
    "follow_request": "{} asks to follow you",
}


class Gathered(msgspec.Struct, frozen=True):
    """`subject` and `parts` of a mail about `number` notifications of these `kinds`, up to `newest`."""

    subject: str
    parts: list[Part]
    kinds: frozenset[str]
    number: int
    newest: int


async def gather(
    db: Db, views: AccountViews, account_id: int, *, kinds: Collection[str], above: int, public_url: str
) -> Gathered | None:
    """What is to be told of what came behind id `above`; None: nothing."""
    marker = (await notifications.read_markers(db, account_id, ("notifications",))).get("notifications")
    span = Span(above=max(above, 0 if marker is None else marker.last_read_id))
    filters = Filters(kinds=tuple(sorted(kinds)))
    page = await notifications.page(db, account_id, span, filters, most=MOST)
    parts: list[Part] = []
    subjects: list[str] = []
    told: set[str] = set()
    for one in page:
        words = await _told(db, views, one, account_id, public_url)
        if words is not None:
            subject, more = words
            subjects.append(subject)
            parts += more
            told.add(one.kind)
    if not subjects:
        return None
    subject = subjects[0] if len(subjects) == 1 else f"{subjects[0]}, and {len(subjects) - 1} more"
    return Gathered(subject, parts, frozenset(told), len(subjects), page[0].id)


async def _told(
    db: Db, views: AccountViews, told: Notification, reader_id: int, public_url: str
) -> tuple[str, list[Part]] | None:
    by = await views.one(told.from_id)
    if by is None or by.standing in {"suspended", "deleted"}:
        return None
    name = f"{by.display_name or by.username} (@{by.handle})"
    parts: list[Part] = [_WORDS[told.kind].format(name)]
    if told.post_id is None:
        parts.append(Link("Profile", f"{public_url}/@{by.handle}"))
    else:
        try:
            post = await posts.find_visible(db, told.post_id, reader_id)
        except PostMissing:
            return None
        words = post.warning or post.text
        parts.append(Quote(words if len(words) <= _LONGEST_QUOTE else f"{words[:_LONGEST_QUOTE]}…"))
        author = by if post.author_id == by.id else await views.one(post.author_id)
        if author is not None:
            parts.append(Link("Post", f"{public_url}/@{author.handle}/{post.id}"))
    return _SUBJECTS[told.kind].format(by.display_name or by.username), parts
